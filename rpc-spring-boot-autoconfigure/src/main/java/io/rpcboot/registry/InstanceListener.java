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

package io.rpcboot.registry;

import java.util.List;
import java.util.Set;

/**
 * Is told the instances of a watched application.
 */
public interface InstanceListener {

	/**
	 * Receives the whole set.
	 * @param instances every instance announced, in any state, in the order of their ids;
	 * immutable
	 */
	void onInstances(List<ServiceInstance> instances);

	/**
	 * Receives, in place of {@link #onInstances}, the part of the set that this consumer
	 * is to connect to.
	 * @param instances those to connect to, and those to stay connected to for now, in
	 * the order of their ids; immutable
	 * @param leaving the ids of those among them that are alive and are to be given up
	 * once all the others are connected; not to be connected to anew
	 * @param outside the others of the set, for explanations; immutable
	 */
	default void onSubset(List<ServiceInstance> instances, Set<String> leaving, List<ServiceInstance> outside) {
		onInstances(instances);
	}

	/**
	 * Receives the reason why no set could be read. Called only while none has ever been
	 * read by this watch; the watch goes on trying.
	 * @param reason what failed
	 */
	void onUnavailable(RegistryException reason);

	/**
	 * Is told that an instance, which never left the set, was announced anew after its
	 * record had gone: whoever waits before dialing it again need not wait any longer.
	 * The set follows, which may be the same as before.
	 * @param id the id of the instance
	 */
	default void onAnnouncedAgain(String id) {
	}

}
