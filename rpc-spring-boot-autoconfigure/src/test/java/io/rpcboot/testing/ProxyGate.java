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

package io.rpcboot.testing;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holds back the bytes of a {@link TcpProxy}: for ever while it is shut, else for the
 * delay.
 */
final class ProxyGate {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private boolean shut;

	private long delayNanos;

	void shut(boolean newShut) {
		change(() -> this.shut = newShut);
	}

	void delay(Duration delay) {
		change(() -> this.delayNanos = delay.toNanos());
	}

	/**
	 * Waits until the gate is open and the delay, as it is at each moment, has passed.
	 * @throws InterruptedException if the wait is interrupted
	 */
	void pass() throws InterruptedException {
		long came = System.nanoTime();
		this.lock.lock();
		try {
			while (true) {
				long left = this.delayNanos - (System.nanoTime() - came);
				if (this.shut) {
					this.changed.await();
				}
				else if (left > 0) {
					this.changed.awaitNanos(left);
				}
				else {
					return;
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void change(Runnable change) {
		this.lock.lock();
		try {
			change.run();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

}
