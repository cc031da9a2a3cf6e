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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;

/**
 * Picks one instance after the other, from a random one on, so that many consumers do not
 * begin with the same. Takes no lock and allocates nothing.
 */
final class RoundRobinPicker extends SubchannelPicker {

	private final PickResult[] results;

	private final AtomicInteger next;

	RoundRobinPicker(List<PickResult> results) {
		this.results = results.toArray(PickResult[]::new);
		this.next = new AtomicInteger(ThreadLocalRandom.current().nextInt(this.results.length));
	}

	@Override
	public PickResult pickSubchannel(PickSubchannelArgs args) {
		return this.results[Math.floorMod(this.next.getAndIncrement(), this.results.length)];
	}

}
