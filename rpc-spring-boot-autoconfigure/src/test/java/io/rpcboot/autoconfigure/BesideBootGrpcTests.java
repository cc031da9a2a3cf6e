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

import java.util.List;
import java.util.function.Consumer;

import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.FailedStart;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.PlainGrpc;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Life in one application with Spring Boot's own gRPC server and client.
 */
class BesideBootGrpcTests {

	@Test
	void whenBootsServerIsPresentThenAnnotatedServicesAreOursAndPlainOnesAreBoots() {
		try (ConfigurableApplicationContext context = run("rpc.server.port=0", "spring.grpc.server.port=0")) {
			int ours = context.getBean(RpcServerLifecycle.class).port();
			int boots = context.getBean(GrpcServerLifecycle.class).getPort();
			assertThat(echo(ours)).isEqualTo(Status.Code.OK);
			assertThat(plain(ours)).isEqualTo(Status.Code.UNIMPLEMENTED);
			assertThat(echo(boots)).isEqualTo(Status.Code.UNIMPLEMENTED);
			assertThat(plain(boots)).isEqualTo(Status.Code.OK);
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenBothServersHaveOnePortThenTheStartFailsAndNamesBothKeys(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run("rpc.server.port=9090").close());
		assertThat(output).contains(FailedStart.analysis(
				"rpc.server.port and spring.grpc.server.port are both 9090: Spring Boot's own gRPC server is on"
						+ " the class path, and two servers cannot share a port",
				"Set rpc.server.port or spring.grpc.server.port to another port, or remove one of the starters:"
						+ "\n\n    rpc.server.port=9091"));
	}

	@Test
	void whenAChannelOfBootsHasOurTargetThenItResolvesThroughTheRegistry() {
		try (ConfigurableApplicationContext context = run("rpc.server.port=0", "spring.grpc.server.port=0")) {
			ManagedChannel channel = context.getBean(GrpcChannelFactory.class).createChannel("rpc:///echo");
			assertThat(EchoGrpc.newBlockingStub(channel).unary(Ping.newBuilder().setText("hi").build()).getText())
				.isEqualTo("hi");
		}
	}

	private static ConfigurableApplicationContext run(String... properties) {
		return new SpringApplicationBuilder(Application.class)
			.properties("spring.main.web-application-type=none", "rpc.server.address=127.0.0.1",
					"rpc.server.shutdown.quiet-period=0s", "spring.application.name=beside",
					"spring.grpc.server.address=127.0.0.1")
			.properties(properties)
			.run();
	}

	private static Status.Code echo(int port) {
		return call(port, (channel) -> EchoGrpc.newBlockingStub(channel).unary(Ping.getDefaultInstance()));
	}

	private static Status.Code plain(int port) {
		return call(port, (channel) -> PlainGrpc.newBlockingStub(channel).say(Ping.getDefaultInstance()));
	}

	private static Status.Code call(int port, Consumer<ManagedChannel> call) {
		ManagedChannel channel = Grpc
			.newChannelBuilderForAddress("127.0.0.1", port, InsecureChannelCredentials.create())
			.build();
		try {
			call.accept(channel);
			return Status.Code.OK;
		}
		catch (StatusRuntimeException ex) {
			return ex.getStatus().getCode();
		}
		finally {
			channel.shutdownNow();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@RpcService
		EchoService annotated() {
			return new EchoService("ours");
		}

		@Bean
		BindableService plain() {
			return new PlainService();
		}

		@Bean
		ServiceDiscovery discovery(Environment environment) {
			return new OwnPortDiscovery(environment);
		}

	}

	private static final class PlainService extends PlainGrpc.PlainImplBase {

		@Override
		public void say(Ping request, StreamObserver<Pong> responseObserver) {
			responseObserver.onNext(Pong.getDefaultInstance());
			responseObserver.onCompleted();
		}

	}

	/**
	 * Finds every application at this one's own RPC port.
	 *
	 * @param environment knows the port once the server listens
	 */
	private record OwnPortDiscovery(Environment environment) implements ServiceDiscovery {

		@Override
		public InstanceWatch watch(String application, InstanceListener listener) {
			int port = this.environment.getRequiredProperty("local.rpc.server.port", Integer.class);
			listener.onInstances(List.of(ServiceInstance.of("only", application, "127.0.0.1", port)));
			return InstanceWatch.OF_FIXED_SET;
		}

	}

}
