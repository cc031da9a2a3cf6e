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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.auth.Permission;
import io.grpc.Status;
import io.rpcboot.registry.etcd.KeyReader.Summary;
import io.rpcboot.testing.etcd.EtcdServer;
import io.rpcboot.testing.etcd.EtcdStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * How the ranges of many watches are compared.
 */
class SummaryBatchIT extends AbstractEtcdTests {

	private static final String PASSWORD = "s3cret";

	SummaryBatchIT(EtcdServer etcd) {
		super(etcd);
	}

	@Test
	void whenRangesAreAskedForTogetherThenOneRequestHasTheSummaryOfEach() throws Exception {
		this.store.put(key("a/1"), "x");
		this.store.put(key("a/2"), "x");
		this.store.put(key("b/1"), "x");
		long newest = this.store.existing(key("b/1")).getModRevision();
		try (EtcdConnection connection = connection(null)) {
			long ranges = requests("Range");
			long transactions = requests("Txn");
			List<Summary> summaries = ask(connection, "a/", "b/", "none/").stream()
				.map(CompletableFuture::join)
				.toList();
			assertThat(summaries).containsExactly(new Summary(2, newest - 1, newest), new Summary(1, newest, newest),
					new Summary(0, 0, newest));
			assertThat(requests("Txn") - transactions).isOne();
			assertThat(requests("Range") - ranges).isZero();
		}
	}

	@Test
	void whenThereAreMoreRangesThanATransactionMayHaveThenItTakesSeveral() throws Exception {
		this.store.put(key("7/1"), "x");
		try (EtcdConnection connection = connection(null)) {
			long transactions = requests("Txn");
			String[] ranges = Stream.iterate(0, (i) -> i + 1).limit(250).map((i) -> i + "/").toArray(String[]::new);
			List<Long> counts = ask(connection, ranges).stream().map((answer) -> answer.join().count()).toList();
			assertThat(counts).hasSize(250).satisfies((all) -> assertThat(all.indexOf(1L)).isEqualTo(7));
			assertThat(requests("Txn") - transactions).isEqualTo(3);
		}
	}

	@Test
	void whenOneRangeMayNotBeReadThenTheOthersHaveTheirSummaries() {
		this.store.put(key("a/1"), "x");
		try (Client root = login()) {
			EtcdConnection connection = connection("reader");
			List<CompletableFuture<Summary>> answers = ask(connection, "a/", "b/");
			assertThat(answers.get(0).join().count()).isOne();
			CompletionException refused = catchThrowableOfType(CompletionException.class, answers.get(1)::join);
			assertThat(EtcdErrors.code(refused.getCause())).isEqualTo(Status.Code.PERMISSION_DENIED);
			connection.close();
			EtcdStore.await(root.getAuthClient().authDisable());
		}
	}

	private static List<CompletableFuture<Summary>> ask(EtcdConnection connection, KeyReader... ranges) {
		CompletableFuture<List<CompletableFuture<Summary>>> asked = new CompletableFuture<>();
		connection.execute(() -> asked.complete(Stream.of(ranges).map(connection.summaries()::ask).toList()));
		List<CompletableFuture<Summary>> answers = asked.orTimeout(30, TimeUnit.SECONDS).join();
		answers.forEach((answer) -> answer.orTimeout(10, TimeUnit.SECONDS));
		return answers;
	}

	private List<CompletableFuture<Summary>> ask(EtcdConnection connection, String... parts) {
		return ask(connection,
				Stream.of(parts)
					.map(this::key)
					.map((first) -> new KeyReader(connection, EtcdKeys.bytes(first),
							EtcdKeys.bytes(EtcdKeys.endOfPrefix(first))))
					.toArray(KeyReader[]::new));
	}

	private EtcdConnection connection(@Nullable String user) {
		return new EtcdConnection(new EtcdSettings(List.of(URI.create(this.etcd.endpoint())), user,
				(user != null) ? PASSWORD : null, this.namespace, LONG_TTL, REQUEST_TIMEOUT), new Random(1));
	}

	/**
	 * Lets {@code reader} read {@code a/} and nothing else, and is {@code root} itself.
	 */
	private Client login() {
		Auth auth = this.store.client().getAuthClient();
		for (String name : List.of("root", "reader")) {
			EtcdStore.await(auth.userAdd(EtcdStore.bytes(name), EtcdStore.bytes(PASSWORD)));
			EtcdStore.await(auth.roleAdd(EtcdStore.bytes(name)));
			EtcdStore.await(auth.userGrantRole(EtcdStore.bytes(name), EtcdStore.bytes(name)));
		}
		EtcdStore.await(auth.roleGrantPermission(EtcdStore.bytes("reader"), EtcdStore.bytes(key("a/")),
				EtcdStore.bytes(EtcdKeys.endOfPrefix(key("a/"))), Permission.Type.READ));
		EtcdStore.await(auth.authEnable());
		return Client.builder()
			.endpoints(this.etcd.endpoint())
			.user(EtcdStore.bytes("root"))
			.password(EtcdStore.bytes(PASSWORD))
			.build();
	}

	private long requests(String method) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(this.etcd.endpoint() + "/metrics")).build(),
					BodyHandlers.ofString())
			.body()
			.lines()
			.filter((line) -> line.startsWith("grpc_server_handled_total{")
					&& line.contains("grpc_method=\"" + method + "\""))
			.mapToLong((line) -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
			.sum();
	}

}
