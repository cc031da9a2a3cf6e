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

import java.net.URI;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the images of etcd have in common.
 */
final class EtcdImages {

	static final int PORT = 2379;

	/** Without the host of their repository: quay.io, gcr.io and so on. */
	static final String[] NAMES = { "etcd", "coreos/etcd", "etcd-development/etcd", "bitnami/etcd",
			"bitnamilegacy/etcd" };

	/** Of Bitnami's image, which then demands it of the user root. */
	private static final String ROOT_PASSWORD = "ETCD_ROOT_PASSWORD";

	private EtcdImages() {
	}

	static URI endpoint(boolean secured, String host, int port) {
		String authority = (host.contains(":") && !host.startsWith("[")) ? "[" + host + "]" : host;
		return URI.create((secured ? "https://" : "http://") + authority + ":" + port);
	}

	static @Nullable String username(Map<String, @Nullable String> environment) {
		return (password(environment) != null) ? "root" : null;
	}

	static @Nullable String password(Map<String, @Nullable String> environment) {
		String password = environment.get(ROOT_PASSWORD);
		return (password != null && !password.isEmpty()) ? password : null;
	}

}
