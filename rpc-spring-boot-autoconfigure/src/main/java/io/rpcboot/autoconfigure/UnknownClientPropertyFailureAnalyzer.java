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
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Says what to do about a key under {@code rpc.client} that is not known: most often a
 * name with dots or slashes that does not stand in brackets. Shows no value: a secret
 * whose name is misspelt is a secret still.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnknownClientPropertyFailureAnalyzer
		extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("rpc.client");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
		List<ConfigurationProperty> unknown = cause.getUnboundProperties()
			.stream()
			.filter((property) -> PREFIX.isAncestorOf(property.getName()))
			.toList();
		if (unknown.isEmpty()) {
			return null;
		}
		String description = unknown.stream()
			.map((property) -> "The property " + property.getName() + " is not known (origin: " + property.getOrigin()
					+ ").")
			.collect(Collectors.joining("\n"));
		return new FailureAnalysis(description,
				"Correct the name. A name of an application, service or method that has dots or slashes stands in "
						+ "brackets, and YAML wants the brackets in quotes:\n\n"
						+ "    rpc.client.references[demo.provider].methods[demo.Greeter/SayHello].timeout=1s",
				cause);
	}

}
