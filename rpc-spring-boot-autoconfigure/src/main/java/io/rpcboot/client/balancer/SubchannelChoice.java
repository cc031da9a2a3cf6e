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
import java.util.function.Predicate;

/**
 * Chooses among the connections of one instance: the one with the fewest open streams.
 * One after the other would be as even for calls that take the same time, but streams
 * that stay open gather on one connection then, until its limit of concurrent streams
 * makes calls wait while others have room. Whoever calls at the same moment may choose
 * the same one.
 * <p>
 * A choice costs a look at each connection, takes no lock and allocates nothing.
 */
final class SubchannelChoice {

	private final List<InstanceSubchannel> all;

	private volatile InstanceSubchannel[] serving;

	/** Those that are left while the instance does not serve. */
	private volatile InstanceSubchannel[] lastResort;

	/**
	 * Creates a choice.
	 * @param all the connections, at least one
	 */
	SubchannelChoice(List<InstanceSubchannel> all) {
		this.all = all;
		this.serving = all.toArray(InstanceSubchannel[]::new);
		this.lastResort = this.serving;
	}

	/**
	 * Takes note that connections may have changed. Called in gRPC's synchronization
	 * context.
	 * @param draining whether the instance is about to leave
	 */
	void update(boolean draining) {
		this.serving = those(InstanceSubchannel::isServing);
		this.lastResort = those((subchannel) -> subchannel.isUsableAtLast(draining));
	}

	/**
	 * Chooses. Safe for any thread.
	 * @param inDoubt whether the instance is used although it does not serve
	 * @return the connection; any if none can be used, as a call waits there for the next
	 * picker
	 */
	InstanceSubchannel next(boolean inDoubt) {
		InstanceSubchannel[] among = inDoubt ? this.lastResort : this.serving;
		InstanceSubchannel fewest = among[0];
		int open = fewest.openStreams();
		for (int i = 1; i < among.length && open > 0; i++) {
			int others = among[i].openStreams();
			if (others < open) {
				fewest = among[i];
				open = others;
			}
		}
		return fewest;
	}

	private InstanceSubchannel[] those(Predicate<InstanceSubchannel> usable) {
		List<InstanceSubchannel> some = this.all.stream().filter(usable).toList();
		return (some.isEmpty() ? this.all : some).toArray(InstanceSubchannel[]::new);
	}

}
