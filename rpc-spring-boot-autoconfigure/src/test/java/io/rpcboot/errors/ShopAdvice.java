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

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.call.RpcError;
import io.rpcboot.server.RpcAdvice;
import io.rpcboot.server.RpcExceptionHandler;

@RpcAdvice
class ShopAdvice {

	@RpcExceptionHandler
	RpcError busy(SQLTransientException ex) {
		return RpcError.of(Status.Code.ABORTED, "Somebody else changes this order")
			.withReason("shop.example", "ORDER_LOCKED")
			.withRetryDelay(Duration.ofMillis(200));
	}

	@RpcExceptionHandler(SQLException.class)
	Status unavailable(MethodDescriptor<?, ?> method) {
		return Status.INTERNAL.withDescription(method.getBareMethodName() + " cannot reach the orders");
	}

}
