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

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.rpcboot.benchmarks.v1.Message;

/**
 * Offers calls: at a rate whatever becomes of them, or so many at a time.
 *
 * @param channel where to
 * @param random when they come
 */
record Load(Channel channel, Random random) {

	private static final int DEADLINE_SECONDS = 5;

	/**
	 * Offers calls that come by chance (Poisson), so many a second on average.
	 */
	Phase offer(MethodDescriptor<Message, Message> method, double perSecond, int seconds)
			throws InterruptedException, TimeoutException {
		Phase phase = new Phase();
		long due = System.nanoTime();
		long end = due + TimeUnit.SECONDS.toNanos(seconds);
		while (due < end) {
			for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
				LockSupport.parkNanos(wait);
			}
			call(method, phase, due, () -> {
			});
			due += (long) (-Math.log(1 - this.random.nextDouble()) * 1e9 / perSecond);
		}
		return phase.end();
	}

	/**
	 * Keeps so many calls in flight.
	 */
	Phase keep(MethodDescriptor<Message, Message> method, int inFlight, int seconds)
			throws InterruptedException, TimeoutException {
		Phase phase = new Phase();
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
		for (int i = 0; i < inFlight; i++) {
			again(method, phase, end);
		}
		Thread.sleep(TimeUnit.SECONDS.toMillis(seconds));
		return phase.end();
	}

	/**
	 * Calls once and waits for the answer.
	 */
	Message call(MethodDescriptor<Message, Message> method) {
		return ClientCalls.blockingUnaryCall(this.channel, method,
				CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS).withWaitForReady(),
				Message.getDefaultInstance());
	}

	private void again(MethodDescriptor<Message, Message> method, Phase phase, long end) {
		long now = System.nanoTime();
		if (now < end) {
			call(method, phase, now, () -> again(method, phase, end));
		}
	}

	private void call(MethodDescriptor<Message, Message> method, Phase phase, long due, Runnable next) {
		ClientCalls.asyncUnaryCall(
				this.channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)),
				Message.getDefaultInstance(), phase.observer(due, next));
	}

}
