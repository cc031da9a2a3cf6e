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

package io.rpcboot.client;

import io.grpc.Channel;
import io.rpcboot.testing.FailedStart;
import io.rpcboot.testing.echo.EchoGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a start says about an {@link RpcReference} that cannot be made.
 */
@ExtendWith(OutputCaptureExtension.class)
class RpcReferenceFailureTests {

	private static final String HERE = RpcReferenceFailureTests.class.getName();

	private static final String TIMEOUT = "Correct the annotation:\n\n"
			+ "    @RpcReference(value = \"demo-provider\", timeout = \"500ms\")";

	@Test
	void whenTypeIsNoStub(CapturedOutput output) {
		assertFailure(output, NoStub.class,
				"@RpcReference at field java.lang.String " + HERE + "$NoStub.text has the type java.lang.String "
						+ "(expected: a stub that protoc generates (asynchronous, blocking, blocking V2, future, "
						+ "Reactor or Kotlin) or io.grpc.Channel)",
				"Change the type to a generated stub, such as GreeterGrpc.GreeterBlockingStub.");
	}

	@Test
	void whenNothingNamesTheApplication(CapturedOutput output) {
		assertFailure(output, NoApplication.class,
				"@RpcReference at parameter 0 of " + HERE + "$NoApplication(io.rpcboot.testing.echo.EchoGrpc"
						+ "$EchoBlockingStub) names no application, and rpc.client.services has no entry for "
						+ "rpc.testing.Echo",
				"Name the application, as in @RpcReference(\"demo-provider\"), or set it:\n\n"
						+ "    rpc.client.services[rpc.testing.Echo]=demo-provider");
	}

	@Test
	void whenNothingNamesTheApplicationOfAChannel(CapturedOutput output) {
		assertFailure(output, NoApplicationOfChannel.class,
				"@RpcReference at parameter 0 of void " + HERE + "$NoApplicationOfChannel.set(io.grpc.Channel) "
						+ "names no application, and io.grpc.Channel does not tell its gRPC service",
				"Name the application, as in @RpcReference(\"demo-provider\").");
	}

	@Test
	void whenApplicationIsNoName(CapturedOutput output) {
		assertFailure(output, BadApplication.class,
				"@RpcReference at " + field("BadApplication")
						+ " names the application 'no name' (expected: [A-Za-z0-9][A-Za-z0-9._-]{0,62})",
				"Use the spring.application.name of the application to call, as in:\n\n"
						+ "    @RpcReference(\"demo-provider\")");
	}

	@Test
	void whenTimeoutIsNoDuration(CapturedOutput output) {
		assertFailure(output, BadTimeout.class, "@RpcReference at " + field("BadTimeout")
				+ " has the timeout 'soon' (expected: a positive duration such as 500ms or 2s)", TIMEOUT);
	}

	@Test
	void whenTimeoutIsNotPositive(CapturedOutput output) {
		assertFailure(output, ZeroTimeout.class, "@RpcReference at " + field("ZeroTimeout")
				+ " has the timeout '0s' (expected: a positive duration such as 500ms or 2s)", TIMEOUT);
	}

	@Test
	void whenPolicyIsUnknown(CapturedOutput output) {
		assertFailure(output, BadPolicy.class, "@RpcReference at " + field("BadPolicy")
				+ " to 'echo': load balancing policy: 'best' (expected: one of [consistent_hash, p2c, pick_first, "
				+ "random, round_robin], or the name of a LoadBalancerProvider on the class path)",
				"Correct the annotation, or what is set under rpc.client.references[echo] or rpc.client.defaults.");
	}

	@Test
	void whenPlaceholderHasNoValue(CapturedOutput output) {
		assertFailure(output, NoValue.class,
				"@RpcReference at " + field("NoValue")
						+ " has the value '${no.such.key}': Could not resolve placeholder 'no.such.key' in value "
						+ "\"${no.such.key}\"",
				"Set the property, or give the placeholder a default, as in ${name:default}.");
	}

	@Test
	void whenTheHashKeyIsOfNothing(CapturedOutput output) {
		assertFailure(output, NoKey.class,
				"@HashKey at " + field("NoKey") + " names neither a field nor a header (expected: exactly one of them)",
				"Name a field of the request or a header:\n\n    @HashKey(\"user_id\")"
						+ "\n    @HashKey(header = \"x-user\")");
	}

	@Test
	void whenTheHashKeyIsNoField(CapturedOutput output) {
		assertFailure(output, BadKey.class, "@HashKey at " + field("BadKey")
				+ " has the field 'user id' (expected: the name of a protobuf field, or several joined by dots)",
				"Correct the annotation:\n\n    @HashKey(\"user_id\")\n    @HashKey(header = \"x-user\")");
	}

	@Test
	void whenTheBundleOfAReferenceIsUnknown(CapturedOutput output) {
		FailedStart.of(OfEcho.class, "rpc.client.references.echo.ssl.bundle=mesh",
				"rpc.client.references.echo.addresses=h:1");
		assertThat(output).contains(FailedStart.analysis(
				"rpc.client.references[echo].ssl.bundle: 'mesh' (expected: the name of an SSL bundle; there are [])",
				"Name one of these, or define it:\n\n    spring.ssl.bundle.pem.mesh.truststore.certificate="
						+ "file:/etc/tls/ca.crt"));
	}

	private static void assertFailure(CapturedOutput output, Class<?> configuration, String message, String action) {
		FailedStart.of(configuration);
		assertThat(output).contains(FailedStart.analysis(message, action)).doesNotContain(FailedStart.STACK);
	}

	private static String field(String type) {
		return "field io.rpcboot.testing.echo.EchoGrpc$EchoBlockingStub " + HERE + "$" + type + ".echo";
	}

	@Configuration(proxyBeanMethods = false)
	static class NoStub {

		@RpcReference
		String text;

	}

	@Configuration(proxyBeanMethods = false)
	static class NoApplication {

		NoApplication(@RpcReference EchoGrpc.EchoBlockingStub echo) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoApplicationOfChannel {

		@RpcReference
		void set(Channel channel) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BadApplication {

		@RpcReference("no name")
		EchoGrpc.EchoBlockingStub echo;

	}

	@Configuration(proxyBeanMethods = false)
	static class BadTimeout {

		@RpcReference(value = "echo", timeout = "soon")
		EchoGrpc.EchoBlockingStub echo;

	}

	@Configuration(proxyBeanMethods = false)
	static class ZeroTimeout {

		@RpcReference(value = "echo", timeout = "0s")
		EchoGrpc.EchoBlockingStub echo;

	}

	@Configuration(proxyBeanMethods = false)
	static class BadPolicy {

		@RpcReference(value = "echo", loadBalancing = "best")
		EchoGrpc.EchoBlockingStub echo;

	}

	@Configuration(proxyBeanMethods = false)
	static class NoValue {

		@RpcReference("${no.such.key}")
		EchoGrpc.EchoBlockingStub echo;

	}

	@Configuration(proxyBeanMethods = false)
	static class NoKey {

		@RpcReference("echo")
		@HashKey
		EchoGrpc.EchoBlockingStub echo;

	}

	@Configuration(proxyBeanMethods = false)
	static class BadKey {

		@RpcReference("echo")
		@HashKey("user id")
		EchoGrpc.EchoBlockingStub echo;

	}

	@Configuration(proxyBeanMethods = false)
	static class OfEcho {

		@RpcReference("echo")
		EchoGrpc.EchoBlockingStub echo;

	}

}
