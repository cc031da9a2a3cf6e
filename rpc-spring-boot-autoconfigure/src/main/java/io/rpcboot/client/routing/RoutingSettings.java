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

import org.jspecify.annotations.Nullable;

/**
 * What the library's filters go by.
 *
 * @param lane how lanes are found
 * @param tenant how tenants are found
 * @param zone the preference for the own zone
 * @param namespace the preference for one of several namespaces
 */
public record RoutingSettings(Label lane, Label tenant, Preference zone, Preference namespace) {

	/**
	 * The percentage of healthy instances below which a preference ends, by default. What
	 * a loss of 30 % leaves has to carry 1.4 times its load, which is also where Envoy's
	 * over-provisioning factor of 140 lets traffic out of a locality. So one of three
	 * that is lost sends calls elsewhere, one of four does not yet.
	 */
	public static final int DEFAULT_MIN_HEALTHY = 70;

	/**
	 * Lanes and tenants by the tags {@code lane} and {@code tenant}, not strict; no zone
	 * and no namespace is preferred.
	 */
	public static final RoutingSettings DEFAULT = new RoutingSettings(new Label("lane", false),
			new Label("tenant", false), Preference.NONE, Preference.NONE);

	/**
	 * Returns these settings for an application of several namespaces.
	 * @param preferred the preference for one of them
	 * @return a copy
	 */
	public RoutingSettings withNamespace(Preference preferred) {
		return new RoutingSettings(this.lane, this.tenant, this.zone, preferred);
	}

	/**
	 * How the instances of a lane, or of a tenant, are found.
	 *
	 * @param tag the name of the tag whose value is the lane
	 * @param strict whether a call in a lane that no candidate is in fails, rather than
	 * going to instances in no lane
	 */
	public record Label(String tag, boolean strict) {

		/**
		 * Checks the name.
		 */
		public Label {
			if (tag.isBlank()) {
				throw new IllegalArgumentException("tag: '" + tag + "' (expected: the name of a tag)");
			}
		}

	}

	/**
	 * Whose instances are preferred while enough of them are healthy.
	 *
	 * @param own the zone or namespace; {@code null} for none
	 * @param minHealthy the least percentage of its instances that must be usable, 0 to
	 * 100; below that, the others are called too
	 */
	public record Preference(@Nullable String own, int minHealthy) {

		/**
		 * None is preferred.
		 */
		public static final Preference NONE = new Preference(null, DEFAULT_MIN_HEALTHY);

		/**
		 * Checks the range.
		 */
		public Preference {
			if (minHealthy < 0 || minHealthy > 100) {
				throw new IllegalArgumentException("minHealthy: " + minHealthy + " (expected: 0 to 100)");
			}
		}

	}

}
