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
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.ssl.SslBundle;

/**
 * Finds etcd among the services of Docker Compose: of a known image, or with the label
 * {@code org.springframework.boot.service-connection: etcd}.
 */
final class EtcdDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<EtcdConnectionDetails> {

	EtcdDockerComposeConnectionDetailsFactory() {
		super(EtcdImages.NAMES);
	}

	@Override
	protected EtcdConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new Details(source.getRunningService());
	}

	private static final class Details extends DockerComposeConnectionDetails implements EtcdConnectionDetails {

		private final RunningService service;

		private Details(RunningService service) {
			super(service);
			this.service = service;
		}

		@Override
		public List<URI> getEndpoints() {
			return List.of(EtcdImages.endpoint(getSslBundle() != null, this.service.host(),
					this.service.ports().get(EtcdImages.PORT)));
		}

		@Override
		public @Nullable String getUsername() {
			return EtcdImages.username(this.service.env());
		}

		@Override
		public @Nullable String getPassword() {
			return EtcdImages.password(this.service.env());
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return getSslBundle(this.service);
		}

	}

}
