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

import java.net.URI;
import java.util.List;

import io.rpcboot.testing.FailedStart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application prints that cannot use the registry that is set.
 */
@ExtendWith(OutputCaptureExtension.class)
class RpcRegistryFailureAnalysisTests {

	@Test
	void whenTheTypeIsEmpty(CapturedOutput output) {
		FailedStart.of(Etcd.class, "rpc.registry.type=");
		assertThat(output)
			.contains(FailedStart.analysis("rpc.registry.type: '' (expected: etcd, local or none)",
					"Name one of these, or remove the property for etcd:\n\n    rpc.registry.type=etcd"))
			.doesNotContain(FailedStart.STACK);
	}

	@Test
	void whenEtcdIsToldAsPlaintextWithABundle(CapturedOutput output) {
		FailedStart.of(Etcd.class, "rpc.registry.type=etcd", "rpc.registry.etcd.ssl.bundle=etcd",
				"rpc.registry.etcd.endpoints=http://etcd-1:2379,http://etcd-2:2379",
				"spring.ssl.bundle.jks.etcd.protocol=TLS");
		assertThat(output).contains(FailedStart.analysis(
				"rpc.registry.etcd.endpoints: [http://etcd-1:2379, http://etcd-2:2379] (expected: https, as"
						+ " rpc.registry.etcd.ssl.bundle is set)",
				"Let the endpoints be https if etcd speaks TLS, else remove rpc.registry.etcd.ssl.bundle:\n\n"
						+ "    rpc.registry.etcd.endpoints=https://etcd-1:2379,https://etcd-2:2379"));
	}

	@Test
	void whenTheBundleOfEtcdIsUnknown(CapturedOutput output) {
		FailedStart.of(Etcd.class, "rpc.registry.type=etcd", "rpc.registry.etcd.ssl.bundle=etcd",
				"rpc.registry.etcd.endpoints=https://127.0.0.1:2379", "spring.ssl.bundle.jks.other.protocol=TLS");
		assertThat(output).contains(FailedStart.analysis(
				"rpc.registry.etcd.ssl.bundle: 'etcd' (expected: the name of an SSL bundle; there are [other])",
				"Name one of these, or define it:\n\n    spring.ssl.bundle.pem.etcd.truststore.certificate="
						+ "file:/etc/tls/ca.crt"));
	}

	@Test
	void whenAnEndpointOfEtcdHasAUser(CapturedOutput output) {
		FailedStart.of(Etcd.class, "rpc.registry.type=etcd",
				"rpc.registry.etcd.endpoints=http://root:s3cret@127.0.0.1:2379");
		assertThat(output).contains(FailedStart.analysis(
				"rpc.registry.etcd.endpoints: http://***@127.0.0.1:2379 (expected: http://host:port or"
						+ " https://host:port, the user in username and password)",
				"Take the user out of rpc.registry.etcd.endpoints, and set:\n\n    rpc.registry.etcd.username=root"
						+ "\n    rpc.registry.etcd.password=${ETCD_PASSWORD}"))
			.doesNotContain("s3cret");
	}

	@Test
	void whenTheBeanThatKnowsEtcdIsWrong(CapturedOutput output) {
		FailedStart.of(Details.class, "rpc.registry.type=etcd");
		assertThat(output).contains(FailedStart.analysis(
				"The bean of type " + NoEndpoints.class.getName()
						+ " says endpoints: [] (expected: at least one http://host:port or https://host:port)",
				"Correct the bean of type EtcdConnectionDetails, which wins over rpc.registry.etcd.*."));
	}

	@Configuration(proxyBeanMethods = false)
	static class Details {

		@Bean
		NoEndpoints details() {
			return new NoEndpoints();
		}

	}

	static class NoEndpoints implements EtcdConnectionDetails {

		@Override
		public List<URI> getEndpoints() {
			return List.of();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Etcd {

	}

}
