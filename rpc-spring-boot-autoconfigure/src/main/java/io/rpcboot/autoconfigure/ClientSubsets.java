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

import java.util.LinkedHashMap;
import java.util.Map;

import io.rpcboot.autoconfigure.RpcClientProperties.ReferenceSubset;
import io.rpcboot.client.SubsetSettings;
import io.rpcboot.client.subset.InstanceSubset;

/**
 * Makes the settings of subsets of the properties, and checks them.
 */
final class ClientSubsets {

	private ClientSubsets() {
	}

	static SubsetSettings from(RpcClientProperties properties) {
		checkSize("rpc.client.subset.size", properties.getSubset().getSize());
		Map<String, SubsetSettings.Reference> references = new LinkedHashMap<>();
		properties.getReferences().forEach((application, reference) -> {
			ReferenceSubset subset = reference.getSubset();
			if (subset.getSize() != null) {
				checkSize("rpc.client.references[" + application + "].subset.size", subset.getSize());
			}
			references.put(application, new SubsetSettings.Reference(subset.getEnabled(), subset.getSize()));
		});
		return new SubsetSettings(properties.getSubset().isEnabled(), properties.getSubset().getSize(), references);
	}

	private static void checkSize(String key, int size) {
		Checked.range(key, size, InstanceSubset.MIN_SIZE, Integer.MAX_VALUE);
	}

}
