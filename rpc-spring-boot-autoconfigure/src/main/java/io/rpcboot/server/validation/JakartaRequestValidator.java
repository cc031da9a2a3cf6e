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

import java.util.List;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.ReflectableMarshaller;
import io.rpcboot.call.RpcError.Violation;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;

/**
 * Checks requests by the constraints of Jakarta Bean Validation. Classes that protoc
 * generates carry no annotations; theirs come from an XML mapping
 * ({@code META-INF/validation.xml}) or from the provider's own API, and are read through
 * the getters of the message ({@code getText()} is the property {@code text}). Two things
 * follow from what is generated: a scalar or a nested message is never {@code null}, so
 * {@code @NotNull} says nothing of them; and a repeated or nested field is not entered
 * without {@code @Valid} in the mapping. Request classes of other marshallers, such as of
 * JSON, may be annotated as usual.
 */
public final class JakartaRequestValidator implements RequestValidator {

	private final Validator validator;

	/**
	 * Creates the validator.
	 * @param validator knows the constraints
	 */
	public JakartaRequestValidator(Validator validator) {
		this.validator = validator;
	}

	/**
	 * Tells whether the class of requests has constraints. A marshaller that does not
	 * tell the class makes each message be looked at.
	 */
	@Override
	public boolean supports(MethodDescriptor<?, ?> method) {
		return !(method.getRequestMarshaller() instanceof ReflectableMarshaller<?> marshaller)
				|| this.validator.getConstraintsForClass(marshaller.getMessageClass()).isBeanConstrained();
	}

	@Override
	public List<Violation> validate(Object message, MethodDescriptor<?, ?> method) {
		return this.validator.validate(message)
			.stream()
			.map(JakartaRequestValidator::violation)
			.sorted((one, other) -> one.field().compareTo(other.field()))
			.toList();
	}

	private static Violation violation(ConstraintViolation<?> violation) {
		String constraint = violation.getConstraintDescriptor().getAnnotation().annotationType().getSimpleName();
		return new Violation(violation.getPropertyPath().toString(), violation.getMessage(), constraint);
	}

}
