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

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.testing.AllocatedBytes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallerContext}.
 */
class CallerContextTests {

	private final CallerContext contexts = new CallerContext();

	private final Context ofServer = Context.ROOT.fork();

	@Test
	void callsOfOneApplicationHaveOneContext() {
		Context first = tracer("shop").filterContext(this.ofServer);
		assertThat(CallContext.CALLER.get(first)).isEqualTo("shop");
		assertThat(tracer("shop").filterContext(this.ofServer)).isSameAs(first);
		assertThat(CallContext.CALLER.get(tracer("office").filterContext(this.ofServer))).isEqualTo("office");
	}

	@Test
	void whenTheContextIsKnownThenNothingIsAllocated() {
		ServerStreamTracer tracer = tracer("shop");
		assertThat(AllocatedBytes.of(10_000, () -> tracer.filterContext(this.ofServer))).isLessThan(10_000);
	}

	@Test
	void whenAnotherTracerHasAContextForEachCallThenTheNameIsAddedToThat() {
		Context.Key<String> key = Context.key("other");
		for (String value : new String[] { "one", "two" }) {
			Context context = tracer("shop").filterContext(this.ofServer.withValue(key, value));
			assertThat(key.get(context)).isEqualTo(value);
			assertThat(CallContext.CALLER.get(context)).isEqualTo("shop");
		}
	}

	@Test
	void whenTheCallerHasNoNameThenTheContextStaysAsItIs() {
		assertThat(tracer(null).filterContext(this.ofServer)).isSameAs(this.ofServer);
		assertThat(tracer("no name").filterContext(this.ofServer)).isSameAs(this.ofServer);
		assertThat(tracer("x".repeat(CallContext.MAX_LENGTH + 1)).filterContext(this.ofServer)).isSameAs(this.ofServer);
	}

	@Test
	void whenThereAreManyNamesThenThoseThatStillCallAreKept() {
		ServerStreamTracer first = tracer("shop-0");
		for (int i = 0; i < CallerContext.MAX_KEPT; i++) {
			assertThat(tracer("shop-" + i)).isSameAs(tracer("shop-" + i));
		}
		assertThat(tracer("shop-0")).isSameAs(first);
		ServerStreamTracer oneMore = tracer("one-more");
		assertThat(tracer("one-more")).isSameAs(oneMore);
		assertThat(CallContext.CALLER.get(oneMore.filterContext(this.ofServer))).isEqualTo("one-more");
		assertThat(tracer("shop-0")).as("not kept for ever").isNotSameAs(first).isSameAs(tracer("shop-0"));
	}

	private ServerStreamTracer tracer(@Nullable String caller) {
		Metadata headers = new Metadata();
		if (caller != null) {
			headers.put(RpcMetadata.CALLER, caller);
		}
		return this.contexts.newServerStreamTracer("rpc.testing.Echo/Unary", headers);
	}

}
