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

package io.rpcboot.server;

import io.grpc.Status;
import io.rpcboot.server.admission.Refusal;
import io.rpcboot.server.dedup.DeduplicationHost;

/**
 * The server, as deduplication sees it.
 *
 * @param instanceId id of this start of the server
 * @param calls counts the calls for which a drain waits
 */
record DeduplicationSurroundings(String instanceId, CallTracker calls) implements DeduplicationHost {

	@Override
	public Status notExecuted(Status status) {
		return Refusal.notExecuted(status);
	}

	@Override
	public boolean isNotExecuted(Status status) {
		return Refusal.of(status) != null;
	}

	@Override
	public void unattended(int change) {
		this.calls.unattended(change);
	}

}
