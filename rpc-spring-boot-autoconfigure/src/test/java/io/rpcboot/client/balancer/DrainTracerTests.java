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

package io.rpcboot.client.balancer;

import java.util.ArrayList;
import java.util.List;

import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Metadata;
import io.rpcboot.call.RpcMetadata;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link DrainTracer} tells of which replies.
 */
class DrainTracerTests {

	private final List<Boolean> told = new ArrayList<>();

	private final ClientStreamTracer sure = tracer(DrainTracer.sure(this.told::add));

	private final ClientStreamTracer doubtful = tracer(DrainTracer.doubtful(this.told::add));

	@Test
	void whenSureThenAReplyWithoutTheMarkIsNoNews() {
		this.sure.inboundHeaders(new Metadata());
		this.sure.inboundTrailers(new Metadata());
		assertThat(this.told).isEmpty();
	}

	@Test
	void whenSureThenTheMarkInHeadersIsTold() {
		this.sure.inboundHeaders(drain());
		assertThat(this.told).containsExactly(true);
	}

	@Test
	void whenSureThenTheMarkInTrailersIsTold() {
		this.sure.inboundHeaders(new Metadata());
		this.sure.inboundTrailers(drain());
		assertThat(this.told).containsExactly(true);
	}

	@Test
	void whenTheMarkStandsInManyRepliesThenItIsToldOnce() {
		for (int i = 0; i < 3; i++) {
			this.sure.inboundHeaders(drain());
			this.sure.inboundTrailers(drain());
		}
		assertThat(this.told).containsExactly(true);
	}

	@Test
	void whenDoubtfulThenAReplyWithoutTheMarkIsNewsToo() {
		this.doubtful.inboundHeaders(new Metadata());
		assertThat(this.told).containsExactly(false);
	}

	@Test
	void whenDoubtfulThenTheMarkIsTold() {
		this.doubtful.inboundHeaders(drain());
		assertThat(this.told).containsExactly(true);
	}

	@Test
	void oneTracerServesAllCallsOfAnInstance() {
		DrainTracer factory = DrainTracer.sure(this.told::add);
		assertThat(tracer(factory)).isSameAs(tracer(factory));
	}

	private static ClientStreamTracer tracer(DrainTracer factory) {
		return factory.newClientStreamTracer(StreamInfo.newBuilder().build(), new Metadata());
	}

	private static Metadata drain() {
		Metadata metadata = new Metadata();
		metadata.put(RpcMetadata.DRAIN, RpcMetadata.SET);
		return metadata;
	}

}
