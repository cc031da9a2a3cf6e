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

import java.util.List;

import io.grpc.Context;
import io.grpc.Metadata;

/**
 * Moves headers from an incoming call into the context in which it is served, and from
 * there to the calls that are made in it.
 */
public final class CarriedMetadata {

	/** Headers of the allow-list for one hop. */
	static final Context.Key<List<CarriedHeader>> ONE_HOP = Context.key("rpc-one-hop");

	private CarriedMetadata() {
	}

	/**
	 * Reads the baggage of a request. Costs no object if there is none.
	 * @param headers the request's headers
	 * @param context in which it would be served
	 * @return the context in which to serve it; the same one if there is no baggage
	 */
	public static Context read(Metadata headers, Context context) {
		Baggage baggage = Baggage.read(headers);
		return (baggage != null) ? context.withValue(Baggage.KEY, baggage) : context;
	}

	/**
	 * Adds what a context carries to a call. A header that the call has stays as it is.
	 * @param headers the headers of the call
	 * @param context in which it is made
	 */
	public static void write(Metadata headers, Context context) {
		Baggage baggage = Baggage.KEY.get(context);
		if (baggage != null) {
			baggage.addTo(headers);
		}
		List<CarriedHeader> oneHop = ONE_HOP.get(context);
		if (oneHop != null) {
			oneHop.forEach((header) -> header.addTo(headers));
		}
	}

}
