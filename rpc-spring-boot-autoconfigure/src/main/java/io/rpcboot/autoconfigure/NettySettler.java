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

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Settles Netty by {@link RpcNettyProperties} before there is a bean that may use it, as
 * it reads a part of them once, and also where beans are lazy.
 */
final class NettySettler implements BeanFactoryPostProcessor {

	private static final String PREFIX = "io.grpc.netty.shaded.io.netty.";

	private static final String FLIGHT_RECORDER = PREFIX + "jfr.enabled";

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		RpcNettyProperties properties = Binder.get(beans.getBean(Environment.class))
			.bindOrCreate("rpc.netty", RpcNettyProperties.class);
		Boolean flightRecorder = properties.getFlightRecorder();
		if (flightRecorder != null || System.getProperty(FLIGHT_RECORDER) == null) {
			System.setProperty(FLIGHT_RECORDER, String.valueOf(Boolean.TRUE.equals(flightRecorder)));
		}
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
