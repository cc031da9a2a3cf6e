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

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import io.rpcboot.autoconfigure.RpcServerProperties.StreamMethod;
import io.rpcboot.autoconfigure.RpcServerProperties.Streams;
import io.rpcboot.server.stream.StreamSettings;
import io.rpcboot.server.stream.StreamSettings.Limits;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Makes the limits of streams of the properties, and checks them.
 */
final class StreamLimits {

	private static final String KEY = "rpc.server.streams";

	private static final Pattern METHOD = Pattern.compile("[\\w.]+(/\\w+)?");

	private StreamLimits() {
	}

	static StreamSettings settings(Streams streams) {
		Checked.positive(KEY + ".max-age", streams.getMaxAge());
		Limits standard = limits(KEY, streams.getMaxAge(), streams.getMaxAgeNotice(), streams.getSlowConsumerTimeout(),
				streams.getMaxBuffered());
		Map<String, Limits> methods = new LinkedHashMap<>();
		streams.getMethods().forEach((name, method) -> methods.put(name, limits(name, method, streams)));
		return new StreamSettings(standard, Map.copyOf(methods));
	}

	private static Limits limits(String name, StreamMethod method, Streams standard) {
		String key = KEY + ".methods[" + name + "]";
		Checked.that(METHOD.matcher(name).matches(), key, name,
				"a method such as [demo.Greeter/Watch] or a service such as [demo.Greeter], in brackets");
		return limits(key, or(method.getMaxAge(), standard.getMaxAge()),
				or(method.getMaxAgeNotice(), standard.getMaxAgeNotice()),
				or(method.getSlowConsumerTimeout(), standard.getSlowConsumerTimeout()),
				or(method.getMaxBuffered(), standard.getMaxBuffered()));
	}

	private static Limits limits(String key, @Nullable Duration maxAge, @Nullable Duration notice,
			@Nullable Duration slow, @Nullable DataSize maxBuffered) {
		notNegative(key + ".max-age", maxAge);
		notNegative(key + ".max-age-notice", notice);
		notNegative(key + ".slow-consumer-timeout", slow);
		long bytes = (maxBuffered != null) ? maxBuffered.toBytes() : 0;
		Checked.that(bytes >= 0, key + ".max-buffered", maxBuffered, "a size of at least 0");
		boolean aged = maxAge != null && !maxAge.isZero();
		Checked.that(!aged || notice == null || notice.compareTo(maxAge) < 0, key + ".max-age-notice", notice,
				"less than " + key + ".max-age, which is " + maxAge);
		return new Limits(aged ? maxAge : null, notice, (slow != null && !slow.isZero()) ? slow : null, bytes);
	}

	private static void notNegative(String key, @Nullable Duration value) {
		if (value != null) {
			Checked.notNegative(key, value);
		}
	}

	private static <T> @Nullable T or(@Nullable T value, @Nullable T standard) {
		return (value != null) ? value : standard;
	}

}
