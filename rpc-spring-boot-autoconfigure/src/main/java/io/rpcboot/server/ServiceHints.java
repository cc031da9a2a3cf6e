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

import io.grpc.BindableService;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;

/**
 * Tells a native image about the classes of services and of {@link RpcAdvice}, whose
 * methods are looked through when the server starts. Those that are called by reflection
 * are told by their annotations.
 */
final class ServiceHints implements BeanRegistrationAotProcessor {

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		Class<?> beanClass = bean.getBeanClass();
		if (!BindableService.class.isAssignableFrom(beanClass)
				&& bean.getBeanFactory().findAnnotationOnBean(bean.getBeanName(), RpcAdvice.class, false) == null) {
			return null;
		}
		return (context, code) -> {
			for (Class<?> type = beanClass; type != null && type != Object.class; type = type.getSuperclass()) {
				context.getRuntimeHints().reflection().registerType(type);
			}
		};
	}

}
