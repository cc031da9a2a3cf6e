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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.rpcboot.client.RpcReference;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RecordingRegistry;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.tls.PemFiles;
import io.rpcboot.testing.tls.TestCertificates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What an application prints that cannot start: {@link RpcFailureAnalyzer} and
 * {@link KubernetesVariableFailureAnalyzer} as Spring Boot finds and runs them.
 */
@ExtendWith(OutputCaptureExtension.class)
class RpcFailureAnalysisTests {

	@Test
	void whenThePortIsInUse(CapturedOutput output) throws IOException {
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			int port = other.getLocalPort();
			fail(One.class, "rpc.server.port=" + port);
			assertThat(output).contains(analysis(
					"The RPC server cannot listen on 127.0.0.1:" + port + ": the port is in use",
					"Stop what listens there, or set rpc.server.port to a free port, to 0 for a random one, or to -1 for"
							+ " no server:\n\n    rpc.server.port=0"))
				.doesNotContain("\tat ");
		}
	}

	@Test
	void whenTwoBeansServeOneService(CapturedOutput output) {
		fail(Two.class);
		assertThat(output).contains(analysis(
				"The gRPC service 'rpc.testing.Echo' is served by two beans: 'one' and 'two' (expected: one)",
				"Remove one of the beans. If it is a plain BindableService that is not meant to be served, leave those"
						+ " out:\n\n    rpc.server.plain-services.enabled=false"));
	}

	@Test
	void whenTheAnnotatedBeanIsNoService(CapturedOutput output) {
		fail(NoService.class);
		assertThat(output).contains(analysis(
				"The bean 'text' of type class java.lang.String carries @RpcService (expected: an"
						+ " io.grpc.BindableService, such as a generated ImplBase)",
				"Let the bean extend the generated ImplBase of its service, or remove the annotation."));
	}

	@Test
	void whenTheAddressIsWrong(CapturedOutput output) {
		fail(One.class, "rpc.server.address=no such host");
		assertThat(output)
			.contains(analysis("rpc.server.address: 'no such host' (expected: an address of this machine)",
					"Set rpc.server.address to an address of this machine; 0.0.0.0 means all of them:\n\n"
							+ "    rpc.server.address=0.0.0.0"));
	}

	@Test
	void whenTheApplicationHasNoName(CapturedOutput output) {
		fail(Registered.class);
		assertThat(output).contains(analysis(
				"spring.application.name: '' (expected: [A-Za-z0-9][A-Za-z0-9._-]{0,62}), the name under which the"
						+ " instance is registered",
				"Set spring.application.name, or rpc.registry.type=none if nobody is to discover this server:"
						+ "\n\n    spring.application.name=orders"));
	}

	@Test
	void whenLoopbackWouldBeAnnouncedInARemoteEtcd(CapturedOutput output) {
		fail(Registered.class, "spring.application.name=echo", "rpc.registry.type=etcd",
				"rpc.registry.etcd.endpoints=http://127.0.0.1:2379,http://192.0.2.1:2379");
		assertThat(output).contains(analysis(
				"The RPC server would be announced at the loopback address '127.0.0.1' in a registry on another machine,"
						+ " where no consumer could reach it",
				"Set rpc.server.advertised.host to a name or address that the consumers can reach, or"
						+ " rpc.server.advertised.networks to the network to choose it from, or bind"
						+ " rpc.server.address to it:\n\n    rpc.server.advertised.networks=10.0.0.0/8"));
	}

	@Test
	void whenAnAdvertisedNetworkIsNoCidr(CapturedOutput output) {
		fail(Registered.class, "spring.application.name=echo", "rpc.server.address=0.0.0.0",
				"rpc.server.advertised.networks=10/8");
		assertThat(output)
			.contains(analysis("rpc.server.advertised.networks: '10/8' (expected: CIDR notation such as 10.0.0.0/8)",
					"Correct rpc.server.advertised.networks:\n\n    rpc.server.advertised.networks=10.0.0.0/8"));
	}

	@Test
	void whenAPropertyIsOutOfRange(CapturedOutput output) {
		fail(One.class, "rpc.server.port=70000");
		assertThat(output).contains(analysis(
				"Invalid value '70000' for configuration property 'rpc.server.port' (originating from '\"rpc.server.port\""
						+ " from property source \"commandLineArgs\"'). Validation failed for the following reason:%n%n"
							.formatted()
						+ "Expected: 0 to 65535, or -1 for no server.",
				"Review the value of the property with the provided reason."));
	}

	@Test
	void whenKubernetesMadeAVariableOfTheName(CapturedOutput output) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
							Map.of("RPC_SERVER_PORT", "tcp://10.0.0.1:80", "RPC_SERVER_PORT_80_TCP",
									"tcp://10.0.0.1:80", "RPC_SERVER_PORT_80_TCP_PORT", "80", "RPC_SERVER_SERVICE_HOST",
									"10.0.0.1", "RPC_SERVER_SERVICE_PORT", "80")));
		SpringApplication application = application(One.class);
		application.setEnvironment(environment);
		assertThatException().isThrownBy(() -> application.run("--spring.main.banner-mode=off"));
		assertThat(output).contains(analysis(
				"The property rpc.server.port has the value 'tcp://10.0.0.1:80' (origin: System Environment Property"
						+ " \"RPC_SERVER_PORT\"), which is no port. Kubernetes makes the variable RPC_SERVER_PORT for a"
						+ " Service of that name in the pod's namespace.",
				"Set enableServiceLinks: false in the pod's spec, or rename the Service, or set rpc.server.port where it"
						+ " wins over the environment, such as on the command line:\n\n    enableServiceLinks: false"));
	}

	@Test
	void whenTheBundleOfTheServerIsUnknown(CapturedOutput output) {
		fail(One.class, "rpc.server.ssl.bundle=web", "spring.ssl.bundle.jks.other.protocol=TLS");
		assertThat(output).contains(analysis(
				"rpc.server.ssl.bundle: 'web' (expected: the name of an SSL bundle; there are [other])",
				"Name one of these, or define it:\n\n    spring.ssl.bundle.pem.web.keystore.certificate=file:/etc/tls/tls.crt"
						+ "\n    spring.ssl.bundle.pem.web.keystore.private-key=file:/etc/tls/tls.key"))
			.doesNotContain("\tat ");
	}

	@Test
	void whenTheBundleOfTheServerHasNoCertificate(CapturedOutput output) {
		fail(One.class, "rpc.server.ssl.bundle=web", "spring.ssl.bundle.jks.web.protocol=TLS");
		assertThat(output).contains(analysis(
				"rpc.server.ssl.bundle: the SSL bundle 'web' cannot be used: there is no certificate with a private key",
				"Correct the bundle and its files:\n\n    spring.ssl.bundle.pem.web.keystore.certificate=file:/etc/tls/tls.crt"
						+ "\n    spring.ssl.bundle.pem.web.keystore.private-key=file:/etc/tls/tls.key"));
	}

	@Test
	void whenPlaintextServersShouldAskForCertificates(CapturedOutput output) {
		fail(One.class, "rpc.server.ssl.client-auth=require");
		assertThat(output).contains(analysis(
				"rpc.server.ssl.client-auth: require (expected: none, as rpc.server.ssl.bundle is not set, and a server"
						+ " without TLS sees no certificate)",
				"Name an SSL bundle, or remove rpc.server.ssl.client-auth:\n\n    rpc.server.ssl.bundle=server"));
	}

	@Test
	void whenClientsShowCertificatesAndNobodyIsTrusted(@TempDir Path directory, CapturedOutput output) {
		PemFiles server = TestCertificates.createIn(directory).server("server");
		fail(One.class, "rpc.server.ssl.bundle=web", "rpc.server.ssl.client-auth=optional",
				"spring.ssl.bundle.pem.web.keystore.certificate=file:" + server.certificate(),
				"spring.ssl.bundle.pem.web.keystore.private-key=file:" + server.key());
		assertThat(output).contains(analysis(
				"rpc.server.ssl.client-auth: optional (expected: none, as the SSL bundle 'web' has no truststore, and"
						+ " certificates of all public authorities would be accepted)",
				"Name the authority of the clients:\n\n    spring.ssl.bundle.pem.web.truststore.certificate="
						+ "file:/etc/tls/ca.crt"));
	}

	@Test
	void whenTheKeyIsNotThatOfTheCertificate(@TempDir Path directory, CapturedOutput output) {
		TestCertificates certificates = TestCertificates.createIn(directory);
		fail(One.class, "rpc.server.ssl.bundle=web",
				"spring.ssl.bundle.pem.web.keystore.certificate=file:" + certificates.server("one").certificate(),
				"spring.ssl.bundle.pem.web.keystore.private-key=file:" + certificates.server("two").key());
		assertThat(output).contains(analysis(
				"rpc.server.ssl.bundle: the SSL bundle 'web' cannot be used: the private key is not that of the certificate"
						+ " of CN=one",
				"Correct the bundle and its files:\n\n    spring.ssl.bundle.pem.web.keystore.certificate=file:/etc/tls/tls.crt"
						+ "\n    spring.ssl.bundle.pem.web.keystore.private-key=file:/etc/tls/tls.key"));
	}

	@Test
	void whenTheBundleOfAReferenceIsUnknown(CapturedOutput output) {
		fail(Calling.class, "rpc.client.references.echo.ssl.bundle=mesh", "rpc.client.references.echo.addresses=h:1");
		assertThat(output).contains(analysis(
				"rpc.client.references[echo].ssl.bundle: 'mesh' (expected: the name of an SSL bundle; there are [])",
				"Name one of these, or define it:\n\n    spring.ssl.bundle.pem.mesh.truststore.certificate="
						+ "file:/etc/tls/ca.crt"));
	}

	@Test
	void whenEtcdIsToldAsPlaintextWithABundle(CapturedOutput output) {
		fail(Etcd.class, "rpc.registry.type=etcd", "rpc.registry.etcd.ssl.bundle=etcd",
				"rpc.registry.etcd.endpoints=http://etcd-1:2379,http://etcd-2:2379",
				"spring.ssl.bundle.jks.etcd.protocol=TLS");
		assertThat(output).contains(analysis(
				"rpc.registry.etcd.endpoints: [http://etcd-1:2379, http://etcd-2:2379] (expected: https, as"
						+ " rpc.registry.etcd.ssl.bundle is set)",
				"Let the endpoints be https if etcd speaks TLS, else remove rpc.registry.etcd.ssl.bundle:\n\n"
						+ "    rpc.registry.etcd.endpoints=https://etcd-1:2379,https://etcd-2:2379"));
	}

	@Test
	void whenTheBundleOfEtcdIsUnknown(CapturedOutput output) {
		fail(Etcd.class, "rpc.registry.type=etcd", "rpc.registry.etcd.ssl.bundle=etcd",
				"rpc.registry.etcd.endpoints=https://127.0.0.1:2379", "spring.ssl.bundle.jks.other.protocol=TLS");
		assertThat(output).contains(analysis(
				"rpc.registry.etcd.ssl.bundle: 'etcd' (expected: the name of an SSL bundle; there are [other])",
				"Name one of these, or define it:\n\n    spring.ssl.bundle.pem.etcd.truststore.certificate="
						+ "file:/etc/tls/ca.crt"));
	}

	@Test
	void whenAnEndpointOfEtcdHasAUser(CapturedOutput output) {
		fail(Etcd.class, "rpc.registry.type=etcd", "rpc.registry.etcd.endpoints=http://root:s3cret@127.0.0.1:2379");
		assertThat(output)
			.contains(analysis(
					"rpc.registry.etcd.endpoints: http://***@127.0.0.1:2379 (expected: http://host:port or"
							+ " https://host:port, the user in username and password)",
					"Take the user out of rpc.registry.etcd.endpoints, and set:\n\n    rpc.registry.etcd.username=root"
							+ "\n    rpc.registry.etcd.password=${ETCD_PASSWORD}"))
			.doesNotContain("s3cret");
	}

	@Test
	void whenAKeyOfTheClientIsUnknown(CapturedOutput output) {
		fail(Calling.class, "rpc.client.references.demo.provider.timeout=1s");
		assertThat(output).contains(analysis(
				"The property rpc.client.references.demo.provider.timeout is not known (origin:"
						+ " \"rpc.client.references.demo.provider.timeout\" from property source \"commandLineArgs\").",
				"Correct the name. A name of an application, service or method that has dots or slashes stands in"
						+ " brackets, and YAML wants the brackets in quotes:\n\n"
						+ "    rpc.client.references[demo.provider].methods[demo.Greeter/SayHello].timeout=1s"));
	}

	@Test
	void whenALimitIsForAServiceThatIsNotServed(CapturedOutput output) {
		fail(One.class, "rpc.server.admission.services.[demo.Greeter].max-concurrent=1");
		assertThat(output).contains(analysis(
				"rpc.server.admission.services.[demo.Greeter]: 'demo.Greeter' is not served here (expected: one of"
						+ " [rpc.testing.Echo])",
				"Correct the name, or remove the property. What is served has keys that begin so:\n\n"
						+ "    rpc.server.admission.services[rpc.testing.Echo]."));
	}

	@Test
	void whenAServiceNamesAPoolThatIsNotThere(CapturedOutput output) {
		fail(One.class, "rpc.server.services.[rpc.testing.Echo].executor=slow");
		assertThat(output).contains(analysis(
				"The executor 'slow' of rpc.testing.Echo is unknown (expected: a bean, one of [], or a pool, one of [])",
				"Correct the name, or define a pool of it:\n\n    rpc.server.executors[slow].threads=16"));
	}

	@Test
	void whenAMethodIsDeduplicatedThatIsNotServed(CapturedOutput output) {
		fail(One.class, "rpc.server.deduplication.methods=demo.Greeter/SayHello");
		assertThat(output).contains(analysis(
				"rpc.server.deduplication.methods: 'demo.Greeter/SayHello' is no method that is served (expected:"
						+ " <service>/<method> of [rpc.testing.Echo])",
				"Deduplicate unary methods of this server's services only: by @Deduplicated, or by"
						+ " rpc.server.deduplication.methods:\n\n"
						+ "    rpc.server.deduplication.methods=demo.Greeter/SayHello"));
	}

	@Test
	void whenThePortIsWrongForAnotherReasonThenKubernetesIsNotBlamed(CapturedOutput output) {
		fail(One.class, "rpc.server.port=eighty");
		assertThat(output).contains("APPLICATION FAILED TO START", "Property: rpc.server.port")
			.doesNotContain("Kubernetes");
	}

	private static void fail(Class<?> configuration, String... properties) {
		List<String> arguments = new ArrayList<>(List.of("--spring.main.banner-mode=off", "--rpc.server.port=0",
				"--rpc.server.address=127.0.0.1", "--rpc.registry.type=none"));
		for (String property : properties) {
			String key = property.substring(0, property.indexOf('=') + 1);
			arguments.removeIf((argument) -> argument.startsWith("--" + key));
			arguments.add("--" + property);
		}
		assertThatException().isThrownBy(() -> application(configuration).run(arguments.toArray(String[]::new)));
	}

	private static SpringApplication application(Class<?> configuration) {
		return new SpringApplicationBuilder(Library.class, configuration).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.build();
	}

	/**
	 * Returns the end of what Spring Boot prints.
	 */
	private static String analysis(String description, String action) {
		return String
			.format("%n***************************%nAPPLICATION FAILED TO START%n***************************%n%n"
					+ "Description:%n%n%s%n%nAction:%n%n%s%n", description, action);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SslAutoConfiguration.class, RpcRegistryAutoConfiguration.class,
			RpcServerAutoConfiguration.class })
	static class Library {

	}

	@Configuration(proxyBeanMethods = false)
	static class One {

		@Bean
		@RpcService
		EchoService one() {
			return new EchoService("one");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(RpcClientAutoConfiguration.class)
	static class Calling {

		@Bean
		EchoGrpc.EchoBlockingStub echo(@RpcReference("echo") EchoGrpc.EchoBlockingStub echo) {
			return echo;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Etcd {

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
	static class Registered extends One {

		@Bean
		ServiceRegistry registry() {
			return new RecordingRegistry();
		}

	}

}
