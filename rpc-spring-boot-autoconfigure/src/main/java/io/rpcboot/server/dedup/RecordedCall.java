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

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended, to be told again. Its metadata must not be changed: whoever answers
 * with it copies it.
 *
 * @param fingerprint of method, peer and request, as text; another one under the same id
 * is another call
 * @param headers the response headers; {@code null} if the service sent none
 * @param message the serialized response; {@code null} if the service sent none
 * @param status the status, without a cause
 * @param trailers the trailers
 */
public record RecordedCall(String fingerprint, @Nullable Metadata headers, @Nullable ByteString message, Status status,
		Metadata trailers) {

	/**
	 * Returns what is left of a call whose answer has arrived: it is not run again, but
	 * its answer is no longer known.
	 * @return a call that ended with ABORTED, whose size does not depend on the answer
	 */
	public RecordedCall acknowledged() {
		return new RecordedCall(this.fingerprint, null, null,
				Status.ABORTED.withDescription("The call ran, and its client has acknowledged the answer"),
				new Metadata());
	}

}
