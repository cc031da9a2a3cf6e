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

package io.rpcboot.system;

import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;

import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What health and the endpoint say over HTTP while etcd is away.
 */
@EtcdTest
class HealthDuringOutageIT {

	private static final String CALLEE = "registry/applications/echo/";

	private final EtcdServer etcd;

	private final String namespace = "health-" + UUID.randomUUID();

	HealthDuringOutageIT(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@Test
	void whenEtcdGoesAwayThenAllStaysUpWhileTheLastSetServes() {
		try (WebApplication callee = run(EndpointOverHttpTests.Callee.class, "echo", "echo.name=a");
				WebApplication caller = run(EndpointOverHttpTests.Caller.class, "caller",
						"rpc.health.required-references=echo")) {
			await(() -> assertThat(caller.get("health/rpcReferences").at("status")).isEqualTo("UP"));
			await(() -> assertThat(callee.get("rpc").at("server/registration/state")).isEqualTo("REGISTERED"));
			await(() -> assertThat(Long.parseLong(String.valueOf(callee.get("rpc").at("server/registration/renewals"))))
				.isPositive());
			assertThat(caller.get("rpc").at(CALLEE + "state")).isEqualTo("CURRENT");
			assertThat(caller.get("rpc").at(CALLEE + "instances")).isEqualTo("1");
			assertThat(caller.get("rpc").at(CALLEE + "quarantined")).isEqualTo("[]");
			assertThat(caller.get("rpc").at(CALLEE + "ageMillis")).isNotNull();
			this.etcd.stop();
			try {
				await(() -> assertThat(caller.get("rpc").at(CALLEE + "state")).isEqualTo("STALE"));
				await(() -> assertThat(caller.get("rpc").at("registry/events")).contains("does not answer"));
				assertThat(caller.get("health/rpcRegistry").at("status")).isEqualTo("UP");
				assertThat(caller.get("health/rpcRegistry").at("details/discovery/states")).isEqualTo("{\"STALE\":1}");
				assertThat(caller.get("health/rpcReferences").at("status")).isEqualTo("UP");
				assertThat(caller.get("health").status()).isEqualTo(200);
				assertThat(callee.get("health").status()).isEqualTo(200);
				assertThat(callee.get("health/readiness").status()).isEqualTo(200);
				assertThat(caller.context()
					.getBean(EndpointOverHttpTests.Caller.class)
					.echo()
					.unary(Ping.getDefaultInstance())
					.getServer()).isEqualTo("a");
			}
			finally {
				this.etcd.start();
			}
			await(() -> assertThat(caller.get("rpc").at(CALLEE + "state")).isEqualTo("CURRENT"));
			await(() -> assertThat(caller.get("rpc").at("registry/events")).contains("answers again after"));
		}
	}

	@Test
	void whenEtcdWasNeverThereThenTheServerServesAndOnlyWhatIsRequiredIsMissed() {
		this.etcd.stop();
		try (WebApplication callee = run(EndpointOverHttpTests.Callee.class, "echo", "echo.name=a");
				WebApplication caller = run(EndpointOverHttpTests.Caller.class, "caller");
				WebApplication strict = run(EndpointOverHttpTests.Caller.class, "strict",
						"rpc.health.required-references=echo")) {
			assertThat(callee.get("health").status()).isEqualTo(200);
			assertThat(callee.get("health/rpcServer").at("status")).isEqualTo("UP");
			assertThat(callee.get("health/rpcRegistry").at("details/registration")).isEqualTo("PENDING");
			await(() -> assertThat(caller.get("health/rpcReferences").at("status")).isEqualTo("DEGRADED"));
			assertThat(caller.get("health").status()).isEqualTo(200);
			await(() -> assertThat(strict.get("health/rpcReferences").at("status")).isEqualTo("OUT_OF_SERVICE"));
			this.etcd.start();
			await(() -> assertThat(strict.get("health/rpcReferences").at("status")).isEqualTo("UP"));
			await(() -> assertThat(callee.get("health/rpcRegistry").at("details/registration"))
				.isEqualTo("REGISTERED"));
		}
	}

	private WebApplication run(Class<?> configuration, String name, String... properties) {
		String[] all = Arrays.copyOf(properties, properties.length + 6);
		all[properties.length] = "spring.application.name=" + name;
		all[properties.length + 1] = "rpc.registry.etcd.endpoints=" + this.etcd.endpoint();
		all[properties.length + 2] = "rpc.registry.namespace=" + this.namespace;
		all[properties.length + 3] = "management.endpoint.health.show-details=always";
		all[properties.length + 4] = "management.endpoint.health.group.readiness.include=*";
		all[properties.length + 5] = "rpc.registry.etcd.lease-ttl=5s";
		return WebApplication.run(configuration, all);
	}

	private static void await(ThrowingRunnable assertion) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(assertion);
	}

}
