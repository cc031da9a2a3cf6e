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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.stub.StreamObserver;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;

/**
 * A bidirectional stream that stays open until the test or the server ends it.
 */
final class OpenStream implements StreamObserver<Pong> {

	/** What stands last where the server has ended the stream well. */
	static final String COMPLETED = "completed";

	private final List<String> answers = new CopyOnWriteArrayList<>();

	private final StreamObserver<Ping> requests;

	private volatile boolean ended;

	private OpenStream(EchoClient client) {
		this.requests = client.bidi(this);
	}

	/**
	 * Opens a stream, and returns when its first message has come back.
	 */
	static OpenStream open(EchoClient client, String text) {
		return new OpenStream(client).send(text).await(text);
	}

	OpenStream send(String text) {
		this.requests.onNext(EchoClient.ping(text));
		return this;
	}

	/**
	 * Says that no further message comes.
	 */
	OpenStream complete() {
		this.requests.onCompleted();
		return this;
	}

	/**
	 * Waits for an answer.
	 */
	OpenStream await(String text) {
		Awaitility.await().until(() -> this.answers.contains(text));
		return this;
	}

	/**
	 * Waits until the server has ended the stream.
	 * @return the answers, and how it ended: {@link #COMPLETED} or the failure
	 */
	List<String> awaitEnd() {
		Awaitility.await().until(() -> this.ended);
		return this.answers;
	}

	@Override
	public void onNext(Pong value) {
		this.answers.add(value.getText());
	}

	@Override
	public void onError(Throwable ex) {
		this.answers.add(ex.toString());
		this.ended = true;
	}

	@Override
	public void onCompleted() {
		this.answers.add(COMPLETED);
		this.ended = true;
	}

}
