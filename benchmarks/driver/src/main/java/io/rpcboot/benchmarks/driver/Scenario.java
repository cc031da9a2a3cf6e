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

package io.rpcboot.benchmarks.driver;

import java.util.Arrays;

import com.google.protobuf.ByteString;
import io.rpcboot.benchmarks.v1.Message;

/**
 * What is measured: a kind of call, so many of them at a time, and what they carry.
 */
public enum Scenario {

	/** One unary call at a time. */
	U1("u1", Kind.UNARY, 1),

	/** Unary calls, 16 in flight. */
	U16("u16", Kind.UNARY, 16),

	/** Unary calls, 64 in flight. */
	U64("u64", Kind.UNARY, 64),

	/** Unary calls, 256 in flight. */
	U256("u256", Kind.UNARY, 256),

	/** Unary calls of 64 KB, 16 in flight. */
	U16X64K("u16x64k", Kind.UNARY, 16, 64 * 1024, 0, 0),

	/** A blocking stub in 16 threads. */
	B16("b16", Kind.BLOCKING, 16),

	/** A blocking stub in 16 virtual threads. */
	B16V("b16v", Kind.VIRTUAL, 16),

	/** Four streams from the server. */
	SSTREAM("sstream", Kind.DOWN, 4),

	/** Four streams from the client. */
	CSTREAM("cstream", Kind.UP, 4),

	/** Four streams both ways, each with 64 messages in flight. */
	BIDI("bidi", Kind.ECHO, 4),

	/** Unary calls, 64 in flight, whose handler sleeps 5 ms. */
	SLEEP5("sleep5", Kind.UNARY, 64, 100, 5, 1),

	/** Unary calls, 64 in flight; the handler sleeps 20 ms in one of 100. */
	SLEEP1PCT("sleep1pct", Kind.UNARY, 64, 100, 20, 100);

	private final String id;

	private final Kind kind;

	private final int concurrency;

	private final int payloadBytes;

	private final int sleepMillis;

	private final int sleepEvery;

	Scenario(String id, Kind kind, int concurrency) {
		this(id, kind, concurrency, 100, 0, 0);
	}

	Scenario(String id, Kind kind, int concurrency, int payloadBytes, int sleepMillis, int sleepEvery) {
		this.id = id;
		this.kind = kind;
		this.concurrency = concurrency;
		this.payloadBytes = payloadBytes;
		this.sleepMillis = sleepMillis;
		this.sleepEvery = sleepEvery;
	}

	/**
	 * Returns the name in tables and on the command line.
	 * @return the name
	 */
	public String id() {
		return this.id;
	}

	/**
	 * Returns how the calls are made.
	 * @return the kind
	 */
	public Kind kind() {
		return this.kind;
	}

	/**
	 * Returns how many calls, or streams, there are at a time.
	 * @return the number
	 */
	int concurrency() {
		return this.concurrency;
	}

	/**
	 * Returns whether some handlers sleep, which must not happen on an event loop.
	 * @return whether handlers block
	 */
	public boolean blocksHandlers() {
		return this.sleepMillis > 0;
	}

	/**
	 * Returns whether a call sleeps that others do not, and so has a latency of its own.
	 * @param number the call's number
	 * @return whether to leave its latency out
	 */
	boolean isExceptional(int number) {
		return this.sleepEvery > 1 && number % this.sleepEvery == 0;
	}

	/**
	 * Returns whether the handler of a call sleeps.
	 * @param exceptional whether the call is an exceptional one
	 * @return whether it sleeps
	 */
	boolean isSleepy(boolean exceptional) {
		return exceptional || this.sleepEvery == 1;
	}

	Message quickRequest() {
		return Message.newBuilder().setPayload(ByteString.copyFrom(new byte[this.payloadBytes])).build();
	}

	Message sleepyRequest() {
		return quickRequest().toBuilder().setSleepMillis(this.sleepMillis).build();
	}

	/**
	 * Finds a scenario by its name.
	 * @param id the name
	 * @return the scenario
	 */
	public static Scenario of(String id) {
		return Arrays.stream(values())
			.filter((scenario) -> scenario.id.equals(id))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("scenario: " + id + " (expected: one of "
					+ Arrays.stream(values()).map(Scenario::id).toList() + ")"));
	}

	/**
	 * How calls are made.
	 */
	public enum Kind {

		/** Asynchronous unary calls, the next from the callback of the last. */
		UNARY,

		/** Blocking unary calls in platform threads. */
		BLOCKING,

		/** Blocking unary calls in virtual threads. */
		VIRTUAL,

		/** Server streaming. */
		DOWN,

		/** Client streaming. */
		UP,

		/** Bidirectional streaming. */
		ECHO;

		/**
		 * Returns whether one request has one reply.
		 * @return whether calls are unary
		 */
		public boolean isUnary() {
			return this == UNARY || this == BLOCKING || this == VIRTUAL;
		}

	}

}
