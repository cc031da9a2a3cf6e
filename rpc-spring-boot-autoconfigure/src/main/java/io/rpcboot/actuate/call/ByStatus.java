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

package io.rpcboot.actuate.call;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A meter for each status that has come up: found by the number of the status, without a
 * lock and without garbage.
 *
 * @param <T> the type of the meter
 */
final class ByStatus<T> {

	private final AtomicReferenceArray<@Nullable T> meters = new AtomicReferenceArray<>(Status.Code.values().length);

	private final Function<String, T> factory;

	/**
	 * Creates an empty one.
	 * @param factory makes the meter of a status, by its name; for the same name it
	 * returns the same meter or one as good
	 */
	ByStatus(Function<String, T> factory) {
		this.factory = factory;
	}

	T get(Status.Code code) {
		T meter = this.meters.getAcquire(code.value());
		return (meter != null) ? meter : make(code);
	}

	/** Two threads may both make it: the registry has one meter for both. */
	private T make(Status.Code code) {
		T made = this.factory.apply(code.name());
		this.meters.setRelease(code.value(), made);
		return made;
	}

}
