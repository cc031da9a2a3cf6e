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

import io.grpc.CallOptions;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one method under a plan. Remembers what the plan makes of the options of
 * the latest stub, so that a call adds only what is its own. Of blocking stubs that are
 * called for one answer, gRPC makes the options anew for each call: they gain nothing.
 */
final class PlannedCalls {

	/**
	 * Options may be made for each call; to remember those would be in vain, and keep
	 * what they hold. After so many others nothing is remembered any more.
	 */
	private static final int MOST_REPLACED = 16;

	private final CallPlan plan;

	private volatile @Nullable Known known;

	/** A race counts too few, which is harmless. */
	private int replaced;

	PlannedCalls(CallPlan plan) {
		this.plan = plan;
	}

	CallPlan plan() {
		return this.plan;
	}

	/**
	 * Returns the options of a call.
	 * @param options what the call says itself
	 * @return the options by the plan
	 */
	CallOptions options(CallOptions options) {
		return this.plan.options(options, fixed(options));
	}

	/** By identity: a stub keeps its options, and they cannot be compared. */
	@SuppressWarnings("ReferenceEquality")
	private CallOptions fixed(CallOptions options) {
		Known latest = this.known;
		if (latest != null && latest.options == options) {
			return latest.fixed;
		}
		CallOptions fixed = this.plan.fixed(options);
		if (this.replaced < MOST_REPLACED) {
			this.replaced++;
			this.known = (this.replaced < MOST_REPLACED) ? new Known(options, fixed) : null;
		}
		return fixed;
	}

	private record Known(CallOptions options, CallOptions fixed) {

	}

}
