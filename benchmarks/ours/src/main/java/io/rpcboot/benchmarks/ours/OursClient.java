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

package io.rpcboot.benchmarks.ours;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.rpcboot.benchmarks.driver.BenchClient;
import io.rpcboot.benchmarks.driver.ClientLoop;
import io.rpcboot.benchmarks.driver.GrpcBenchClient;
import io.rpcboot.benchmarks.v1.BenchGrpc.BenchBlockingStub;
import io.rpcboot.benchmarks.v1.BenchGrpc.BenchStub;
import io.rpcboot.client.RpcReference;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Profile;

/**
 * An application that finds the server in etcd. Timeouts, health watch and round robin
 * are what they are by default.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class OursClient {

	@Bean
	@Profile("blocking")
	BenchClient blockingClient(@RpcReference("bench-server-blocking") BenchStub stub,
			@RpcReference("bench-server-blocking") BenchBlockingStub blockingStub) {
		return new GrpcBenchClient(stub, blockingStub);
	}

	@Bean
	@Profile("non-blocking")
	BenchClient nonBlockingClient(@RpcReference(value = "bench-server-non-blocking", nonBlocking = true) BenchStub stub,
			@RpcReference(value = "bench-server-non-blocking", nonBlocking = true) BenchBlockingStub blockingStub) {
		return new GrpcBenchClient(stub, blockingStub);
	}

	/**
	 * Starts the client.
	 * @param args the server's port, which is not used: etcd knows it; {@code blocking}
	 * or {@code non-blocking}; etcd's endpoint; any properties, each {@code --name=value}
	 */
	public static void main(String[] args) {
		List<String> properties = new ArrayList<>(List.of("--spring.profiles.active=" + args[1],
				"--spring.application.name=bench-client", "--rpc.registry.etcd.endpoints=" + args[2]));
		properties.addAll(Arrays.asList(args).subList(3, args.length));
		ClientLoop
			.run(SpringApplication.run(OursClient.class, properties.toArray(String[]::new)).getBean(BenchClient.class));
	}

}
