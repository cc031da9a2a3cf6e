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

import io.rpcboot.registry.InstanceCodec;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;

/**
 * The starter's own layout, whose records are those of etcd's Go package
 * {@code client/v3/naming/endpoints}: {@code {"Op":0,"Addr":"10.0.0.7:9090","Metadata":
 * null}}. Go's keys are {@code <target>/<anything>}.
 */
final class EtcdNamingCodec implements InstanceCodec {

	static final String NAME = "etcd-naming";

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public ServiceInstance read(String application, String keyId, String value) {
		return ServiceInstanceJson.read(application, keyId, value);
	}

}
