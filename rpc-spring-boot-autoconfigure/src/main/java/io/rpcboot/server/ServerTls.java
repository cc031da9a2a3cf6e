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

package io.rpcboot.server;

import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.rpcboot.tls.LiveTls;

/**
 * Makes the server speak TLS. The server looks for it among its customizers, to know what
 * to expect of its own port. A later customizer may set another context.
 *
 * @param tls the server's side of TLS
 * @param clients whether clients show a certificate
 * @param bundle the name of the SSL bundle, to be told to people
 */
public record ServerTls(LiveTls tls, ClientAuth clients, String bundle) implements RpcServerCustomizer {

	@Override
	public void customize(NettyServerBuilder builder) {
		builder.sslContext(this.tls.context());
	}

}
