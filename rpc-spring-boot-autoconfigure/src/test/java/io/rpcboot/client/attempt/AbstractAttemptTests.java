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

package io.rpcboot.client.attempt;

import java.util.Set;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.attempt.AttemptPolicy.Deduplication;
import io.rpcboot.client.attempt.AttemptPolicy.Hedging;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;
import org.jspecify.annotations.Nullable;

/**
 * What the tests of attempts share: an engine whose time passes when a test says so, a
 * channel whose attempts end as the test says, and a record of what the caller is told.
 */
abstract class AbstractAttemptTests {

	static final Status UNAVAILABLE = Status.UNAVAILABLE.withDescription("io exception");

	static final Status OVERLOADED = Status.RESOURCE_EXHAUSTED.withDescription("too many calls");

	static final AttemptPolicy IDEMPOTENT = policy(true, Deduplication.NONE, null);

	static final AttemptPolicy DEDUPLICATED = policy(false, Deduplication.SAME_INSTANCE, null);

	/** Of a hundred calls one may be hedged, after the 99th percentile. */
	static final AttemptPolicy HEDGED = policy(true, Deduplication.NONE, new Hedging(99, 1));

	final FakeTime time = new FakeTime();

	final FakeChannel channel = new FakeChannel();

	final AttemptEngine engine = new AttemptEngine("consumer", false, (headers, options) -> {
	}, this.time, this.time, () -> 1);

	final AttemptCounters counters = this.engine.counters("echo");

	final RecordedCall recorder = new RecordedCall();

	/** A call that is sent and whose answers are asked for. */
	final ClientCall<Ping, Pong> call(AttemptPolicy policy) {
		return call(EchoGrpc.getUnaryMethod(), policy);
	}

	final ClientCall<Ping, Pong> call(MethodDescriptor<Ping, Pong> method, AttemptPolicy policy) {
		return call(method, options(policy));
	}

	final ClientCall<Ping, Pong> call(MethodDescriptor<Ping, Pong> method, CallOptions options) {
		ClientCall<Ping, Pong> call = started(method, options);
		call.request(2);
		call.sendMessage(Ping.getDefaultInstance());
		call.halfClose();
		return call;
	}

	/** A call of which nothing is sent yet. */
	final ClientCall<Ping, Pong> started(MethodDescriptor<Ping, Pong> method, CallOptions options) {
		ClientCall<Ping, Pong> call = this.engine.interceptor("echo").interceptCall(method, options, this.channel);
		call.start(this.recorder, new Metadata());
		return call;
	}

	static CallOptions options(AttemptPolicy policy) {
		return CallOptions.DEFAULT.withOption(AttemptPolicy.KEY, policy);
	}

	static AttemptPolicy policy(boolean idempotent, Deduplication deduplication, @Nullable Hedging hedging) {
		return new AttemptPolicy(3, AttemptPolicy.DEFAULT.backoff(), Set.of(Status.Code.UNAVAILABLE), idempotent,
				deduplication, hedging);
	}

	static Metadata notExecuted(@Nullable String pushBack) {
		Metadata trailers = new Metadata();
		trailers.put(RpcMetadata.NOT_EXECUTED, RpcMetadata.SET);
		if (pushBack != null) {
			trailers.put(RpcMetadata.RETRY_PUSHBACK, pushBack);
		}
		return trailers;
	}

}
