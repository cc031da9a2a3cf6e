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

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import io.rpcboot.benchmarks.driver.Fields;
import io.rpcboot.benchmarks.driver.ProcessStats;
import io.rpcboot.benchmarks.driver.RunnerLines;
import io.rpcboot.client.RpcReference;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

/**
 * The process that is an application with as many references as it is told. Everything is
 * as the starter sets it, but for the filter that looks on.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class Referrer {

	/** The application that the next reference is to. */
	private static final String TARGET = "scale.target";

	@Bean
	PickSets pickSets(Environment environment) throws IOException {
		return new PickSets(SeenTimes.map(Path.of(environment.getRequiredProperty("scale.times"))));
	}

	@Bean
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	Target target(@RpcReference("${" + TARGET + "}") HealthBlockingStub stub) {
		return new Target(stub);
	}

	/**
	 * Runs the application until its input ends.
	 * @param args etcd's endpoint; the file of {@link SeenTimes}; whether a subset is
	 * used
	 */
	public static void main(String[] args) {
		var context = SpringApplication.run(Referrer.class, "--spring.application.name=scale-referrer",
				"--rpc.server.port=-1", "--rpc.registry.etcd.endpoints=" + args[0], "--scale.times=" + args[1],
				"--rpc.client.subset.enabled=" + args[2],
				"--rpc.registry.snapshot.directory=" + args[1] + ".snapshots");
		PickSets sets = context.getBean(PickSets.class);
		ObjectProvider<Target> targets = context.getBeanProvider(ResolvableType.forClass(Target.class));
		List<Target> opened = new ArrayList<>();
		RunnerLines.say("READY");
		RunnerLines.serve((command) -> RunnerLines.say(command.get(0) + " " + switch (command.get(0)) {
			case "CLOCK" -> new Fields().with("nanos", System.nanoTime());
			case "STATS" -> ProcessStats.take().addTo(new Fields()).with("sets", sets.made());
			case "HEAP" -> Heap.collected();
			case "THREADS" -> ThreadTimes.take().fields();
			case "OPEN" -> {
				for (String application : command.subList(1, command.size())) {
					System.setProperty(TARGET, application);
					opened.add(targets.getObject());
				}
				yield new Fields();
			}
			case "CALL" -> {
				opened.forEach(Target::call);
				yield new Fields();
			}
			case "MEMBERS" -> new Fields().with("ids",
					sets.latest()
						.stream()
						.map((candidate) -> candidate.instance().id())
						.collect(Collectors.joining(",")));
			case "EXPECT-WEIGHTS" -> {
				sets.expect(Integer.parseInt(command.get(1)));
				yield new Fields();
			}
			default -> throw new IllegalArgumentException("command: " + command);
		}));
	}

	/**
	 * What has a reference.
	 *
	 * @param stub the reference
	 */
	record Target(HealthBlockingStub stub) {

		void call() {
			ServingStatus status = this.stub.withWaitForReady()
				.withDeadlineAfter(1, TimeUnit.MINUTES)
				.check(HealthCheckRequest.getDefaultInstance())
				.getStatus();
			if (status != ServingStatus.SERVING) {
				throw new IllegalStateException("a call was answered " + status);
			}
		}

	}

}
