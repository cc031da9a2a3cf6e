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

import io.grpc.Status;
import io.rpcboot.dispatch.CallPermit;
import io.rpcboot.dispatch.GatedCall;
import org.jspecify.annotations.Nullable;

/**
 * A call that remembers what a gate told it.
 */
final class FakeCall implements GatedCall {

	final String name;

	long remainingNanos = Long.MAX_VALUE;

	boolean cancelled;

	@Nullable CallPermit permit;

	@Nullable Status refusal;

	FakeCall(String name) {
		this.name = name;
	}

	FakeCall remaining(long nanos) {
		this.remainingNanos = nanos;
		return this;
	}

	void end() {
		this.permit.release(true);
	}

	boolean runs() {
		return this.permit != null;
	}

	@Override
	public boolean isCancelled() {
		return this.cancelled;
	}

	@Override
	public long remainingNanos() {
		return this.remainingNanos;
	}

	@Override
	public void proceed(CallPermit newPermit) {
		if (this.permit != null || this.refusal != null) {
			throw new IllegalStateException(this.name + " was told twice");
		}
		this.permit = newPermit;
	}

	@Override
	public void refuse(Status status) {
		if (this.permit != null || this.refusal != null) {
			throw new IllegalStateException(this.name + " was told twice");
		}
		this.refusal = status;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
