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

package io.rpcboot.server;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets the handlers and interceptors of a service run on the event loop, without a
 * hand-over to another thread. Stands beside {@link RpcService @RpcService}, on the class
 * or on the {@code @Bean} method.
 * <p>
 * They must not block: no lock that is held for long, no I/O that waits, no long
 * computation. All calls of all connections of that loop wait while one handler runs. A
 * service that holds its loop for longer than {@code rpc.server.non-blocking.max-delay}
 * is named in the log, and moved off the loop if {@code rpc.server.non-blocking.on-block}
 * says so. Excludes an {@link RpcService#executor() executor} of the service's own.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface NonBlocking {

}
