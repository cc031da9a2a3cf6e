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

import java.util.ArrayList;
import java.util.List;

import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;

/**
 * Answers in all four modes with what it was sent and its own name.
 */
public class EchoService extends EchoGrpc.EchoImplBase {

	private final String name;

	public EchoService(String name) {
		this.name = name;
	}

	@Override
	public void unary(Ping request, StreamObserver<Pong> responseObserver) {
		responseObserver.onNext(pong(request.getText()));
		responseObserver.onCompleted();
	}

	@Override
	public void serverStream(Ping request, StreamObserver<Pong> responseObserver) {
		for (int i = 0; i < request.getCount(); i++) {
			responseObserver.onNext(pong(request.getText() + i));
		}
		responseObserver.onCompleted();
	}

	@Override
	public StreamObserver<Ping> clientStream(StreamObserver<Pong> responseObserver) {
		List<String> texts = new ArrayList<>();
		return new StreamObserver<>() {
			@Override
			public void onNext(Ping value) {
				texts.add(value.getText());
			}

			@Override
			public void onError(Throwable ex) {
				texts.clear();
			}

			@Override
			public void onCompleted() {
				responseObserver.onNext(pong(String.join(",", texts)));
				responseObserver.onCompleted();
			}
		};
	}

	@Override
	public StreamObserver<Ping> bidi(StreamObserver<Pong> responseObserver) {
		return new StreamObserver<>() {
			@Override
			public void onNext(Ping value) {
				responseObserver.onNext(pong(value.getText()));
			}

			@Override
			public void onError(Throwable ex) {
				// The caller is gone.
			}

			@Override
			public void onCompleted() {
				responseObserver.onCompleted();
			}
		};
	}

	protected final Pong pong(String text) {
		return Pong.newBuilder().setText(text).setServer(this.name).build();
	}

}
