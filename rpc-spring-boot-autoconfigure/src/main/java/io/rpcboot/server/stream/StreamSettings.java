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

package io.rpcboot.server.stream;

import java.time.Duration;
import java.util.Map;

import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the streams of a server.
 *
 * @param standard for all of them
 * @param methods by the full name of a method or service, instead of the standard
 */
public record StreamSettings(Limits standard, Map<String, Limits> methods) {

	/**
	 * Returns what holds for a method.
	 */
	Limits of(MethodDescriptor<?, ?> method) {
		if (this.methods.isEmpty()) {
			return this.standard;
		}
		Limits limits = this.methods.get(method.getFullMethodName());
		String service = method.getServiceName();
		if (limits == null && service != null) {
			limits = this.methods.get(service);
		}
		return (limits != null) ? limits : this.standard;
	}

	/**
	 * The limits of a stream.
	 *
	 * @param maxAge how long it may stay open, 10 % more or less; for ever if
	 * {@code null}
	 * @param maxAgeNotice how long before that its handler is told; a tenth of the age
	 * and 10 s at most if {@code null}
	 * @param slowConsumerTimeout how long its peer may take nothing although there is
	 * something to take; for ever if {@code null}
	 * @param maxBuffered how many bytes a handler may send ahead of the transport before
	 * it has to wait; 0 for no bound
	 */
	public record Limits(@Nullable Duration maxAge, @Nullable Duration maxAgeNotice,
			@Nullable Duration slowConsumerTimeout, long maxBuffered) {

		private static final long NOTICE_MAX_NANOS = Duration.ofSeconds(10).toNanos();

		private static final double JITTER = 0.1;

		/**
		 * Returns the age at which a stream ends, such that streams that began together
		 * do not end together.
		 * @param random 0 to 1
		 */
		long ageNanos(double random) {
			if (this.maxAge == null) {
				return Long.MAX_VALUE;
			}
			return (long) (this.maxAge.toNanos() * (1 - JITTER + 2 * JITTER * random));
		}

		long noticeNanos(long ageNanos) {
			long notice = (this.maxAgeNotice != null) ? this.maxAgeNotice.toNanos()
					: Math.min(ageNanos / 10, NOTICE_MAX_NANOS);
			return Math.min(notice, ageNanos);
		}

		long slowNanos() {
			return (this.slowConsumerTimeout != null) ? this.slowConsumerTimeout.toNanos() : Long.MAX_VALUE;
		}

		/**
		 * Returns the shortest time that matters; {@link Long#MAX_VALUE} for none.
		 */
		long shortestNanos() {
			long age = ageNanos(0);
			return (this.maxAge != null) ? Math.min(slowNanos(), Math.max(1, noticeNanos(age))) : slowNanos();
		}

	}

}
