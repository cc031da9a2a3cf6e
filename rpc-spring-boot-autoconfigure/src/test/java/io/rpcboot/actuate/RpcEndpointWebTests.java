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

package io.rpcboot.actuate;

import java.security.Principal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.rpcboot.actuate.RpcDescriptor.Application;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcEndpointAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.client.RpcReference;
import io.rpcboot.testing.echo.EchoGrpc.EchoBlockingStub;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.PropertiesEndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationFilter;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.convert.ConversionServiceParameterValueMapper;
import org.springframework.boot.actuate.endpoint.web.EndpointMediaTypes;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpointDiscoverer;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint as Boot finds and calls it over HTTP: its paths, its access, who sees
 * values.
 */
class RpcEndpointWebTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class,
				RpcEndpointAutoConfiguration.class))
		.withUserConfiguration(EchoConsumer.class)
		.withPropertyValues("management.endpoints.web.exposure.include=rpc", "rpc.registry.type=none",
				"rpc.client.references.[echo].addresses=127.0.0.1:1", "rpc.client.references.[echo].timeout=2s");

	@Test
	void whenNothingElseIsSetThenItCanOnlyBeRead() {
		run((operations) -> assertThat(operations).extracting(RpcEndpointWebTests::describe)
			.containsExactlyInAnyOrder("GET rpc", "GET rpc/{application}"));
	}

	@Test
	void whenTheAccessIsUnrestrictedThenItCanBeWrittenToo() {
		run((operations) -> assertThat(operations).extracting(RpcEndpointWebTests::describe)
			.containsExactlyInAnyOrder("GET rpc", "GET rpc/{application}", "POST rpc", "POST rpc/{application}",
					"DELETE rpc/{application}"),
				"management.endpoint.rpc.access=UNRESTRICTED");
	}

	@Test
	void whenTheUserIsAuthorizedThenValuesAreShownToHim() {
		run((operations) -> {
			assertThat(timeout(operations, new User("ops"), Map.of())).isEqualTo("2s");
			assertThat(timeout(operations, new User("guest"), Map.of())).isEqualTo("******");
			assertThat(timeout(operations, SecurityContext.NONE, Map.of())).isEqualTo("******");
		}, "management.endpoint.rpc.show-values=when-authorized", "management.endpoint.rpc.roles=ops");
	}

	@Test
	void whenATimeoutIsPostedThenTheNextReadTellsIt() {
		run((operations) -> {
			operation(operations, "POST rpc/{application}")
				.invoke(new InvocationContext(SecurityContext.NONE, Map.of("application", "echo", "timeout", 4)));
			assertThat(timeout(operations, SecurityContext.NONE, Map.of("tags", "a=b,c=d"))).isEqualTo("4s");
		}, "management.endpoint.rpc.access=UNRESTRICTED", "management.endpoint.rpc.show-values=always");
	}

	private void run(Consumer<Collection<WebOperation>> test, String... properties) {
		this.runner.withPropertyValues(properties).run((context) -> test.accept(operations(context)));
	}

	private static Collection<WebOperation> operations(ApplicationContext context) {
		return new WebEndpointDiscoverer(context, new ConversionServiceParameterValueMapper(),
				EndpointMediaTypes.DEFAULT, List.of(), List.of(), List.of(), List.of(),
				List.of(OperationFilter.byAccess(new PropertiesEndpointAccessResolver(context.getEnvironment()))))
			.getEndpoints()
			.iterator()
			.next()
			.getOperations();
	}

	private static @Nullable Object timeout(Collection<WebOperation> operations, SecurityContext user,
			Map<String, Object> arguments) {
		Map<String, Object> all = new HashMap<>(arguments);
		all.put("application", "echo");
		Object result = operation(operations, "GET rpc/{application}").invoke(new InvocationContext(user, all));
		assertThat(result).isInstanceOf(Application.class);
		RpcDescriptor.Setting timeout = ((Application) result).injected().get(0).settings().get("timeout");
		assertThat(timeout).isNotNull();
		return timeout.value();
	}

	private static WebOperation operation(Collection<WebOperation> operations, String description) {
		return operations.stream().filter((operation) -> describe(operation).equals(description)).findFirst().get();
	}

	private static String describe(WebOperation operation) {
		return operation.getRequestPredicate().getHttpMethod() + " " + operation.getRequestPredicate().getPath();
	}

	/**
	 * Somebody with one role.
	 *
	 * @param role the role
	 */
	private record User(String role) implements SecurityContext {

		@Override
		public Principal getPrincipal() {
			return this::role;
		}

		@Override
		public boolean isUserInRole(String asked) {
			return this.role.equals(asked);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EchoConsumer {

		EchoConsumer(@RpcReference("echo") EchoBlockingStub echo) {
			assertThat(echo).isNotNull();
		}

	}

}
