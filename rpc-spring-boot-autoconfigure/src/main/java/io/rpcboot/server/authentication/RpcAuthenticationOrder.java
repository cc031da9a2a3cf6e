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

package io.rpcboot.server.authentication;

/**
 * Places of the library's own {@link RpcAuthentication} beans, for the {@code @Order} of
 * one's own: before them all, between two, or after.
 */
public final class RpcAuthenticationOrder {

	/**
	 * Beans without an order: before the library's own.
	 */
	public static final int UNORDERED = 0;

	/**
	 * Bearer tokens of the header {@code authorization}.
	 */
	public static final int BEARER = 1000;

	/**
	 * Names and passwords of the header {@code authorization}.
	 */
	public static final int BASIC = 2000;

	/**
	 * The certificate of the connection: after what a call says itself, as it is the same
	 * for all calls of a peer, on behalf of whomever they are made.
	 */
	public static final int CERTIFICATE = 3000;

	private RpcAuthenticationOrder() {
	}

}
