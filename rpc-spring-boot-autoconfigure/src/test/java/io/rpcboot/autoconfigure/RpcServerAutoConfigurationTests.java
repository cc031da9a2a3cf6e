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

package io.rpcboot.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.grpc.BindableService;
import io.grpc.ConnectivityState;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.stub.StreamObserver;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.server.RpcServerCustomizer;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.RpcServerStartedEvent;
import io.rpcboot.server.RpcServerStoppedEvent;
import io.rpcboot.server.RpcService;
import io.rpcboot.server.admission.CallerIdentity;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.EchoService;
import io.rpcboot.testing.RecordingRegistry;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.mockito.Mockito;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.BDDMockito.then;

/**
 * Tests for {@link RpcServerAutoConfiguration}. The class path is that of an application
 * without Spring Boot's own gRPC server, unless a test says otherwise.
 */
class RpcServerAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ApplicationAvailabilityAutoConfiguration.class,
				LifecycleAutoConfiguration.class, RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class))
		.withClassLoader(new FilteredClassLoader(GrpcServerAutoConfiguration.class))
		.withPropertyValues("rpc.server.port=0", "rpc.server.address=127.0.0.1", "rpc.registry.type=none",
				"rpc.server.shutdown.quiet-period=0s");

	@Test
	void whenThereIsNoServiceThenThereIsNoServer() {
		this.runner.run((context) -> {
			assertThat(context.getBean(RpcServerLifecycle.class).isRunning()).isFalse();
			assertThat(context.getEnvironment().containsProperty("local.rpc.server.port")).isFalse();
		});
	}

	@Test
	void whenThePortIsMinusOneThenThereIsNoServer() {
		this.runner.withUserConfiguration(OnMethod.class)
			.withPropertyValues("rpc.server.port=-1")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RpcServerLifecycle.class));
	}

	@Test
	void whenAServiceIsAnnotatedOnItsBeanMethodThenItIsServedInAllFourModes() {
		this.runner.withUserConfiguration(OnMethod.class).run((context) -> {
			try (EchoClient client = client(context)) {
				Ping two = EchoClient.ping("x").toBuilder().setCount(2).build();
				assertThat(client.call(EchoGrpc.getUnaryMethod(), two).join()).satisfies(answers("x"));
				assertThat(client.call(EchoGrpc.getServerStreamMethod(), two).join()).satisfies(answers("x0", "x1"));
				assertThat(client.call(EchoGrpc.getClientStreamMethod(), two, two).join()).satisfies(answers("x,x"));
				assertThat(client.call(EchoGrpc.getBidiMethod(), two, two).join()).satisfies(answers("x", "x"));
			}
		});
	}

	@Test
	void whenAServiceIsAnnotatedOnItsTypeThenItIsServed() {
		this.runner.withUserConfiguration(OnType.class).run(this::assertServed);
	}

	@Test
	void whenAServiceIsPlainThenItIsServed() {
		this.runner.withUserConfiguration(Plain.class).run(this::assertServed);
	}

	@Test
	void whenPlainServicesAreOffThenOnlyAnnotatedOnesAreServed() {
		this.runner.withPropertyValues("rpc.server.plain-services.enabled=false")
			.withUserConfiguration(Plain.class)
			.run((context) -> assertThat(context.getBean(RpcServerLifecycle.class).isRunning()).isFalse());
		this.runner.withPropertyValues("rpc.server.plain-services.enabled=false")
			.withUserConfiguration(OnType.class)
			.run(this::assertServed);
	}

	@Test
	void whenPropertiesAreSetThenTheyReachTheBuilder() {
		RpcServerProperties properties = new RpcServerProperties();
		NettyServerBuilder builder = Mockito.mock(NettyServerBuilder.class, Mockito.RETURNS_SELF);
		new PropertiesServerCustomizer(properties).customize(builder);
		then(builder).should().maxInboundMessageSize(4 * 1024 * 1024);
		then(builder).should().maxInboundMetadataSize(8 * 1024);
		then(builder).should().keepAliveTime(Duration.ofHours(2).toNanos(), TimeUnit.NANOSECONDS);
		then(builder).should().keepAliveTimeout(Duration.ofSeconds(20).toNanos(), TimeUnit.NANOSECONDS);
		then(builder).should().permitKeepAliveTime(Duration.ofSeconds(10).toNanos(), TimeUnit.NANOSECONDS);
		then(builder).should().permitKeepAliveWithoutCalls(true);
		then(builder).should(Mockito.never()).maxConnectionAge(anyLong(), any());
		then(builder).should(Mockito.never()).maxConnectionAgeGrace(anyLong(), any());
		then(builder).should(Mockito.never()).maxConnectionIdle(anyLong(), any());
		then(builder).should().maxConcurrentCallsPerConnection(1000);
		properties.getKeepalive().setPermitWithoutCalls(false);
		properties.getConnection().setMaxAge(Duration.ofMinutes(5));
		properties.getConnection().setMaxAgeGrace(Duration.ofSeconds(6));
		properties.getConnection().setMaxIdle(Duration.ofMinutes(7));
		properties.getConnection().setMaxConcurrentCalls(8);
		NettyServerBuilder full = Mockito.mock(NettyServerBuilder.class, Mockito.RETURNS_SELF);
		new PropertiesServerCustomizer(properties).customize(full);
		then(full).should().permitKeepAliveWithoutCalls(false);
		then(full).should().maxConnectionAge(Duration.ofMinutes(5).toNanos(), TimeUnit.NANOSECONDS);
		then(full).should().maxConnectionAgeGrace(Duration.ofSeconds(6).toNanos(), TimeUnit.NANOSECONDS);
		then(full).should().maxConnectionIdle(Duration.ofMinutes(7).toNanos(), TimeUnit.NANOSECONDS);
		then(full).should().maxConcurrentCallsPerConnection(8);
	}

	@Test
	void whenTheMessageSizeIsSetThenLargerMessagesAreRefused() {
		this.runner.withUserConfiguration(OnMethod.class)
			.withPropertyValues("rpc.server.max-inbound-message-size=1KB")
			.run((context) -> {
				try (EchoClient client = client(context)) {
					assertThat(client.unary("x".repeat(1000)).code()).isEqualTo(Status.Code.OK);
					assertThat(client.unary("x".repeat(1025)).code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
				}
			});
	}

	@Test
	void whenTheMetadataSizeIsSetThenLargerHeadersAreRefused() {
		this.runner.withUserConfiguration(OnMethod.class)
			.withPropertyValues("rpc.server.max-inbound-metadata-size=1KB")
			.run((context) -> {
				try (EchoClient client = client(context)) {
					assertThat(client.call(EchoGrpc.getUnaryMethod(), header(500), EchoClient.ping("x")).join().code())
						.isEqualTo(Status.Code.OK);
					assertThat(client.call(EchoGrpc.getUnaryMethod(), header(1025), EchoClient.ping("x")).join().code())
						.isNotEqualTo(Status.Code.OK);
				}
			});
	}

	@Test
	void whenConnectionsMayBeIdleForAShortTimeThenTheyAreClosed() {
		this.runner.withUserConfiguration(OnMethod.class)
			.withPropertyValues("rpc.server.connection.max-idle=50ms")
			.run((context) -> {
				try (EchoClient client = client(context)) {
					client.unary("x");
					Awaitility.await().until(() -> client.channel().getState(false) == ConnectivityState.IDLE);
				}
			});
	}

	@Test
	void whenReflectionIsOffThenItIsUnimplemented() {
		this.runner.withUserConfiguration(OnMethod.class)
			.withPropertyValues("rpc.server.reflection.enabled=false")
			.run((context) -> assertThat(reflection(context)).isEqualTo(Status.Code.UNIMPLEMENTED));
		this.runner.withUserConfiguration(OnMethod.class)
			.run((context) -> assertThat(reflection(context)).isEqualTo(Status.Code.OK));
	}

	@Test
	void whenThereIsOneThreadAndOnePlaceInTheQueueThenOneServiceHasNoMore() {
		this.runner.withUserConfiguration(OnMethod.class)
			.withPropertyValues("rpc.server.executor.threads=1", "rpc.server.executor.queue-capacity=1")
			.run((context) -> {
				try (EchoClient client = client(context)) {
					assertThat(client.unary("thread").messages().get(0).getText()).isEqualTo("rpc-handler-1");
					assertThat(client.unary("thread").messages().get(0).getText()).isEqualTo("rpc-handler-1");
				}
			});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenVirtualThreadsAreEnabledThenHandlersRunOnThem() {
		this.runner.withUserConfiguration(OnMethod.class)
			.withPropertyValues("spring.threads.virtual.enabled=true")
			.run((context) -> {
				try (EchoClient client = client(context)) {
					assertThat(client.unary("virtual").messages().get(0).getText()).isEqualTo("true");
				}
			});
	}

	@Test
	void whenAUserCustomizesThenHeRunsLastAndWins() {
		this.runner.withUserConfiguration(OnMethod.class)
			.withPropertyValues("rpc.server.max-inbound-message-size=10B")
			.withBean(RpcServerCustomizer.class, () -> (builder) -> builder.maxInboundMessageSize(1000))
			.run((context) -> {
				try (EchoClient client = client(context)) {
					assertThat(client.unary("x".repeat(900)).code()).isEqualTo(Status.Code.OK);
				}
			});
	}

	@Test
	void whenAUserHasHisOwnLifecycleThenOursBacksOff() {
		RpcServerProperties properties = new RpcServerProperties();
		this.runner.withUserConfiguration(OnMethod.class)
			.withBean("own", RpcServerLifecycle.class,
					() -> new RpcServerLifecycle(
							ServerSettings.from(properties, new RpcRegistryProperties(), null, new MockEnvironment(),
									false, CallerIdentity.BY_HEADER),
							new StaticListableBeanFactory(), List.of(), null, (accepting) -> {
							}, (event) -> {
							}))
			.run((context) -> assertThat(context).hasSingleBean(RpcServerLifecycle.class).hasBean("own"));
	}

	@Test
	void whenStartedThenTheEventAndTheEnvironmentHaveTheRealPort() {
		this.runner.withUserConfiguration(OnMethod.class, Events.class).run((context) -> {
			int port = context.getBean(RpcServerLifecycle.class).port();
			assertThat(port).isPositive();
			assertThat(context.getEnvironment().getProperty("local.rpc.server.port", Integer.class)).isEqualTo(port);
			assertThat(context.getBean(Events.class).ports).containsExactly(port);
		});
	}

	@Test
	void whenReadinessChangesThenHealthFollows() {
		this.runner.withUserConfiguration(OnMethod.class).run((context) -> {
			try (EchoClient client = client(context)) {
				assertThat(client.health("")).isEqualTo(ServingStatus.NOT_SERVING);
				accept(context, ReadinessState.ACCEPTING_TRAFFIC);
				assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
				assertThat(client.health("rpc.testing.Echo")).isEqualTo(ServingStatus.SERVING);
				accept(context, ReadinessState.REFUSING_TRAFFIC);
				assertThat(client.health("")).isEqualTo(ServingStatus.NOT_SERVING);
			}
		});
	}

	@Test
	void whenTheReadinessOfAnotherContextChangesThenItIsNotOurs() {
		this.runner.withUserConfiguration(OnMethod.class)
			.run((context) -> new ApplicationContextRunner().withParent(context).run((child) -> {
				try (EchoClient client = client(context)) {
					accept(child, ReadinessState.ACCEPTING_TRAFFIC);
					assertThat(client.health("")).isEqualTo(ServingStatus.NOT_SERVING);
				}
			}));
	}

	@Test
	void whenTheContextClosesWithoutAWebServerThenTrafficIsRefusedFirst() {
		this.runner.withUserConfiguration(OnMethod.class, Events.class).run((context) -> {
			Events events = context.getBean(Events.class);
			accept(context, ReadinessState.ACCEPTING_TRAFFIC);
			context.close();
			assertThat(events.all).containsExactly("started", "ACCEPTING_TRAFFIC", "REFUSING_TRAFFIC", "stopped");
		});
	}

	@Test
	void whenTheContextIsStoppedAndStartedThenItServesAgainAsANewInstance() {
		this.runner.withUserConfiguration(OnMethod.class, Events.class).run((context) -> {
			accept(context, ReadinessState.ACCEPTING_TRAFFIC);
			String first = instance(context);
			context.stop();
			assertThat(context.getBean(RpcServerLifecycle.class).isRunning()).isFalse();
			assertThat(context.getBean(ApplicationAvailability.class).getReadinessState())
				.isEqualTo(ReadinessState.REFUSING_TRAFFIC);
			context.start();
			assertThat(context.getBean(ApplicationAvailability.class).getReadinessState())
				.isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(instance(context)).isNotEqualTo(first);
			assertThat(context.getBean(Events.class).all).containsExactly("started", "ACCEPTING_TRAFFIC",
					"REFUSING_TRAFFIC", "stopped", "started", "ACCEPTING_TRAFFIC");
			assertThat(context.getBean(Events.class).ports.get(1))
				.isEqualTo(context.getEnvironment().getProperty("local.rpc.server.port", Integer.class));
		});
	}

	@Test
	void whenTwoContextsRunInOneJvmThenEachHasItsOwnServer() {
		this.runner.withUserConfiguration(OnMethod.class)
			.run((one) -> this.runner.withUserConfiguration(OnMethod.class).run((two) -> {
				accept(one, ReadinessState.ACCEPTING_TRAFFIC);
				accept(two, ReadinessState.ACCEPTING_TRAFFIC);
				assertThat(instance(one)).isNotEqualTo(instance(two));
				two.close();
				assertThat(instance(one)).isNotEmpty();
			}));
	}

	@Test
	void whenAnotherBeanFailsToStartThenTheServerIsClosed() {
		List<RpcServerLifecycle> servers = new ArrayList<>();
		this.runner.withUserConfiguration(OnMethod.class)
			.withBean("failing", FailingLifecycle.class, () -> new FailingLifecycle())
			.withInitializer((context) -> context
				.addApplicationListener((ApplicationListener<RpcServerStartedEvent>) (event) -> servers
					.add((RpcServerLifecycle) event.getSource())))
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(servers).singleElement().matches((server) -> !server.isRunning());
			});
	}

	@Test
	void theLimitOfOurPhaseLeavesRoomForTheGracePeriod() {
		this.runner.withPropertyValues("rpc.server.shutdown.grace-period=3m").run((context) -> {
			Object limits = ReflectionTestUtils.getField(context.getBean(DefaultLifecycleProcessor.class),
					"timeoutsForShutdownPhases");
			assertThat(limits).asInstanceOf(InstanceOfAssertFactories.map(Integer.class, Long.class))
				.containsEntry(RpcServerLifecycle.PHASE, Duration.ofSeconds(185).toMillis());
		});
	}

	@Test
	void whenAUserHasHisOwnRegistryThenTheServerIsAnnouncedThere() {
		RecordingRegistry registry = new RecordingRegistry();
		this.runner.withUserConfiguration(OnMethod.class)
			.withBean(ServiceRegistry.class, () -> registry)
			.withPropertyValues("spring.application.name=echo", "rpc.registry.instance.weight=7",
					"rpc.registry.instance.zone=az1", "rpc.registry.instance.version=1.4.2",
					"rpc.registry.instance.tags.lane=blue", "rpc.registry.instance.metadata.team=payments",
					"rpc.server.advertised.host=echo.example.org", "rpc.server.advertised.port=443")
			.run((context) -> {
				assertThat(registry.log()).isEmpty();
				accept(context, ReadinessState.ACCEPTING_TRAFFIC);
				Awaitility.await().until(() -> !registry.instances().isEmpty());
				assertThat(registry.instances()).singleElement().satisfies((instance) -> {
					assertThat(instance.application()).isEqualTo("echo");
					assertThat(instance.address()).isEqualTo("echo.example.org:443");
					assertThat(instance.weight()).isEqualTo(7);
					assertThat(instance.zone()).isEqualTo("az1");
					assertThat(instance.version()).isEqualTo("1.4.2");
					assertThat(instance.tags()).containsEntry("lane", "blue");
					assertThat(instance.metadata()).containsEntry("team", "payments");
				});
			});
		assertThat(registry.log()).containsExactly("register UP", "update DRAINING", "deregister");
	}

	private void assertServed(ApplicationContext context) {
		try (EchoClient client = client(context)) {
			assertThat(client.unary("hello").code()).isEqualTo(Status.Code.OK);
		}
	}

	private static Consumer<Reply<Pong>> answers(String... texts) {
		return (reply) -> {
			assertThat(reply.code()).isEqualTo(Status.Code.OK);
			assertThat(reply.messages()).extracting(Pong::getText).containsExactly(texts);
			assertThat(reply.headers().get(RpcMetadata.INSTANCE)).hasSize(36);
		};
	}

	private static Status.Code reflection(ApplicationContext context) {
		try (EchoClient client = client(context)) {
			return client
				.call(ServerReflectionGrpc.getServerReflectionInfoMethod(),
						ServerReflectionRequest.newBuilder().setListServices("").build())
				.join()
				.code();
		}
	}

	private static String instance(ApplicationContext context) {
		try (EchoClient client = client(context)) {
			assertThat(client.health("")).isEqualTo(ServingStatus.SERVING);
			return String.valueOf(client.unary("hello").headers().get(RpcMetadata.INSTANCE));
		}
	}

	private static Metadata header(int length) {
		Metadata headers = new Metadata();
		headers.put(Metadata.Key.of("large", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(length));
		return headers;
	}

	private static EchoClient client(ApplicationContext context) {
		return new EchoClient(context.getBean(RpcServerLifecycle.class).port());
	}

	private static void accept(ApplicationContext context, ReadinessState state) {
		// What the runner hands out is a proxy, which no event would come from.
		AvailabilityChangeEvent.publish(((AssertableApplicationContext) context).getSourceApplicationContext(), state);
	}

	@Configuration(proxyBeanMethods = false)
	static class OnMethod {

		@Bean
		@RpcService
		BindableService echo() {
			return new ThreadEcho();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(AnnotatedEcho.class)
	static class OnType {

	}

	@RpcService
	static class AnnotatedEcho extends EchoService {

		AnnotatedEcho() {
			super("annotated");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Plain {

		@Bean
		EchoService echo() {
			return new EchoService("plain");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Events {

		private final List<Integer> ports = new CopyOnWriteArrayList<>();

		private final List<String> all = new CopyOnWriteArrayList<>();

		@EventListener
		void started(RpcServerStartedEvent event) {
			this.ports.add(event.port());
			this.all.add("started");
		}

		@EventListener
		void stopped(RpcServerStoppedEvent event) {
			this.all.add("stopped");
		}

		@EventListener
		void readiness(AvailabilityChangeEvent<ReadinessState> event) {
			this.all.add(event.getState().name());
		}

	}

	/**
	 * Answers with what its thread is, if asked.
	 */
	private static final class ThreadEcho extends EchoService {

		ThreadEcho() {
			super("threads");
		}

		@Override
		public void unary(Ping request, StreamObserver<Pong> responseObserver) {
			String text = switch (request.getText()) {
				case "thread" -> Thread.currentThread().getName();
				case "virtual" ->
					String.valueOf(ReflectionTestUtils.<Boolean>invokeMethod(Thread.currentThread(), "isVirtual"));
				default -> request.getText();
			};
			responseObserver.onNext(pong(text));
			responseObserver.onCompleted();
		}

	}

	private static final class FailingLifecycle implements SmartLifecycle {

		@Override
		public void start() {
			throw new IllegalStateException("cannot start");
		}

		@Override
		public void stop() {
			// Never started.
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

}
