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

package io.rpcboot.server.connection;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReachedLimits}.
 */
class ReachedLimitsTests {

	private final Logger logger = (Logger) LoggerFactory.getLogger(ConnectionLimits.class);

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

	private final ReachedLimits reached = new ReachedLimits(this.nanos::get);

	@BeforeEach
	void capture() {
		this.lines.start();
		this.logger.addAppender(this.lines);
	}

	@AfterEach
	void release() {
		this.logger.detachAppender(this.lines);
	}

	@Test
	void whenALimitIsReachedAgainThenThatIsSaidOnceAMinute() {
		this.reached.add(Limit.FRAME, "a");
		this.nanos.addAndGet(ReachedLimits.SILENCE_NANOS - 1);
		this.reached.add(Limit.FRAME, "b");
		assertThat(this.lines.list).hasSize(1);
		this.nanos.addAndGet(1);
		this.reached.add(Limit.FRAME, "c");
		String end = " is closed, as a frame or the headers of a request did not come to an end in time"
				+ " (rpc.server.limits.frame-timeout). Further ones are not logged for a minute";
		assertThat(this.lines.list).extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly("A connection from a" + end, "A connection from c" + end);
		assertThat(this.lines.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.WARN);
	}

	@Test
	void eachTimeIsCountedWhetherItIsLoggedOrNot() {
		this.reached.add(Limit.FRAME, "a");
		this.reached.add(Limit.FRAME, "b");
		this.reached.add(Limit.PEER_CONNECTIONS, "a");
		assertThat(this.reached.counts()).containsOnly(Map.entry("max-connections", 0L),
				Map.entry("max-connections-per-peer", 1L), Map.entry("handshake-timeout", 0L),
				Map.entry("frame-timeout", 2L), Map.entry("request-timeout", 0L), Map.entry("answer-timeout", 0L),
				Map.entry("max-resets", 0L), Map.entry("permit-time", 0L));
		assertThat(ConnectionStatistics.NONE.refused()).containsOnlyKeys(this.reached.counts().keySet());
	}

	@Test
	void eachLimitHasLinesOfItsOwn() {
		for (Limit limit : Limit.values()) {
			this.reached.add(limit, "a");
			this.reached.add(limit, "a");
		}
		assertThat(this.lines.list).extracting(ILoggingEvent::getFormattedMessage)
			.hasSameSizeAs(Limit.values())
			.doesNotHaveDuplicates();
	}

}
