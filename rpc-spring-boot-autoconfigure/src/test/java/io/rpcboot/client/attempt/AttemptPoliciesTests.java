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

package io.rpcboot.client.attempt;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.rpcboot.client.attempt.AttemptPolicy.Deduplication;
import io.rpcboot.client.attempt.AttemptPolicy.Hedging;
import io.rpcboot.client.attempt.AttemptValue.Place;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What holds for a method of all that is set, and what is refused.
 */
class AttemptPoliciesTests {

	private static final AttemptSettings NONE = AttemptSettings.NONE;

	private static final String UNARY = "rpc.testing.Echo/Unary";

	@Test
	void whenNothingIsSetThenItIsTheDefault() {
		assertThat(AttemptPolicies.NONE.of(EchoGrpc.getUnaryMethod())).isSameAs(AttemptPolicy.DEFAULT);
	}

	@ParameterizedTest
	@EnumSource(value = IdempotencyLevel.class, names = { "IDEMPOTENT", "NO_SIDE_EFFECTS" })
	void whenTheProtoFileSaysSoThenTheMethodIsIdempotent(IdempotencyLevel level) throws Exception {
		assertThat(mayRunTwice(AttemptPolicies.NONE, method(level))).isTrue();
		assertThat(mayRunTwice(AttemptPolicies.NONE, method(IdempotencyLevel.IDEMPOTENCY_UNKNOWN))).isFalse();
		assertThat(
				mayRunTwice(new AttemptPolicies(NONE.withIdempotent(false), NONE, Set.of(), Set.of(), NONE, Map.of()),
						method(level)))
			.as("what is set wins")
			.isFalse();
	}

	@ParameterizedTest
	@EnumSource(value = IdempotencyLevel.class, names = { "IDEMPOTENT", "NO_SIDE_EFFECTS" })
	void whatTheProtoFileSaysOfAStreamIsKnownBeforeItsCalls(IdempotencyLevel level) throws Exception {
		MethodDescriptor<Ping, Pong> stream = method(level).toBuilder().setType(MethodType.SERVER_STREAMING).build();
		assertThat(AttemptPolicies.NONE.of(stream).idempotent()).isTrue();
	}

	@Test
	void theSchemaOfAUnaryMethodIsReadNeitherToCheckNorToDecide() {
		MethodDescriptor<Ping, Pong> method = EchoGrpc.getUnaryMethod().toBuilder().setSchemaDescriptor((Schema) () -> {
			throw new AssertionError("read");
		}).build();
		AttemptPolicies.NONE.check(ServiceDescriptor.newBuilder("rpc.testing.Echo").addMethod(method).build());
		assertThat(AttemptPolicies.NONE.of(method)).isSameAs(AttemptPolicy.DEFAULT);
	}

	@Test
	void theStrongestSettingWins() {
		AttemptSettings defaults = NONE.withMaxAttempts(2);
		AttemptSettings annotation = NONE.withMaxAttempts(3);
		AttemptSettings reference = NONE.withMaxAttempts(4);
		Map<String, AttemptSettings> service = Map.of("rpc.testing.Echo", NONE.withMaxAttempts(5));
		Map<String, AttemptSettings> method = Map.of("rpc.testing.Echo", NONE.withMaxAttempts(5), UNARY,
				NONE.withMaxAttempts(6));
		assertThat(maxAttempts(defaults, NONE, NONE, Map.of())).isEqualTo(2);
		assertThat(maxAttempts(defaults, annotation, NONE, Map.of())).isEqualTo(3);
		assertThat(maxAttempts(defaults, annotation, reference, Map.of())).isEqualTo(4);
		assertThat(maxAttempts(defaults, annotation, reference, service)).isEqualTo(5);
		assertThat(maxAttempts(defaults, annotation, reference, method)).isEqualTo(6);
	}

