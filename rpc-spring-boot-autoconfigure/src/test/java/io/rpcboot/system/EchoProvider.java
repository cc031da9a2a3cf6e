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

package io.rpcboot.system;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A provider to be run in a process of its own.
 */
@Configuration(proxyBeanMethods = false)
public class EchoProvider {

	/** Orders to take as many milliseconds for each call as the request counts. */
	static final String TAKE_MILLIS = "take millis";

	/** Orders to fail each call at once with the status that the request counts. */
	static final String FAIL_WITH = "fail with";

	public static void main(String[] properties) {
		RpcApplications.runInProcess(EchoProvider.class, properties);
	}

	@Bean
	@RpcService
	EchoService echoService(@Value("${echo.name}") String name) {
		return new LateEchoService(name);
	}

	/**
	 * Answers unary calls after as many milliseconds as the request says, and behaves
	 * from now on as it is told.
	 */
	private static final class LateEchoService extends EchoService {

		private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "late-echo");
			thread.setDaemon(true);
			return thread;
		});

		private volatile int millis;

		private volatile Status failure = Status.OK;

		LateEchoService(String name) {
			super(name);
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			switch (request.getText()) {
				case TAKE_MILLIS -> {
					this.millis = request.getCount();
					super.unary(request, responseObserver);
				}
				case FAIL_WITH -> {
					this.failure = Status.fromCodeValue(request.getCount()).withDescription("as ordered");
					super.unary(request, responseObserver);
				}
				default -> answer(request, responseObserver);
			}
		}

		private void answer(Ping request, StreamObserver<Pong> responseObserver) {
			if (this.failure.isOk()) {
				this.timer.schedule(() -> super.unary(request, responseObserver), this.millis + request.getCount(),
						TimeUnit.MILLISECONDS);
			}
			else {
				responseObserver.onError(this.failure.asRuntimeException());
			}
		}

	}

}
