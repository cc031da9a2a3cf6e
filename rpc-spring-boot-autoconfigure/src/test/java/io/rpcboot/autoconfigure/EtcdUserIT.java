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

import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.testing.EchoServiceConfiguration;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdTest;
import io.rpcboot.testing.etcd.EtcdUsers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What an application does at its start whose user etcd does not know, and what it
 * prints.
 */
@EtcdTest
@ExtendWith(OutputCaptureExtension.class)
class EtcdUserIT {

	private static final String PASSWORD = "s3cret-of-root";

	private static final String WRONG = "s3cret-of-nobody";

	private final EtcdServer etcd;

	EtcdUserIT(EtcdServer etcd) {
		this.etcd = etcd;
	}

	@BeforeAll
	static void demandLogIn(EtcdServer etcd) {
		EtcdUsers.demandLogIn(etcd, PASSWORD, "guest");
	}

	@Test
	void whenEtcdDoesNotKnowTheUserThenTheStartFailsAndSaysWhatToSet(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run("root", WRONG));
		assertThat(output)
			.contains(
					"""

							***************************
							APPLICATION FAILED TO START
							***************************

							Description:

							etcd [%s] namespace 'default' refuses the user 'root': INVALID_ARGUMENT: etcdserver: authentication failed, \
							invalid user ID or password

							Action:

							Set a user that etcd knows, with its password. To start all the same and go on trying, set \
							rpc.registry.etcd.check-user=false.

							    rpc.registry.etcd.username=root
							    rpc.registry.etcd.password=${ETCD_PASSWORD}
							"""
						.formatted(this.etcd.endpoint()))
			.doesNotContain(WRONG)
			.doesNotContain("\tat " + EtcdUserIT.class.getName());
	}

	@Test
	void whenTheUserIsNotCheckedThenTheServerServesAndGoesOnTrying(CapturedOutput output) {
		try (ConfigurableApplicationContext application = run("root", WRONG, "rpc.registry.etcd.check-user=false")) {
			assertThat(application.getBean(RpcServerLifecycle.class).isRunning()).isTrue();
		}
		assertThat(output).doesNotContain("APPLICATION FAILED TO START");
	}

	@Test
	void whenTheUserMayReadNothingThenTheStartGoesOn() {
		try (ConfigurableApplicationContext application = run("guest", PASSWORD)) {
			assertThat(application.getBean(RpcServerLifecycle.class).isRunning()).isTrue();
		}
	}

	@Test
	void whenEtcdKnowsTheUserThenTheStartGoesOn() {
		try (ConfigurableApplicationContext application = run("root", PASSWORD)) {
			assertThat(application.getBean(RpcServerLifecycle.class).isRunning()).isTrue();
		}
	}

	@Test
	void whenEtcdDoesNotAnswerThenTheStartGoesOn() {
		this.etcd.kill();
		try (ConfigurableApplicationContext application = run("root", WRONG)) {
			assertThat(application.getBean(RpcServerLifecycle.class).isRunning()).isTrue();
		}
		finally {
			this.etcd.start();
		}
	}

	private ConfigurableApplicationContext run(String user, String password, String... properties) {
		String[] all = new String[properties.length + 4];
		System.arraycopy(properties, 0, all, 4, properties.length);
		all[0] = "spring.application.name=echo";
		all[1] = "rpc.registry.etcd.endpoints=" + this.etcd.endpoint();
		all[2] = "rpc.registry.etcd.username=" + user;
		all[3] = "rpc.registry.etcd.password=" + password;
		return RpcApplications.run(EchoServiceConfiguration.class, all);
	}

}
