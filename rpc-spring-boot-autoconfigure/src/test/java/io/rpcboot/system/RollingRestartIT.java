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

import java.util.List;

import io.rpcboot.testing.ChildJvm;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two providers, each a process, restarted in turn under constant load: no call is lost.
 */
@EtcdTest
class RollingRestartIT {

	private static final int RESTARTS = 8;

	private static final int IN_FLIGHT = 24;

	private final String etcd;

	RollingRestartIT(EtcdServer etcd) {
		this.etcd = "rpc.registry.etcd.endpoints=" + etcd.endpoint();
	}

	@Test
	void whenProvidersAreRestartedInTurnUnderLoadThenNoCallFails() throws InterruptedException {
		ChildJvm[] providers = { start(0), start(1) };
		try (ConfigurableApplicationContext consumer = RpcApplications.run(EchoConsumer.class,
				"spring.application.name=consumer", this.etcd)) {
			for (ChildJvm provider : providers) {
				provider.awaitLine("Registered echo");
			}
			EchoLoad load = consumer.getBean(EchoLoad.class);
			consumer.getBean(EchoGrpc.EchoBlockingStub.class).withWaitForReady().unary(Ping.getDefaultInstance());
			load.start(IN_FLIGHT);
			for (int restart = 0; restart < RESTARTS; restart++) {
				int turn = restart % 2;
				assertThat(providers[turn].terminate()).as("exit code of SIGTERM").isEqualTo(143);
				providers[turn] = start(turn);
				// No wait for the consumer: the other one is told to stop at once.
				providers[turn].awaitLine("Registered echo");
			}
			load.stop();
			assertThat(load.failures()).isEmpty();
			assertThat(load.calls("0")).isGreaterThan(RESTARTS);
			assertThat(load.calls("1")).isGreaterThan(RESTARTS);
		}
		finally {
			for (ChildJvm provider : providers) {
				provider.close();
			}
		}
	}

	private ChildJvm start(int name) {
		return ChildJvm.start(EchoProvider.class,
				List.of("spring.application.name=echo", "echo.name=" + name, this.etcd));
	}

}
