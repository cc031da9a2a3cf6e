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

import io.grpc.BindableService;
import io.rpcboot.benchmarks.driver.BenchService;
import io.rpcboot.benchmarks.driver.Fields;
import io.rpcboot.benchmarks.driver.Handler;
import io.rpcboot.benchmarks.driver.IdleLoop;
import io.rpcboot.benchmarks.v1.BenchGrpc;
import io.rpcboot.benchmarks.v1.BenchGrpc.BenchBlockingStub;
import io.rpcboot.benchmarks.v1.Message;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/**
 * An application that is only started. By its profiles it {@code serves}, {@code calls} a
 * configured channel, or does both.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class BootIdle {

	/**
	 * Starts the application, and makes the first call if it has whom to call.
	 * @param args properties
	 */
	public static void main(String[] args) {
		ApplicationContext context = SpringApplication.run(BootIdle.class, args);
		Fields ready = new Fields().with("started", System.nanoTime());
		ObjectProvider<Calling> calling = context.getBeanProvider(Calling.class);
		if (calling.getIfAvailable() != null) {
			calling.getObject().bench.call(Message.getDefaultInstance());
			ready.with("called", System.nanoTime());
		}
		GrpcServerLifecycle server = context.getBeanProvider(GrpcServerLifecycle.class).getIfAvailable();
		IdleLoop.run(ready.with("port", (server != null) ? server.getPort() : 0));
	}

	@Configuration(proxyBeanMethods = false)
	@Profile("serves")
	static class Serving {

		@Bean
		BindableService bench() {
			return new BenchService(new Handler());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("calls")
	static class Calling {

		private final BenchBlockingStub bench;

		Calling(GrpcChannelFactory channels) {
			this.bench = BenchGrpc.newBlockingStub(channels.createChannel("bench"));
		}

	}

}
