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

package io.rpcboot.testing;

import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;

/**
 * An echo that answers with the name of its caller instead: once, and in streams of both
 * sides for each message and for their end.
 */
public abstract class CallerEchoService extends EchoService {

	/**
	 * Creates the service.
	 * @param name the name that its answers say it has
	 */
	protected CallerEchoService(String name) {
		super(name);
	}

	/**
	 * Returns who calls, as the current thread knows it.
	 * @return the name
	 */
	protected abstract String caller();

	@Override
	public void unary(Ping request, StreamObserver<Pong> responseObserver) {
		responseObserver.onNext(pong(caller()));
		responseObserver.onCompleted();
	}

	@Override
	public StreamObserver<Ping> bidi(StreamObserver<Pong> responseObserver) {
		return new StreamObserver<>() {
			@Override
			public void onNext(Ping value) {
				responseObserver.onNext(pong(caller()));
			}

			@Override
			public void onError(Throwable ex) {
				// The caller is gone.
			}

			@Override
			public void onCompleted() {
				responseObserver.onNext(pong(caller()));
				responseObserver.onCompleted();
			}
		};
	}

}
