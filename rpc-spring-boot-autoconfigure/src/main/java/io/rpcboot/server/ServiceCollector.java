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

package io.rpcboot.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.rpcboot.call.FallbackBean;
import io.rpcboot.call.PerMethodInterceptor;
import io.rpcboot.server.dedup.DeduplicationStore;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Collects the beans that are gRPC services, with the interceptors and the executor that
 * each of them asks for.
 */
final class ServiceCollector {

	private final ListableBeanFactory beans;

	private final boolean plainServices;

	ServiceCollector(ListableBeanFactory beans, boolean plainServices) {
		this.beans = beans;
		this.plainServices = plainServices;
	}

	/**
	 * Says whether any service is to be served; creates no bean. A bean that only claims
	 * to be one counts, to be complained of.
	 */
	boolean isEmpty() {
		return serviceBeans().isEmpty() && this.beans.getBeanNamesForAnnotation(RpcService.class).length == 0;
	}

	/**
	 * Binds the services, each with the given interceptors and its own.
	 * @param own the starter's interceptors, which apply to all services
	 * @param deduplicated is told the methods of the services
	 * @param pools pools with names; are told which services run on them
	 * @param executors names of pools or beans by names of services, instead of those of
	 * the annotations
	 * @return the services by their full gRPC names
	 */
	Map<String, BoundService> collect(List<ServerInterceptor> own, DeduplicatedMethods deduplicated, HandlerPools pools,
			Map<String, String> executors) {
		checkAnnotatedTypes();
		List<ServerInterceptor> everywhere = new ArrayList<>(own);
		everywhere.addAll(globalInterceptors());
		Map<String, BoundService> services = new LinkedHashMap<>();
		Map<String, String> beanNames = new HashMap<>();
		serviceBeans().forEach((beanName, annotation) -> {
			BindableService bean = this.beans.getBean(beanName, BindableService.class);
			ServiceProxies.check(beanName, bean);
			ServerServiceDefinition definition = bean.bindService();
			String name = definition.getServiceDescriptor().getName();
			String other = beanNames.put(name, beanName);
			if (other != null) {
				throw new DuplicateServiceException(name, other, beanName);
			}
			deduplicated.add(this.beans, beanName, bean, definition);
			String executor = executors.getOrDefault(name, (annotation != null) ? annotation.executor() : "");
			services.put(name, new BoundService(definition, interceptors(everywhere, annotation),
					executor(name, executor, pools), isNonBlocking(beanName, executor)));
		});
		return services;
	}

	/**
	 * Returns what keeps deduplicated calls: the bean, or else a new store in memory.
	 */
	DeduplicationStore deduplicationStore(RpcServerSettings.Deduplication settings) {
		return this.beans.getBeanProvider(DeduplicationStore.class)
			.getIfAvailable(() -> DeduplicationStore.inMemory(settings.maxBytes(), settings.retention()));
	}

	/**
	 * Returns the beans that decide how calls of the services fail.
	 */
	ErrorBeans errors() {
		return new ErrorBeans(this.beans);
	}

	private Map<String, @Nullable RpcService> serviceBeans() {
		Map<String, @Nullable RpcService> services = new LinkedHashMap<>();
		for (String name : this.beans.getBeanNamesForType(BindableService.class)) {
			RpcService annotation = this.beans.findAnnotationOnBean(name, RpcService.class);
			if (!ScopedProxyUtils.isScopedTarget(name)
					&& (annotation != null || (this.plainServices && !isFallback(name)))) {
				services.put(name, annotation);
			}
		}
		return services;
	}

	private boolean isFallback(String name) {
		return this.beans instanceof BeanDefinitionRegistry definitions && definitions.containsBeanDefinition(name)
				&& FallbackBean.isMarked(definitions.getBeanDefinition(name));
	}

	private void checkAnnotatedTypes() {
		for (String name : this.beans.getBeanNamesForAnnotation(RpcService.class)) {
			if (!this.beans.isTypeMatch(name, BindableService.class)) {
				throw new RpcServerException("The bean '" + name + "' of type " + this.beans.getType(name)
						+ " carries @RpcService (expected: an io.grpc.BindableService, such as a generated ImplBase)",
						"Let the bean extend the generated ImplBase of its service, or remove the annotation.", null);
			}
		}
	}

