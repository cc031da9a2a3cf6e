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

import io.rpcboot.server.stream.StreamNotice;
import org.jspecify.annotations.Nullable;

/**
 * Tells the handler of a stream that the server is about to stop, so that it can say
 * goodbye before it is cut. Every streaming call has one; unary calls have none. The
 * {@link StreamNotice} also tells that a stream has become too old.
 *
 * <pre class="code">
 * DrainNotice.current().onDrain(() -&gt; observer.onCompleted());
 * </pre>
 */
public interface DrainNotice {

	/**
	 * Returns the notice of the call that the current thread serves.
	 * @return the notice; one that never fires outside a streaming call
	 */
	static DrainNotice current() {
		return new NoticeOfDrain(StreamNotice.current());
	}

	/**
	 * Says whether the server is stopping.
	 * @return {@code true} from the moment on at which new calls go elsewhere
	 */
	boolean isDraining();

	/**
	 * Sets what to do when the server stops. Runs once, on the thread that drains the
	 * server, and must not block; at once if the server is stopping already. A second
	 * action replaces the first. Messages that it sends are buffered, however slow the
	 * client is.
	 * @param action what to do; {@code null} for nothing
	 */
	void onDrain(@Nullable Runnable action);

}
