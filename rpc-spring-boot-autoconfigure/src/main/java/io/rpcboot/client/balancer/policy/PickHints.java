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

package io.rpcboot.client.balancer.policy;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What one call asks of the selection.
 *
 * @param preferred id of the instance that the call goes to if it can be called;
 * {@code null} for any
 * @param avoided ids of instances that the call goes to only if there is nobody else
 * @param key what decides the place under a policy that places by key; {@code null} for a
 * call without one
 * @param strict whether the call fails rather than go to another instance than the
 * preferred one, or to an avoided one
 */
public record PickHints(@Nullable String preferred, Set<String> avoided, @Nullable Long key, boolean strict) {

	/**
	 * A call that asks for nothing.
	 */
	public static final PickHints NONE = new PickHints(null, Set.of(), null);

	/**
	 * Copies the set.
	 */
	public PickHints {
		avoided = Set.copyOf(avoided);
	}

	/**
	 * Creates hints that a call can do without.
	 * @param preferred id of the instance that the call goes to if it can be called;
	 * {@code null} for any
	 * @param avoided ids of instances that the call goes to only if there is nobody else
	 * @param key what decides the place; {@code null} for a call without one
	 */
	public PickHints(@Nullable String preferred, Set<String> avoided, @Nullable Long key) {
		this(preferred, avoided, key, false);
	}

	/**
	 * Returns hints with a key.
	 * @param hash the hash of the key
	 * @return a copy
	 */
	public PickHints withKey(long hash) {
		return new PickHints(this.preferred, this.avoided, hash, this.strict);
	}

	/**
	 * Tells whether to avoid an instance.
	 * @param id its id
	 * @return whether the call goes there only if there is nobody else
	 */
	public boolean avoids(String id) {
		return !this.avoided.isEmpty() && this.avoided.contains(id);
	}

	/**
	 * Tells whether the call may go to an instance.
	 * @param id its id
	 * @return {@code false} only if the hints are strict and rule it out
	 */
	public boolean allows(String id) {
		return !this.strict || ((this.preferred == null || this.preferred.equals(id)) && !avoids(id));
	}

}
