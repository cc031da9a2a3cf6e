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

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;

import io.grpc.BindableService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.Advisor;
import org.springframework.aop.IntroductionAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Looks at services that are proxies, such as those with {@code @PreAuthorize}. A
 * generated service binds its methods in a final {@code bindService()}: the proxy of its
 * class runs that itself, so the proxy's methods are bound and the advice runs. A proxy
 * of interfaces hands it to its target, whose methods are bound, and no advice would ever
 * run.
 */
final class ServiceProxies {

	private static final Logger logger = LoggerFactory.getLogger(ServiceProxies.class);

	private ServiceProxies() {
	}

	/**
	 * Checks that advice of a service runs.
	 * @param beanName the name of its bean
	 * @param service the bean
	 * @throws RpcServerException if it would be passed over
	 */
	static void check(String beanName, BindableService service) {
		if (!(service instanceof Advised advised)) {
			return;
		}
		List<String> advice = Arrays.stream(advised.getAdvisors())
			.filter((advisor) -> !(advisor instanceof IntroductionAdvisor))
			.map(ServiceProxies::nameOf)
			.toList();
		if (advice.isEmpty()) {
			return;
		}
		if (AopUtils.isJdkDynamicProxy(service)) {
			throw new RpcServerException(
					"The bean '" + beanName + "' is a proxy of interfaces, so its advice " + advice
							+ " would not run around the methods of the service (expected: a proxy of its class)",
					"Set proxyTargetClass = true where the advice is enabled, or let all advice of the application be by"
							+ " proxies of classes:\n\n    @EnableMethodSecurity(proxyTargetClass = true)"
							+ "\n    spring.aop.proxy-target-class=true",
					null);
		}
		Method binding = ReflectionUtils.findMethod(AopUtils.getTargetClass(service), "bindService");
		if (binding != null && !Modifier.isFinal(binding.getModifiers())) {
			logger.warn(
					"The advice {} of the bean '{}' may not run: bindService() of {} is not final, so it binds the"
							+ " methods of the object behind the proxy",
					advice, beanName, AopUtils.getTargetClass(service).getName());
		}
	}

	private static String nameOf(Advisor advisor) {
		return advisor.getAdvice().getClass().getSimpleName();
	}

}
