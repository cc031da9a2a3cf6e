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

package io.rpcboot.client.throttle;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Which calls are throttled, and how. Weakest first: defaults, application, service,
 * method.
 *
 * @param defaults what holds for every application
 * @param references by application
 */
public record ThrottleSettings(Throttling defaults, Map<String, Reference> references) {

	/**
	 * No call is throttled.
	 */
	public static final ThrottleSettings NONE = new ThrottleSettings(Throttling.NONE, Map.of());

	private static final double STANDARD_K = 2;

	private static final Duration STANDARD_WINDOW = Duration.ofSeconds(10);

	/**
	 * Copies the map.
	 */
	public ThrottleSettings {
		references = Map.copyOf(references);
	}

	/**
	 * Tells whether any call to an application may be throttled.
	 */
	boolean concern(String application) {
		Reference reference = reference(application);
		return Stream.concat(Stream.of(this.defaults, reference.own()), reference.methods().values().stream())
			.anyMatch((throttling) -> Boolean.TRUE.equals(throttling.enabled()));
	}

	/**
	 * Decides how a method is throttled.
	 * @param application the application that is called
	 * @param method the method
	 * @return the rule; {@code null} if it is not throttled
	 */
	@Nullable ThrottleRule rule(String application, MethodDescriptor<?, ?> method) {
		Reference reference = reference(application);
		Throttling ofMethod = reference.method(method.getFullMethodName());
		Throttling ofService = reference.method(Objects.requireNonNullElse(method.getServiceName(), ""));
		Throttling merged = ofMethod.over(ofService).over(reference.own()).over(this.defaults);
		if (!Boolean.TRUE.equals(merged.enabled())) {
			return null;
		}
		String prefix = "rpc.client.references[" + application + "].";
		String origin = (ofMethod.enabled() != null) ? prefix + "methods[" + method.getFullMethodName() + "].throttling"
				: (ofService.enabled() != null) ? prefix + "methods[" + method.getServiceName() + "].throttling"
						: (reference.own().enabled() != null) ? prefix + "throttling"
								: "rpc.client.defaults.throttling";
		return new ThrottleRule(Objects.requireNonNullElse(merged.k(), STANDARD_K),
				Objects.requireNonNullElse(merged.window(), STANDARD_WINDOW), Boolean.TRUE.equals(merged.dryRun()),
				origin);
	}

	private Reference reference(String application) {
		return this.references.getOrDefault(application, Reference.NONE);
	}

	/**
	 * What is set for one application.
	 *
	 * @param own for all its methods
	 * @param methods by full method name ({@code demo.Greeter/SayHello}) or service name
	 */
	public record Reference(Throttling own, Map<String, Throttling> methods) {

		static final Reference NONE = new Reference(Throttling.NONE, Map.of());

		/**
		 * Copies the map.
		 */
		public Reference {
			methods = Map.copyOf(methods);
		}

		Throttling method(String name) {
			return this.methods.getOrDefault(name, Throttling.NONE);
		}

	}

}
