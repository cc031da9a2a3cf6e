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

import io.grpc.ConnectivityStateInfo;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.Subchannel;
import org.jspecify.annotations.Nullable;

/**
 * Is told the state of a connection itself, before the health watch makes NOT_SERVING a
 * failure of it.
 */
interface ConnectionListener {

	/**
	 * The option under which a listener travels to {@link ConnectionWatchingHelper}.
	 */
	CreateSubchannelArgs.Key<@Nullable ConnectionListener> KEY = CreateSubchannelArgs.Key
		.create("rpc-connection-listener");

	/**
	 * Receives the connection as the channel made it, in gRPC's synchronization context,
	 * before it is started.
	 * @param subchannel the connection without the health watch around it: the one to
	 * name in a pick. The pickers of the health watch replace any other one, and for that
	 * copy the result of each pick.
	 */
	void onSubchannel(Subchannel subchannel);

	/**
	 * Receives a state, in gRPC's synchronization context.
	 * @param state the state of the connection
	 */
	void onConnectionState(ConnectivityStateInfo state);

}
