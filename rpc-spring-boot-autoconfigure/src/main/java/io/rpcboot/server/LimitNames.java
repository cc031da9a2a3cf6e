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

package io.rpcboot.server;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.grpc.ServerServiceDefinition;
import io.rpcboot.server.admission.AdmissionSettings;

/**
 * Checks that every service and method that the settings name is served: a limit that
 * applies to nothing protects nothing.
 */
final class LimitNames {

	private static final int MAX_SHOWN = 5;

	private LimitNames() {
	}

	static void check(AdmissionSettings admission, Map<String, String> executors,
			Collection<ServerServiceDefinition> definitions) {
		Set<String> services = new TreeSet<>();
		Set<String> methods = new TreeSet<>();
		definitions.forEach((definition) -> {
			services.add(definition.getServiceDescriptor().getName());
			definition.getMethods().forEach((method) -> methods.add(method.getMethodDescriptor().getFullMethodName()));
		});
		check("rpc.server.admission.services", admission.services().keySet(), services);
		check("rpc.server.admission.methods", admission.methods().keySet(), methods);
		check("rpc.server.services", executors.keySet(), services);
	}

	private static void check(String key, Set<String> named, Set<String> served) {
		for (String name : named) {
			if (!served.contains(name)) {
				throw new RpcServerException(
						key + ".[" + name + "]: '" + name + "' is not served here (expected: one of " + served + ")",
						"Correct the name, or remove the property. What is served has keys that begin so:\n"
								+ served.stream()
									.limit(MAX_SHOWN)
									.map((one) -> "\n    " + key + "[" + one + "].")
									.collect(Collectors.joining()),
						null);
			}
		}
	}

}
