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

package io.rpcboot.autoconfigure;

import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.CallerEchoService;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;

import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Answers with the user of the security context. Public, as its proxy is defined by
 * another class loader.
 */
public class SecuredEcho extends CallerEchoService {

	SecuredEcho() {
		super("secured");
	}

	/**
	 * Returns the user of the security context of this thread.
	 * @return the name, or "nobody"
	 */
	static String user() {
		Authentication user = SecurityContextHolder.getContext().getAuthentication();
		return (user != null) ? user.getName() : "nobody";
	}

	@Override
	protected String caller() {
		return user();
	}

	@Override
	public void unary(Ping request, StreamObserver<Pong> responseObserver) {
		if (request.getText().equals("throw")) {
			throw new IllegalStateException("thrown");
		}
		super.unary(request, responseObserver);
	}

	@Override
	@PreAuthorize("hasAuthority('SCOPE_admin')")
	public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
		super.unary(request, responseObserver);
	}

}
