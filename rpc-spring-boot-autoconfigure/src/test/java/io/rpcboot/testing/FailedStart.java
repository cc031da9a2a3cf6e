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
import io.rpcboot.server.RpcService;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Applications that cannot start, and what Spring Boot prints of them.
 */
public final class FailedStart {

	/**
	 * What is printed if a start fails with its stack. Whatever an earlier test has left
	 * behind may print stacks of its own meanwhile.
	 */
	public static final String STACK = "\tat " + FailedStart.class.getName();

	private FailedStart() {
	}

	/**
	 * Starts an application without a registry on a random port, unless the properties
	 * say otherwise, and expects that it fails.
	 * @param configuration its beans
	 * @param properties such as {@code rpc.server.port=0}
	 */
	public static void of(Class<?> configuration, String... properties) {
		List<String> arguments = new ArrayList<>(List.of("--spring.main.banner-mode=off", "--rpc.server.port=0",
				"--rpc.server.address=127.0.0.1", "--rpc.registry.type=none"));
		for (String property : properties) {
			String key = property.substring(0, property.indexOf('=') + 1);
			arguments.removeIf((argument) -> argument.startsWith("--" + key));
			arguments.add("--" + property);
		}
		of(application(configuration), arguments.toArray(String[]::new));
	}

	/**
	 * Starts an application, and expects that it fails.
	 * @param application the application
	 * @param arguments those of its command line
	 */
	public static void of(SpringApplication application, String... arguments) {
		assertThatException().isThrownBy(() -> application.run(arguments).close());
	}

	/**
	 * Makes an application with the library, which knows no property yet.
	 * @param configuration its beans
	 * @return the application
	 */
	public static SpringApplication application(Class<?> configuration) {
		return new SpringApplicationBuilder(Library.class, configuration).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.build();
	}

	/**
	 * Returns the end of what Spring Boot prints.
	 * @param description what is wrong
	 * @param action what to do
	 * @return the lines
	 */
	public static String analysis(String description, String action) {
		return String
			.format("%n***************************%nAPPLICATION FAILED TO START%n***************************%n%n"
					+ "Description:%n%n%s%n%nAction:%n%n%s%n", description, action);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SslAutoConfiguration.class, RpcRegistryAutoConfiguration.class,
			RpcServerAutoConfiguration.class, RpcClientAutoConfiguration.class })
	static class Library {

	}

	/**
	 * One that serves something.
	 */
	@Configuration(proxyBeanMethods = false)
	public static class Serving {

		@Bean
		@RpcService
		EchoService one() {
			return new EchoService("one");
		}

	}

}
