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

import java.util.List;
import java.util.Map;

import io.grpc.MethodDescriptor;
import io.rpcboot.client.RpcClientSettings.Method;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.testing.echo.EchoGrpc;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What wins over what: default, annotation, application, service, method.
 */
class MethodSettingsTests {

	@Test
	void whenNothingIsSetThenTheDefaultHolds() {
		assertThat(settings(null, null).of(EchoGrpc.getUnaryMethod()).value()).isEqualTo("p2c");
	}

	@Test
	void theAnnotationWinsOverTheDefault() {
		assertThat(settings("random", null).of(EchoGrpc.getUnaryMethod()).value()).isEqualTo("random");
	}

	@Test
	void theApplicationWinsOverTheAnnotation() {
		assertThat(settings("random", "round_robin").of(EchoGrpc.getUnaryMethod()).value()).isEqualTo("round_robin");
	}

	@Test
	void theServiceWinsOverTheApplication() {
		assertThat(settings("random", "round_robin", Map.of("rpc.testing.Echo", method("pick_first")))
			.of(EchoGrpc.getUnaryMethod())
			.value()).isEqualTo("pick_first");
	}

	@Test
	void theMethodWinsOverTheService() {
		MethodSettings<String> settings = settings("random", "round_robin",
				Map.of("rpc.testing.Echo", method("pick_first"), "rpc.testing.Echo/Unary", method("consistent_hash")));
		assertThat(settings.of(EchoGrpc.getUnaryMethod()).value()).isEqualTo("consistent_hash");
		assertThat(settings.of(EchoGrpc.getBidiMethod()).value()).isEqualTo("pick_first");
		assertThat(settings.ofReference().value()).isEqualTo("round_robin");
	}

	@Test
	void whenAMethodSetsSomethingElseThenTheServiceHolds() {
		MethodSettings<String> settings = settings(null, null,
				Map.of("rpc.testing.Echo", method("pick_first"), "rpc.testing.Echo/Unary", new Method(null, null)));
		assertThat(settings.of(EchoGrpc.getUnaryMethod()).value()).isEqualTo("pick_first");
	}

	@Test
	void aMethodOfAnotherServiceIsNotConcerned() {
		MethodSettings<String> settings = settings(null, null, Map.of("rpc.testing.Echo", method("pick_first")));
		MethodDescriptor<?, ?> other = EchoGrpc.getUnaryMethod()
			.toBuilder()
			.setFullMethodName("rpc.testing.Other/Unary")
			.build();
		assertThat(settings.of(other).value()).isEqualTo("p2c");
	}

	private static MethodSettings<String> settings(@Nullable String annotation, @Nullable String application) {
		return settings(annotation, application, Map.of());
	}

	private static MethodSettings<String> settings(@Nullable String annotation, @Nullable String application,
			Map<String, Method> methods) {
		return new MethodSettings<>(new SettingNames("echo", "load-balancing", "loadBalancing"), "p2c", annotation,
				new Reference(null, null, application, null, null, List.of(), methods), Reference::loadBalancing,
				Method::loadBalancing);
	}

	private static Method method(String policy) {
		return new Method(null, null, policy, null);
	}

}