	@Test
	void eachValueSaysWhereItWasSet() {
		AttemptPolicies policies = new AttemptPolicies(NONE.withMaxAttempts(2), NONE, Set.of(), Set.of("Unary"),
				NONE.withIdempotent(true),
				Map.of("rpc.testing.Echo", NONE.withMaxAttempts(5), UNARY, NONE.withMaxAttempts(6)));
		assertThat(policies.values(null)).containsEntry("retry.max-attempts", new AttemptValue(2, Place.DEFAULTS))
			.containsEntry("idempotent", new AttemptValue(true, Place.REFERENCE))
			.containsEntry("deduplicated", new AttemptValue(false, Place.STARTER))
			.containsEntry("retry.initial-backoff", new AttemptValue(Duration.ofMillis(50), Place.STARTER))
			.containsEntry("hedging.percentile", new AttemptValue(99.0, Place.STARTER));
		assertThat(policies.values(EchoGrpc.getUnaryMethod()))
			.containsEntry("retry.max-attempts", new AttemptValue(6, Place.METHOD))
			.containsEntry("deduplicated", new AttemptValue(true, Place.ANNOTATION));
		assertThat(policies.values(EchoGrpc.getServerStreamMethod()))
			.containsEntry("retry.max-attempts", new AttemptValue(5, Place.SERVICE))
			.containsEntry("deduplicated", new AttemptValue(false, Place.STARTER));
	}

	@Test
	void whenTheProtoFileSaysSoThenThatIsThePlace() throws Exception {
		assertThat(AttemptPolicies.NONE.values(method(IdempotencyLevel.IDEMPOTENT))).containsEntry("idempotent",
				new AttemptValue(true, Place.SCHEMA));
	}

	@Test
	void theAnnotationNamesMethods() {
		AttemptPolicies policies = new AttemptPolicies(NONE, NONE, Set.of("Unary"), Set.of(), NONE, Map.of());
		assertThat(mayRunTwice(policies, EchoGrpc.getUnaryMethod())).isTrue();
		assertThat(mayRunTwice(policies, EchoGrpc.getServerStreamMethod())).isFalse();
	}

