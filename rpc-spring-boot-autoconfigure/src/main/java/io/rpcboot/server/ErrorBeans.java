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
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import io.rpcboot.server.authentication.AuthenticationSettings;
import io.rpcboot.server.authentication.RpcAuthentication;
import io.rpcboot.server.authentication.RpcAuthenticationOrder;
import io.rpcboot.server.authentication.ServerAuthentication;
import io.rpcboot.server.error.ExceptionMappingInterceptor;
import io.rpcboot.server.error.RpcExceptionResolver;
import io.rpcboot.server.validation.RequestValidation;
import io.rpcboot.server.validation.RequestValidator;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.annotation.OrderUtils;

/**
 * Collects the beans that decide how calls fail: authentication, advice, resolvers,
 * validators.
 *
 * @param beans where they are
 */
record ErrorBeans(ListableBeanFactory beans) {

	/** The order of all advice together among the resolvers. */
	private static final int ADVICE_ORDER = 0;

	ExceptionMappingInterceptor mapping() {
		AdviceResolver advice = new AdviceResolver();
		sorted(this.beans.getBeanNamesForAnnotation(RpcAdvice.class), Object.class, Ordered.LOWEST_PRECEDENCE)
			.forEach((found) -> advice.add(found.name(), found.bean()));
		List<Found<RpcExceptionResolver>> resolvers = new ArrayList<>(
				sorted(this.beans.getBeanNamesForType(RpcExceptionResolver.class), RpcExceptionResolver.class,
						Ordered.LOWEST_PRECEDENCE));
		if (!advice.isEmpty()) {
			resolvers.add(new Found<>("@RpcAdvice", advice, ADVICE_ORDER));
			resolvers.sort(Comparator.comparingInt(Found::order));
		}
		return new ExceptionMappingInterceptor(resolvers.stream().map(Found::bean).toList(),
				ServerInterceptorOrder.EXCEPTION_MAPPING);
	}

	/**
	 * Returns what checks the requests of users' services.
	 * @return an interceptor, or none
	 */
	List<RequestValidation> validation() {
		List<RequestValidator> validators = sorted(this.beans.getBeanNamesForType(RequestValidator.class),
				RequestValidator.class, Ordered.LOWEST_PRECEDENCE)
			.stream()
			.map(Found::bean)
			.toList();
		return validators.isEmpty() ? List.of()
				: List.of(new RequestValidation(validators, ServerInterceptorOrder.VALIDATION));
	}

	/**
	 * Returns what finds out who calls.
	 * @return an interceptor; {@code null} if nobody is asked for credentials
	 * @throws RpcServerException if credentials are asked for and nothing understands any
	 */
	@Nullable ServerAuthentication authentication() {
		List<RpcAuthentication> authentications = sorted(this.beans.getBeanNamesForType(RpcAuthentication.class),
				RpcAuthentication.class, RpcAuthenticationOrder.UNORDERED)
			.stream()
			.map(Found::bean)
			.toList();
		AuthenticationSettings settings = this.beans.getBeanProvider(AuthenticationSettings.class)
			.getIfAvailable(() -> AuthenticationSettings.DEFAULT);
		if (!authentications.isEmpty()) {
			return new ServerAuthentication(authentications, settings, ServerInterceptorOrder.AUTHENTICATION);
		}
		if (settings.demand() != null) {
			throw new RpcServerException(settings.demand()
					+ ": true, but nothing understands credentials (expected: a bean of type RpcAuthentication, or"
					+ " Spring Security with a JwtDecoder, an OpaqueTokenIntrospector or a UserDetailsService)",
					"Define such a bean, or set the property to false:\n\n    " + settings.demand() + "=false", null);
		}
		return null;
	}

	private <T> List<Found<T>> sorted(String[] names, Class<T> type, int unordered) {
		return Arrays.stream(names)
			.filter((name) -> !ScopedProxyUtils.isScopedTarget(name))
			.map((name) -> found(name, this.beans.getBean(name, type), unordered))
			.sorted(Comparator.comparingInt(Found::order))
			.toList();
	}

	/**
	 * The order may stand on the bean method, of which the bean itself knows nothing.
	 */
	private <T> Found<T> found(String name, T bean, int unordered) {
		Order order = this.beans.findAnnotationOnBean(name, Order.class);
		if (order != null) {
			return new Found<>(name, bean, order.value());
		}
		if (bean instanceof Ordered ordered) {
			return new Found<>(name, bean, ordered.getOrder());
		}
		return new Found<>(name, bean, OrderUtils.getOrder(bean.getClass(), unordered));
	}

	private record Found<T>(String name, T bean, int order) {

	}

}
