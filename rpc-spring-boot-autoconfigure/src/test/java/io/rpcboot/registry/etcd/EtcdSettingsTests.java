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

package io.rpcboot.registry.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EtcdSettings}.
 */
class EtcdSettingsTests {

	private static final URI ENDPOINT = URI.create("http://127.0.0.1:2379");

	@Test
	void textNamesEtcdAndNamespaceButNoPassword() {
		EtcdSettings settings = new EtcdSettings(List.of(ENDPOINT), "root", "s3cret", "default", Duration.ofSeconds(15),
				Duration.ofSeconds(2));
		assertThat(settings).hasToString("etcd [http://127.0.0.1:2379] namespace 'default'");
	}

	@Test
	void whenGivenListChangesThenSettingsDoNot() {
		List<URI> endpoints = new ArrayList<>(List.of(ENDPOINT));
		EtcdSettings settings = new EtcdSettings(endpoints, null, null, "default", Duration.ofSeconds(15),
				Duration.ofSeconds(2));
		endpoints.clear();
		assertThat(settings.endpoints()).containsExactly(ENDPOINT).isUnmodifiable();
	}

	@Test
	void whenThereIsNoEndpointThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(
				() -> new EtcdSettings(List.of(), null, null, "default", Duration.ofSeconds(15), Duration.ofSeconds(2)))
			.withMessage("endpoints: [] (expected: at least one)");
	}

	@Test
	void whenTtlIsBelowEtcdsMinimumThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> settings(Duration.ofMillis(1999), Duration.ofSeconds(2)))
			.withMessage("leaseTtl: PT1.999S (expected: >= 2s, etcd's own minimum)");
		assertThat(settings(Duration.ofSeconds(2), Duration.ofMillis(1)).leaseTtl()).hasSeconds(2);
	}

	@Test
	void whenTtlIsNotInWholeSecondsThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> settings(Duration.ofMillis(2500), Duration.ofSeconds(2)))
			.withMessage("leaseTtl: PT2.5S (expected: whole seconds)");
	}

	@Test
	void whenAnEndpointIsNotOfEtcdThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> settings("ftp://a:1", null, null))
			.withMessage("endpoints: [ftp://a:1] (expected: http://host:port or https://host:port)");
		assertThatIllegalArgumentException().isThrownBy(() -> settings("//a:1", null, null))
			.withMessage("endpoints: [//a:1] (expected: http://host:port or https://host:port)");
	}

	@Test
	void whenAnEndpointHasAUserThenThrowsWithoutThePassword() {
		assertThatIllegalArgumentException().isThrownBy(() -> settings("http://root:s3cret@a:1", null, null))
			.withMessage("endpoints: one with a user (expected: the user in username and password)");
	}

	@Test
	void whenThereIsAUserOrAPasswordAloneThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> settings("http://a:1", "root", null))
			.withMessage("username: root (expected: set together with password, or neither)");
		assertThatIllegalArgumentException().isThrownBy(() -> settings("http://a:1", null, "s3cret"))
			.withMessage("username: null (expected: set together with password, or neither)");
	}

	@Test
	void whenRequestTimeoutIsNotPositiveThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> settings(Duration.ofSeconds(2), Duration.ZERO))
			.withMessage("requestTimeout: PT0S (expected: > 0)");
	}

	@Test
	void whenSchemesAreMixedThenThrows() {
		URI secured = URI.create("https://127.0.0.1:2379");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new EtcdSettings(List.of(ENDPOINT, secured), null, null, "default",
					Duration.ofSeconds(15), Duration.ofSeconds(2)))
			.withMessage(
					"endpoints: [http://127.0.0.1:2379, https://127.0.0.1:2379] (expected: all of them http, or all "
							+ "of them https)");
	}

	@Test
	void whenThereIsTlsMaterialForPlaintextThenThrows() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new EtcdSettings(List.of(ENDPOINT), null, null, "default", Duration.ofSeconds(15),
					Duration.ofSeconds(2), () -> new EtcdSettings.Tls(null, null, List.of(), List.of())))
			.withMessage("endpoints: [http://127.0.0.1:2379] (expected: https, as there is TLS material)");
	}

	private static EtcdSettings settings(String endpoint, @Nullable String username, @Nullable String password) {
		return new EtcdSettings(List.of(URI.create(endpoint)), username, password, "default", Duration.ofSeconds(15),
				Duration.ofSeconds(2));
	}

	private static EtcdSettings settings(Duration leaseTtl, Duration requestTimeout) {
		return new EtcdSettings(List.of(ENDPOINT), null, null, "default", leaseTtl, requestTimeout);
	}

}
