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

package io.rpcboot.server.authentication;

import java.io.InputStream;
import java.util.Set;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Need}.
 */
class NeedTests {

	@ParameterizedTest
	@CsvSource({ "grpc.health.v1.Health/Check, NOTHING", "grpc.reflection.v1.ServerReflection/Info, NOTHING",
			"demo.Greeter/SayHello, REQUIRED" })
	void byDefaultOnlyWhatUsersServeNeedsCredentials(String method, Need need) {
		assertThat(of(method, AuthenticationSettings.DEFAULT)).isEqualTo(need);
	}

	@ParameterizedTest
	@CsvSource({ "grpc.health.v1.Health/Check, FOR_DETAIL", "grpc.health.v1.Health/Watch, FOR_DETAIL",
			"grpc.health.v1.Health/List, REQUIRED", "grpc.reflection.v1.ServerReflection/Info, REQUIRED",
			"grpc.reflection.v1alpha.ServerReflection/Info, REQUIRED" })
	void whatIsProtectedNeedsThem(String method, Need need) {
		assertThat(of(method, new AuthenticationSettings(false, Set.of(), true, true))).isEqualTo(need);
	}

	@ParameterizedTest
	@CsvSource({ "demo.Greeter/SayHello, OPTIONAL", "demo.Greeter/Other, REQUIRED", "demo.Login/Any, OPTIONAL",
			"demo.LoginLog/Any, REQUIRED" })
	void openMethodsAndServicesDoNot(String method, Need need) {
		Set<String> open = Set.of("demo.Greeter/SayHello", "demo.Login");
		assertThat(of(method, new AuthenticationSettings(true, open, false, false))).isEqualTo(need);
	}

	@Test
	void whereTheyAreNotRequiredNoMethodNeedsThem() {
		assertThat(of("demo.Greeter/SayHello", new AuthenticationSettings(false, Set.of(), false, false)))
			.isEqualTo(Need.OPTIONAL);
	}

	private static Need of(String method, AuthenticationSettings settings) {
		return Need.of(MethodDescriptor.<InputStream, InputStream>newBuilder()
			.setType(MethodType.UNARY)
			.setFullMethodName(method)
			.setRequestMarshaller(new Bytes())
			.setResponseMarshaller(new Bytes())
			.build(), settings);
	}

	private static final class Bytes implements MethodDescriptor.Marshaller<InputStream> {

		@Override
		public InputStream stream(InputStream value) {
			return value;
		}

		@Override
		public InputStream parse(InputStream stream) {
			return stream;
		}

	}

}
