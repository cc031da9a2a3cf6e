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

import java.util.List;

import io.grpc.Attributes;
import io.rpcboot.registry.ServiceInstance;

/**
 * What the name resolver tells a policy beyond addresses.
 */
public final class InstanceAttributes {

	/**
	 * On each address group: the instance behind it.
	 */
	public static final Attributes.Key<ServiceInstance> INSTANCE = Attributes.Key.create("rpc-instance");

	/**
	 * On an address group: how often its instance was announced anew while it was in the
	 * set, absent for never. Another count than before sheds the back-off of a connection
	 * that failed.
	 */
	public static final Attributes.Key<Integer> ANNOUNCED_AGAIN = Attributes.Key.create("rpc-announced-again");

	/**
	 * On an empty result: why there is nobody, in words for the caller.
	 */
	public static final Attributes.Key<String> EMPTY_REASON = Attributes.Key.create("rpc-empty-reason");

	/**
	 * On a result: what the channels of the application context share.
	 */
	public static final Attributes.Key<BalancerContext> CONTEXT = Attributes.Key.create("rpc-balancer-context");

	/**
	 * On a result: the name of the application that is resolved.
	 */
	public static final Attributes.Key<String> APPLICATION = Attributes.Key.create("rpc-application");

	/**
	 * On an address group: its instance lives but is not in this consumer's subset any
	 * more. A connection to it is kept until all the others serve, and none is opened.
	 */
	public static final Attributes.Key<Boolean> LEAVING = Attributes.Key.create("rpc-leaving-subset");

	/**
	 * On a result: the instances that are not in this consumer's subset.
	 */
	public static final Attributes.Key<List<ServiceInstance>> OUTSIDE_SUBSET = Attributes.Key
		.create("rpc-outside-subset");

	private InstanceAttributes() {
	}

}
