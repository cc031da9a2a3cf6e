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

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of the Netty that is inside of grpc-netty-shaded. They hold for the whole
 * process.
 */
@ConfigurationProperties("rpc.netty")
public class RpcNettyProperties {

	/**
	 * How closely Netty follows buffers to find those that are never released; when not
	 * set, what the system property io.grpc.netty.shaded.io.netty.leakDetection.level
	 * says, else disabled.
	 */
	private @Nullable LeakDetection leakDetection;

	/**
	 * Whether Netty makes events of its buffers for the JDK's flight recorder; when not
	 * set, what the system property io.grpc.netty.shaded.io.netty.jfr.enabled says, else
	 * false. Read once for a process.
	 */
	private @Nullable Boolean flightRecorder;

	public @Nullable LeakDetection getLeakDetection() {
		return this.leakDetection;
	}

	public void setLeakDetection(@Nullable LeakDetection leakDetection) {
		this.leakDetection = leakDetection;
	}

	public @Nullable Boolean getFlightRecorder() {
		return this.flightRecorder;
	}

	public void setFlightRecorder(@Nullable Boolean flightRecorder) {
		this.flightRecorder = flightRecorder;
	}

	/**
	 * How closely buffers are followed.
	 */
	public enum LeakDetection {

		/**
		 * Not at all.
		 */
		DISABLED,

		/**
		 * One buffer of 128, with a stack trace of its allocation: Netty's own default.
		 */
		SIMPLE,

		/**
		 * One buffer of 128, with stack traces of each use.
		 */
		ADVANCED,

		/**
		 * All buffers, with stack traces of each use: for tests only.
		 */
		PARANOID

	}

}
