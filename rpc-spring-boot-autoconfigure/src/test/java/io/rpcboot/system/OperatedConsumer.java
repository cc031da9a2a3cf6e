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

import java.util.Iterator;
import java.util.function.Supplier;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.rpcboot.client.RpcReference;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.PlainGrpc.PlainBlockingStub;
import io.rpcboot.testing.echo.PlainGrpc.PlainImplBase;
import io.rpcboot.testing.echo.Pong;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Calls, in a process of its own with all auto-configuration that there is: with a good
 * token and, by other references, with a bad one, with that of another caller, and with
 * none.
 */
final class OperatedConsumer {

	private OperatedConsumer() {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(OperatedApplications.Spans.class)
	public static class Application {

		public static void main(String[] properties) {
			OperatedApplications.run(Application.class, properties);
		}

		@Bean
		static Calls calls(@RpcReference("orders") EchoBlockingStub orders,
				@RpcReference("orders") PlainBlockingStub held, @RpcReference("stranger") EchoBlockingStub stranger) {
			return new Calls(orders, held, stranger);
		}

		@Bean
		static ProtectedCalls protectedCalls(@RpcReference("certified") EchoBlockingStub certified,
				@RpcReference("desk") EchoBlockingStub desk, @RpcReference("batch") EchoBlockingStub batch,
				@RpcReference("pair") EchoBlockingStub pair, @RpcReference("stranger") PlainBlockingStub stranger) {
			return new ProtectedCalls(certified, desk, batch, pair, stranger);
		}

		@Bean
		static Instead instead() {
			return new Instead();
		}

	}

	@RestController
	static class Calls {

		private final EchoBlockingStub orders;

		private final PlainBlockingStub held;

		private final EchoBlockingStub stranger;

		Calls(EchoBlockingStub orders, PlainBlockingStub held, EchoBlockingStub stranger) {
			this.orders = orders;
			this.held = held;
			this.stranger = stranger;
		}

		@GetMapping("/call")
		String call() {
			return answer(() -> this.orders.unary(EchoClient.ping("x")));
		}

		@GetMapping("/hold")
		String hold() {
			return answer(() -> this.held.say(EchoClient.ping("x")));
		}

		@GetMapping("/stranger")
		String callAsStranger() {
			return answer(() -> this.stranger.unary(EchoClient.ping("x")));
		}

		static String answer(Supplier<Pong> call) {
			try {
				return call.get().getText();
			}
			catch (StatusRuntimeException ex) {
				return ex.getStatus().getCode() + ": " + ex.getStatus().getDescription();
			}
		}

	}

	/**
	 * Calls that something stands in the way of.
	 */
	@RestController
	static class ProtectedCalls {

		/** More than hedging needs to know how long calls take. */
		private static final int QUICK_CALLS = 60;

		private final EchoBlockingStub certified;

		private final EchoBlockingStub desk;

		private final EchoBlockingStub batch;

		private final EchoBlockingStub pair;

		private final PlainBlockingStub stranger;

		ProtectedCalls(EchoBlockingStub certified, EchoBlockingStub desk, EchoBlockingStub batch, EchoBlockingStub pair,
				PlainBlockingStub stranger) {
			this.certified = certified;
			this.desk = desk;
			this.batch = batch;
			this.pair = pair;
			this.stranger = stranger;
		}

		@GetMapping("/certified")
		String callWithCertificate() {
			return Calls.answer(() -> this.certified.unary(EchoClient.ping("who")));
		}

		@GetMapping("/clerk")
		String callWithPassword() {
			return Calls.answer(() -> this.desk.unary(EchoClient.ping("which clerk")));
		}

		@GetMapping("/no-clerk")
		String callWithoutTheRole() {
			return Calls.answer(() -> this.certified.unary(EchoClient.ping("which clerk")));
		}

		@GetMapping("/batch")
		String callOverTheRate() {
			return Calls.answer(() -> this.batch.unary(EchoClient.ping("who")));
		}

		@GetMapping("/fallback")
		String callRefused() {
			return Calls.answer(() -> this.stranger.say(EchoClient.ping("x")));
		}

		@GetMapping("/hedged")
		String callSlowly() {
			for (int i = 0; i < QUICK_CALLS; i++) {
				this.pair.serverStream(ping("quick")).forEachRemaining((pong) -> {
				});
			}
			return Calls.answer(() -> this.pair.serverStream(ping("slow")).next());
		}

		@GetMapping("/endless")
		String callForEver() {
			return Calls.answer(() -> {
				Iterator<Pong> answers = this.certified.serverStream(ping("endless"));
				answers.next();
				return answers.next();
			});
		}

		private static Ping ping(String text) {
			return Ping.newBuilder().setText(text).setCount(1).build();
		}

	}

	/**
	 * Answers instead of an application.
	 */
	static class Instead extends PlainImplBase {

		@Override
		public void say(Ping request, StreamObserver<Pong> responseObserver) {
			responseObserver.onNext(Pong.newBuilder().setText("instead").build());
			responseObserver.onCompleted();
		}

	}

}
