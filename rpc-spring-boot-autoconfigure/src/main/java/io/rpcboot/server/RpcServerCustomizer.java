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

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;

/**
 * Adjusts the server before it is built. Beans of this type run in their order after the
 * properties were applied, and win over them. Called once for each start of the server,
 * on the thread that starts the application context.
 */
@FunctionalInterface
public interface RpcServerCustomizer {

	/**
	 * Adjusts the builder.
	 * @param builder the builder, with the services already added
	 */
	void customize(NettyServerBuilder builder);

}
