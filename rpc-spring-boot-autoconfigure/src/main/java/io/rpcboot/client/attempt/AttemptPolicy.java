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
import java.util.concurrent.TimeUnit;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How the calls of one method are attempted. Resolved once for a method, and given to
 * each call in its options.
 *
 * @param maxAttempts the most attempts of a call, the first included, 1 to 10; what never
 * left, or was refused by a connection that closes, does not count
 * @param backoff how long to wait in between
 * @param statuses with which an attempt fails that may be followed by another, where a
 * call may run more than once or is deduplicated
 * @param idempotent whether a call may run more than once; {@code null} if nobody has
 * said so but perhaps, of a unary method, its {@link #isDeclaredIdempotent schema}
 * @param deduplication whether the server runs a call once however often it is sent
 * @param hedging when a second attempt is sent; {@code null} for never
 */
public record AttemptPolicy(int maxAttempts, Backoff backoff, Set<Status.Code> statuses, @Nullable Boolean idempotent,
		Deduplication deduplication, @Nullable Hedging hedging) {

	/**
	 * The key in the options of a call; a call without it goes by {@link #DEFAULT}.
	 */
	public static final CallOptions.Key<AttemptPolicy> KEY = CallOptions.Key.create("rpc-attempt-policy");

	/**
	 * The key under which a single call says that it may run more than once, or not.
	 */
	public static final CallOptions.Key<Boolean> IDEMPOTENT = CallOptions.Key.create("rpc-idempotent");

	/**
	 * The key of the name of the setting that the call's timeout comes from, for
	 * failures.
	 */
	public static final CallOptions.Key<String> TIMEOUT_ORIGIN = CallOptions.Key.create("rpc-timeout-origin");

	/**
	 * The most that may be set: each attempt is load on a target that is not well.
	 */
	public static final int MOST_ATTEMPTS = 10;

	/**
	 * What holds if nothing is set: three attempts, the second within 50 ms, and only of
	 * calls that surely were not executed.
	 */
	public static final AttemptPolicy DEFAULT = new AttemptPolicy(3,
			new Backoff(TimeUnit.MILLISECONDS.toNanos(50), TimeUnit.SECONDS.toNanos(1)),
			Set.of(Status.Code.UNAVAILABLE), null, Deduplication.NONE, null);

	/**
	 * Copies the set.
	 */
	public AttemptPolicy {
		statuses = Set.copyOf(statuses);
	}

	/**
	 * Tells whether a call may run more than once.
	 * @param method its method
	 * @return whether it may
	 */
	boolean mayRunTwice(MethodDescriptor<?, ?> method) {
		if (this.idempotent != null) {
			return this.idempotent;
		}
		return method.getType() == MethodType.UNARY && isDeclaredIdempotent(method);
	}

	/**
	 * Reads what the {@code .proto} file says of a method, or other generated code by
	 * gRPC's own flags. The first time for a file its whole description is built, which
	 * takes longer than many a call, so no call asks for it before it has failed.
	 * @param method the method
	 * @return whether it may run more than once
	 */
	static boolean isDeclaredIdempotent(MethodDescriptor<?, ?> method) {
		if (method.isIdempotent() || method.isSafe()) {
			return true;
		}
		return method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier supplier
				&& supplier.getMethodDescriptor()
					.getOptions()
					.getIdempotencyLevel() != IdempotencyLevel.IDEMPOTENCY_UNKNOWN;
	}

	/**
	 * Whether the server runs a call once.
	 */
	public enum Deduplication {

		/** It does not. */
		NONE,

		/**
		 * It does, and what may have run is sent to no other instance.
		 */
		SAME_INSTANCE,

		/**
		 * It does, and what may have run is sent to another instance when the first one
		 * cannot be called. That one runs it only if its server allows that too.
		 */
		ANY_INSTANCE

	}

	/**
	 * When a second attempt is sent though the first one has not failed.
	 *
	 * @param percentile of the latencies of the method
	 * @param maxExtraPercent hedges of a hundred calls
	 */
	public record Hedging(double percentile, double maxExtraPercent) {

	}

}
