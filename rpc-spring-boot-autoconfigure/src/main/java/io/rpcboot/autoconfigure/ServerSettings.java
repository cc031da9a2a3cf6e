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

import java.util.List;
import java.util.Set;

import io.rpcboot.autoconfigure.RpcRegistryProperties.Instance;
import io.rpcboot.autoconfigure.RpcServerProperties.Advertised;
import io.rpcboot.autoconfigure.RpcServerProperties.Deduplication;
import io.rpcboot.autoconfigure.RpcServerProperties.NonBlocking;
import io.rpcboot.autoconfigure.RpcServerProperties.Shutdown;
import io.rpcboot.server.RpcServerSettings;
import io.rpcboot.server.admission.CallerIdentity;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * Makes the server's settings of the properties, and checks them.
 */
final class ServerSettings {

	private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

	private ServerSettings() {
	}

	static RpcServerSettings from(RpcServerProperties server, RpcRegistryProperties registry,
			@Nullable EtcdConnectionDetails etcd, Environment environment, boolean besideBoot, CallerIdentity callers) {
		Checked.that(server.getPort() >= 0 && server.getPort() <= 65535, "rpc.server.port", server.getPort(),
				"0 to 65535, or -1 for no server");
		return new RpcServerSettings(server.getAddress(), server.getPort(),
				server.getPlainServices().isEnabled() && !besideBoot, server.getReflection().isEnabled(),
				server.getDispatch(), AdmissionChecks.pool("rpc.server.executor", server.getExecutor()),
				Threading.VIRTUAL.isActive(environment) ? new VirtualThreadTaskExecutor("rpc-handler-") : null,
				nonBlocking(server.getNonBlocking()), shutdown(server.getShutdown()),
				instance(registry.getInstance(), environment), advertised(server.getAdvertised(), etcd),
				StreamLimits.settings(server.getStreams()), deduplication(server.getDeduplication()),
				AdmissionChecks.executors(server.getExecutors(), server.getServices()),
				AdmissionChecks.settings(server.getAdmission(), callers),
				ConnectionChecks.settings(server.getLimits()));
	}

	private static RpcServerSettings.NonBlockingServices nonBlocking(NonBlocking nonBlocking) {
		Checked.positive("rpc.server.non-blocking.max-delay", nonBlocking.getMaxDelay());
		return new RpcServerSettings.NonBlockingServices(nonBlocking.getMaxDelay(), nonBlocking.getOnBlock());
	}

	private static RpcServerSettings.Shutdown shutdown(Shutdown shutdown) {
		Checked.notNegative("rpc.server.shutdown.quiet-period", shutdown.getQuietPeriod());
		Checked.notNegative("rpc.server.shutdown.quiet-period-max", shutdown.getQuietPeriodMax());
		Checked.notNegative("rpc.server.shutdown.grace-period", shutdown.getGracePeriod());
		return new RpcServerSettings.Shutdown(shutdown.getQuietPeriod(), shutdown.getQuietPeriodMax(),
				shutdown.getGracePeriod());
	}

	private static RpcServerSettings.Deduplication deduplication(Deduplication deduplication) {
		Checked.that(deduplication.getMaxBytes().toBytes() > 0, "rpc.server.deduplication.max-bytes",
				deduplication.getMaxBytes(), "a size above 0");
		Checked.positive("rpc.server.deduplication.retention", deduplication.getRetention());
		Checked.positive("rpc.server.deduplication.max-run-time", deduplication.getMaxRunTime());
		return new RpcServerSettings.Deduplication(List.copyOf(deduplication.getMethods()),
				List.copyOf(deduplication.getOtherInstances()), deduplication.getMaxBytes().toBytes(),
				deduplication.getRetention(), deduplication.getMaxRunTime());
	}

	private static RpcServerSettings.Instance instance(Instance instance, Environment environment) {
		Checked.range("rpc.registry.instance.weight", instance.getWeight(), 1, Integer.MAX_VALUE);
		return new RpcServerSettings.Instance(environment.getProperty("spring.application.name", ""),
				instance.getWeight(), instance.getZone(), instance.getVersion(), instance.getTags(),
				instance.getMetadata());
	}

	private static RpcServerSettings.Advertised advertised(Advertised advertised,
			@Nullable EtcdConnectionDetails etcd) {
		if (advertised.getPort() != null) {
			Checked.range("rpc.server.advertised.port", advertised.getPort(), 1, 65535);
		}
		boolean loopbackAllowed = etcd == null || etcd.getEndpoints()
			.stream()
			.allMatch((endpoint) -> LOOPBACK.contains(String.valueOf(endpoint.getHost())));
		return new RpcServerSettings.Advertised(advertised.getHost(), advertised.getPort(), advertised.getNetworks(),
				loopbackAllowed);
	}

}
