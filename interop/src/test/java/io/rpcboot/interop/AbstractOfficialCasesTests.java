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

package io.rpcboot.interop;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.testing.integration.TestServiceClient;
import io.grpc.testing.integration.TestServiceImpl;
import io.rpcboot.server.GlobalServerInterceptor;
import io.rpcboot.server.RpcService;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.util.ReflectionTestUtils;

/**
 * gRPC's official interop client runs its cases against gRPC's official test service,
 * which the starter exposes through either dispatch. Left out are the cases that the
 * service itself does not support in Java (caching, compression probes), and those of xDS
 * and of cloud credentials.
 */
@SpringBootTest(classes = AbstractOfficialCasesTests.Server.class,
		properties = { "spring.application.name=interop", "rpc.registry.type=none", "rpc.server.port=0",
				"rpc.server.address=127.0.0.1", "rpc.server.max-inbound-message-size=64MB",
				"rpc.server.shutdown.quiet-period=0s" })
abstract class AbstractOfficialCasesTests {

	@Value("${local.rpc.server.port}")
	private int port;

	@ParameterizedTest
	@ValueSource(strings = { "empty_unary", "large_unary", "client_compressed_unary_noprobe", "server_compressed_unary",
			"client_streaming", "client_compressed_streaming_noprobe", "server_streaming",
			"server_compressed_streaming", "ping_pong", "empty_stream", "custom_metadata", "status_code_and_message",
			"special_status_message", "unimplemented_method", "unimplemented_service", "cancel_after_begin",
			"cancel_after_first_response", "timeout_on_sleeping_server", "very_large_request", "pick_first_unary",
			"rpc_soak", "channel_soak" })
	void passes(String testCase) {
		TestServiceClient client = new TestServiceClient();
		ReflectionTestUtils.invokeMethod(client, "parseArgs", (Object) new String[] { "--server_host=127.0.0.1",
				"--server_port=" + this.port, "--use_tls=false", "--test_case=" + testCase, "--soak_iterations=20" });
		ReflectionTestUtils.invokeMethod(client, "setUp");
		try {
			ReflectionTestUtils.invokeMethod(client, "run");
		}
		finally {
			ReflectionTestUtils.invokeMethod(client, "tearDown");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Server {

		@Bean(destroyMethod = "shutdown")
		ScheduledExecutorService executor() {
			return Executors.newSingleThreadScheduledExecutor();
		}

		@Bean
		@RpcService
		TestServiceImpl testService(ScheduledExecutorService executor) {
			return new TestServiceImpl(executor);
		}

		@Bean
		@GlobalServerInterceptor
		EchoMetadata echoMetadata() {
			return new EchoMetadata();
		}

	}

	/**
	 * What the service needs itself: the interceptors that echo metadata.
	 */
	private static final class EchoMetadata implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			ServerCallHandler<Q, A> handler = next;
			for (ServerInterceptor interceptor : TestServiceImpl.interceptors()) {
				ServerCallHandler<Q, A> inner = handler;
				handler = (aCall, someHeaders) -> interceptor.interceptCall(aCall, someHeaders, inner);
			}
			return handler.startCall(call, headers);
		}

	}

}
