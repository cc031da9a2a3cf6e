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

package io.rpcboot.benchmarks.pick;

import java.io.InputStream;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import io.grpc.CallOptions;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.rpcboot.client.balancer.PickOptions;
import io.rpcboot.client.balancer.policy.PickHints;
import io.rpcboot.client.routing.CallRoute;

/**
 * What a call shows to a picker.
 */
final class Call extends PickSubchannelArgs {

	/** Of different keys, a power of two: they belong to a third of 10,000 instances. */
	private static final int KEYS = 4096;

	private static final int HOT_KEYS = 16;

	private static final MethodDescriptor<String, String> METHOD = MethodDescriptor.<String, String>newBuilder()
		.setType(MethodType.UNARY)
		.setFullMethodName("orders.Orders/Get")
		.setRequestMarshaller(new NoMarshaller())
		.setResponseMarshaller(new NoMarshaller())
		.build();

	private final PickHints hints;

	private final CallOptions options;

	private final Metadata headers = new Metadata();

	private Call(PickHints hints, CallOptions options) {
		this.hints = hints;
		this.options = options;
	}

	/**
	 * Makes calls.
	 * @param variant what they ask for
	 * @param keyed whether they have keys
	 * @return one, or with keys as many as there are
	 */
	static Call[] of(Variant variant, boolean keyed) {
		PickHints hints = (variant == Variant.AVOID) ? new PickHints(null, Set.of(Scene.id(1)), null) : PickHints.NONE;
		if (!keyed) {
			return new Call[] { of(variant, hints) };
		}
		int keys = (variant == Variant.HOT) ? HOT_KEYS : KEYS;
		return new Random(7).longs(keys).mapToObj((key) -> of(variant, hints.withKey(key))).toArray(Call[]::new);
	}

	private static Call of(Variant variant, PickHints hints) {
		CallOptions options = CallOptions.DEFAULT;
		if (!hints.equals(PickHints.NONE)) {
			options = options.withOption(PickOptions.HINTS, hints);
		}
		if (variant == Variant.LANE) {
			// Equal to the one that the picker knows, not the same, as of another method.
			options = options.withOption(PickOptions.ROUTE, new CallRoute(null, Scene.LANE, null, null, Map.of()));
		}
		return new Call(hints, options);
	}

	PickHints hints() {
		return this.hints;
	}

	@Override
	public CallOptions getCallOptions() {
		return this.options;
	}

	@Override
	public Metadata getHeaders() {
		return this.headers;
	}

	@Override
	public MethodDescriptor<?, ?> getMethodDescriptor() {
		return METHOD;
	}

	/**
	 * Nothing is ever sent.
	 */
	private static final class NoMarshaller implements Marshaller<String> {

		@Override
		public InputStream stream(String value) {
			return InputStream.nullInputStream();
		}

		@Override
		public String parse(InputStream stream) {
			return "";
		}

	}

}
