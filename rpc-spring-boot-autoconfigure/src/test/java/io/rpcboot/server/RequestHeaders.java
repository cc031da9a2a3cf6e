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

import io.grpc.Metadata;
import io.rpcboot.call.RpcMetadata;

/**
 * Headers as a client sends them with a deduplicated call.
 */
final class RequestHeaders {

	private RequestHeaders() {
	}

	static Metadata first(String requestId) {
		Metadata headers = new Metadata();
		headers.put(RpcMetadata.REQUEST_ID, requestId);
		headers.put(RpcMetadata.CLIENT_ID, "c-1");
		headers.put(RpcMetadata.CALLER, "shop");
		return headers;
	}

	static Metadata later(String requestId, long ageMillis, String firstInstance) {
		Metadata headers = first(requestId);
		headers.put(RpcMetadata.ATTEMPT, "2;" + ageMillis + ";" + firstInstance);
		return headers;
	}

}
