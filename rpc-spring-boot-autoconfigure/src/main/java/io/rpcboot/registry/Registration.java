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

package io.rpcboot.registry;

import java.util.concurrent.CompletableFuture;

/**
 * An instance that a {@link ServiceRegistry} keeps announced. Safe for use by several
 * threads; no method blocks.
 */
public interface Registration {

	/**
	 * Returns the record that is wanted in the registry.
	 * @return the last record given to {@link ServiceRegistry#register} or
	 * {@link #update}
	 */
	ServiceInstance instance();

	/**
	 * Returns where the registration stands.
	 * @return the state now
	 */
	RegistrationState state();

	/**
	 * Returns how the registration has been kept.
	 * @return counts that never go back while the registry is open;
	 * {@link RegistrationStatistics#NONE} unless overridden
	 */
	default RegistrationStatistics statistics() {
		return RegistrationStatistics.NONE;
	}

	/**
	 * Replaces the record under the same key. Has no effect after {@link #deregister()}.
	 * @param instance the new record, of the same id
	 * @return a future that completes when the registry holds the record, which may be
	 * never while the registry is away: bound the wait. It never completes exceptionally.
	 * @throws IllegalArgumentException if the id is another one
	 */
	CompletableFuture<Void> update(ServiceInstance instance);

	/**
	 * Takes the instance out of the registry. Calling it again changes nothing.
	 * @return a future that completes when the registry has forgotten the instance; where
	 * the registry cannot be reached it completes after a few seconds all the same, and
	 * the record ends with its lease. It never completes exceptionally.
	 */
	CompletableFuture<Void> deregister();

}
