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

import io.rpcboot.autoconfigure.RpcClientProperties.Defaults;
import io.rpcboot.autoconfigure.RpcClientProperties.Hedging;
import io.rpcboot.autoconfigure.RpcClientProperties.Method;
import io.rpcboot.autoconfigure.RpcClientProperties.Reference;
import io.rpcboot.autoconfigure.RpcClientProperties.Retry;
import io.rpcboot.client.attempt.AttemptSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Makes what is set of attempts of the properties, and checks it.
 */
final class ClientAttempts {

	private ClientAttempts() {
	}

	static AttemptSettings of(String key, Defaults defaults) {
		return of(key, defaults.getRetry(), defaults.getIdempotent(), defaults.getDeduplicated(),
				defaults.getHedging());
	}

	static AttemptSettings of(String key, Reference reference) {
		return of(key, reference.getRetry(), reference.getIdempotent(), reference.getDeduplicated(),
				reference.getHedging());
	}

	static AttemptSettings of(String key, Method method) {
		return of(key, method.getRetry(), method.getIdempotent(), method.getDeduplicated(), method.getHedging());
	}

	private static AttemptSettings of(String key, Retry retry, @Nullable Boolean idempotent,
			@Nullable Boolean deduplicated, Hedging hedging) {
		try {
			AttemptSettings settings = new AttemptSettings(retry.getMaxAttempts(), retry.getInitialBackoff(),
					retry.getMaxBackoff(), retry.getStatuses(), retry.getOtherInstances(), idempotent, deduplicated,
					hedging.getEnabled(), hedging.getPercentile(), hedging.getMaxExtraPercent());
			settings.check();
			return settings;
		}
		catch (IllegalArgumentException ex) {
			throw blamed(key, String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * The message begins with the rest of the key, and the value.
	 */
	private static InvalidConfigurationPropertyValueException blamed(String key, String message) {
		int name = message.indexOf(": ");
		int expected = message.indexOf(" (expected: ");
		return new InvalidConfigurationPropertyValueException(key + "." + message.substring(0, name),
				message.substring(name + 2, expected),
				"Expected: " + message.substring(expected + 12, message.length() - 1) + ".");
	}

}
