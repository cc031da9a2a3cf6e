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
import java.util.regex.Pattern;

import io.rpcboot.server.GlobalServerInterceptor;
import io.rpcboot.server.RpcServerCustomizer;
import io.rpcboot.server.ServerInterceptorOrder;
import io.rpcboot.server.accesslog.AccessLog;
import io.rpcboot.server.accesslog.AccessLogSettings;
import io.rpcboot.server.accesslog.LogContext;
import io.rpcboot.server.connection.UnservedPeer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Configures what the log says of calls, which by default is nothing.
 */
@AutoConfiguration
@EnableConfigurationProperties(RpcServerProperties.class)
public final class RpcServerLogAutoConfiguration {

	private static final Pattern METHOD = Pattern.compile("[\\w.]+(/\\w+)?");

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	@Conditional(OnCallLines.class)
	RpcServerCustomizer rpcServerAccessLogCustomizer(RpcServerProperties properties) {
		AccessLogSettings settings = settings(properties.getAccessLog());
		return (builder) -> builder.addStreamTracerFactory(new AccessLog(settings, UnservedPeer::current));
	}

	@Bean
	@GlobalServerInterceptor
	@Order(ServerInterceptorOrder.LOG_CONTEXT)
	@Conditional(OnCallContext.class)
	LogContext rpcServerLogContext(RpcServerProperties properties) {
		return new LogContext(properties.getMdc().isEnabled());
	}

	private static AccessLogSettings settings(RpcServerProperties.AccessLog properties) {
		Checked.positive("rpc.server.access-log.slow-threshold", properties.getSlowThreshold());
		List<String> exclude = properties.getExclude();
		exclude.forEach((name) -> Checked.that(METHOD.matcher(name).matches(), "rpc.server.access-log.exclude", name,
				"a service such as demo.Greeter or a method such as demo.Greeter/SayHello"));
		return new AccessLogSettings(properties.isEnabled(), properties.getSlowThreshold(), Set.copyOf(exclude));
	}

	/**
	 * Calls have lines.
	 */
	static class OnCallLines extends AnyNestedCondition {

		OnCallLines() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@ConditionalOnBooleanProperty(name = "rpc.server.access-log.enabled")
		static class OnAccessLog {

		}

		@ConditionalOnProperty(name = "rpc.server.access-log.slow-threshold")
		static class OnSlowLog {

		}

	}

	/**
	 * The lines of a call, or of its handler, tell of it.
	 */
	static class OnCallContext extends AnyNestedCondition {

		OnCallContext() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@Conditional(OnCallLines.class)
		static class OnLines {

		}

		@ConditionalOnBooleanProperty(name = "rpc.server.mdc.enabled")
		static class OnMdc {

		}

	}

}
