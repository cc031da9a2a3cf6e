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

package io.rpcboot.server.admission;

import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.dispatch.CallGate;
import io.rpcboot.dispatch.GatedCall;
import org.jspecify.annotations.Nullable;

/**
 * A method whose calls need permits.
 *
 * @param bulkhead where the permits are, which other methods may share
 * @param maxQueueNanos the longest wait for a permit
 * @param isHigh whether its calls go first
 * @param isTimed whether its calls tell how long calls take; those of clients that stream
 * do not
 */
record LimitedMethod(Bulkhead bulkhead, long maxQueueNanos, boolean isHigh, boolean isTimed) implements CallGate {

	@Override
	public @Nullable Status look(Metadata headers) {
		return this.bulkhead.look(this);
	}

	@Override
	public void enter(GatedCall call) {
		this.bulkhead.enter(call, this);
	}

}
