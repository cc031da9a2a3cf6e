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

package io.rpcboot.client.attempt;

/**
 * What holds of one thing that can be set of attempts, and which place says so.
 *
 * @param value the value
 * @param place where it was set
 */
public record AttemptValue(Object value, Place place) {

	/**
	 * Where something can be set, the weakest first.
	 */
	public enum Place {

		/** Nowhere: what the starter does by itself. */
		STARTER,

		/** The {@code idempotency_level} of the {@code .proto} file. */
		SCHEMA,

		/** The defaults of all applications. */
		DEFAULTS,

		/** The annotation. */
		ANNOTATION,

		/** The application. */
		REFERENCE,

		/** The service. */
		SERVICE,

		/** The method. */
		METHOD

	}

}
