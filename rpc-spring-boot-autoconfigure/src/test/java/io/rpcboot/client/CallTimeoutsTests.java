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

package io.rpcboot.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.grpc.MethodDescriptor;
import io.rpcboot.client.RpcClientSettings.Method;
import io.rpcboot.client.RpcClientSettings.Reference;
import io.rpcboot.testing.echo.EchoGrpc;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which timeout wins: each row sets what it names and leaves the rest away.
 */
class CallTimeoutsTests {

	private static final String SERVICE = "rpc.testing.Echo";

	@ParameterizedTest
	@CsvSource(textBlock = """
			# default, annotation, application, service, method -> timeout
			5000,     ,     ,     ,     , 5000
			5000, 4000,     ,     ,     , 4000
			5000, 4000, 3000,     ,     , 3000
			5000, 4000, 3000, 2000,     , 2000
			5000, 4000, 3000, 2000, 1000, 1000
			5000, 4000,     , 2000,     , 2000
			5000, 4000,     ,     , 1000, 1000
			5000,     ,     , 2000, 1000, 1000
			5000,     , 3000,     , 1000, 1000
			1000, 2000, 3000, 4000, 5000, 5000
			5000,   10,     ,     ,     ,   10
			""")
	void timeoutOfUnaryMethod(long defaults, @Nullable Long annotation, @Nullable Long application,
			@Nullable Long service, @Nullable Long method, long expected) {
		Map<String, Method> methods = methods(SERVICE, service, null);
		methods.putAll(methods(EchoGrpc.getUnaryMethod().getFullMethodName(), method, null));
		CallTimeouts timeouts = timeouts(defaults, null, annotation, reference(application, null, methods));
		assertThat(value(timeouts.timeout(EchoGrpc.getUnaryMethod()))).isEqualTo(Duration.ofMillis(expected));
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			# stream timeouts: default, application, service, method; the method's timeout -> timeout
			    ,     ,     ,     ,     ,
			4000,     ,     ,     ,     , 4000
			4000, 3000,     ,     ,     , 3000
			4000, 3000, 2000,     ,     , 2000
			4000, 3000, 2000, 1000,     , 1000
			4000, 3000, 2000, 1000,  500,  500
			    ,     , 2000,     ,     , 2000
			    ,     ,     ,     ,  500,  500
			""")
	void timeoutOfStreamingMethod(@Nullable Long defaults, @Nullable Long application, @Nullable Long service,
			@Nullable Long method, @Nullable Long methodTimeout, @Nullable Long expected) {
		for (MethodDescriptor<?, ?> stream : List.of(EchoGrpc.getServerStreamMethod(), EchoGrpc.getClientStreamMethod(),
				EchoGrpc.getBidiMethod())) {
			Map<String, Method> methods = methods(SERVICE, null, service);
			methods.putAll(methods(stream.getFullMethodName(), methodTimeout, method));
			CallTimeouts timeouts = timeouts(5000, defaults, 4000L, reference(3000L, application, methods));
			assertThat(value(timeouts.timeout(stream))).isEqualTo(duration(expected));
		}
	}

	@Test
	void timeoutsOfOtherMethodsAndServicesDoNotCount() {
		Map<String, Method> methods = methods("rpc.testing.Other", 1L, 1L);
		methods.putAll(methods(SERVICE + "/Other", 2L, 2L));
		CallTimeouts timeouts = timeouts(5000, null, null, reference(null, null, methods));
		assertThat(value(timeouts.timeout(EchoGrpc.getUnaryMethod()))).isEqualTo(Duration.ofMillis(5000));
		assertThat(timeouts.timeout(EchoGrpc.getBidiMethod())).isNull();
	}

	@Test
	void saysWhichSettingItComesFrom() {
		assertThat(originWith(null, null, null, null)).isEqualTo("rpc.client.defaults.timeout");
		assertThat(originWith(1L, null, null, null)).isEqualTo("@RpcReference(timeout)");
		assertThat(originWith(1L, 1L, null, null)).isEqualTo("rpc.client.references[echo].timeout");
		assertThat(originWith(1L, 1L, 1L, null))
			.isEqualTo("rpc.client.references[echo].methods[rpc.testing.Echo].timeout");
		assertThat(originWith(1L, 1L, 1L, 1L))
			.isEqualTo("rpc.client.references[echo].methods[rpc.testing.Echo/Unary].timeout");
	}

	private static String originWith(@Nullable Long annotation, @Nullable Long application, @Nullable Long service,
			@Nullable Long method) {
		Map<String, Method> methods = methods(SERVICE, service, null);
		methods.putAll(methods(EchoGrpc.getUnaryMethod().getFullMethodName(), method, null));
		return timeouts(5000, null, annotation, reference(application, null, methods))
			.timeout(EchoGrpc.getUnaryMethod())
			.origin();
	}

	private static @Nullable Duration value(@Nullable Setting<Duration> setting) {
		return (setting != null) ? setting.value() : null;
	}

	private static CallTimeouts timeouts(long timeout, @Nullable Long streamTimeout, @Nullable Long annotation,
			Reference reference) {
		return CallTimeouts.of("echo", new RpcClientSettings.Defaults(Duration.ofMillis(timeout),
				duration(streamTimeout), "round_robin", 4_194_304), duration(annotation), reference);
	}

	private static Reference reference(@Nullable Long timeout, @Nullable Long streamTimeout,
			Map<String, Method> methods) {
		return new Reference(duration(timeout), duration(streamTimeout), null, null, null, List.of(), methods);
	}

	private static Map<String, Method> methods(String name, @Nullable Long timeout, @Nullable Long streamTimeout) {
		Map<String, Method> methods = new HashMap<>();
		if (timeout != null || streamTimeout != null) {
			methods.put(name, new Method(duration(timeout), duration(streamTimeout)));
		}
		return methods;
	}

	private static @Nullable Duration duration(@Nullable Long millis) {
		return (millis != null) ? Duration.ofMillis(millis) : null;
	}

}
