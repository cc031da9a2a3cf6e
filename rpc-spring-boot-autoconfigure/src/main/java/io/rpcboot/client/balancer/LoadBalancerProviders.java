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

/**
 * The policies of this library as gRPC finds them through the service loader. Each goes
 * by the name that it has in properties, with {@code rpc_} before it.
 */
public final class LoadBalancerProviders {

	private LoadBalancerProviders() {
	}

	/**
	 * Provides {@code rpc_p2c}: the less loaded of two random instances.
	 */
	public static final class P2c extends InstanceLoadBalancerProvider {

		/**
		 * Called by the service loader.
		 */
		public P2c() {
			super("p2c");
		}

	}

	/**
	 * Provides {@code rpc_round_robin}: one instance after the other, by weight.
	 */
	public static final class RoundRobin extends InstanceLoadBalancerProvider {

		/**
		 * Called by the service loader.
		 */
		public RoundRobin() {
			super("round_robin");
		}

	}

	/**
	 * Provides {@code rpc_random}: a random instance, by weight.
	 */
	public static final class Random extends InstanceLoadBalancerProvider {

		/**
		 * Called by the service loader.
		 */
		public Random() {
			super("random");
		}

	}

	/**
	 * Provides {@code rpc_pick_first}: the first instance that can be called.
	 */
	public static final class PickFirst extends InstanceLoadBalancerProvider {

		/**
		 * Called by the service loader.
		 */
		public PickFirst() {
			super("pick_first");
		}

	}

	/**
	 * Provides {@code rpc_consistent_hash}: the instance that the key of the call belongs
	 * to.
	 */
	public static final class ConsistentHash extends InstanceLoadBalancerProvider {

		/**
		 * Called by the service loader.
		 */
		public ConsistentHash() {
			super("consistent_hash");
		}

	}

}
