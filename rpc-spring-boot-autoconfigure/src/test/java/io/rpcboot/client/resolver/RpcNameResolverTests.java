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

package io.rpcboot.client.resolver;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;

import io.grpc.ChannelLogger;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.internal.GrpcUtil;
import io.rpcboot.client.balancer.BalancerContext;
import io.rpcboot.client.balancer.InstanceAttributes;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.testing.InMemoryDiscovery;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * What {@link RpcNameResolver} tells a channel, result by result.
 */
class RpcNameResolverTests {

	private static final ServiceInstance ONE = ServiceInstance.of("1", "echo", "127.0.0.1", 9001);

	private static final ServiceInstance TWO = ServiceInstance.of("2", "echo", "127.0.0.1", 9002);

	private static final ServiceInstance NAMED = ServiceInstance.of("3", "echo", "three.test", 9003);

	private static final String BROKEN = "broken";

	private final InMemoryDiscovery discovery = new InMemoryDiscovery();

	private final SynchronizationContext syncContext = new SynchronizationContext(
			(thread, ex) -> fail("In the synchronization context", ex));

	private final Deque<Runnable> offloaded = new ArrayDeque<>();

	private final Map<String, String> names = new ConcurrentHashMap<>();

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final Recorder listener = new Recorder();

	private final RpcNameResolver resolver = new RpcNameResolver("echo", this.discovery, BalancerContext.standard(),
			args(), new HostNames(this::lookUp));

	@AfterEach
	void close() {
		this.timer.shutdownNow();
	}

	@Test
	void authorityIsTheApplication() {
		assertThat(this.resolver.getServiceAuthority()).isEqualTo("echo");
	}

