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

package io.rpcboot.server.validation;

import java.util.ArrayList;
import java.util.List;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.rpcboot.call.RpcError;
import io.rpcboot.call.RpcError.Violation;

/**
 * The events of a call whose messages are checked. A wrong message ends the call; what
 * waits for messages is told that the call was cancelled, as if the caller had gone, so
 * that it lets go of what it holds.
 *
 * @param <Q> the type of request messages
 */
final class ValidatingListener<Q> extends SimpleForwardingServerCallListener<Q> {

	private final ValidatedCall<Q, ?> call;

	private final List<RequestValidator> validators;

	private boolean refused;

	ValidatingListener(ServerCall.Listener<Q> delegate, ValidatedCall<Q, ?> call, List<RequestValidator> validators) {
		super(delegate);
		this.call = call;
		this.validators = validators;
	}

	@Override
	public void onMessage(Q message) {
		if (this.refused) {
			return;
		}
		List<Violation> violations = violations(message);
		if (violations.isEmpty()) {
			super.onMessage(message);
		}
		else {
			refuse(violations);
		}
	}

	@Override
	public void onHalfClose() {
		if (!this.refused) {
			super.onHalfClose();
		}
	}

	@Override
	public void onReady() {
		if (!this.refused) {
			super.onReady();
		}
	}

	@Override
	public void onCancel() {
		if (!this.refused) {
			super.onCancel();
		}
	}

	@Override
	public void onComplete() {
		if (!this.refused) {
			super.onComplete();
		}
	}

	private void refuse(List<Violation> violations) {
		this.refused = true;
		RpcError error = RpcError.of(Status.Code.INVALID_ARGUMENT, message(violations)).withViolations(violations);
		this.call.refuse(error.toStatus(), error.toTrailers());
		super.onCancel();
	}

	private List<Violation> violations(Q message) {
		List<Violation> found = List.of();
		for (RequestValidator validator : this.validators) {
			List<Violation> more = validator.validate(message, this.call.getMethodDescriptor());
			if (found.isEmpty()) {
				found = more;
			}
			else if (!more.isEmpty()) {
				found = new ArrayList<>(found);
				found.addAll(more);
			}
		}
		return found;
	}

	/**
	 * The first one in words, for callers that read no details.
	 */
	private static String message(List<Violation> violations) {
		Violation first = violations.get(0);
		String text = (first.field().isEmpty() ? "" : first.field() + ": ") + first.description();
		return (violations.size() == 1) ? text : text + " (and " + (violations.size() - 1) + " more)";
	}

}
