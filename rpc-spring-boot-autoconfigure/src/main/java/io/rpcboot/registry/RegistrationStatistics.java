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

/**
 * How a registration has been kept.
 *
 * @param renewals how often the registry has confirmed its lease, which records may share
 * @param losses how often the lease or the record was lost, to be put back
 */
public record RegistrationStatistics(long renewals, long losses) {

	/**
	 * Of a registration that needs no renewal, or is none.
	 */
	public static final RegistrationStatistics NONE = new RegistrationStatistics(0, 0);

}
