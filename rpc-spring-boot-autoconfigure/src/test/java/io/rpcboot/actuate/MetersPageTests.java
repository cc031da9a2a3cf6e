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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpcboot.autoconfigure.RpcCallMetersAutoConfiguration;
import io.rpcboot.autoconfigure.RpcClientAutoConfiguration;
import io.rpcboot.autoconfigure.RpcClientMetersAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryAutoConfiguration;
import io.rpcboot.autoconfigure.RpcRegistryMetersAutoConfiguration;
import io.rpcboot.autoconfigure.RpcServerAutoConfiguration;
import io.rpcboot.autoconfigure.RpcServerMetersAutoConfiguration;
import io.rpcboot.client.RpcReference;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.WatchStatus.State;
import io.rpcboot.server.NonBlocking;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.RpcService;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.FixedWatches;
import io.rpcboot.testing.LoopbackPorts;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.PlainGrpc;
import io.rpcboot.testing.echo.Pong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code docs/metrics.md} lists the meters of an application that serves and calls, with
 * their types, units and tags: all of them, and no others.
 */
class MetersPageTests {

	private static final Pattern ROW = Pattern
		.compile("\\| `([a-z_.]+)` \\| (\\w+) \\| (\\w*) ?\\| ((?:`[a-z.]+`(?:, )?)*) ?\\| \\S.* \\|");

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final int port = LoopbackPorts.free();

	@Test
	void thePageSaysWhatIsRegistered() throws IOException {
		SortedSet<String> documented = documented();
		assertThat(documented).hasSizeGreaterThan(30);
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class,
					RpcServerAutoConfiguration.class, RpcClientAutoConfiguration.class,
					RpcCallMetersAutoConfiguration.class, RpcRegistryMetersAutoConfiguration.class,
					RpcServerMetersAutoConfiguration.class, RpcClientMetersAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.grpc"))
			.withBean(MeterRegistry.class, () -> this.registry)
			.withUserConfiguration(Application.class)
			.withPropertyValues("spring.application.name=echo", "rpc.server.port=" + this.port,
					"rpc.server.address=127.0.0.1", "rpc.registry.type=none", "rpc.server.shutdown.quiet-period=0s",
					"rpc.server.admission.defaults.max-concurrent=10",
					"rpc.client.references.[echo].addresses=127.0.0.1:" + this.port)
			.run((context) -> {
				context.getBeansOfType(MeterBinder.class).values().forEach((binder) -> binder.bindTo(this.registry));
				EchoGrpc.EchoBlockingStub stub = context.getBean(Application.class).stub;
				assertThat(stub).isNotNull();
				context.getBean(RpcServerLifecycle.class).acceptingTraffic(true);
				// The channel was opened before the port was.
				Awaitility.await()
					.ignoreExceptions()
					.until(() -> stub.unary(EchoClient.ping("x")).getText().equals("x"));
				Awaitility.await().untilAsserted(() -> assertThat(registered()).isEqualTo(documented));
			});
	}

	private SortedSet<String> registered() {
		this.registry.getMeters().forEach((meter) -> meter.measure().forEach((measurement) -> measurement.getValue()));
		return this.registry.getMeters()
			.stream()
			.map(Meter::getId)
			// The buckets, which this registry shows as gauges.
			.filter((id) -> id.getTag("le") == null)
			.map((id) -> row(id.getName(), type(id.getType()), Objects.requireNonNullElse(id.getBaseUnit(), ""),
					id.getTags().stream().map(Tag::getKey).sorted().collect(Collectors.joining(", "))))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static SortedSet<String> documented() throws IOException {
		return Files.readAllLines(Path.of("..", "docs", "metrics.md"))
			.stream()
			.filter((line) -> line.startsWith("| `"))
			.map((line) -> {
				Matcher row = ROW.matcher(line);
				assertThat(row.matches()).as(line).isTrue();
				return row(row.group(1), row.group(2), row.group(3), row.group(4).replace("`", ""));
			})
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static String row(String name, String type, String unit, String tags) {
		return name + " | " + type + " | " + unit + " | " + tags;
	}

	private static String type(Meter.Type type) {
		return (type == Meter.Type.DISTRIBUTION_SUMMARY) ? "summary" : type.name().toLowerCase(Locale.ROOT);
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@RpcReference("echo")
		EchoGrpc.@Nullable EchoBlockingStub stub;

		@Bean
		@RpcService
		EchoService echo() {
			return new EchoService("echo");
		}

		@Bean
		@RpcService
		@NonBlocking
		PlainGrpc.PlainImplBase plain() {
			return new PlainGrpc.PlainImplBase() {
				@Override
				public void say(Ping request, StreamObserver<Pong> responseObserver) {
					responseObserver.onNext(Pong.getDefaultInstance());
					responseObserver.onCompleted();
				}
			};
		}

		@Bean
		static ServiceDiscovery discovery() {
			return new FixedWatches().with("stock", State.CURRENT, 1).answered("stock", Duration.ofSeconds(1));
		}

	}

}
