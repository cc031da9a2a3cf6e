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

package io.rpcboot.testing;

import java.util.ArrayList;
import java.util.List;

import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.autoconfigure.RpcServerAutoConfiguration;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts real Spring Boot applications with this library, without a web server, on random
 * loopback ports. They keep no snapshot unless they are told where: what one test has
 * discovered must not be what another one starts with.
 */
public final class RpcApplications {

	private RpcApplications() {
	}

	/**
	 * Starts an application, which drains without a quiet period unless it is given one,
	 * and returns when it is ready.
	 * @param configuration its beans
	 * @param properties such as {@code rpc.server.port=0}
	 * @return the running application, to be closed
	 */
	public static ConfigurableApplicationContext run(Class<?> configuration, String... properties) {
		List<String> arguments = new ArrayList<>(List.of(properties));
		if (arguments.stream().noneMatch((argument) -> argument.startsWith("rpc.server.shutdown.quiet-period="))) {
			arguments.add("rpc.server.shutdown.quiet-period=0s");
		}
		return run(configuration, false, arguments);
	}

	/**
	 * Starts the one application of a process, which drains on SIGTERM as in production.
	 * @param configuration its beans
	 * @param properties such as {@code rpc.server.port=0}
	 */
	public static void runInProcess(Class<?> configuration, String... properties) {
		run(configuration, true, List.of(properties));
	}

	private static ConfigurableApplicationContext run(Class<?> configuration, boolean shutdownHook,
			List<String> properties) {
		// Docker Compose, on the class path of the tests, demands a file in a process.
		List<String> arguments = new ArrayList<>(List.of("--spring.main.banner-mode=off",
				"--spring.docker.compose.enabled=false", "--rpc.server.address=127.0.0.1"));
		properties.forEach((property) -> arguments.add("--" + property));
		if (properties.stream().noneMatch((property) -> property.startsWith("rpc.server.port="))) {
			arguments.add("--rpc.server.port=0");
		}
		if (properties.stream().noneMatch((property) -> property.startsWith("rpc.registry.snapshot."))) {
			arguments.add("--rpc.registry.snapshot.enabled=false");
		}
		SpringApplication application = new SpringApplicationBuilder(Library.class, configuration)
			.web(WebApplicationType.NONE)
			.registerShutdownHook(shutdownHook)
			.build();
		return application.run(arguments.toArray(String[]::new));
	}

	/**
	 * Returns the port of an application's RPC server.
	 * @param application the application
	 * @return its real port
	 */
	public static int port(ConfigurableApplicationContext application) {
		return application.getEnvironment().getRequiredProperty("local.rpc.server.port", Integer.class);
	}

	/**
	 * This library, and what it needs of Boot: not Boot's own gRPC modules, which are on
	 * the class path of the tests too.
	 */
	@ImportAutoConfiguration({ ApplicationAvailabilityAutoConfiguration.class, LifecycleAutoConfiguration.class,
			SslAutoConfiguration.class, RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class,
			RpcClientAutoConfiguration.class })
	static class Library {

	}

}