	@Test
	void whenAMethodIsNamedThatTheServiceHasNotThenItIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new AttemptPolicies(NONE, NONE, Set.of("unary"), Set.of(), NONE, Map.of())
				.check(EchoGrpc.getServiceDescriptor()))
			.withMessage("idempotent: 'unary' (expected: a method of rpc.testing.Echo: Bidi, ClientStream, "
					+ "ServerStream, Unary)");
		assertThatIllegalArgumentException().isThrownBy(() -> check(Map.of("rpc.testing.Echo/Unray", NONE)))
			.withMessageStartingWith("methods: 'Unray' (expected: a method of rpc.testing.Echo: ");
		assertThatNoException().isThrownBy(() -> check(Map.of("other.Service/Call", NONE)));
	}

	@Test
	void contradictionsAreRefusedByName() {
		AttemptSettings hedged = hedging(true);
		assertThatIllegalArgumentException().isThrownBy(hedged.withIdempotent(false)::check)
			.withMessage("hedging.enabled: true (expected: false, or idempotent: true, as a hedge may run the call "
					+ "twice)");
		assertThatIllegalArgumentException().isThrownBy(hedged.withDeduplicated(true)::check)
			.withMessageStartingWith("hedging.enabled: true (expected: false, or deduplicated: false");
		assertThatIllegalArgumentException().isThrownBy(() -> check(Map.of(UNARY, hedged)))
			.withMessageStartingWith(
					"methods[rpc.testing.Echo/Unary].hedging.enabled: true (expected: false, or " + "idempotent: true");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> check(Map.of("rpc.testing.Echo/ServerStream", NONE.withDeduplicated(true))))
			.withMessage("methods[rpc.testing.Echo/ServerStream].deduplicated: true (expected: false, as only unary "
					+ "methods are deduplicated)");
		assertThatIllegalArgumentException().isThrownBy(() -> check(Map.of("rpc.testing.Echo/Bidi", hedged)))
			.withMessage("methods[rpc.testing.Echo/Bidi].hedging.enabled: true (expected: false, as only methods with "
					+ "one request are hedged)");
		assertThatIllegalArgumentException().isThrownBy(() -> NONE.withMaxAttempts(11))
			.withMessage("retry.max-attempts: 11 (expected: 1 to 10)");
		assertThatIllegalArgumentException().isThrownBy(() -> NONE.withMaxAttempts(0));
	}

	@Test
	void whatIsHedgedInGeneralIsSoOnlyWhereItCanBe() {
		AttemptPolicies policies = new AttemptPolicies(hedging(true), NONE, Set.of("Unary", "ServerStream", "Bidi"),
				Set.of(), NONE, Map.of());
		policies.check(EchoGrpc.getServiceDescriptor());
		assertThat(policies.of(EchoGrpc.getUnaryMethod()).hedging()).isEqualTo(new Hedging(99, 1));
		assertThat(policies.of(EchoGrpc.getServerStreamMethod()).hedging()).isEqualTo(new Hedging(99, 1));
		assertThat(policies.of(EchoGrpc.getBidiMethod()).hedging()).isNull();
	}

	@Test
	void whatIsDeduplicatedInGeneralIsSoForUnaryMethods() {
		AttemptPolicies policies = new AttemptPolicies(NONE, NONE, Set.of(), Set.of(), NONE.withDeduplicated(true),
				Map.of());
		policies.check(EchoGrpc.getServiceDescriptor());
		assertThat(policies.of(EchoGrpc.getUnaryMethod()).deduplication()).isEqualTo(Deduplication.SAME_INSTANCE);
		assertThat(policies.of(EchoGrpc.getServerStreamMethod()).deduplication()).isEqualTo(Deduplication.NONE);
	}

	@Test
	void whenTheFirstBackoffIsAboveTheHighestThenItIsRefused() {
		AttemptSettings backoff = new AttemptSettings(null, Duration.ofSeconds(2), null,
				Set.of(Status.Code.UNAVAILABLE), null, null, null, null, null, null);
		assertThatIllegalArgumentException().isThrownBy(() -> check(Map.of(UNARY, backoff)))
			.withMessage("retry.initial-backoff: PT2S (expected: at most retry.max-backoff, which is PT1S for "
					+ "rpc.testing.Echo/Unary)");
	}

	private static void check(Map<String, AttemptSettings> methods) {
		new AttemptPolicies(NONE, NONE, Set.of(), Set.of(), NONE, methods).check(EchoGrpc.getServiceDescriptor());
	}

	private static int maxAttempts(AttemptSettings defaults, AttemptSettings annotation, AttemptSettings reference,
			Map<String, AttemptSettings> methods) {
		return new AttemptPolicies(defaults, annotation, Set.of(), Set.of(), reference, methods)
			.of(EchoGrpc.getUnaryMethod())
			.maxAttempts();
	}

	private static boolean mayRunTwice(AttemptPolicies policies, MethodDescriptor<?, ?> method) {
		return policies.of(method).mayRunTwice(method);
	}

	private static AttemptSettings hedging(boolean enabled) {
		return new AttemptSettings(null, null, null, null, null, null, null, enabled, null, null);
	}

	private static MethodDescriptor<Ping, Pong> method(IdempotencyLevel level) throws Exception {
		FileDescriptor file = FileDescriptor.buildFrom(FileDescriptorProto.newBuilder()
			.setName("levels.proto")
			.setPackage("levels")
			.addDependency(Ping.getDescriptor().getFile().getName())
			.addService(ServiceDescriptorProto.newBuilder()
				.setName("Levels")
				.addMethod(MethodDescriptorProto.newBuilder()
					.setName("Get")
					.setInputType(".rpc.testing.Ping")
					.setOutputType(".rpc.testing.Pong")
					.setOptions(MethodOptions.newBuilder().setIdempotencyLevel(level))))
			.build(), new FileDescriptor[] { Ping.getDescriptor().getFile() });
		return EchoGrpc.getUnaryMethod()
			.toBuilder()
			.setFullMethodName("levels.Levels/Get")
			.setSchemaDescriptor((Schema) () -> file)
			.build();
	}

	private interface Schema extends ProtoMethodDescriptorSupplier {

		@Override
		default Descriptors.MethodDescriptor getMethodDescriptor() {
			return getServiceDescriptor().getMethods().get(0);
		}

		@Override
		default Descriptors.ServiceDescriptor getServiceDescriptor() {
			return getFileDescriptor().getServices().get(0);
		}

	}

}