	@Test
	void eachInstanceIsOneAddressGroupThatCarriesIt() {
		this.discovery.set("echo", ONE, TWO);
		start();
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.1", 9001),
				new InetSocketAddress("127.0.0.1", 9002));
		assertThat(this.listener.last().getAddressesOrError().getValue())
			.extracting((group) -> group.getAttributes().get(InstanceAttributes.INSTANCE))
			.containsExactly(ONE, TWO);
	}

	@Test
	void whenASubsetIsToldThenThoseThatLeaveAreMarkedAndTheOthersAreNamed() {
		start();
		ServiceInstance outside = ServiceInstance.of("4", "echo", "127.0.0.1", 9004);
		this.resolver.onSubset(List.of(ONE, TWO), Set.of("2"), List.of(outside));
		assertThat(this.listener.leaving()).containsExactly(null, true);
		assertThat(this.listener.last().getAttributes().get(InstanceAttributes.OUTSIDE_SUBSET))
			.containsExactly(outside);
		this.resolver.onSubset(List.of(ONE, TWO), Set.of("1"), List.of(outside));
		assertThat(this.listener.leaving()).containsExactly(true, null);
		this.resolver.onInstances(List.of(ONE, TWO));
		assertThat(this.listener.leaving()).containsExactly(null, null);
		assertThat(this.listener.last().getAttributes().get(InstanceAttributes.OUTSIDE_SUBSET)).isNull();
	}

	@Test
	void whenNothingIsKnownYetThenNothingIsTold() {
		start();
		assertThat(this.listener.results).isEmpty();
	}

	@Test
	void whenTheFirstSetIsEmptyThenTheErrorSaysWhatToCheck() {
		this.discovery.set("echo");
		start();
		assertThat(this.listener.error().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(this.listener.error().getDescription())
			.isEqualTo("No instance of 'echo' is registered in memory namespace 'test'. Check that it runs, its "
					+ "spring.application.name, and that both sides use this registry");
	}

	@Test
	void whenTheRegistryCannotBeReadThenTheErrorSaysWhatToCheck() {
		RegistryException reason = new RegistryException("memory namespace 'test': connection refused");
		this.discovery.fail(reason);
		start();
		assertThat(this.listener.error().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(this.listener.error().getCause()).as("whose stack gRPC would log").isNull();
		assertThat(this.listener.error().getDescription())
			.isEqualTo("The instances of 'echo' are not known: memory namespace 'test': connection refused. "
					+ "Check that the registry runs and can be reached");
	}

	@Test
	void whenTheReasonSaysWhatToDoThenTheErrorSaysThat() {
		this.discovery.fail(new RegistryException("there is none") {
			@Override
			public String action() {
				return "Set one";
			}
		});
		start();
		assertThat(this.listener.error().getDescription())
			.isEqualTo("The instances of 'echo' are not known: there is none. Set one");
	}

	@Test
	void whenASetFollowsAnErrorThenItIsTold() {
		this.discovery.fail(new RegistryException("away"));
		start();
		this.discovery.set("echo", ONE);
		assertThat(this.listener.results).hasSize(2);
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.1", 9001));
	}

	@Test
	void whenTheRegistryFailsAfterAGoodSetThenNothingIsTold() {
		this.discovery.set("echo", ONE);
		start();
		this.discovery.fail(new RegistryException("away"));
		assertThat(this.listener.results).hasSize(1);
	}

	@Test
	void whenNobodyIsLeftThenAnEmptyResultCarriesTheReason() {
		this.discovery.set("echo", ONE);
		start();
		this.discovery.set("echo");
		assertThat(this.listener.addresses()).isEmpty();
		assertThat(this.listener.last().getAttributes().get(InstanceAttributes.EMPTY_REASON))
			.isEqualTo("No instance of 'echo' is registered in memory namespace 'test'. Check that it runs, its "
					+ "spring.application.name, and that both sides use this registry");
	}

	@Test
	void whenSomebodyComesBackThenItIsTold() {
		this.discovery.set("echo", ONE);
		start();
		this.discovery.set("echo");
		this.discovery.set("echo", TWO);
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.1", 9002));
	}

	@Test
	void hostNamesAreLookedUpOffTheSynchronizationContext() {
		this.names.put("three.test", "127.0.0.3");
		this.discovery.set("echo", ONE, NAMED);
		start();
		assertThat(this.listener.results).isEmpty();
		runOffloaded();
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.1", 9001),
				new InetSocketAddress("127.0.0.3", 9003));
	}

	@Test
	void whenASetIsOvertakenDuringALookUpThenOnlyTheNewOneIsTold() {
		this.names.put("three.test", "127.0.0.3");
		this.discovery.set("echo", NAMED);
		start();
		this.discovery.set("echo", ONE);
		runOffloaded();
		assertThat(this.listener.results).hasSize(1);
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.1", 9001));
	}

	@Test
	void whenSetsChangeFasterThanALookUpEndsThenEachLookUpIsTold() {
		this.names.put("three.test", "127.0.0.3");
		this.discovery.set("echo", NAMED);
		start();
		this.discovery.set("echo", NAMED, ONE);
		runNextOffloaded();
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.3", 9003));
		this.discovery.set("echo", NAMED, TWO);
		runNextOffloaded();
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.3", 9003),
				new InetSocketAddress("127.0.0.1", 9001));
		runNextOffloaded();
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.3", 9003),
				new InetSocketAddress("127.0.0.1", 9002));
		assertThat(this.offloaded).isEmpty();
	}

	@Test
	void whenANewerSetWasToldDuringALookUpThenTheOlderOneIsNot() {
		this.names.put("three.test", "127.0.0.3");
		this.discovery.set("echo", NAMED);
		start();
		this.discovery.set("echo", ONE);
		this.discovery.set("echo", TWO, NAMED);
		runNextOffloaded();
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.1", 9001));
		runNextOffloaded();
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.1", 9002),
				new InetSocketAddress("127.0.0.3", 9003));
	}

	@Test
	void whenNobodyOfAnOvertakenSetIsKnownThenNoErrorIsTold() {
		this.discovery.set("echo", NAMED);
		start();
		this.discovery.set("echo", ONE, NAMED);
		runNextOffloaded();
		assertThat(this.listener.results).isEmpty();
		runNextOffloaded();
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.1", 9001));
	}

	@Test
	void whenALookUpBreaksThenTheOthersAreToldAndTheNextOneIsMade() {
		this.names.put("three.test", BROKEN);
		this.discovery.set("echo", ONE, NAMED);
		start();
		runOffloaded();
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.1", 9001));
		this.names.put("three.test", "127.0.0.3");
		refresh();
		runOffloaded();
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.1", 9001),
				new InetSocketAddress("127.0.0.3", 9003));
	}

	@Test
	void whenAHostNameIsUnknownThenTheOthersAreTold() {
		this.discovery.set("echo", ONE, NAMED);
		start();
		runOffloaded();
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.1", 9001));
	}

	@Test
	void whenNoHostNameIsKnownThenTheErrorNamesThem() {
		this.discovery.set("echo", NAMED);
		start();
		runOffloaded();
		assertThat(this.listener.error().getDescription())
			.isEqualTo("No host name of the instances of 'echo' can be resolved: [three.test:9003]");
	}

	@Test
	void whenManyHostNamesAreUnknownThenTheErrorNamesFiveAndCountsTheOthers() {
		this.discovery.set("echo",
				IntStream.rangeClosed(1, 8)
					.mapToObj((i) -> ServiceInstance.of(String.valueOf(i), "echo", "h" + i + ".test", 1))
					.toArray(ServiceInstance[]::new));
		start();
		runOffloaded();
		assertThat(this.listener.error().getDescription())
			.isEqualTo("No host name of the instances of 'echo' can be resolved: "
					+ "[h1.test:1, h2.test:1, h3.test:1, h4.test:1, h5.test:1] and 3 more");
	}

	@Test
	void whenAHostNameCannotBeResolvedAnyMoreThenItsLastAddressStays() {
		this.names.put("three.test", "127.0.0.3");
		this.discovery.set("echo", NAMED);
		start();
		runOffloaded();
		this.names.clear();
		refresh();
		runOffloaded();
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.3", 9003));
	}

	@Test
	void whenRefreshedThenTheRegistryIsAskedAndNamesAreLookedUpAgain() {
		this.names.put("three.test", "127.0.0.3");
		this.discovery.set("echo", NAMED);
		start();
		runOffloaded();
		this.names.put("three.test", "127.0.0.4");
		refresh();
		runOffloaded();
		assertThat(this.discovery.refreshes()).isOne();
		assertThat(this.listener.addresses()).containsExactly(new InetSocketAddress("127.0.0.4", 9003));
	}

	@Test
	void whenRefreshedOftenDuringALookUpThenThereIsOneLookUp() {
		this.names.put("three.test", "127.0.0.3");
		this.discovery.set("echo", NAMED);
		start();
		refresh();
		refresh();
		assertThat(this.offloaded).hasSize(1);
	}

	@Test
	void whenRefreshedWithoutHostNamesThenOnlyTheRegistryIsAsked() {
		this.discovery.set("echo", ONE);
		start();
		refresh();
		assertThat(this.discovery.refreshes()).isOne();
		assertThat(this.offloaded).isEmpty();
		assertThat(this.listener.results).hasSize(1);
	}

	@Test
	void whenShutDownThenNothingMoreIsTold() {
		this.names.put("three.test", "127.0.0.3");
		this.discovery.set("echo", NAMED);
		start();
		this.syncContext.execute(this.resolver::shutdown);
		runOffloaded();
		this.resolver.onInstances(List.of(ONE));
		this.resolver.onUnavailable(new RegistryException("away"));
		assertThat(this.listener.results).isEmpty();
		assertThat(this.discovery.openWatches()).isZero();
	}

	private void start() {
		this.syncContext.execute(() -> this.resolver.start(this.listener));
	}

	private void refresh() {
		this.syncContext.execute(this.resolver::refresh);
	}

	private void runOffloaded() {
		for (Runnable task = this.offloaded.poll(); task != null; task = this.offloaded.poll()) {
			task.run();
		}
	}

	private void runNextOffloaded() {
		this.offloaded.remove().run();
	}

	private InetAddress lookUp(String host) throws UnknownHostException {
		String address = this.names.getOrDefault(host, host);
		if (address.equals(BROKEN)) {
			throw new IllegalStateException("The look-up broke");
		}
		if (address.endsWith(".test")) {
			throw new UnknownHostException(host);
		}
		return InetAddress.getByName(address);
	}

	private NameResolver.Args args() {
		return NameResolver.Args.newBuilder()
			.setDefaultPort(80)
			.setProxyDetector(GrpcUtil.NOOP_PROXY_DETECTOR)
			.setSynchronizationContext(this.syncContext)
			.setScheduledExecutorService(this.timer)
			.setServiceConfigParser(new NameResolver.ServiceConfigParser() {
				@Override
				public NameResolver.ConfigOrError parseServiceConfig(Map<String, ?> rawServiceConfig) {
					return NameResolver.ConfigOrError.fromConfig(rawServiceConfig);
				}
			})
			.setChannelLogger(new SilentLogger())
			.setOffloadExecutor(this.offloaded::add)
			.build();
	}

	private static final class SilentLogger extends ChannelLogger {

		@Override
		public void log(ChannelLogLevel level, String message) {
			// Nobody reads it.
		}

		@Override
		public void log(ChannelLogLevel level, String messageFormat, @Nullable Object... args) {
			// Nobody reads it.
		}

	}

	private final class Recorder extends NameResolver.Listener2 {

		private final List<ResolutionResult> results = new ArrayList<>();

		@Override
		public void onResult(ResolutionResult result) {
			fail("onResult hides the verdict of the policy (expected: onResult2)");
		}

		List<@Nullable Boolean> leaving() {
			return last().getAddressesOrError()
				.getValue()
				.stream()
				.map((group) -> group.getAttributes().get(InstanceAttributes.LEAVING))
				.toList();
		}

		@Override
		public Status onResult2(ResolutionResult result) {
			RpcNameResolverTests.this.syncContext.throwIfNotInThisSynchronizationContext();
			this.results.add(result);
			return Status.OK;
		}

		@Override
		public void onError(Status error) {
			fail("onError: " + error + " (expected: onResult2)");
		}

		ResolutionResult last() {
			return this.results.get(this.results.size() - 1);
		}

		Status error() {
			return last().getAddressesOrError().getStatus();
		}

		List<SocketAddress> addresses() {
			return last().getAddressesOrError()
				.getValue()
				.stream()
				.map(EquivalentAddressGroup::getAddresses)
				.map((addresses) -> addresses.get(0))
				.toList();
		}

	}

}
