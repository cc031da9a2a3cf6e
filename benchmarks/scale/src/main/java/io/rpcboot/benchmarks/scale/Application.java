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

package io.rpcboot.benchmarks.scale;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.rpcboot.registry.InstanceState;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;

/**
 * The records of one application, written as its servers would: one key an instance, each
 * under a lease of its own.
 */
final class Application {

	/** Coprime to the sizes, so that successive changes are far apart. */
	static final int STRIDE = 7919;

	private static final int IN_FLIGHT = 256;

	private static final int PAGE = 1000;

	private static final long LEASE_SECONDS = 3600;

	private static final Instant STARTED = Instant.parse("2026-11-21T10:00:00Z");

	private final Client etcd;

	private final String name;

	private final int size;

	private final int port;

	private final long[] leases;

	/**
	 * Creates an application without any instance.
	 * @param etcd where its records are
	 * @param name its name
	 * @param size how many instances it will have
	 * @param port the port of all of them; each has its own address
	 */
	Application(Client etcd, String name, int size, int port) {
		this.etcd = etcd;
		this.name = name;
		this.size = size;
		this.port = port;
		this.leases = new long[size + 1];
	}

	String name() {
		return this.name;
	}

	void register() throws InterruptedException {
		all(0, this.size + 1,
				(index) -> this.etcd.getLeaseClient()
					.grant(LEASE_SECONDS)
					.thenAccept((granted) -> this.leases[index] = granted.getID()));
		rewrite(0, this.size, ServiceInstance.DEFAULT_WEIGHT);
	}

	/**
	 * Rewrites the record of one instance.
	 * @param index the instance
	 * @param weight its new weight
	 * @return when etcd's answer came
	 */
	long change(int index, int weight) {
		return put(index, weight).thenApply((done) -> System.nanoTime()).join();
	}

	/**
	 * Lets an instance join that has the highest id of all.
	 * @param turn makes its id unique
	 * @return when etcd's answer came
	 */
	long join(int turn) {
		String json = ServiceInstanceJson.write(instance(this.size, ServiceInstance.DEFAULT_WEIGHT, extraId(turn)));
		return put(extraId(turn), json, this.leases[this.size]).thenApply((done) -> System.nanoTime()).join();
	}

	/**
	 * Lets the instance leave that joined last.
	 * @param turn what made its id unique
	 * @return when etcd's answer came
	 */
	long leave(int turn) {
		return this.etcd.getKVClient()
			.delete(bytes(prefix() + extraId(turn)))
			.thenApply((done) -> System.nanoTime())
			.join();
	}

	/**
	 * Rewrites many records as fast as etcd takes them.
	 * @param first the first instance
	 * @param end the last instance, exclusive
	 * @param weight their new weight
	 * @return when the last answer came
	 * @throws InterruptedException if interrupted
	 */
	long rewrite(int first, int end, int weight) throws InterruptedException {
		return all(first, end, (index) -> put(index, weight));
	}

	/**
	 * Deletes many records as fast as etcd takes it.
	 * @param first the first instance
	 * @param end the last instance, exclusive
	 * @return when the last answer came
	 * @throws InterruptedException if interrupted
	 */
	long remove(int first, int end) throws InterruptedException {
		return all(first, end, (index) -> this.etcd.getKVClient().delete(bytes(prefix() + id(index))));
	}

	/**
	 * Reads all records.
	 * @return the JSON of each, by their ids
	 */
	List<String> content() {
		List<String> content = new ArrayList<>();
		ByteSequence end = bytes("/rpc/default/" + this.name + "0");
		ByteSequence from = bytes(prefix());
		long revision = 0;
		while (true) {
			GetResponse page = this.etcd.getKVClient()
				.get(from, GetOption.builder().withRange(end).withLimit(PAGE).withRevision(revision).build())
				.join();
			for (KeyValue record : page.getKvs()) {
				content.add(record.getValue().toString(StandardCharsets.UTF_8));
			}
			if (!page.isMore()) {
				return content;
			}
			revision = (revision != 0) ? revision : page.getHeader().getRevision();
			from = page.getKvs().get(page.getKvs().size() - 1).getKey().concat(ByteSequence.from(new byte[1]));
		}
	}

	private CompletableFuture<?> put(int index, int weight) {
		return put(id(index), ServiceInstanceJson.write(instance(index, weight, id(index))), this.leases[index]);
	}

	private CompletableFuture<?> put(String id, String json, long lease) {
		return this.etcd.getKVClient()
			.put(bytes(prefix() + id), bytes(json), PutOption.builder().withLeaseId(lease).build());
	}

	private ServiceInstance instance(int index, int weight, String id) {
		return new ServiceInstance(id, this.name, Addresses.of(index), this.port,
				List.of("shop.orders.v1.OrderService", "shop.orders.v1.OrderQueryService",
						"shop.orders.v1.OrderAdminService"),
				InstanceState.UP, weight, "zone-" + index % 3, "1.4.2", Map.of("tier", "gold"), STARTED,
				Map.of("host", "node-" + index));
	}

	private static long all(int first, int end, IntFunction<CompletableFuture<?>> request) throws InterruptedException {
		Semaphore permits = new Semaphore(IN_FLIGHT);
		AtomicLong last = new AtomicLong();
		AtomicReference<Throwable> failed = new AtomicReference<>();
		for (int i = first; i < end; i++) {
			permits.acquire();
			request.apply(i).whenComplete((answer, failure) -> {
				last.accumulateAndGet(System.nanoTime(), Math::max);
				if (failure != null) {
					failed.set(failure);
				}
				permits.release();
			});
		}
		permits.acquire(IN_FLIGHT);
		if (failed.get() != null) {
			throw new IllegalStateException("etcd refuses to write", failed.get());
		}
		return last.get();
	}

	private String prefix() {
		return "/rpc/default/" + this.name + "/";
	}

	/**
	 * Returns the index of an instance.
	 * @param id its id
	 * @return its index
	 */
	static int index(String id) {
		return Integer.parseInt(id.substring(0, 8), 16);
	}

	/** Sorts as the index does. */
	private static String id(int index) {
		return String.format(Locale.ROOT, "%08x-5ca1-4e00-8000-%012x", index, index);
	}

	private static String extraId(int turn) {
		return String.format(Locale.ROOT, "ffffffff-5ca1-4e00-8000-%012x", turn);
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

}
