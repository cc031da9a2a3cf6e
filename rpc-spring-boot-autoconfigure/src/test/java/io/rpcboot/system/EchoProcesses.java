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

package io.rpcboot.system;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.grpc.Status;
import io.rpcboot.client.RpcReference;
import io.rpcboot.testing.ChildJvm;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoClient.Reply;
import io.rpcboot.testing.RpcApplications;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdStore;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Providers of the application {@code echo}, each a process, that are told to be slow or
 * to fail while they run, and consumers in this JVM. They have a namespace of their own.
 */
final class EchoProcesses implements AutoCloseable {

	private static final Pattern ADDRESS = Pattern.compile("\"127\\.0\\.0\\.1:(\\d+)\"");

	private final Map<String, ChildJvm> processes = new LinkedHashMap<>();

	private final Map<String, Integer> ports = new LinkedHashMap<>();

	private final List<ConfigurableApplicationContext> consumers = new ArrayList<>();

	private final String namespace = "balancing-" + UUID.randomUUID();

	private final String endpoint;

	EchoProcesses(EtcdServer etcd) {
		this.endpoint = etcd.endpoint();
	}

	/** Starts the providers all at once, and returns when they are registered. */
	void start(String... names) {
		for (String name : names) {
			this.processes.put(name, ChildJvm.start(EchoProvider.class,
					List.of("spring.application.name=echo", "echo.name=" + name, namespace(), endpoints())));
		}
		this.processes.values().forEach((process) -> process.awaitLine("Registered echo"));
		try (EtcdStore store = new EtcdStore(this.endpoint)) {
			store.all("/rpc/" + this.namespace + "/echo/").values().forEach(this::learnPort);
		}
	}

	Process process(String name) {
		return process(this.processes, name).process();
	}

	/** Lets a provider take its time for each call from now on. */
	void slow(String name, int millis) {
		order(name, Ping.newBuilder().setText(EchoProvider.TAKE_MILLIS).setCount(millis).build());
	}

	/** Lets a provider fail each call at once from now on. */
	void fail(String name, Status.Code code) {
		order(name, Ping.newBuilder().setText(EchoProvider.FAIL_WITH).setCount(code.value()).build());
	}

	/** Starts a consumer, and returns when it can call. */
	EchoGrpc.EchoStub consumer(String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.addAll(List.of("spring.application.name=consumer", namespace(), endpoints()));
		ConfigurableApplicationContext consumer = RpcApplications.run(Consumer.class, all.toArray(String[]::new));
		this.consumers.add(consumer);
		EchoGrpc.EchoStub echo = consumer.getBean(Caller.class).echo();
		assertThat(EchoGrpc.newBlockingStub(echo.getChannel()).withWaitForReady().unary(Ping.getDefaultInstance()))
			.isNotNull();
		return echo;
	}

	@Override
	public void close() {
		this.consumers.forEach(ConfigurableApplicationContext::close);
		this.processes.values().forEach(ChildJvm::close);
	}

	private void learnPort(String providerRecord) {
		Matcher address = ADDRESS.matcher(providerRecord);
		assertThat(address.find()).as(providerRecord).isTrue();
		int port = Integer.parseInt(address.group(1));
		try (EchoClient client = new EchoClient(port)) {
			this.ports.put(client.unary("who").messages().get(0).getServer(), port);
		}
	}

	private void order(String name, Ping order) {
		try (EchoClient client = new EchoClient(process(this.ports, name))) {
			Reply<Pong> reply = client.call(EchoGrpc.getUnaryMethod(), order).join();
			assertThat(reply.code()).isEqualTo(Status.Code.OK);
		}
	}

	private static <T> T process(Map<String, T> all, String name) {
		T found = all.get(name);
		if (found == null) {
			throw new IllegalArgumentException("provider: '" + name + "' (expected: one of " + all.keySet() + ")");
		}
		return found;
	}

	private String namespace() {
		return "rpc.registry.namespace=" + this.namespace;
	}

	private String endpoints() {
		return "rpc.registry.etcd.endpoints=" + this.endpoint;
	}

	@Configuration(proxyBeanMethods = false)
	static class Consumer {

		@Bean
		Caller caller(@RpcReference("echo") EchoGrpc.EchoStub echo) {
			return new Caller(echo);
		}

	}

	record Caller(EchoGrpc.EchoStub echo) {

	}

}
