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

package io.rpcboot.server.security;

import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;

/**
 * Runs each event of a call for its caller. The events of a call come on changing
 * threads, and those of different callers take turns on one.
 *
 * @param <Q> the type of request messages
 */
final class SecurityContextListener<Q> extends ServerCall.Listener<Q> {

	private final ServerCall.Listener<Q> delegate;

	private final @Nullable Authentication caller;

	SecurityContextListener(ServerCall.Listener<Q> delegate, @Nullable Authentication caller) {
		this.delegate = delegate;
		this.caller = caller;
	}

	@Override
	public void onMessage(Q message) {
		SecurityScope scope = SecurityScope.open(this.caller);
		try {
			this.delegate.onMessage(message);
		}
		finally {
			scope.close();
		}
	}

	@Override
	public void onHalfClose() {
		SecurityScope scope = SecurityScope.open(this.caller);
		try {
			this.delegate.onHalfClose();
		}
		finally {
			scope.close();
		}
	}

	@Override
	public void onCancel() {
		SecurityScope scope = SecurityScope.open(this.caller);
		try {
			this.delegate.onCancel();
		}
		finally {
			scope.close();
		}
	}

	@Override
	public void onComplete() {
		SecurityScope scope = SecurityScope.open(this.caller);
		try {
			this.delegate.onComplete();
		}
		finally {
			scope.close();
		}
	}

	@Override
	public void onReady() {
		SecurityScope scope = SecurityScope.open(this.caller);
		try {
			this.delegate.onReady();
		}
		finally {
			scope.close();
		}
	}

}
