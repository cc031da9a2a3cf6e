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

package io.rpcboot.benchmarks.scale;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * One consumer: its process and the application that it watches.
 */
final class ConsumerProcess extends DrivenProcess {

	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

	private static final long POLL_MILLIS = 50;

	private final Application application;

	ConsumerProcess(Jvms jvms, Path work, Mode mode, int size, Application application, String etcd)
			throws IOException, InterruptedException {
		super(jvms, work, application.name(), Consumer.class, etcd, mode.id(), application.name(),
				String.valueOf(size));
		this.application = application;
	}

	/**
	 * Compares the set that the consumer has with etcd's content. Nobody may write
	 * meanwhile.
	 * @param command asks for the digest of the set
	 * @param when after what, for the message
	 * @throws InterruptedException if interrupted
	 */
	void verify(String command, String when) throws InterruptedException {
		String wanted = Digest.of(this.application.content());
		long end = System.nanoTime() + PATIENCE_NANOS;
		String has = ask(command).text("digest");
		while (!has.equals(wanted)) {
			if (System.nanoTime() > end) {
				throw new IllegalStateException(name() + " " + when + ": the published set is " + has
						+ " (expected: etcd's content, " + wanted + ")");
			}
			Thread.sleep(POLL_MILLIS);
			has = ask(command).text("digest");
		}
	}

}
