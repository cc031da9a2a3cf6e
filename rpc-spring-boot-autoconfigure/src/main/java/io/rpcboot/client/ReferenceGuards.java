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

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import io.grpc.ClientInterceptor;
import io.grpc.Status;
import io.rpcboot.client.fallback.FallbackSettings;
import io.rpcboot.client.fallback.Fallbacks;
import io.rpcboot.client.throttle.ClientThrottles;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * What stands between a stub and its calls, outside of everything else: throttling, which
 * does not send a call, and the fallback, which answers one that was not sent, too.
 * Further in, a call that is sent gets its credentials. Outermost is what observes.
 */
public final class ReferenceGuards {

	private final ClientThrottles throttles;

	private final Fallbacks fallbacks;

	private final @Nullable CallObservation observation;

	private final Function<String, @Nullable ClientInterceptor> credentials;

	/**
	 * Creates the guards.
	 * @param throttles which calls are not sent
	 * @param fallbacks which beans answer instead
	 * @param beans where those beans are; {@code null} for nowhere
	 */
	public ReferenceGuards(ClientThrottles throttles, FallbackSettings fallbacks,
			@Nullable ConfigurableListableBeanFactory beans) {
		this(throttles, fallbacks, beans, null);
	}

	/**
	 * Creates the guards.
	 * @param throttles which calls are not sent
	 * @param fallbacks which beans answer instead
	 * @param beans where those beans are; {@code null} for nowhere
	 * @param observation sees what the caller sees; {@code null} for nobody
	 */
	public ReferenceGuards(ClientThrottles throttles, FallbackSettings fallbacks,
			@Nullable ConfigurableListableBeanFactory beans, @Nullable CallObservation observation) {
		this(throttles, fallbacks, beans, observation, (application) -> null);
	}

	/**
	 * Creates the guards.
	 * @param throttles which calls are not sent
	 * @param fallbacks which beans answer instead
	 * @param beans where those beans are; {@code null} for nowhere
	 * @param observation sees what the caller sees; {@code null} for nobody
	 * @param credentials gives the calls to an application their credentials;
	 * {@code null} for none
	 */
	public ReferenceGuards(ClientThrottles throttles, FallbackSettings fallbacks,
			@Nullable ConfigurableListableBeanFactory beans, @Nullable CallObservation observation,
			Function<String, @Nullable ClientInterceptor> credentials) {
		this.observation = observation;
		this.credentials = credentials;
		this.throttles = throttles;
		this.fallbacks = new Fallbacks(fallbacks, beans, StubFactory::service);
	}

	/**
	 * Returns how many calls were not sent because of throttling, or in a dry run would
	 * not have been.
	 * @param application the application
	 * @return at least 0
	 */
	public long throttled(String application) {
		return this.throttles.dropped(application);
	}

	/**
	 * Returns how many calls that failed or were not sent were answered by fallbacks.
	 * @param application the application
	 * @return at least 0
	 */
	public long fallbacksAnswered(String application) {
		return this.fallbacks.answered(application);
	}

	/**
	 * Returns how many such calls failed in their fallbacks too.
	 * @param application the application
	 * @return at least 0
	 */
	public long fallbacksFailed(String application) {
		return this.fallbacks.failed(application);
	}

	/**
	 * Makes the guards of one reference.
	 * @param application the application that is called
	 * @param fallback the bean that the annotation names; empty for none
	 * @param statuses the statuses that the annotation lists
	 * @param type the type of the stub
	 * @return the interceptors, innermost first; empty if nothing is set
	 * @throws IllegalArgumentException if a fallback is not usable, or the source of its
	 * credentials is unknown
	 */
	List<ClientInterceptor> interceptors(String application, String fallback, Status.Code[] statuses, Class<?> type) {
		return Stream
			.of(this.credentials.apply(application), this.throttles.interceptor(application),
					this.fallbacks.interceptor(application,
							new FallbackSettings.Fallback(fallback.isEmpty() ? null : fallback, Set.of(statuses)),
							StubFactory.service(type)),
					(this.observation != null) ? this.observation.calls(application) : null)
			.filter(Objects::nonNull)
			.<ClientInterceptor>map(Objects::requireNonNull)
			.toList();
	}

}
