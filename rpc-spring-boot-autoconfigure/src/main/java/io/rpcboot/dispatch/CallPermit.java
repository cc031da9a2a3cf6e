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

import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Attributes;
import io.grpc.ServerCall;
import org.jspecify.annotations.Nullable;

/**
 * The permit of one call to run. It is given back when the last of its holders has
 * released it. The call itself is the first holder: it releases it when it is answered,
 * or when its handler has been told that the caller has gone. Whoever lets a handler go
 * on after that holds the permit as well.
 */
public final class CallPermit {

	static final Attributes.Key<CallPermit> KEY = Attributes.Key.create("io.rpcboot.dispatch.CallPermit");

	private final AtomicInteger holders = new AtomicInteger(1);

	private final Owner owner;

	/**
	 * Creates a permit, held by its call.
	 * @param owner is told what becomes of it
	 */
	public CallPermit(Owner owner) {
		this.owner = owner;
	}

	/**
	 * Returns the permit with which a call runs.
	 * @param call the call, as an interceptor gets it
	 * @return the permit; {@code null} if the method is not limited
	 */
	public static @Nullable CallPermit of(ServerCall<?, ?> call) {
		return call.getAttributes().get(KEY);
	}

	/**
	 * Holds the permit longer than the call does. Each hold needs one {@link #release}.
	 * On any thread.
	 * @return whether it is held; not if nobody held it any more
	 */
	public boolean hold() {
		int count = this.holders.get();
		while (count > 0) {
			if (this.holders.compareAndSet(count, count + 1)) {
				return true;
			}
			count = this.holders.get();
		}
		return false;
	}

	/**
	 * Ends one hold. On any thread.
	 * @param answered whether the handler has given its answer, and no error
	 */
	public void release(boolean answered) {
		if (this.holders.decrementAndGet() == 0) {
			this.owner.released(answered);
		}
	}

	void started() {
		this.owner.started();
	}

	/**
	 * What gave a permit.
	 */
	public interface Owner {

		/**
		 * Tells that a thread is about to run the handler. Not told if the call ended
		 * before.
		 */
		void started();

		/**
		 * Tells that nobody holds the permit any more. Told once.
		 * @param answered whether the last holder had an answer that is no error
		 */
		void released(boolean answered);

	}

}
