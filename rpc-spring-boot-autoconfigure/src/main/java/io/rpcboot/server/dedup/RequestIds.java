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

package io.rpcboot.server.dedup;

import java.util.ArrayList;
import java.util.List;

import io.grpc.Metadata;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.RpcMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a call say of its id. Headers are untrusted: their values are
 * bounded before anything is kept, and never told to anybody.
 *
 * @param key the call; {@code null} if it has no id
 * @param attempt what it says of the attempts before; {@code null} if it is the first
 * @param acknowledged calls whose answers have arrived
 */
record RequestIds(@Nullable RequestKey key, @Nullable LaterAttempt attempt, List<RequestKey> acknowledged) {

	private static final RequestIds NONE = new RequestIds(null, null, List.of());

	private static final int MAX_ACKNOWLEDGED = 256;

	private static final String EXPECTED = " (expected: 1 to " + CallContext.MAX_LENGTH + " of A-Za-z0-9._-)";

	/**
	 * Reads the headers.
	 * @throws IllegalArgumentException if one of them is not what it should be; the
	 * message is for the client
	 */
	static RequestIds of(Metadata headers) {
		String requestId = headers.get(RpcMetadata.REQUEST_ID);
		String acks = headers.get(RpcMetadata.ACK);
		if (requestId == null && acks == null) {
			return NONE;
		}
		String clientId = headers.get(RpcMetadata.CLIENT_ID);
		if (clientId == null) {
			throw new IllegalArgumentException(RpcMetadata.CLIENT_ID.name() + ": missing beside "
					+ ((requestId != null) ? RpcMetadata.REQUEST_ID : RpcMetadata.ACK).name() + EXPECTED);
		}
		check(RpcMetadata.CLIENT_ID, clientId);
		String caller = caller(headers);
		List<RequestKey> acknowledged = (acks != null) ? acknowledged(acks, caller, clientId) : List.of();
		if (requestId == null) {
			return new RequestIds(null, null, acknowledged);
		}
		check(RpcMetadata.REQUEST_ID, requestId);
		String attempt = headers.get(RpcMetadata.ATTEMPT);
		return new RequestIds(new RequestKey(caller, clientId, requestId),
				(attempt != null) ? LaterAttempt.of(attempt) : null, acknowledged);
	}

	/**
	 * Returns which call it is, {@code null} if that is not said or not well.
	 */
	static @Nullable RequestKey keyIn(Metadata headers) {
		String requestId = headers.get(RpcMetadata.REQUEST_ID);
		String clientId = (requestId != null) ? headers.get(RpcMetadata.CLIENT_ID) : null;
		return (requestId != null && clientId != null && CallContext.isName(requestId) && CallContext.isName(clientId))
				? new RequestKey(caller(headers), clientId, requestId) : null;
	}

	private static String caller(Metadata headers) {
		String caller = headers.get(RpcMetadata.CALLER);
		return (caller != null && CallContext.isName(caller)) ? caller : "";
	}

	private static List<RequestKey> acknowledged(String acks, String caller, String clientId) {
		List<RequestKey> keys = new ArrayList<>();
		for (int begin = 0; begin <= acks.length();) {
			int comma = acks.indexOf(',', begin);
			int end = (comma >= 0) ? comma : acks.length();
			String id = acks.substring(begin, Math.min(end, begin + CallContext.MAX_LENGTH + 1));
			check(RpcMetadata.ACK, id);
			if (keys.size() == MAX_ACKNOWLEDGED) {
				throw new IllegalArgumentException(RpcMetadata.ACK.name() + ": more than " + MAX_ACKNOWLEDGED
						+ " ids (expected: at most " + MAX_ACKNOWLEDGED + ", comma-separated)");
			}
			keys.add(new RequestKey(caller, clientId, id));
			begin = end + 1;
		}
		return keys;
	}

	private static void check(Metadata.Key<String> header, String id) {
		if (!CallContext.isName(id)) {
			boolean tooLong = id.length() > CallContext.MAX_LENGTH;
			throw new IllegalArgumentException(header.name() + ": "
					+ (tooLong ? "longer than " + CallContext.MAX_LENGTH + " characters" : "no id") + EXPECTED);
		}
	}

}
