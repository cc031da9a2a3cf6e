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

package io.rpcboot.registry.etcd;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.rpcboot.registry.RegistryEvents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.MessageFormatter;

/**
 * Says in the log how etcd is: one line when trouble begins, one when etcd answers again,
 * and the rest at debug level. Not safe for several threads.
 */
final class OutageLog {

	/**
	 * Troubles closer together than this belong to one episode: a lease that is not known
	 * any more, a store that was reset and a record that is missing follow from one
	 * outage, and each is noticed within seconds of etcd's return.
	 */
	private static final long EPISODE_NANOS = Duration.ofSeconds(15).toNanos();

	/** Longer than the pause between two attempts, so that refusal is told once. */
	private static final long REFUSAL_NANOS = Duration.ofMinutes(1).toNanos();

	private static final Logger logger = LoggerFactory.getLogger(OutageLog.class);

	private final EtcdSettings settings;

	private final LongSupplier nanoTime;

	private final RegistryEvents events;

	private boolean silent;

	private long silentSinceNanos;

	private long answeredNanos;

	private long troubleNanos;

	private long refusedNanos;

	OutageLog(EtcdSettings settings, LongSupplier nanoTime) {
		this(settings, nanoTime, new RegistryEvents());
	}

	OutageLog(EtcdSettings settings, LongSupplier nanoTime, RegistryEvents events) {
		this.settings = settings;
		this.events = events;
		this.nanoTime = nanoTime;
		this.answeredNanos = nanoTime.getAsLong();
		this.troubleNanos = nanoTime.getAsLong() - EPISODE_NANOS;
		this.refusedNanos = nanoTime.getAsLong() - REFUSAL_NANOS;
	}

	/**
	 * Notes an answer, be it a refusal.
	 */
	void answered() {
		this.answeredNanos = this.nanoTime.getAsLong();
		if (this.silent) {
			long millis = TimeUnit.NANOSECONDS.toMillis(silentNanos());
			logger.info("{} answers again after {} ms", this.settings, millis);
			this.events.add(this.settings + " answers again after " + millis + " ms");
			this.silent = false;
		}
	}

	/**
	 * Notes a request that was not answered. One that was sent before the last answer to
	 * another came says nothing about now.
	 * @param failure the reason
	 * @param sentNanos when it was sent
	 */
	void silent(Throwable failure, long sentNanos) {
		this.troubleNanos = this.nanoTime.getAsLong();
		if (!this.silent && sentNanos - this.answeredNanos >= 0) {
			this.silent = true;
			this.silentSinceNanos = sentNanos;
			logger.warn("{} does not answer ({}). Calls go on with the instances known; trying again until it does",
					this.settings, EtcdErrors.text(failure));
			this.events.add(this.settings + " does not answer (" + EtcdErrors.text(failure) + ")");
		}
	}

	/**
	 * Returns how long etcd has not answered.
	 * @return nanoseconds since the first request without an answer was sent; 0 when etcd
	 * answered last
	 */
	long silentNanos() {
		return this.silent ? this.nanoTime.getAsLong() - this.silentSinceNanos : 0;
	}

	/**
	 * Notes that etcd does not accept the user, which a person must mend.
	 * @param failure the reason
	 */
	void refused(Throwable failure) {
		long now = this.nanoTime.getAsLong();
		if (now - this.refusedNanos >= REFUSAL_NANOS) {
			logger.error(
					"{} refuses requests of user '{}': {}. Check rpc.registry.etcd.username and "
							+ "rpc.registry.etcd.password; trying again until they are accepted",
					this.settings, this.settings.username(), EtcdErrors.text(failure));
			this.events.add(this.settings + " refuses requests of the user: " + EtcdErrors.text(failure));
		}
		this.refusedNanos = now;
	}

	/**
	 * Notes what an outage or somebody's hand did, and what is done about it.
	 * @param format the message
	 * @param arguments its parameters
	 */
	void trouble(String format, Object... arguments) {
		long now = this.nanoTime.getAsLong();
		if (now - this.troubleNanos >= EPISODE_NANOS) {
			logger.warn(format, arguments);
		}
		else {
			logger.debug(format, arguments);
		}
		this.troubleNanos = now;
		this.events.add(MessageFormatter.basicArrayFormat(format, arguments));
	}

}
