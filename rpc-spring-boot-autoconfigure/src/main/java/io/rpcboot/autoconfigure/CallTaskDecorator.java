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

import io.grpc.Context;

import org.springframework.core.Ordered;
import org.springframework.core.task.TaskDecorator;

/**
 * Lets the tasks of Boot's executor, {@code @Async} ones among them, see the values of
 * the call during which they were handed over: lane, tenant, baggage. Not its deadline
 * and not its cancellation: who hands a task to the background does not wait for it.
 * <p>
 * First of all decorators, so that it is the innermost: a decorator that carries whole
 * contexts does not undo it.
 */
final class CallTaskDecorator implements TaskDecorator, Ordered {

	@Override
	public Runnable decorate(Runnable task) {
		Context current = Context.current();
		return (current == Context.ROOT) ? task : current.fork().wrap(task);
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

}
