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

package io.rpcboot.benchmarks.connections;

import com.google.protobuf.ByteString;
import io.rpcboot.benchmarks.v1.Message;

/**
 * What is asked of the server.
 *
 * @param name what it is called in the report
 * @param bytes of each message
 * @param lateMillis how long the server waits before it answers
 * @param inFlight calls, or streams, that are open at a time
 * @param streams whether the server sends streams
 */
record Load(String name, int bytes, int lateMillis, int inFlight, boolean streams) {

	private static final int LARGE = 64 * 1024;

	static Load late(int inFlight) {
		return new Load("answers after 10 ms, " + inFlight + " in flight", 100, 10, inFlight, false);
	}

	static Load small(int inFlight) {
		return new Load("answers at once, " + inFlight + " in flight", 100, 0, inFlight, false);
	}

	static Load large(int inFlight) {
		return new Load("64 KB both ways, " + inFlight + " in flight", LARGE, 0, inFlight, false);
	}

	static Load streams(int inFlight) {
		return new Load(inFlight + " streams of 64 KB from the server", LARGE, 0, inFlight, true);
	}

	Message request() {
		return Message.newBuilder()
			.setPayload(ByteString.copyFrom(new byte[this.bytes]))
			.setSleepMillis(this.lateMillis)
			.build();
	}

}
