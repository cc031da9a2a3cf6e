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

import io.rpcboot.server.validation.JakartaRequestValidator;
import io.rpcboot.server.validation.RequestValidator;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcServerValidationAutoConfiguration}.
 */
class RpcServerValidationAutoConfigurationTests {

	private final ApplicationContextRunner empty = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcServerValidationAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.empty.withBean(Validator.class,
			RpcServerValidationAutoConfigurationTests::validator);

	@Test
	void whenThereIsAValidatorThenRequestsAreCheckedByIt() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(JakartaRequestValidator.class));
	}

	@Test
	void whenThereIsNoValidatorThenTheyAreNot() {
		this.empty.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RequestValidator.class));
	}

	@Test
	void whenThereIsNoJakartaValidationThenTheyAreNot() {
		this.empty.withClassLoader(new FilteredClassLoader("jakarta.validation"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RequestValidator.class));
	}

	@Test
	void whenItIsDisabledThenTheyAreNot() {
		this.runner.withPropertyValues("rpc.server.validation.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(RequestValidator.class));
	}

	@Test
	void whenTheUserHasOneThenThatIsUsed() {
		JakartaRequestValidator own = new JakartaRequestValidator(validator());
		this.runner.withBean("own", JakartaRequestValidator.class, () -> own)
			.run((context) -> assertThat(context.getBean(JakartaRequestValidator.class)).isSameAs(own));
	}

	@Test
	void whenThereAreOtherValidatorsThenItIsOneOfThem() {
		this.runner.withBean("other", RequestValidator.class, () -> (message, method) -> List.of())
			.run((context) -> assertThat(context.getBeansOfType(RequestValidator.class)).hasSize(2));
	}

	private static Validator validator() {
		return Validation.byDefaultProvider()
			.configure()
			.messageInterpolator(new ParameterMessageInterpolator())
			.buildValidatorFactory()
			.getValidator();
	}

}