	private List<ServerInterceptor> globalInterceptors() {
		List<ServerInterceptor> interceptors = new ArrayList<>();
		for (String name : this.beans.getBeanNamesForType(ServerInterceptor.class)) {
			if (this.beans.findAnnotationOnBean(name, GlobalServerInterceptor.class) != null) {
				interceptors.add(interceptor(name, this.beans.getBean(name, ServerInterceptor.class)));
			}
		}
		return interceptors;
	}

	private List<ServerInterceptor> interceptors(List<ServerInterceptor> everywhere, @Nullable RpcService annotation) {
		List<ServerInterceptor> interceptors = new ArrayList<>(everywhere);
		if (annotation != null) {
			for (Class<? extends ServerInterceptor> type : annotation.interceptors()) {
				ServerInterceptor interceptor = interceptor(type);
				if (!interceptors.contains(interceptor)) {
					interceptors.add(interceptor);
				}
			}
		}
		return interceptors;
	}

	private ServerInterceptor interceptor(Class<? extends ServerInterceptor> type) {
		ServerInterceptor interceptor = this.beans.getBean(type);
		for (String name : this.beans.getBeanNamesForType(type)) {
			if (this.beans.getBean(name).equals(interceptor)) {
				return interceptor(name, interceptor);
			}
		}
		return interceptor;
	}

	/**
	 * Gives the interceptor the order that its bean method carries, which cannot be seen
	 * on the instance.
	 */
	private ServerInterceptor interceptor(String beanName, ServerInterceptor interceptor) {
		Order order = this.beans.findAnnotationOnBean(beanName, Order.class);
		return (order != null) ? new OrderedInterceptor(interceptor, order.value()) : interceptor;
	}

	/**
	 * Finds an executor: a bean, else a pool of the properties.
	 */
	private @Nullable Executor executor(String service, String name, HandlerPools pools) {
		if (name.isEmpty()) {
			return null;
		}
		if (this.beans.containsBean(name)) {
			return this.beans.getBean(name, Executor.class);
		}
		if (!pools.names().contains(name)) {
			throw new RpcServerException(
					"The executor '" + name + "' of " + service + " is unknown (expected: a bean, one of "
							+ List.of(this.beans.getBeanNamesForType(Executor.class)) + ", or a pool, one of "
							+ pools.names() + ")",
					"Correct the name, or define a pool of it:\n\n    rpc.server.executors[" + name + "].threads=16",
					null);
		}
		pools.assign(service, name);
		return null;
	}

	private boolean isNonBlocking(String beanName, String executor) {
		boolean nonBlocking = this.beans.findAnnotationOnBean(beanName, NonBlocking.class) != null;
		if (nonBlocking && !executor.isEmpty()) {
			throw new RpcServerException(
					"The bean '" + beanName + "' carries @NonBlocking and @RpcService(executor = \"" + executor
							+ "\") (expected: one of them)",
					"Remove @NonBlocking to run the handlers on the executor, or the executor to run them on the event"
							+ " loop.",
					null);
		}
		return nonBlocking;
	}

	/**
	 * An interceptor at the place that {@code @Order} gives its bean, or the starter.
	 *
	 * @param interceptor the interceptor
	 * @param order the place
	 */
	record OrderedInterceptor(ServerInterceptor interceptor, int order) implements PerMethodInterceptor, Ordered {

		@Override
		public int getOrder() {
			return this.order;
		}

		@Override
		public @Nullable ServerInterceptor of(MethodDescriptor<?, ?> method) {
			return (this.interceptor instanceof PerMethodInterceptor perMethod) ? perMethod.of(method)
					: this.interceptor;
		}

	}

	/**
	 * A service, with what belongs to it on a server.
	 *
	 * @param definition the service
	 * @param interceptors stand before it
	 * @param executor runs its handlers; a pool or the server's own if {@code null}
	 * @param nonBlocking whether its handlers run on the event loop
	 */
	record BoundService(ServerServiceDefinition definition, List<ServerInterceptor> interceptors,
			@Nullable Executor executor, boolean nonBlocking) {

		BoundService onHandlers() {
			return new BoundService(this.definition, this.interceptors, this.executor, false);
		}

		/**
		 * Returns the service behind its interceptors. After all services are known: what
		 * is settled for a method may depend on them.
		 */
		ServerServiceDefinition intercepted() {
			return InterceptorChains.intercept(this.definition, this.interceptors);
		}

	}

}
