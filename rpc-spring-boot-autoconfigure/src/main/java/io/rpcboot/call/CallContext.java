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

package io.rpcboot.call;

import java.util.Map;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/**
 * What a call carries from hop to hop, besides its deadline. A server puts what a request
 * brought into the context of its handler, and every call made in that context takes it
 * along, in the headers {@code rpc-lane} and {@code rpc-tenant}.
 * <p>
 * The call decides: that an application itself is in a lane, by the tag of its instance,
 * puts none of its calls there. At the edge, such as in a web filter, a lane begins with
 *
 * <pre class="code">
 * Context.current().withValue(CallContext.LANE, "blue").run(() -&gt; …);
 * </pre>
 *
 * A context belongs to a thread: work that is handed to another one is wrapped
 * ({@link RpcExecutors}, {@link Context#wrap(Runnable)}), or a lane is lost with the
 * deadline.
 */
public final class CallContext {

	/**
	 * The lane of the current call; {@code null} for none.
	 */
	public static final Context.Key<String> LANE = Context.key("rpc-lane");

	/**
	 * The tenant for whom the current call is made; {@code null} for none. Information,
	 * not authentication.
	 */
	public static final Context.Key<String> TENANT = Context.key("rpc-tenant");

	/**
	 * Set while a call is served that is itself a repeated attempt: the calls that its
	 * handler makes are not retried, or every hop would multiply the load.
	 */
	public static final Context.Key<Boolean> NO_RETRY = Context.key("rpc-no-retry");

	/**
	 * The application that made the current incoming call, as it says itself;
	 * {@code null} if it does not say. Information, not authentication, and not carried
	 * on: what this application calls is told of this application.
	 */
	public static final Context.Key<String> CALLER = Context.key("rpc-caller");

	/**
	 * The longest name of a lane or tenant, in characters.
	 */
	public static final int MAX_LENGTH = 64;

	private CallContext() {
	}

	/**
	 * Returns one piece of the baggage of the current call: what travels along the whole
	 * chain of calls, over applications that know nothing of it.
	 * @param name its name, in lower case
	 * @return its value; {@code null} for none
	 */
	public static @Nullable String baggage(String name) {
		Baggage baggage = Baggage.KEY.get();
		return (baggage != null) ? baggage.get(name) : null;
	}

	/**
	 * Returns the baggage of the current call.
	 * @return the values by name; empty for none
	 */
	public static Map<String, String> baggage() {
		Baggage baggage = Baggage.KEY.get();
		return (baggage != null) ? baggage.asMap() : Map.of();
	}

	/**
	 * Returns the current context with one more piece of baggage, for the calls that are
	 * made in it and all calls that those lead to. Each is sent in a header
	 * {@code rpc-baggage-<name>}.
	 * @param name its name: 1 to 64 of {@code a-z0-9._-}, not ending in {@code -bin}
	 * @param value its value: printable ASCII that neither begins nor ends with a space;
	 * an empty text takes the piece away
	 * @return the context, in which nothing runs yet
	 * @throws IllegalArgumentException if the name or the value cannot be sent, or if
	 * there would be more than 16 pieces or 2048 characters in all
	 */
	public static Context withBaggage(String name, String value) {
		Baggage baggage = Baggage.KEY.get();
		return Context.current().withValue(Baggage.KEY, ((baggage != null) ? baggage : Baggage.NONE).with(name, value));
	}

	/**
	 * Tells whether a text can be the name of a lane or tenant: 1 to 64 of
	 * {@code A-Za-z0-9._-}. Other ones are treated as if they were not there, wherever
	 * they come from.
	 * @param name the text
	 * @return whether it can
	 */
	public static boolean isName(String name) {
		int length = name.length();
		if (length == 0 || length > MAX_LENGTH) {
			return false;
		}
		for (int i = 0; i < length; i++) {
			if (!isAllowed(name.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Tells whether nobody waits for the answer of the current call any more: its caller
	 * has cancelled it, its deadline has passed, or its connection was cut. For handlers
	 * that compute or wait for long, in all kinds of calls; it becomes {@code true}
	 * within a round trip, also while all threads of handlers are busy. Costs no more
	 * than an uncontended lock.
	 * @return whether that is so; {@code false} outside a call, and in a call that goes
	 * on without its caller
	 */
	public static boolean isCancelled() {
		return Context.current().isCancelled();
	}

	/**
	 * Lets the current thread be interrupted when nobody waits for the answer of the
	 * current call any more, so that it leaves what it blocks in. At once, if that is so
	 * already.
	 *
	 * <pre class="code">
	 * try (CallContext.Interruption ignored = CallContext.interruptOnCancel()) {
	 *     answer = queue.take();
	 * }
	 * </pre>
	 *
	 * Not for event loops.
	 * @return ends it; must be closed by the same thread
	 */
	public static Interruption interruptOnCancel() {
		return ThreadInterruption.begin(Context.current());
	}

	private static boolean isAllowed(char character) {
		return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
				|| (character >= '0' && character <= '9') || character == '.' || character == '_' || character == '-';
	}

	/**
	 * The time during which a thread is interrupted when its call is cancelled.
	 */
	public interface Interruption extends AutoCloseable {

		/**
		 * Ends it. From here on the thread is not interrupted, and the interrupt that
		 * this made is taken back if nobody has seen it.
		 */
		@Override
		void close();

	}

}
