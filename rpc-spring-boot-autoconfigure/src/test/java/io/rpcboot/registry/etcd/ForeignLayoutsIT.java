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

package io.rpcboot.registry.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.rpcboot.client.RpcReference;
import io.rpcboot.registry.InstanceCodec;
import io.rpcboot.registry.Registration;
import io.rpcboot.registry.RegistryUnderTest;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.testing.EchoServer;
import io.rpcboot.testing.Measured;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.etcd.EtcdServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How a reference calls a server that Go programs registered in layouts of their own:
 * with records as they put them, and a real server.
 */
class ForeignLayoutsIT extends AbstractEtcdTests {

	private static final String ORDER = "rpc.registry.etcd.applications[order]";

	private static final Duration SOON = Duration.ofSeconds(5);

	private final EchoServer server = EchoServer.start("go");

	private final EchoServer other = EchoServer.start("other");

	ForeignLayoutsIT(EtcdServer etcd) {
		super(etcd);
	}

	/** These keys do not hold the namespace, so the next test would see them. */
	@AfterEach
	void removeAll() {
		Stream.of("/", "order.rpc", "foo/")
			.forEach((prefix) -> this.store.all(prefix).keySet().forEach(this.store::delete));
		this.server.close();
		this.other.close();
	}

	@Test
	void serverOfGoZeroIsCalledUntilItsLeaseGoes() {
		try (ConfigurableApplicationContext context = run(ORDER + ".layout=go-zero", ORDER + ".key=order.rpc")) {
			EchoGrpc.EchoBlockingStub order = order(context);
			this.store.put("order.rpc2/7587869318093187343", "127.0.0.1:1");
			long lease = this.store.putWithLease("order.rpc/7587869318093187344", this.server.address());
			assertThat(call(order.withWaitForReady())).isEqualTo("go");
			this.store.putWithLease("order.rpc/7587869318093187345", this.other.address());
			this.store.revoke(lease);
			awaitOther(order);
		}
	}

	@Test
	void serverOfKratosIsCalledUntilItsLeaseGoes() {
		try (ConfigurableApplicationContext context = run(ORDER + ".layout=kratos")) {
			EchoGrpc.EchoBlockingStub order = order(context);
			this.store.put("/microservices/order/http-only", kratos("http-only", "http://127.0.0.1:1"));
			long lease = this.store.putWithLease("/microservices/order/host-1",
					kratos("host-1", "http://127.0.0.1:1\",\"grpc://" + this.server.address()));
			assertThat(call(order.withWaitForReady())).isEqualTo("go");
			this.store.putWithLease("/microservices/order/host-2", kratos("host-2", "grpc://" + this.other.address()));
			this.store.revoke(lease);
			awaitOther(order);
		}
	}

	/** The template of Kratos makes the host's name the id. */
	@Test
	void whenServerOfKratosStartsElsewhereUnderItsIdThenItIsCalledThere() {
		try (ConfigurableApplicationContext context = run(ORDER + ".layout=kratos");
				EchoServer next = EchoServer.start("next")) {
			EchoGrpc.EchoBlockingStub order = order(context);
			this.store.putWithLease("/microservices/order/host-1", kratos("host-1", "grpc://" + this.server.address()));
			assertThat(call(order.withWaitForReady())).isEqualTo("go");
			this.store.putWithLease("/microservices/order/host-1", kratos("host-1", "grpc://" + next.address()));
			Measured.within(SOON, "calls go to the new address", () -> call(order.withWaitForReady()).equals("next"));
		}
	}

	@Test
	void serverOfEtcdsGoPackageIsCalledUntilItsLeaseGoes() {
		try (ConfigurableApplicationContext context = run(ORDER + ".key=foo/bar/my-service")) {
			EchoGrpc.EchoBlockingStub order = order(context);
			long lease = this.store.putWithLease("foo/bar/my-service/e1",
					"{\"Op\":0,\"Addr\":\"" + this.server.address() + "\",\"Metadata\":null}");
			assertThat(call(order.withWaitForReady())).isEqualTo("go");
			this.store.putWithLease("foo/bar/my-service/e2", "{\"Op\":0,\"Addr\":\"" + this.other.address() + "\"}");
			this.store.revoke(lease);
			awaitOther(order);
		}
	}

