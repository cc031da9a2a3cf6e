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

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Recognizes a variable that Kubernetes made. For a Service named {@code rpc-server} it
 * gives every pod of the namespace {@code RPC_SERVER_PORT=tcp://10.0.0.1:80}, which Boot
 * reads as {@code rpc.server.port}.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class KubernetesVariableFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		ConfigurationProperty property = cause.getProperty();
		String key = cause.getName().toString();
		if (property == null || !key.startsWith("rpc.") || !String.valueOf(property.getValue()).startsWith("tcp://")) {
			return null;
		}
		String variable = key.toUpperCase(Locale.ROOT).replace('.', '_').replace("-", "");
		return new FailureAnalysis(
				"The property " + key + " has the value '" + property.getValue() + "' (origin: " + property.getOrigin()
						+ "), which is no port. Kubernetes makes the variable " + variable
						+ " for a Service of that name in the pod's namespace.",
				"Set enableServiceLinks: false in the pod's spec, or rename the Service, or set " + key
						+ " where it wins over the environment, such as on the command line:"
						+ "\n\n    enableServiceLinks: false",
				cause);
	}

}
