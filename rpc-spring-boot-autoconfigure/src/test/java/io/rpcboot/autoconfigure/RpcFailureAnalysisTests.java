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

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.Executor;

import io.grpc.BindableService;
import io.grpc.Status;
import io.rpcboot.call.RpcError;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.server.NonBlocking;
import io.rpcboot.server.RpcAdvice;
import io.rpcboot.server.RpcExceptionHandler;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.FailedStart;
import io.rpcboot.testing.FailedStart.Serving;
import io.rpcboot.testing.RecordingRegistry;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application prints whose server cannot start: {@link RpcFailureAnalyzer} as
 * Spring Boot finds and runs it.
 */
@ExtendWith(OutputCaptureExtension.class)
class RpcFailureAnalysisTests {

	private static final String HANDLER = "\n\n    @RpcExceptionHandler\n"
			+ "    RpcError failed(IllegalStateException ex) {\n"
			+ "        return RpcError.of(Status.Code.FAILED_PRECONDITION, \"Not in this state\");\n    }";

	@Test
	void whenThePortIsInUse(CapturedOutput output) throws IOException {
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			int port = other.getLocalPort();
			FailedStart.of(Serving.class, "rpc.server.port=" + port);
			assertThat(output).contains(FailedStart.analysis(
					"The RPC server cannot listen on 127.0.0.1:" + port + ": the port is in use",
					"Stop what listens there, or set rpc.server.port to a free port, to 0 for a random one, or to -1 for"
							+ " no server:\n\n    rpc.server.port=0"))
				.doesNotContain(FailedStart.STACK);
		}
	}

	@Test
	void whenTwoBeansServeOneService(CapturedOutput output) {
		FailedStart.of(Two.class);
		assertThat(output).contains(FailedStart.analysis(
				"The gRPC service 'rpc.testing.Echo' is served by two beans: 'one' and 'two' (expected: one)",
				"Remove one of the beans. If it is a plain BindableService that is not meant to be served, leave those"
						+ " out:\n\n    rpc.server.plain-services.enabled=false"));
	}

	@Test
	void whenTheAnnotatedBeanIsNoService(CapturedOutput output) {
		FailedStart.of(NoService.class);
		assertThat(output).contains(FailedStart.analysis(
				"The bean 'text' of type class java.lang.String carries @RpcService (expected: an"
						+ " io.grpc.BindableService, such as a generated ImplBase)",
				"Let the bean extend the generated ImplBase of its service, or remove the annotation."));
	}

	@Test
	void whenTheAddressIsWrong(CapturedOutput output) {
		FailedStart.of(Serving.class, "rpc.server.address=no such host");
		assertThat(output)
			.contains(FailedStart.analysis("rpc.server.address: 'no such host' (expected: an address of this machine)",
					"Set rpc.server.address to an address of this machine; 0.0.0.0 means all of them:\n\n"
							+ "    rpc.server.address=0.0.0.0"));
	}

	@Test
	void whenTheApplicationHasNoName(CapturedOutput output) {
		FailedStart.of(Registered.class);
		assertThat(output).contains(FailedStart.analysis(
				"spring.application.name: '' (expected: [A-Za-z0-9][A-Za-z0-9._-]{0,62}), the name under which the"
						+ " instance is registered",
				"Set spring.application.name, or rpc.registry.type=none if nobody is to discover this server:"
						+ "\n\n    spring.application.name=orders"));
	}

	@Test
	void whenLoopbackWouldBeAnnouncedInARemoteEtcd(CapturedOutput output) {
		FailedStart.of(Registered.class, "spring.application.name=echo", "rpc.registry.type=etcd",
				"rpc.registry.etcd.endpoints=http://127.0.0.1:2379,http://192.0.2.1:2379");
		assertThat(output).contains(FailedStart.analysis(
				"The RPC server would be announced at the loopback address '127.0.0.1' in a registry on another machine,"
						+ " where no consumer could reach it",
				"Set rpc.server.advertised.host to a name or address that the consumers can reach, or"
						+ " rpc.server.advertised.networks to the network to choose it from, or bind"
						+ " rpc.server.address to it:\n\n    rpc.server.advertised.networks=10.0.0.0/8"));
	}

	@Test
	void whenAnAdvertisedNetworkIsNoCidr(CapturedOutput output) {
		FailedStart.of(Registered.class, "spring.application.name=echo", "rpc.server.address=0.0.0.0",
				"rpc.server.advertised.networks=10/8");
		assertThat(output).contains(FailedStart.analysis(
				"rpc.server.advertised.networks: '10/8' (expected: CIDR notation such as 10.0.0.0/8)",
				"Correct rpc.server.advertised.networks:\n\n    rpc.server.advertised.networks=10.0.0.0/8"));
	}

	@Test
	void whenALimitIsForAServiceThatIsNotServed(CapturedOutput output) {
		FailedStart.of(Serving.class, "rpc.server.admission.services.[demo.Greeter].max-concurrent=1");
		assertThat(output).contains(FailedStart.analysis(
				"rpc.server.admission.services.[demo.Greeter]: 'demo.Greeter' is not served here (expected: one of"
						+ " [rpc.testing.Echo])",
				"Correct the name, or remove the property. What is served has keys that begin so:\n\n"
						+ "    rpc.server.admission.services[rpc.testing.Echo]."));
	}

	@Test
	void whenAServiceNamesAPoolThatIsNotThere(CapturedOutput output) {
		FailedStart.of(Serving.class, "rpc.server.services.[rpc.testing.Echo].executor=slow");
		assertThat(output).contains(FailedStart.analysis(
				"The executor 'slow' of rpc.testing.Echo is unknown (expected: a bean, one of [], or a pool, one of [])",
				"Correct the name, or define a pool of it:\n\n    rpc.server.executors[slow].threads=16"));
	}

	@Test
	void whenAMethodIsDeduplicatedThatIsNotServed(CapturedOutput output) {
		FailedStart.of(Serving.class, "rpc.server.deduplication.methods=demo.Greeter/SayHello");
		assertThat(output).contains(FailedStart.analysis(
				"rpc.server.deduplication.methods: 'demo.Greeter/SayHello' is no method that is served (expected:"
						+ " <service>/<method> of [rpc.testing.Echo])",
				"Deduplicate unary methods of this server's services only: by @Deduplicated, or by"
						+ " rpc.server.deduplication.methods:\n\n"
						+ "    rpc.server.deduplication.methods=demo.Greeter/SayHello"));
	}

	@Test
	void whenTheAddressIsNotOfThisMachine(CapturedOutput output) {
		FailedStart.of(Serving.class, "rpc.server.address=192.0.2.1");
		assertThat(output)
			.contains(
					FailedStart
						.analysis("The RPC server cannot listen on 192.0.2.1:0: Failed to bind to address /192.0.2.1:0",
								"Correct rpc.server.address and rpc.server.port:\n\n    rpc.server.address=0.0.0.0"
										+ "\n    rpc.server.port=9090"))
			.doesNotContain(FailedStart.STACK);
	}

	@Test
	void whenNoAddressIsInTheAdvertisedNetworks(CapturedOutput output) {
		FailedStart.of(Registered.class, "spring.application.name=echo", "rpc.server.address=0.0.0.0",
				"rpc.server.advertised.networks=240.0.0.1/32");
		assertThat(output.toString().replaceAll("addresses \\[[0-9., ]*]", "addresses [...]"))
			.contains(FailedStart.analysis(
					"rpc.server.advertised.networks: [240.0.0.1/32] (expected: a network of one of this machine's"
							+ " addresses [...])",
					"Correct rpc.server.advertised.networks, or set rpc.server.advertised.host:\n\n"
							+ "    rpc.server.advertised.host=10.0.0.7"));
	}

	@Test
	void whenAServiceIsAProxyOfInterfaces(CapturedOutput output) {
		FailedStart.of(ProxyOfInterfaces.class);
		assertThat(output).contains(FailedStart.analysis(
				"The bean 'audited' is a proxy of interfaces, so its advice [Audit] would not run around the methods of"
						+ " the service (expected: a proxy of its class)",
				"Set proxyTargetClass = true where the advice is enabled, or let all advice of the application be by"
						+ " proxies of classes:\n\n    @EnableMethodSecurity(proxyTargetClass = true)"
						+ "\n    spring.aop.proxy-target-class=true"));
	}

	@Test
	void whenANonBlockingServiceNamesAnExecutor(CapturedOutput output) {
		FailedStart.of(NonBlockingOnExecutor.class);
		assertThat(output).contains(FailedStart.analysis(
				"The bean 'echo' carries @NonBlocking and @RpcService(executor = \"slow\") (expected: one of them)",
				"Remove @NonBlocking to run the handlers on the executor, or the executor to run them on the event"
						+ " loop."));
	}

	@ParameterizedTest
	@ValueSource(strings = { "required", "protect-reflection", "protect-health-detail" })
	void whenNothingUnderstandsTheCredentialsThatAreAskedFor(String demand, CapturedOutput output) {
		String key = "rpc.server.authentication." + demand;
		FailedStart.of(Serving.class, key + "=true");
		assertThat(output).contains(FailedStart.analysis(
				key + ": true, but nothing understands credentials (expected: a bean of type RpcAuthentication, or"
						+ " Spring Security with a JwtDecoder, an OpaqueTokenIntrospector or a UserDetailsService)",
				"Define such a bean, or set the property to false:\n\n    " + key + "=false"));
	}

	@Test
	void whenAnAdviceHandlesNothing(CapturedOutput output) {
		FailedStart.of(HandlesNothing.class);
		assertThat(output).contains(FailedStart.analysis(
				"The @RpcAdvice bean 'rpcFailureAnalysisTests.HandlesNothing' of type " + HandlesNothing.class.getName()
						+ " has no method with @RpcExceptionHandler (expected: at least one)",
				"Remove @RpcAdvice, or annotate its methods, such as:" + HANDLER));
	}

	@Test
	void whenAnAdviceHandlesOneExceptionTwice(CapturedOutput output) {
		FailedStart.of(HandlesTwice.class);
		assertThat(output).contains(FailedStart.analysis("The @RpcAdvice bean 'rpcFailureAnalysisTests.HandlesTwice'"
				+ " has two methods for java.io.IOException: HandlesTwice.one and HandlesTwice.other"
				+ " (expected: one)", "Remove one of them, or give it another type."));
	}

	@Test
	void whenAnAdviceAnswersWithNoError(CapturedOutput output) {
		FailedStart.of(AnswersText.class);
		assertThat(output).contains(FailedStart
			.analysis("The @RpcExceptionHandler AnswersText.handle of the bean 'rpcFailureAnalysisTests.AnswersText'"
					+ " returns java.lang.String (expected: RpcError, io.grpc.Status, com.google.rpc.Status,"
					+ " StatusException or StatusRuntimeException)", "Correct the method, such as:" + HANDLER));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			methods=rpc.testing.Echo/Bidi | methods: 'rpc.testing.Echo/Bidi': rpc.testing.Echo/Bidi is BIDI_STREAMING \
			(expected: a unary method, since only one answer can be told again)
			methods=demo.Greeter | methods: 'demo.Greeter' means no unary method that is served (expected: of \
			[rpc.testing.Echo])
			other-instances=rpc.testing.Echo/Unary | other-instances: 'rpc.testing.Echo/Unary' is not deduplicated \
			(expected: one of [], or their services)
			""")
	void whenWhatIsDeduplicatedCannotBe(String property, String found, CapturedOutput output) {
		FailedStart.of(Serving.class, "rpc.server.deduplication." + property);
		assertThat(output).contains(FailedStart.analysis("rpc.server.deduplication." + found,
				"Deduplicate unary methods of this server's services only: by @Deduplicated, or by"
						+ " rpc.server.deduplication.methods:\n\n"
						+ "    rpc.server.deduplication.methods=demo.Greeter/SayHello"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Two {

		@Bean
		@RpcService
		EchoService one() {
			return new EchoService("one");
		}

		@Bean
		@RpcService
		EchoService two() {
			return new EchoService("two");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoService {

		@Bean
		@RpcService
		String text() {
			return "no service";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Registered extends Serving {

		@Bean
		ServiceRegistry registry() {
			return new RecordingRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ProxyOfInterfaces {

		@Bean
		@RpcService
		BindableService audited() {
			ProxyFactory factory = new ProxyFactory(new EchoService("audited"));
			factory.addAdvice(new Audit());
			return (BindableService) factory.getProxy();
		}

	}

	static class Audit implements MethodInterceptor {

		@Override
		public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
			return invocation.proceed();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NonBlockingOnExecutor {

		@Bean
		@NonBlocking
		@RpcService(executor = "slow")
		EchoService echo() {
			return new EchoService("echo");
		}

		@Bean
		Executor slow() {
			return Runnable::run;
		}

	}

	@RpcAdvice
	@Import(Serving.class)
	static class HandlesNothing {

	}

	@RpcAdvice
	@Import(Serving.class)
	static class HandlesTwice {

		@RpcExceptionHandler
		RpcError one(IOException ex) {
			return RpcError.of(Status.Code.UNAVAILABLE, "one");
		}

		@RpcExceptionHandler
		RpcError other(IOException ex) {
			return RpcError.of(Status.Code.UNAVAILABLE, "other");
		}

	}

	@RpcAdvice
	@Import(Serving.class)
	static class AnswersText {

		@RpcExceptionHandler
		String handle(IllegalStateException ex) {
			return "failed";
		}

	}

}
