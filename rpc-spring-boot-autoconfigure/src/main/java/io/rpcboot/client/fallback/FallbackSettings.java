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

package io.rpcboot.client.fallback;

import java.util.Map;
import java.util.Set;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Which beans answer instead of which applications.
 *
 * @param references by application
 */
public record FallbackSettings(Map<String, Reference> references) {

	/**
	 * Nobody does.
	 */
	public static final FallbackSettings NONE = new FallbackSettings(Map.of());

	/**
	 * How calls end for which a fallback is asked unless others are listed: nobody was
	 * there, nobody answered in time, or those who are there have too much to do.
	 */
	public static final Set<Status.Code> STANDARD_STATUSES = Set.of(Status.Code.UNAVAILABLE,
			Status.Code.DEADLINE_EXCEEDED, Status.Code.RESOURCE_EXHAUSTED);

	/**
	 * Copies the map.
	 */
	public FallbackSettings {
		references = Map.copyOf(references);
	}

	Reference reference(String application) {
		return this.references.getOrDefault(application, Reference.NONE);
	}

	/**
	 * What is set for one application.
	 *
	 * @param own for all its methods
	 * @param methods by full method name ({@code demo.Greeter/SayHello}) or service name
	 */
	public record Reference(Fallback own, Map<String, Fallback> methods) {

		static final Reference NONE = new Reference(Fallback.NONE, Map.of());

		/**
		 * Copies the map.
		 */
		public Reference {
			methods = Map.copyOf(methods);
		}

	}

	/**
	 * What is set in one place.
	 *
	 * @param bean the name of the bean that answers; {@code null} if not set
	 * @param statuses the statuses for which it does; empty if not set
	 */
	public record Fallback(@Nullable String bean, Set<Status.Code> statuses) {

		/**
		 * Nothing is set.
		 */
		public static final Fallback NONE = new Fallback(null, Set.of());

		/**
		 * Checks the statuses.
		 */
		public Fallback {
			statuses = Set.copyOf(statuses);
			for (Status.Code code : new Status.Code[] { Status.Code.OK, Status.Code.CANCELLED }) {
				if (statuses.contains(code)) {
					throw new IllegalArgumentException(
							"statuses: " + code + " (expected: statuses of calls that have failed)");
				}
			}
		}

		/**
		 * Returns these settings, with what they leave open taken from weaker ones.
		 */
		Fallback over(Fallback weaker) {
			return new Fallback((this.bean != null) ? this.bean : weaker.bean,
					this.statuses.isEmpty() ? weaker.statuses : this.statuses);
		}

	}

}
