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

package io.rpcboot.client.routing;

import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * What of a call decides where it may go. Calls with equal routes are offered the same
 * instances. Made once and used for many calls: the hash code is computed once.
 */
public final class CallRoute {

	/**
	 * The route of a call that says nothing.
	 */
	public static final CallRoute NONE = new CallRoute(null, null, null, null, Map.of());

	private final @Nullable String policy;

	private final @Nullable String lane;

	private final @Nullable String tenant;

	private final @Nullable String version;

	private final Map<String, String> tags;

	private final int hash;

	/**
	 * Creates a route.
	 * @param policy the load balancing policy; {@code null} for that of the channel
	 * @param lane the lane that the call is in; {@code null} for none
	 * @param tenant the tenant for whom it is made; {@code null} for none
	 * @param version the version that it asks for; {@code null} for any
	 * @param tags tags that an instance must have
	 */
	public CallRoute(@Nullable String policy, @Nullable String lane, @Nullable String tenant, @Nullable String version,
			Map<String, String> tags) {
		this.policy = policy;
		this.lane = lane;
		this.tenant = tenant;
		this.version = version;
		this.tags = Map.copyOf(tags);
		this.hash = Objects.hash(policy, lane, tenant, version, this.tags);
	}

	/**
	 * Returns the load balancing policy.
	 * @return its name; {@code null} for that of the channel
	 */
	public @Nullable String policy() {
		return this.policy;
	}

	/**
	 * Returns the lane that the call is in.
	 * @return its name; {@code null} for none
	 */
	public @Nullable String lane() {
		return this.lane;
	}

	/**
	 * Returns the tenant for whom the call is made.
	 * @return the tenant; {@code null} for none
	 */
	public @Nullable String tenant() {
		return this.tenant;
	}

	/**
	 * Returns the version that the call asks for.
	 * @return the version or the beginning of one; {@code null} for any
	 */
	public @Nullable String version() {
		return this.version;
	}

	/**
	 * Returns the tags that an instance must have.
	 * @return names and values
	 */
	public Map<String, String> tags() {
		return this.tags;
	}

	/**
	 * Says what the call asks for, for messages to people.
	 * @return such as {@code lane 'blue', no tenant, version '2'}
	 */
	public String describe() {
		StringJoiner text = new StringJoiner(", ");
		text.add((this.lane != null) ? "lane '" + this.lane + "'" : "no lane");
		text.add((this.tenant != null) ? "tenant '" + this.tenant + "'" : "no tenant");
		if (this.version != null) {
			text.add("version '" + this.version + "'");
		}
		if (!this.tags.isEmpty()) {
			text.add("tags " + new TreeMap<>(this.tags));
		}
		return text.toString();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof CallRoute route && this.hash == route.hash
				&& Objects.equals(this.policy, route.policy) && Objects.equals(this.lane, route.lane)
				&& Objects.equals(this.tenant, route.tenant) && Objects.equals(this.version, route.version)
				&& this.tags.equals(route.tags));
	}

	@Override
	public int hashCode() {
		return this.hash;
	}

	@Override
	public String toString() {
		return "CallRoute[policy=" + this.policy + ", lane=" + this.lane + ", tenant=" + this.tenant + ", version="
				+ this.version + ", tags=" + this.tags + "]";
	}

}
