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

package io.rpcboot.client;

import java.util.Map;

import io.rpcboot.client.subset.InstanceSubset;
import org.jspecify.annotations.Nullable;

/**
 * Of which applications this consumer connects to a subset of the instances only.
 *
 * @param enabled whether it does by default; {@code false} by default
 * @param size to how many instances of a lane, at least 12; 20 by default
 * @param references what applies to single applications instead, by application
 */
public record SubsetSettings(boolean enabled, int size, Map<String, Reference> references) {

	/**
	 * The size where none is set.
	 */
	public static final int DEFAULT_SIZE = 20;

	/**
	 * No subsets.
	 */
	public static final SubsetSettings NONE = new SubsetSettings(false, DEFAULT_SIZE, Map.of());

	/**
	 * Copies the map and checks the size.
	 */
	public SubsetSettings {
		checkSize(size);
		references = Map.copyOf(references);
	}

	/**
	 * Returns the size of the subset of an application.
	 * @param application its name
	 * @return at least 12; 0 if all instances are used
	 */
	int sizeOf(String application) {
		Reference reference = this.references.getOrDefault(application, Reference.NONE);
		boolean subset = (reference.enabled() != null) ? reference.enabled() : this.enabled;
		int some = (reference.size() != null) ? reference.size() : this.size;
		return subset ? some : 0;
	}

	private static void checkSize(int size) {
		if (size < InstanceSubset.MIN_SIZE) {
			throw new IllegalArgumentException(
					"size: " + size + " (expected: at least " + InstanceSubset.MIN_SIZE + ")");
		}
	}

	/**
	 * What is set for one application; {@code null} is not set.
	 *
	 * @param enabled whether its instances are subset
	 * @param size to how many instances of a lane, at least 12
	 */
	public record Reference(@Nullable Boolean enabled, @Nullable Integer size) {

		static final Reference NONE = new Reference(null, null);

		/**
		 * Checks the size.
		 */
		public Reference {
			if (size != null) {
				checkSize(size);
			}
		}

	}

}
