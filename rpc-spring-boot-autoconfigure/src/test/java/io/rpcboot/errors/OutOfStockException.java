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

package io.rpcboot.errors;

import io.grpc.Status;
import io.rpcboot.call.RpcError;
import io.rpcboot.call.RpcStatusException;

public class OutOfStockException extends RpcStatusException {

	public static final String DOMAIN = "shop.example";

	public static final String REASON = "OUT_OF_STOCK";

	/** On the service's side. */
	public OutOfStockException(String sku) {
		this(RpcError.of(Status.Code.FAILED_PRECONDITION, sku + " is sold out")
			.withReason(DOMAIN, REASON)
			.withMetadata("sku", sku));
	}

	/** On the caller's side. */
	public OutOfStockException(RpcError error) {
		super(error);
	}

	public String sku() {
		return error().metadata().getOrDefault("sku", "");
	}

}
