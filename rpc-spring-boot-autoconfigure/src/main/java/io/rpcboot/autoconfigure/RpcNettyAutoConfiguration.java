/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.rpcboot.autoconfigure;

import io.grpc.netty.shaded.io.netty.util.ResourceLeakDetector;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/**
 * Settles what the Netty inside of grpc-netty-shaded does for the whole process. Unless
 * it is told otherwise it looks for leaked buffers, and pays for that with a stack trace
 * for one of 128 buffers; and it makes events for the flight recorder, and pays for that
 * with the start of the recorder at the first buffer. No handler of a user ever sees one
 * of these buffers.
 */
@AutoConfiguration
@ConditionalOnClass(ResourceLeakDetector.class)
@EnableConfigurationProperties(RpcNettyProperties.class)
@Import(NettySettler.class)
public final class RpcNettyAutoConfiguration {

}
