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

import io.rpcboot.benchmarks.driver.Handler;
import io.rpcboot.benchmarks.driver.ServerLoop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * An application that serves, and registers itself in etcd.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ BlockingService.class, NonBlockingService.class })
public class OursServer {

	@Bean
	Handler handler() {
		return new Handler();
	}

	/**
	 * Starts the server.
	 * @param args {@code blocking} or {@code non-blocking}, etcd's endpoint, and any
	 * properties, each {@code --name=value}
	 */
	public static void main(String[] args) {
		List<String> properties = new ArrayList<>(List.of("--spring.profiles.active=" + args[0],
				"--spring.application.name=bench-server-" + args[0], "--rpc.registry.etcd.endpoints=" + args[1]));
		properties.addAll(Arrays.asList(args).subList(2, args.length));
		ApplicationContext context = SpringApplication.run(OursServer.class, properties.toArray(String[]::new));
		int port = context.getEnvironment().getRequiredProperty("local.rpc.server.port", Integer.class);
		ServerLoop.run(port, context.getBean(Handler.class));
	}

}
