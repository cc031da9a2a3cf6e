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

import java.net.URI;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;

/**
 * One token of etcd, to see whether it has expired.
 */
final class EtcdToken implements AutoCloseable {

	private final ManagedChannel channel;

	private final Metadata headers = new Metadata();

	EtcdToken(String endpoint, String user, String password) {
		URI uri = URI.create(endpoint);
		this.channel = NettyChannelBuilder.forAddress(uri.getHost(), uri.getPort()).usePlaintext().build();
		String token = AuthGrpc.newBlockingStub(this.channel)
			.withDeadlineAfter(10, TimeUnit.SECONDS)
			.authenticate(AuthenticateRequest.newBuilder().setName(user).setPassword(password).build())
			.getToken();
		this.headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
	}

	boolean isAccepted() {
		try {
			KVGrpc.newBlockingStub(this.channel)
				.withDeadlineAfter(10, TimeUnit.SECONDS)
				.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(this.headers))
				.range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("/none")).build());
			return true;
		}
		catch (StatusRuntimeException ex) {
			if (ex.getStatus().getCode() != Status.Code.UNAUTHENTICATED) {
				throw ex;
			}
			return false;
		}
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
	}

}
