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

import java.util.concurrent.TimeUnit;

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.rpcboot.autoconfigure.RpcServerProperties.Connection;
import io.rpcboot.autoconfigure.RpcServerProperties.Keepalive;
import io.rpcboot.server.RpcServerCustomizer;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.util.unit.DataSize;

/**
 * Maps the properties onto the server's builder.
 *
 * @param properties the properties
 */
record PropertiesServerCustomizer(RpcServerProperties properties) implements RpcServerCustomizer {

	@Override
	public void customize(NettyServerBuilder builder) {
		builder.maxInboundMessageSize(
				bytes("rpc.server.max-inbound-message-size", this.properties.getMaxInboundMessageSize()));
		builder.maxInboundMetadataSize(
				bytes("rpc.server.max-inbound-metadata-size", this.properties.getMaxInboundMetadataSize()));
		keepalive(builder, this.properties.getKeepalive());
		connection(builder, this.properties.getConnection());
	}

	static int bytes(String key, DataSize size) {
		Checked.that(size.toBytes() >= 1 && size.toBytes() <= Integer.MAX_VALUE, key, size, "1B to 2047MB");
		return (int) size.toBytes();
	}

	private static void keepalive(NettyServerBuilder builder, Keepalive keepalive) {
		Checked.positive("rpc.server.keepalive.time", keepalive.getTime());
		Checked.positive("rpc.server.keepalive.timeout", keepalive.getTimeout());
		Checked.notNegative("rpc.server.keepalive.permit-time", keepalive.getPermitTime());
		builder.keepAliveTime(keepalive.getTime().toNanos(), TimeUnit.NANOSECONDS)
			.keepAliveTimeout(keepalive.getTimeout().toNanos(), TimeUnit.NANOSECONDS)
			.permitKeepAliveTime(keepalive.getPermitTime().toNanos(), TimeUnit.NANOSECONDS)
			.permitKeepAliveWithoutCalls(keepalive.isPermitWithoutCalls());
	}

	private static void connection(NettyServerBuilder builder, Connection connection) {
		Checked.positive("rpc.server.connection.max-age", connection.getMaxAge());
		Checked.positive("rpc.server.connection.max-age-grace", connection.getMaxAgeGrace());
		Checked.positive("rpc.server.connection.max-idle", connection.getMaxIdle());
		if (connection.getMaxConcurrentCalls() != null) {
			Checked.range("rpc.server.connection.max-concurrent-calls", connection.getMaxConcurrentCalls(), 1,
					Integer.MAX_VALUE);
		}
		PropertyMapper map = PropertyMapper.get();
		map.from(connection.getMaxAge()).to((age) -> builder.maxConnectionAge(age.toNanos(), TimeUnit.NANOSECONDS));
		map.from(connection.getMaxAgeGrace())
			.to((grace) -> builder.maxConnectionAgeGrace(grace.toNanos(), TimeUnit.NANOSECONDS));
		map.from(connection.getMaxIdle()).to((idle) -> builder.maxConnectionIdle(idle.toNanos(), TimeUnit.NANOSECONDS));
		map.from(connection.getMaxConcurrentCalls()).to(builder::maxConcurrentCallsPerConnection);
	}

}
