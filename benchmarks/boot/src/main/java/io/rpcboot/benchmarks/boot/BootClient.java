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

package io.rpcboot.benchmarks.boot;

import io.grpc.Channel;
import io.rpcboot.benchmarks.driver.BenchClient;
import io.rpcboot.benchmarks.driver.ClientLoop;
import io.rpcboot.benchmarks.driver.GrpcBenchClient;
import io.rpcboot.benchmarks.v1.BenchGrpc;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.client.GrpcChannelFactory;

/**
 * An application that calls a configured channel.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class BootClient {

	@Bean
	BenchClient benchClient(GrpcChannelFactory channels) {
		Channel channel = channels.createChannel("bench");
		return new GrpcBenchClient(BenchGrpc.newStub(channel), BenchGrpc.newBlockingStub(channel));
	}

	/**
	 * Starts the client.
	 * @param args the server's port; the others are not used
	 */
	public static void main(String[] args) {
		ClientLoop.run(
				SpringApplication
					.run(BootClient.class, "--spring.grpc.client.channel.bench.target=static://127.0.0.1:" + args[0],
							"--spring.grpc.server.enabled=false")
					.getBean(BenchClient.class));
	}

}
