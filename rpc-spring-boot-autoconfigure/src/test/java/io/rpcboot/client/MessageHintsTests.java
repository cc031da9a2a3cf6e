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

import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ListServiceResponse;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a message holds is told together with it.
 */
class MessageHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	private final MessageHints messages = new MessageHints(this.hints.reflection());

	@Test
	void whatAMessageHoldsHasHintsTooHoweverDeep() {
		this.messages.register(ServerReflectionGrpc.getServerReflectionInfoMethod().getResponseMarshaller());
		assertHaveHints(ServerReflectionResponse.class, ServerReflectionResponse.Builder.class,
				ListServiceResponse.class, ServiceResponse.class, ServiceResponse.Builder.class);
	}

	@Test
	void constantsHaveHintsToo() {
		this.messages.register(HealthGrpc.getCheckMethod().getResponseMarshaller());
		assertHaveHints(HealthCheckResponse.class, HealthCheckResponse.ServingStatus.class);
	}

	@Test
	void whatIsNotHeldHasNone() {
		this.messages.register(HealthGrpc.getCheckMethod().getResponseMarshaller());
		assertThat(RuntimeHintsPredicates.reflection().onType(ServiceResponse.class)).rejects(this.hints);
	}

	private void assertHaveHints(Class<?>... types) {
		assertThat(List.of(types)).allSatisfy((type) -> assertThat(RuntimeHintsPredicates.reflection()
			.onType(type)
			.withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS)).as(type.getName()).accepts(this.hints));
	}

}
