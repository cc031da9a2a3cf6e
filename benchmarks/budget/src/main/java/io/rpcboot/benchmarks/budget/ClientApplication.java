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

package io.rpcboot.benchmarks.budget;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.rpcboot.benchmarks.driver.BenchService;
import io.rpcboot.benchmarks.driver.Handler;
import io.rpcboot.benchmarks.ours.OursClient;
import io.rpcboot.benchmarks.v1.BenchGrpc.BenchStub;
import io.rpcboot.client.RpcReference;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application that calls {@link AnsweredChannel#APPLICATION}, declared non-blocking. A
 * server is there, so that its channel is connected and at rest.
 */
final class ClientApplication implements AutoCloseable {

	private final Server server;

	private final ConfigurableApplicationContext context;

	/**
	 * Starts the application.
	 * @param properties each {@code --name=value}
	 * @throws IOException if the server cannot be started
	 */
	ClientApplication(List<String> properties) throws IOException {
		AnsweredChannel.install();
		this.server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
			.addService(new BenchService(new Handler()))
			.build()
			.start();
		List<String> arguments = new ArrayList<>(properties);
		arguments.addAll(List.of("--spring.application.name=bench-client", "--rpc.server.port=-1",
				"--logging.level.root=warn", "--rpc.client.references." + AnsweredChannel.APPLICATION
						+ ".addresses=127.0.0.1:" + this.server.getPort()));
		this.context = new SpringApplication(OursClient.class, Referring.class).run(arguments.toArray(String[]::new));
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	BenchStub stub() {
		return this.context.getBean(BenchStub.class);
	}

	@Override
	public void close() {
		this.context.close();
		this.server.shutdownNow();
	}

	@Configuration(proxyBeanMethods = false)
	static class Referring {

		@Bean
		BenchStub stub(@RpcReference(value = AnsweredChannel.APPLICATION, nonBlocking = true) BenchStub stub) {
			return stub;
		}

	}

}
