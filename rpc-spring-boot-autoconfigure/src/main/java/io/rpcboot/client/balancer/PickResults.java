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

package io.rpcboot.client.balancer;

import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import org.jspecify.annotations.Nullable;

/**
 * What a pick returns, made once for each connection.
 *
 * @param unary for calls of which the time is known to be the instance's
 * @param stream for those that are open as long as both sides like
 */
record PickResults(@Nullable PickResult unary, @Nullable PickResult stream) {

	static final PickResults NONE = new PickResults(null, null);

	/**
	 * Makes the results of a connection.
	 * @param subchannel the connection
	 * @param connection the instance
	 * @param open counts the open streams of the connection; {@code null} if nobody asks
	 * @param inDoubt whether the instance is used although it does not serve
	 */
	static PickResults of(Subchannel subchannel, InstanceConnection connection, @Nullable AtomicInteger open,
			boolean inDoubt) {
		return new PickResults(
				PickResult.withSubchannel(subchannel, new AttemptTracerFactory(connection, open, inDoubt, true)),
				PickResult.withSubchannel(subchannel, new AttemptTracerFactory(connection, open, inDoubt, false)));
	}

}
