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

import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import io.rpcboot.dispatch.CallGate;
import io.rpcboot.dispatch.CallPermit;
import io.rpcboot.dispatch.GatedCall;
import org.jspecify.annotations.Nullable;

/**
 * Reaches, for a benchmark, the limit of a service.
 */
public final class AdmissionInsides implements GatedCall {

	private static final int MOST = 200;

	private final CallGate gate;

	private @Nullable CallPermit permit;

	/**
	 * Creates a limit.
	 * @param adaptive whether it learns how many calls may run
	 */
	public AdmissionInsides(boolean adaptive) {
		AdaptiveLimit learnt = adaptive ? new AdaptiveLimit(new GradientLimit(20, MOST),
				new OverloadSignal(0.9, TimeUnit.MILLISECONDS.toNanos(20), () -> 0), System.nanoTime()) : null;
		Bulkhead bulkhead = new Bulkhead("bench", adaptive ? Integer.MAX_VALUE : MOST, MOST, learnt, false,
				System::nanoTime, (task, nanos) -> {
				});
		this.gate = new LimitedMethod(bulkhead, TimeUnit.MILLISECONDS.toNanos(100), false, true);
	}

	/**
	 * Lets a call in, and out again.
	 * @return its permit
	 */
	public @Nullable CallPermit pass() {
		this.gate.enter(this);
		CallPermit held = this.permit;
		if (held != null) {
			held.release(true);
		}
		return held;
	}

	@Override
	public boolean isCancelled() {
		return false;
	}

	@Override
	public long remainingNanos() {
		return Long.MAX_VALUE;
	}

	@Override
	public void proceed(CallPermit given) {
		this.permit = given;
	}

	@Override
	public void refuse(Status status) {
		throw status.asRuntimeException();
	}

}
