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
import io.rpcboot.autoconfigure.RpcNettyProperties.LeakDetection;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/**
 * Settles what the Netty inside of grpc-netty-shaded does for the whole process. It looks
 * for leaked buffers unless it is told otherwise, and pays for that with a stack trace
 * for one of 128 buffers; no handler of a user ever sees one of these buffers.
 */
@AutoConfiguration
@ConditionalOnClass(ResourceLeakDetector.class)
@EnableConfigurationProperties(RpcNettyProperties.class)
public final class RpcNettyAutoConfiguration {

	private static final String PREFIX = "io.grpc.netty.shaded.io.netty.";

	RpcNettyAutoConfiguration(RpcNettyProperties properties) {
		LeakDetection level = level(properties.getLeakDetection());
		if (level != null) {
			ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.valueOf(level.name()));
		}
	}

	/**
	 * Returns the level to set; {@code null} where the system property has set it.
	 */
	private static @Nullable LeakDetection level(@Nullable LeakDetection property) {
		if (property != null) {
			return property;
		}
		boolean said = System.getProperty(PREFIX + "leakDetection.level") != null
				|| System.getProperty(PREFIX + "leakDetectionLevel") != null;
		return said ? null : LeakDetection.DISABLED;
	}

}
