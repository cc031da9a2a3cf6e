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

import io.micrometer.context.ContextRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Lets the context of a call go where Micrometer's context propagation carries contexts:
 * through Reactor, if {@code spring.reactor.context-propagation=auto} says so.
 */
@AutoConfiguration
@ConditionalOnClass(ContextRegistry.class)
public final class RpcContextPropagationAutoConfiguration {

	/**
	 * The registry is one for the whole process and knows an accessor by its key, so that
	 * a second application context changes nothing.
	 */
	@Bean
	CallContextAccessor rpcCallContextAccessor() {
		CallContextAccessor accessor = new CallContextAccessor();
		ContextRegistry.getInstance().registerThreadLocalAccessor(accessor);
		return accessor;
	}

}
