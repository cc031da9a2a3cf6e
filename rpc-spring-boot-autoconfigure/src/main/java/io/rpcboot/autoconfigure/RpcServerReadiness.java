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

import java.util.Objects;

import io.rpcboot.server.RpcServerLifecycle;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Tells the server what becomes of the application: whether it accepts traffic, and that
 * its context closes. Events of child contexts, which arrive here too, are not ours.
 */
final class RpcServerReadiness implements ApplicationListener<ApplicationEvent> {

	private final ApplicationContext context;

	private final ObjectProvider<RpcServerLifecycle> server;

	RpcServerReadiness(ApplicationContext context, ObjectProvider<RpcServerLifecycle> server) {
		this.context = context;
		this.server = server;
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		if (event.getSource() instanceof ApplicationContext source && isChild(source)) {
			return;
		}
		if (event instanceof AvailabilityChangeEvent<?> change
				&& change.getState() instanceof ReadinessState readiness) {
			this.server
				.ifAvailable((lifecycle) -> lifecycle.acceptingTraffic(readiness == ReadinessState.ACCEPTING_TRAFFIC));
		}
		else if (event instanceof ContextClosedEvent) {
			this.server.ifAvailable(RpcServerLifecycle::stopRequested);
		}
	}

	private boolean isChild(ApplicationContext source) {
		for (ApplicationContext parent = source.getParent(); parent != null; parent = parent.getParent()) {
			if (Objects.equals(parent.getId(), this.context.getId())) {
				return true;
			}
		}
		return false;
	}

}
