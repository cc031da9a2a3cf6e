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

package io.rpcboot.server.validation;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.ReflectableMarshaller;
import io.rpcboot.call.RpcError.Violation;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.HibernateValidatorConfiguration;
import org.hibernate.validator.cfg.defs.MinDef;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link JakartaRequestValidator}: what it covers, and what it does not.
 */
class JakartaRequestValidatorTests {

	private static final String XML = """
			<constraint-mappings xmlns="https://jakarta.ee/xml/ns/validation/mapping" version="3.1">
				<bean class="io.rpcboot.testing.echo.Ping" ignore-annotations="false">
					<getter name="text">
						<constraint annotation="jakarta.validation.constraints.NotBlank"/>
					</getter>
				</bean>
			</constraint-mappings>
			""";

	private final MethodDescriptor<Ping, Pong> method = EchoGrpc.getUnaryMethod();

	@Test
	void whenAGeneratedClassIsMappedInXmlThenItsGettersAreChecked() {
		JakartaRequestValidator validator = validator(
				configuration().addMapping(new ByteArrayInputStream(XML.getBytes(StandardCharsets.UTF_8))));
		assertThat(validator.supports(this.method)).isTrue();
		assertThat(validator.validate(Ping.getDefaultInstance(), this.method))
			.containsExactly(new Violation("text", "must not be blank", "NotBlank"));
		assertThat(validator.validate(Ping.newBuilder().setText("x").build(), this.method)).isEmpty();
	}

	@Test
	void whenAGeneratedClassIsConstrainedByTheProvidersApiThenItsGettersAreChecked() {
		HibernateValidatorConfiguration configuration = configuration();
		var mapping = configuration.createConstraintMapping();
		mapping.type(Ping.class).getter("count").constraint(new MinDef().value(0));
		JakartaRequestValidator validator = validator(configuration.addMapping(mapping));
		assertThat(validator.validate(Ping.newBuilder().setCount(-1).build(), this.method))
			.containsExactly(new Violation("count", "must be greater than or equal to 0", "Min"));
	}

	@Test
	void whenAGeneratedClassHasNoMappingThenItsMethodsAreLeftAlone() {
		assertThat(validator(configuration()).supports(this.method)).isFalse();
	}

	@Test
	void whenRequestsAreOfAnotherMarshallerThenTheirAnnotationsCount() {
		JakartaRequestValidator validator = validator(configuration());
		MethodDescriptor<Order, Pong> orders = this.method.toBuilder(new OrderMarshaller(), response()).build();
		assertThat(validator.supports(orders)).isTrue();
		assertThat(validator.validate(new Order(" ", "12345"), orders)).containsExactly(
				new Violation("note", "size must be between 0 and 4", "Size"),
				new Violation("sku", "must not be blank", "NotBlank"));
	}

	@Test
	void whenAMarshallerDoesNotTellTheClassThenEachMessageIsLookedAt() {
		MethodDescriptor.Marshaller<Order> untold = new MethodDescriptor.Marshaller<>() {
			@Override
			public InputStream stream(Order value) {
				return InputStream.nullInputStream();
			}

			@Override
			public Order parse(InputStream stream) {
				return new Order("", "");
			}
		};
		JakartaRequestValidator validator = validator(configuration());
		assertThat(validator.supports(this.method.toBuilder(untold, response()).build())).isTrue();
		assertThat(validator.validate("no constraints", this.method)).isEmpty();
	}

	private MethodDescriptor.Marshaller<Pong> response() {
		return this.method.getResponseMarshaller();
	}

	private static HibernateValidatorConfiguration configuration() {
		return Validation.byProvider(HibernateValidator.class)
			.configure()
			.messageInterpolator(new ParameterMessageInterpolator());
	}

	private static JakartaRequestValidator validator(HibernateValidatorConfiguration configuration) {
		Validator validator = configuration.buildValidatorFactory().getValidator();
		return new JakartaRequestValidator(validator);
	}

	record Order(@NotBlank String sku, @Size(max = 4) String note) {

	}

	private static final class OrderMarshaller implements ReflectableMarshaller<Order> {

		@Override
		public Class<Order> getMessageClass() {
			return Order.class;
		}

		@Override
		public InputStream stream(Order value) {
			return InputStream.nullInputStream();
		}

		@Override
		public Order parse(InputStream stream) {
			return new Order("", "");
		}

	}

}
