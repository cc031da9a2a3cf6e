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

package io.rpcboot.benchmarks.scale;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ServerCalls;
import io.rpcboot.benchmarks.driver.Fields;
import io.rpcboot.benchmarks.driver.ProcessStats;
import io.rpcboot.benchmarks.driver.RunnerLines;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The process that is a server with as many services as it is told, everything as the
 * starter sets it.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class Services {

	/**
	 * Runs the server until its input ends.
	 * @param args etcd's endpoint; a file that is not used; the application's name; how
	 * many services it has
	 */
	public static void main(String[] args) {
		int count = Integer.parseInt(args[3]);
		SpringApplication application = new SpringApplication(Services.class);
		application.addInitializers((context) -> {
			for (int i = 0; i < count; i++) {
				String name = name(i);
				((GenericApplicationContext) context).registerBean(name, BindableService.class,
						() -> () -> definition(name));
			}
		});
		var context = application.run("--spring.application.name=" + args[2], "--rpc.server.port=0",
				"--rpc.server.address=127.0.0.1", "--rpc.registry.etcd.endpoints=" + args[0]);
		int port = context.getEnvironment().getRequiredProperty("local.rpc.server.port", Integer.class);
		RunnerLines.say("READY");
		RunnerLines.serve((command) -> RunnerLines.say(command.get(0) + " " + switch (command.get(0)) {
			case "CLOCK" -> new Fields().with("nanos", System.nanoTime());
			case "STATS" -> ProcessStats.take().addTo(new Fields()).with("sets", 0);
			case "HEAP" -> Heap.collected();
			case "THREADS" -> ThreadTimes.take().fields();
			case "PORT" -> new Fields().with("port", port);
			default -> throw new IllegalArgumentException("command: " + command);
		}));
	}

	/**
	 * Returns the name of a service.
	 * @param index which
	 * @return its name
	 */
	static String name(int index) {
		return "shop.orders.v1.Service" + index;
	}

	private static ServerServiceDefinition definition(String name) {
		MethodDescriptor<HealthCheckRequest, HealthCheckResponse> method = HealthGrpc.getCheckMethod()
			.toBuilder()
			.setFullMethodName(MethodDescriptor.generateFullMethodName(name, "Call"))
			.setSchemaDescriptor(null)
			.build();
		return ServerServiceDefinition.builder(name).addMethod(method, ServerCalls.asyncUnaryCall((request, reply) -> {
			reply.onNext(HealthCheckResponse.getDefaultInstance());
			reply.onCompleted();
		})).build();
	}

}
