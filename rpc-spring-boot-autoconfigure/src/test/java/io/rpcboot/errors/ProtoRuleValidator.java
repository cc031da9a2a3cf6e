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

package io.rpcboot.errors;

import java.util.List;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.rpcboot.call.RpcError.Violation;
import io.rpcboot.server.validation.RequestValidator;

import org.springframework.stereotype.Component;

@Component
class ProtoRuleValidator implements RequestValidator {

	private final ProtoRules rules;

	ProtoRuleValidator(ProtoRules rules) {
		this.rules = rules;
	}

	@Override
	public List<Violation> validate(Object message, MethodDescriptor<?, ?> method) {
		return this.rules.check((Message) message)
			.stream()
			.map((broken) -> new Violation(broken.field(), broken.message(), broken.rule()))
			.toList();
	}

}
