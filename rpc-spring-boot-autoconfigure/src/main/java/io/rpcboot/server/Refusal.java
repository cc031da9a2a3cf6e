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

/**
 * The starter's own way to turn a call away before any code of the service ran. The cause
 * stays in the process: it is how the wire guard tells such a status from one that a
 * service returns.
 */
final class Refusal extends Exception {

	private static final long serialVersionUID = 1L;

	private Refusal() {
		super("refused by the server before the service ran", null, false, false);
	}

	/**
	 * Marks a status as the starter's own answer to a call that did not run.
	 */
	static Status of(Status status) {
		return status.withCause(new Refusal());
	}

	static boolean is(Status status) {
		return status.getCause() instanceof Refusal;
	}

	static Status overloaded(String description) {
		return Status.RESOURCE_EXHAUSTED.withDescription(description).withCause(new Refusal());
	}

}
