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

package io.rpcboot.registry.etcd;

import io.rpcboot.registry.ServiceInstance;

/**
 * An instance and what etcd knows of its record.
 *
 * @param instance the instance
 * @param address its address, which costs to put together
 * @param createRevision when the key came to be; another one means that the record had
 * gone in between
 * @param lease the lease under which it stands, 0 for none
 */
record InstanceRecord(ServiceInstance instance, String address, long createRevision, long lease) {

	InstanceRecord(ServiceInstance instance, long createRevision, long lease) {
		this(instance, instance.address(), createRevision, lease);
	}

}
