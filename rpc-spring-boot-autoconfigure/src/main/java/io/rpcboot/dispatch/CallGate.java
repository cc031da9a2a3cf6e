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

package io.rpcboot.dispatch;

import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many calls run at a time. A call that has to wait for its permit holds no
 * thread meanwhile.
 */
public interface CallGate {

	/**
	 * Says by the headers alone whether a call would be turned away now, so that its
	 * request need not be read. Runs on the event loop and must not block.
	 * @param headers the request's headers
	 * @return {@code null} to go on, else the status to answer with
	 */
	@Nullable Status look(Metadata headers);

	/**
	 * Takes a call that is ready to run: tells it once, now or later and on any thread,
	 * to {@link GatedCall#proceed proceed} or that it is {@link GatedCall#refuse
	 * refused}. Runs on the event loop and must not block.
	 * @param call the call
	 */
	void enter(GatedCall call);

}
