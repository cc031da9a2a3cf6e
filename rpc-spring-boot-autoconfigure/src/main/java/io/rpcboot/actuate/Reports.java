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

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.rpcboot.actuate.RpcDescriptor.Application;
import io.rpcboot.actuate.RpcDescriptor.Channel;
import io.rpcboot.actuate.RpcDescriptor.Event;
import io.rpcboot.actuate.RpcDescriptor.Instance;
import io.rpcboot.actuate.RpcDescriptor.InstanceRecord;
import io.rpcboot.actuate.RpcDescriptor.Method;
import io.rpcboot.actuate.RpcDescriptor.Placement;
import io.rpcboot.actuate.RpcDescriptor.Reference;
import io.rpcboot.actuate.RpcDescriptor.Registration;
import io.rpcboot.actuate.RpcDescriptor.Registry;
import io.rpcboot.actuate.RpcDescriptor.Server;
import io.rpcboot.actuate.RpcDescriptor.Service;
import io.rpcboot.actuate.RpcDescriptor.Watch;
import io.rpcboot.client.ReferenceDescription;
import io.rpcboot.client.Setting;
import io.rpcboot.client.balancer.BalancingExplanation;
import io.rpcboot.registry.RegistrationState;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.server.RpcServerLifecycle;
import io.rpcboot.server.ServedService;
import org.jspecify.annotations.Nullable;

/**
 * Makes the parts of what the endpoint tells.
 *
 * @param sanitized tells values
 * @param guards what holds for an application besides what is decided by call
 * @param clock the wall clock
 */
record Reports(Sanitized sanitized, Function<String, Map<String, Setting<?>>> guards, Clock clock) {

	@Nullable Server server(RpcServerLifecycle server, boolean show) {
		return server.isRunning() ? new Server(server.port(), server.isDraining(), server.activeCalls(),
				registration(server, show), server.services().stream().map(Reports::service).toList()) : null;
	}

	@Nullable Registration registration(RpcServerLifecycle server, boolean show) {
		RegistrationState state = server.registration();
		ServiceInstance instance = server.instance();
		return (state != null) ? new Registration(state.name(), (instance != null) ? record(instance, show) : null,
				server.registrationStatistics().renewals(), server.registrationStatistics().losses()) : null;
	}

	private static Service service(ServedService service) {
		return new Service(service.name(), service.status().isEmpty() ? null : service.status(),
				service.methods().stream().map((method) -> new Method(method.name(), method.type())).toList());
	}

	/**
	 * Tells an application that is called.
	 * @param application its name
	 * @param references the references to it
	 * @param explanations where calls go
	 * @param failure why that could not be found out
	 * @param show whether the caller may see values
	 */
	Application application(String application, List<ReferenceDescription> references,
			List<BalancingExplanation> explanations, @Nullable String failure, boolean show) {
		return new Application(application, references.stream().map((reference) -> reference(reference, show)).toList(),
				explanations.stream().map((explanation) -> channel(explanation, show)).toList(), failure);
	}

	private Reference reference(ReferenceDescription reference, boolean show) {
		String prefix = "rpc.client.references[" + reference.application() + "].";
		Map<String, Setting<?>> around = this.guards.apply(reference.application());
		Map<String, Map<String, RpcDescriptor.Setting>> methods = new TreeMap<>();
		reference.methods().forEach((method, decided) -> {
			Map<String, Setting<?>> settings = new LinkedHashMap<>(decided);
			settings.putAll(within("methods[" + reference.service() + "].", around));
			settings.putAll(within("methods[" + method + "].", around));
			methods.put(method, settings(prefix, settings, show));
		});
		Map<String, Setting<?>> settings = new LinkedHashMap<>(reference.settings());
		// What the properties say of a fallback wins over the annotation.
		around.forEach((name, setting) -> {
			if (!name.startsWith("methods[")) {
				settings.put(name, setting);
			}
		});
		if (!settings.containsKey("fallback.bean")) {
			settings.remove("fallback.statuses");
		}
		return new Reference(reference.where(), reference.type(), reference.service(), settings(prefix, settings, show),
				methods);
	}

	private static Map<String, Setting<?>> within(String prefix, Map<String, Setting<?>> all) {
		Map<String, Setting<?>> found = new LinkedHashMap<>();
		all.forEach((name, setting) -> {
			if (name.startsWith(prefix)) {
				found.put(name.substring(prefix.length()), setting);
			}
		});
		return found;
	}

	private Map<String, RpcDescriptor.Setting> settings(String prefix, Map<String, Setting<?>> settings, boolean show) {
		Map<String, RpcDescriptor.Setting> told = new LinkedHashMap<>();
		settings.forEach((name, setting) -> told.put(name, this.sanitized.setting(prefix + name, setting, show)));
		return told;
	}

	private Channel channel(BalancingExplanation explanation, boolean show) {
		return new Channel(explanation.policy(), explanation.failure(),
				explanation.instances().stream().map((instance) -> instance(instance, show)).toList(),
				placement(explanation.placement()));
	}

	private static @Nullable Placement placement(BalancingExplanation.@Nullable Placement placement) {
		return (placement != null)
				? new Placement(placement.key(), placement.owner(), placement.instance(), placement.reason()) : null;
	}

	private Instance instance(BalancingExplanation.Instance instance, boolean show) {
		Duration ejectedFor = instance.ejectedFor();
		return new Instance(record(instance.instance(), show), instance.connection(),
				(instance.connections().size() > 1) ? instance.connections() : null, instance.candidate(),
				instance.reason(), instance.weight(), instance.score(), instance.inFlight(),
				instance.latency().toNanos() / (double) TimeUnit.MILLISECONDS.toNanos(1),
				(ejectedFor != null) ? this.clock.instant().plus(ejectedFor).toString() : null);
	}

	private InstanceRecord record(ServiceInstance instance, boolean show) {
		return new InstanceRecord(instance.id(), instance.application(), instance.address(), instance.state().name(),
				instance.weight(), instance.zone(), instance.version(),
				this.sanitized.texts("rpc.registry.instance.tags.", instance.tags(), show),
				this.sanitized.texts("rpc.registry.instance.metadata.", instance.metadata(), show),
				Objects.toString(instance.startedAt(), null));
	}

	static Registry registry(ServiceDiscovery discovery) {
		Map<String, Duration> ages = discovery.ages();
		Map<String, Watch> applications = new TreeMap<>();
		discovery.watches().forEach((application, status) -> {
			Duration age = ages.get(application);
			applications.put(application, new Watch(status.state().name(), status.instances(),
					status.quarantined().stream().sorted().toList(), (age != null) ? age.toMillis() : null));
		});
		return new Registry(discovery.describe(), applications,
				discovery.events().stream().map((event) -> new Event(event.time().toString(), event.text())).toList());
	}

}