	@Test
	void serverInALayoutOfTheUsersIsCalled() {
		try (ConfigurableApplicationContext context = run(ORDER + ".layout=port-only")) {
			this.store.putWithLease("/ports/order/a", String.valueOf(this.server.port()));
			assertThat(call(order(context).withWaitForReady())).isEqualTo("go");
		}
	}

	@Test
	void whatIsRegisteredHereIsOfOurLayoutAllTheSame() {
		try (ConfigurableApplicationContext context = run(ORDER + ".layout=kratos")) {
			Registration registration = context.getBean(ServiceRegistry.class)
				.register(ServiceInstance.of("4711", "order", "127.0.0.1", this.server.port()));
			registered(registration);
			assertThat(this.store.has("/rpc/" + this.namespace + "/order/4711")).isTrue();
			assertThat(this.store.has("/microservices/order/4711")).isFalse();
		}
	}

	@Test
	void whenApplicationIsLookedForElsewhereThenTheLogSaysWhere() {
		EtcdLayouts layouts = new EtcdLayouts(List.of()).with("order", "go-zero", "order.rpc");
		RegistryUnderTest registry = opened(
				new EtcdRegistry(settings(LONG_TTL, URI.create(this.etcd.endpoint())), layouts, null));
		this.store.put("order.rpc/7587869318093187344", this.server.address());
		assertThat(registry.watch("order").awaitFirst())
			.containsExactly(ServiceInstance.of("7587869318093187344", "order", "127.0.0.1", this.server.port()));
		assertThat(registry.watch("demo").awaitFirst()).isEmpty();
		assertThat(this.log.infos("looked for"))
			.containsExactly("Instances of order are looked for under order.rpc/ in the layout go-zero");
	}

	private ConfigurableApplicationContext run(String... properties) {
		String[] all = new String[properties.length + 3];
		all[0] = "spring.application.name=consumer";
		all[1] = "rpc.registry.etcd.endpoints=" + this.etcd.endpoint();
		all[2] = "rpc.registry.namespace=" + this.namespace;
		System.arraycopy(properties, 0, all, 3, properties.length);
		return RpcApplications.run(Consumer.class, all);
	}

	private static EchoGrpc.EchoBlockingStub order(ConfigurableApplicationContext context) {
		return context.getBean(Consumer.class).order;
	}

	private static String call(EchoGrpc.EchoBlockingStub order) {
		return order.unary(Ping.getDefaultInstance()).getServer();
	}

	/** Not nobody: the last record that ends with its lease leaves its instance there. */
	private static void awaitOther(EchoGrpc.EchoBlockingStub order) {
		Measured.within(SOON, "only the other is called",
				() -> Stream.generate(() -> call(order)).limit(20).allMatch("other"::equals));
	}

	private static String kratos(String id, String endpoint) {
		return "{\"id\":\"" + id + "\",\"name\":\"order\",\"version\":\"v1.0.0\",\"metadata\":{},\"endpoints\":[\""
				+ endpoint + "\"]}";
	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		@RpcReference("order")
		private EchoGrpc.EchoBlockingStub order;

		@Bean
		static InstanceCodec portOnly() {
			return new PortOnly();
		}

	}

	static final class PortOnly implements InstanceCodec {

		@Override
		public String name() {
			return "port-only";
		}

		@Override
		public String defaultKey(String application) {
			return "/ports/" + application;
		}

		@Override
		public ServiceInstance read(String application, String keyId, String value) {
			return ServiceInstance.of(keyId, application, "127.0.0.1", Integer.parseInt(value));
		}

	}

}
