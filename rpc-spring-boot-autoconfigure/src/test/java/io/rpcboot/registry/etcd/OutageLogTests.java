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

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

import ch.qos.logback.classic.Level;
import io.grpc.Status;
import io.rpcboot.registry.RegistryEvent;
import io.rpcboot.registry.RegistryEvents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OutageLog}.
 */
class OutageLogTests {

	private static final String WHERE = "etcd [http://127.0.0.1:2379] namespace 'default'";

	private final RecordedLog log = new RecordedLog();

	// Close to where the clock wraps, as any value may be.
	private long now = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

	private final RegistryEvents events = new RegistryEvents();

	private final OutageLog outage = new OutageLog(new EtcdSettings(List.of(URI.create("http://127.0.0.1:2379")),
			"root", "s3cret", "default", Duration.ofSeconds(15), Duration.ofSeconds(2)), () -> this.now, this.events);

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	@Test
	void whenSilentThenWarnsOnceAndTellsTheReturnOnce() {
		silent();
		pass(4);
		silent();
		assertThat(this.outage.silentNanos()).isEqualTo(Duration.ofSeconds(4).toNanos());
		pass(6);
		this.outage.answered();
		this.outage.answered();
		assertThat(this.outage.silentNanos()).isZero();
		assertThat(this.log.lines(Level.WARN)).containsExactly(WHERE + " does not answer (no answer in time). "
				+ "Calls go on with the instances known; trying again until it does");
		assertThat(this.log.lines(Level.INFO)).containsExactly(WHERE + " answers again after 10000 ms");
	}

	@Test
	void whenSilentAgainThenWarnsAgain() {
		silent();
		pass(1);
		this.outage.answered();
		pass(1);
		silent();
		assertThat(this.log.lines(Level.WARN)).hasSize(2);
	}

	@Test
	void whenRequestWasOvertakenByAnAnswerThenIsNoNewEpisode() {
		long sent = this.now;
		pass(1);
		this.outage.answered();
		pass(1);
		this.outage.silent(new TimeoutException(), sent);
		assertThat(this.log.lines(Level.WARN)).isEmpty();
		assertThat(this.outage.silentNanos()).isZero();
	}

	@Test
	void whenTroubleFollowsFromAnOutageThenIsPartOfItsEpisode() {
		silent();
		pass(60);
		silent();
		this.outage.answered();
		pass(14);
		this.outage.trouble("Lease {} is lost", "7f");
		pass(14);
		this.outage.trouble("Record {} is lost", "a");
		assertThat(this.log.lines(Level.WARN)).hasSize(1);
		assertThat(this.log.lines(Level.DEBUG)).containsExactly("Lease 7f is lost", "Record a is lost");
	}

	@Test
	void whatHappenedIsRememberedOnceAndWithoutTheUser() {
		silent();
		silent();
		pass(10);
		this.outage.answered();
		this.outage.trouble("Lease {} is lost", "7f");
		this.outage.refused(Status.UNAUTHENTICATED.asRuntimeException());
		this.outage.refused(Status.UNAUTHENTICATED.asRuntimeException());
		assertThat(this.events.last()).extracting(RegistryEvent::text)
			.hasSize(4)
			.startsWith(WHERE + " does not answer (no answer in time)", WHERE + " answers again after 10000 ms",
					"Lease 7f is lost")
			.noneMatch((text) -> text.contains("root") || text.contains("s3cret"));
	}

	@Test
	void whenTroubleComesAloneThenWarns() {
		this.outage.trouble("Lease {} is lost", "7f");
		pass(15);
		this.outage.trouble("Lease {} is lost", "80");
		assertThat(this.log.lines(Level.WARN)).containsExactly("Lease 7f is lost", "Lease 80 is lost");
	}

	@Test
	void whenRefusedThenAPersonIsToldOnceUntilItWasMendedForAMinute() {
		for (int i = 0; i < 100; i++) {
			refused();
			this.outage.answered();
			pass(3);
		}
		assertThat(this.log.lines(Level.ERROR)).containsExactly(
				WHERE + " refuses requests of user 'root': PERMISSION_DENIED: no. Check rpc.registry.etcd.username and "
						+ "rpc.registry.etcd.password; trying again until they are accepted");
		pass(60);
		refused();
		assertThat(this.log.lines(Level.ERROR)).hasSize(2);
	}

	private void silent() {
		this.outage.silent(new TimeoutException(), this.now);
	}

	private void refused() {
		this.outage.refused(Status.PERMISSION_DENIED.withDescription("no").asRuntimeException());
	}

	private void pass(long seconds) {
		this.now += Duration.ofSeconds(seconds).toNanos();
	}

}
