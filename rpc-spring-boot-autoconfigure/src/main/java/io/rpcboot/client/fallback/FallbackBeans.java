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

package io.rpcboot.client.fallback;

import java.util.function.Function;

import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.AbstractStub;
import io.rpcboot.call.FallbackBean;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * Finds the beans of fallbacks, and what they are.
 */
final class FallbackBeans {

	private final ConfigurableListableBeanFactory beans;

	private final Function<Class<?>, @Nullable ServiceDescriptor> services;

	FallbackBeans(ConfigurableListableBeanFactory beans, Function<Class<?>, @Nullable ServiceDescriptor> services) {
		this.beans = beans;
		this.services = services;
	}

	/**
	 * Finds a bean.
	 * @param name its name
	 * @param service the service that it stands in for; {@code null} if it cannot be told
	 * @return the bean as something to call
	 * @throws IllegalArgumentException if it is not there or of the wrong type
	 */
	FallbackTarget target(String name, @Nullable ServiceDescriptor service) {
		Object bean = bean(name, service);
		if (bean instanceof Channel channel) {
			return new ChannelTarget(channel, null);
		}
		if (bean instanceof AbstractStub<?> stub) {
			check(name, this.services.apply(bean.getClass()), service);
			return new ChannelTarget(stub.getChannel(), stub.getCallOptions().getCredentials());
		}
		if (bean instanceof BindableService bindable) {
			if (this.beans.containsBeanDefinition(name)) {
				FallbackBean.mark(this.beans.getBeanDefinition(name));
			}
			ServerServiceDefinition definition = bindable.bindService();
			check(name, definition.getServiceDescriptor(), service);
			return new ServiceTarget(definition);
		}
		if (bean instanceof RpcFallback<?, ?> function) {
			ResolvableType type = type(name, bean).as(RpcFallback.class);
			return new FunctionTarget(name, function, type.getGeneric(0).resolve(), type.getGeneric(1).resolve());
		}
		throw new IllegalArgumentException("fallback: the bean '" + name + "' is a " + bean.getClass().getName()
				+ " (expected: " + expected(service) + ")");
	}

	private Object bean(String name, @Nullable ServiceDescriptor service) {
		if (!this.beans.containsBean(name)) {
			throw new IllegalArgumentException(
					"fallback: there is no bean '" + name + "' (expected: the name of " + expected(service) + ")");
		}
		try {
			return this.beans.getBean(name);
		}
		catch (BeansException ex) {
			if (ex.contains(BeanCurrentlyInCreationException.class)) {
				throw new IllegalArgumentException("fallback: the bean '" + name
						+ "' needs what it is the fallback of (expected: fallbacks that form no circle)", ex);
			}
			throw ex;
		}
	}

	/**
	 * The definition knows the type parameters of a lambda, which the bean does not.
	 */
	private ResolvableType type(String name, Object bean) {
		return this.beans.containsBeanDefinition(name) ? this.beans.getMergedBeanDefinition(name).getResolvableType()
				: ResolvableType.forClass(bean.getClass());
	}

	private static void check(String name, @Nullable ServiceDescriptor ofBean, @Nullable ServiceDescriptor service) {
		if (ofBean != null && service != null && !ofBean.getName().equals(service.getName())) {
			throw new IllegalArgumentException("fallback: the bean '" + name + "' is of the service " + ofBean.getName()
					+ " (expected: " + expected(service) + ")");
		}
	}

	private static String expected(@Nullable ServiceDescriptor service) {
		return "a stub or an implementation of " + ((service != null) ? service.getName() : "the service")
				+ ", a Channel or an RpcFallback";
	}

}
