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

import java.util.Map;

import io.rpcboot.testing.FailedStart;
import io.rpcboot.testing.FailedStart.Serving;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application prints whose properties cannot be bound:
 * {@link KubernetesVariableFailureAnalyzer} and
 * {@link UnknownClientPropertyFailureAnalyzer} as Spring Boot finds and runs them.
 */
@ExtendWith(OutputCaptureExtension.class)
class RpcPropertyFailureAnalysisTests {

	@Test
	void whenAPropertyIsOutOfRange(CapturedOutput output) {
		FailedStart.of(Serving.class, "rpc.server.port=70000");
		assertThat(output).contains(FailedStart.analysis(
				"Invalid value '70000' for configuration property 'rpc.server.port' (originating from '\"rpc.server.port\""
						+ " from property source \"commandLineArgs\"'). Validation failed for the following reason:%n%n"
							.formatted()
						+ "Expected: 0 to 65535, or -1 for no server.",
				"Review the value of the property with the provided reason."));
	}

	@Test
	void whenKubernetesMadeAVariableOfTheName(CapturedOutput output) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
							Map.of("RPC_SERVER_PORT", "tcp://10.0.0.1:80", "RPC_SERVER_PORT_80_TCP",
									"tcp://10.0.0.1:80", "RPC_SERVER_PORT_80_TCP_PORT", "80", "RPC_SERVER_SERVICE_HOST",
									"10.0.0.1", "RPC_SERVER_SERVICE_PORT", "80")));
		SpringApplication application = FailedStart.application(Serving.class);
		application.setEnvironment(environment);
		FailedStart.of(application, "--spring.main.banner-mode=off");
		assertThat(output).contains(FailedStart.analysis(
				"The property rpc.server.port has the value 'tcp://10.0.0.1:80' (origin: System Environment Property"
						+ " \"RPC_SERVER_PORT\"), which is no port. Kubernetes makes the variable RPC_SERVER_PORT for a"
						+ " Service of that name in the pod's namespace.",
				"Set enableServiceLinks: false in the pod's spec, or rename the Service, or set rpc.server.port where it"
						+ " wins over the environment, such as on the command line:\n\n    enableServiceLinks: false"));
	}

	@Test
	void whenThePortIsWrongForAnotherReasonThenKubernetesIsNotBlamed(CapturedOutput output) {
		FailedStart.of(Serving.class, "rpc.server.port=eighty");
		assertThat(output).contains("APPLICATION FAILED TO START", "Property: rpc.server.port")
			.doesNotContain("Kubernetes");
	}

	@Test
	void whenAKeyOfTheClientIsUnknown(CapturedOutput output) {
		FailedStart.of(Serving.class, "rpc.client.references.demo.provider.timeout=1s");
		assertThat(output).contains(FailedStart.analysis(
				"The property rpc.client.references.demo.provider.timeout is not known (origin:"
						+ " \"rpc.client.references.demo.provider.timeout\" from property source \"commandLineArgs\").",
				"Correct the name. A name of an application, service or method that has dots or slashes stands in"
						+ " brackets, and YAML wants the brackets in quotes:\n\n"
						+ "    rpc.client.references[demo.provider].methods[demo.Greeter/SayHello].timeout=1s"));
	}

}
