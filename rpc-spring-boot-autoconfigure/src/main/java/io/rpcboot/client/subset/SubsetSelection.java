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

package io.rpcboot.client.subset;

import java.util.List;
import java.util.Set;

import io.rpcboot.registry.ServiceInstance;

/**
 * What a consumer connects to.
 *
 * @param instances those to connect to, and those to stay connected to for now, in the
 * order they came in
 * @param leaving the ids of those among them that are to be given up once all the others
 * are connected
 * @param outside all others
 */
public record SubsetSelection(List<ServiceInstance> instances, Set<String> leaving, List<ServiceInstance> outside) {

	/**
	 * Copies the collections.
	 */
	public SubsetSelection {
		instances = List.copyOf(instances);
		leaving = Set.copyOf(leaving);
		outside = List.copyOf(outside);
	}

}
