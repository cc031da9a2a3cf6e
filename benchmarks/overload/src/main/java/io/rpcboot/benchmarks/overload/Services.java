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

package io.rpcboot.benchmarks.overload;

import io.grpc.MethodDescriptor;
import io.rpcboot.benchmarks.v1.BenchGrpc;
import io.rpcboot.benchmarks.v1.Message;

/**
 * The methods that are called, each of a service of its own.
 */
final class Services {

	/** Takes ten milliseconds, and four calls at a time. */
	static final MethodDescriptor<Message, Message> SLOW = method("bench.v1.Slow");

	/** Takes ten milliseconds on a pool of four threads. */
	static final MethodDescriptor<Message, Message> POOLED = method("bench.v1.Pooled");

	/** Answers at once. */
	static final MethodDescriptor<Message, Message> FAST = method("bench.v1.Fast");

	/** Answers with what the process uses. */
	static final MethodDescriptor<Message, Message> USAGE = method("bench.v1.Usage");

	static final int HANDLER_MILLIS = 10;

	static final int MAX_CONCURRENT = 4;

	private Services() {
	}

	private static MethodDescriptor<Message, Message> method(String service) {
		return BenchGrpc.getCallMethod().toBuilder().setFullMethodName(service + "/Call").build();
	}

}
