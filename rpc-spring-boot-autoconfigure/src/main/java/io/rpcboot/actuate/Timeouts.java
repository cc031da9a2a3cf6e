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

package io.rpcboot.actuate;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.UnaryOperator;

import io.rpcboot.client.ReferenceDescription;
import io.rpcboot.client.RpcClientSettings.Method;
import io.rpcboot.client.RpcClientSettings.Reference;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;

/**
 * A change of timeouts; {@code null} stays as it is.
 *
 * @param timeout of unary calls
 * @param streamTimeout of streaming calls
 * @param method the full name of a method or service; {@code null} for the application
 */
record Timeouts(@Nullable Duration timeout, @Nullable Duration streamTimeout,
		@Nullable String method) implements UnaryOperator<Reference> {

	@Override
	public Reference apply(Reference settings) {
		if (this.method == null) {
			Reference changed = (this.timeout != null) ? settings.withTimeout(this.timeout) : settings;
			return (this.streamTimeout != null) ? changed.withStreamTimeout(this.streamTimeout) : changed;
		}
		Method set = settings.methods().getOrDefault(this.method, new Method(null, null));
		return settings.withMethod(this.method, set.withTimeouts((this.timeout != null) ? this.timeout : set.timeout(),
				(this.streamTimeout != null) ? this.streamTimeout : set.streamTimeout()));
	}

	/**
	 * Reads a timeout as the properties have it: a number without a unit is seconds.
	 */
	static @Nullable Duration parse(String name, @Nullable String text) {
		if (text == null) {
			return null;
		}
		try {
			Duration timeout = DurationStyle.detectAndParse(text, ChronoUnit.SECONDS);
			if (timeout.compareTo(Duration.ZERO) > 0) {
				return timeout;
			}
		}
		catch (IllegalArgumentException | ArithmeticException ex) {
			// Reported below, in the same words as a timeout that is not positive.
		}
		throw RpcEndpoint.invalid(name + ": '" + text + "' (expected: a duration above 0, such as 500ms)", null);
	}

	/**
	 * Looks whether a reference has the method or service; one of whose service nothing
	 * is known may have any.
	 */
	static void checkMethod(String method, List<ReferenceDescription> references) {
		boolean known = references.stream()
			.anyMatch((reference) -> reference.service() == null || method.equals(reference.service())
					|| reference.methods().containsKey(method));
		if (!known) {
			throw RpcEndpoint.invalid("method: '" + method + "' (expected: one of "
					+ references.stream()
						.flatMap((reference) -> reference.methods().keySet().stream())
						.distinct()
						.sorted()
						.toList()
					+ ", or the service)", null);
		}
	}

}
