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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * Carries the headers of an allow-list from an incoming call to the calls that are made
 * while it is served. Those for one hop go as they are and end at the next application,
 * unless that lists them too. Those for the whole chain become baggage, which every
 * application carries on.
 */
public final class HeaderCarrier implements PerMethodInterceptor {

	private final List<Metadata.Key<String>> oneHop;

	private final Map<String, Metadata.Key<String>> wholeChain;

	/**
	 * Creates a carrier.
	 * @param oneHop names of headers to carry over one hop; upper case is that of HTTP/1
	 * @param wholeChain names of headers to carry along the whole chain
	 * @throws IllegalArgumentException if a name is no name of a header, is that of one
	 * which is not the user's to carry, or stands there twice
	 */
	public HeaderCarrier(List<String> oneHop, List<String> wholeChain) {
		Map<String, Metadata.Key<String>> once = keys(oneHop);
		this.wholeChain = keys(wholeChain);
		this.wholeChain.keySet().forEach((name) -> {
			if (once.containsKey(name)) {
				throw new IllegalArgumentException(
						"header: '" + name + "' (expected: either for one hop or for the whole chain)");
			}
			if (name.equals("authorization")) {
				throw new IllegalArgumentException("header: 'authorization' (expected: only for one hop; whoever "
						+ "is further down the chain is not the one that it was meant for)");
			}
		});
		this.oneHop = List.copyOf(once.values());
	}

	/**
	 * Returns this carrier; {@code null} if it has nothing to carry.
	 */
	@Override
	public @Nullable ServerInterceptor of(MethodDescriptor<?, ?> method) {
		return (this.oneHop.isEmpty() && this.wholeChain.isEmpty()) ? null : this;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		Context current = Context.current();
		Context context = withOneHop(headers, withBaggage(headers, current));
		return (context == current) ? next.startCall(call, headers)
				: Contexts.interceptCall(context, call, headers, next);
	}

	/**
	 * A chain keeps the value with which it began. A caller that is not of this library
	 * may have sent it without the list of names.
	 */
	private Context withBaggage(Metadata headers, Context current) {
		Baggage before = Baggage.KEY.get(current);
		Baggage baggage = (before != null) ? before : Baggage.NONE;
		for (Map.Entry<String, Metadata.Key<String>> header : this.wholeChain.entrySet()) {
			if (baggage.get(header.getKey()) == null) {
				String sent = headers.get(Baggage.key(header.getKey()));
				String value = (sent != null) ? sent : headers.get(header.getValue());
				baggage = (value != null) ? baggage.withIfPossible(header.getKey(), value) : baggage;
			}
		}
		return (baggage == before || baggage == Baggage.NONE) ? current : current.withValue(Baggage.KEY, baggage);
	}

	private Context withOneHop(Metadata headers, Context current) {
		List<CarriedHeader> carried = null;
		for (Metadata.Key<String> key : this.oneHop) {
			String value = headers.get(key);
			if (value != null && HeaderNames.isValue(value)) {
				carried = (carried != null) ? carried : new ArrayList<>();
				carried.add(new CarriedHeader(key, value));
			}
		}
		return (carried != null) ? current.withValue(CarriedMetadata.ONE_HOP, List.copyOf(carried)) : current;
	}

	private static Map<String, Metadata.Key<String>> keys(List<String> names) {
		Map<String, Metadata.Key<String>> keys = new LinkedHashMap<>();
		for (String name : names) {
			String lowerCase = name.toLowerCase(Locale.ROOT);
			HeaderNames.check(lowerCase);
			if (keys.put(lowerCase, CarriedHeader.key(lowerCase)) != null) {
				throw new IllegalArgumentException("header: '" + name + "' (expected: each header once)");
			}
		}
		return keys;
	}

}
