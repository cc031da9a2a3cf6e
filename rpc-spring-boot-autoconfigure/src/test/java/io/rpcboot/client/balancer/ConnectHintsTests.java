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

package io.rpcboot.client.balancer;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.LoadBalancer.Helper;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.Mockito;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectHints}: what is said of a failed connection, and how often.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConnectHintsTests {

	private static final Status NOT_TRUSTED = failure("PKIX path building failed");

	private static final Status CLOSED = failure("Connection reset by peer");

	private static final String SAID = "No connection to echo at 10.0.0.1:9090: its certificate is not trusted: add its "
			+ "authority to the truststore of the SSL bundle of rpc.client.references[echo].ssl.bundle or "
			+ "rpc.client.defaults.ssl.bundle";

	private final ServiceInstance instance = ServiceInstance.of("a", "echo", "10.0.0.1", 9090);

	private final AtomicLong clock = new AtomicLong();

	private final ConnectHints hints = new ConnectHints(this.clock::get);

	@Test
	void whenAConnectionFailsAgainAndAgainThenItIsSaidOnceInTenMinutes(CapturedOutput output) {
		ConnectHints.OfChannel channel = channel(InsecureChannelCredentials.create());
		ConnectHints.OfChannel another = channel(InsecureChannelCredentials.create());
		for (int second = 0; second < 600; second++) {
			assertThat(channel.explain(this.instance, NOT_TRUSTED, false)).isNotNull();
			assertThat(another.explain(this.instance, NOT_TRUSTED, false)).isNotNull();
			this.clock.addAndGet(Duration.ofSeconds(1).toNanos());
		}
		assertThat(lines(output, SAID)).hasSize(1);
		channel.explain(this.instance, NOT_TRUSTED, false);
		assertThat(lines(output, SAID)).hasSize(2);
	}

	@Test
	void whenAConnectionIsClosedAtOnceThenTheHintIsThatOfTheOtherKind() {
		assertThat(channel(InsecureChannelCredentials.create()).explain(this.instance, CLOSED, false))
			.isEqualTo("it closed the connection at once, as one does that speaks TLS: if it does, set "
					+ "rpc.client.references[echo].ssl.bundle here");
		assertThat(channel(TlsChannelCredentials.create()).explain(this.instance, CLOSED, false))
			.isEqualTo("it closed the connection during the TLS handshake, as one does that speaks no TLS, or that "
					+ "wants a client certificate that it trusts: see rpc.client.references[echo].ssl here");
		assertThat(channel(null).explain(this.instance, CLOSED, false)).isNull();
	}

	@Test
	void whenAnInstanceWasConnectedToBeforeThenThatItClosesIsNoMatterOfTls(CapturedOutput output) {
		assertThat(channel(InsecureChannelCredentials.create()).explain(this.instance, CLOSED, true)).isNull();
		assertThat(output.getAll()).doesNotContain("No connection to echo");
	}

	@Test
	void whenNobodyListensThenGrpcSaysItAll(CapturedOutput output) {
		assertThat(channel(InsecureChannelCredentials.create()).explain(this.instance,
				failure("Connection refused: /10.0.0.1:9090"), false))
			.isNull();
		assertThat(output.getAll()).doesNotContain("No connection to echo");
	}

	@Test
	void whenTheKeepaliveHasEndedCallsThenThePropertyIsNamedOnce(CapturedOutput output) {
		ConnectHints.OfChannel channel = channel(InsecureChannelCredentials.create());
		Status cut = Status.RESOURCE_EXHAUSTED.withDescription("Abrupt GOAWAY closed sent stream. Bandwidth exhausted. "
				+ "HTTP/2 error code: ENHANCE_YOUR_CALM, debug data: too_many_pings");
		channel.onFailedCall(this.instance, cut);
		channel.onFailedCall(this.instance, cut);
		channel.onFailedCall(this.instance, Status.RESOURCE_EXHAUSTED);
		assertThat(lines(output,
				"echo at 10.0.0.1:9090 has cut the connection off with its calls (too_many_pings): the keepalive of an "
						+ "RpcChannelCustomizer here pings more often than rpc.server.keepalive.permit-time, or "
						+ "without calls rpc.server.keepalive.permit-without-calls, allows there"))
			.hasSize(1);
	}

	private ConnectHints.OfChannel channel(@Nullable ChannelCredentials credentials) {
		Helper helper = Mockito.mock(Helper.class);
		if (credentials != null) {
			Mockito.when(helper.getChannelCredentials()).thenReturn(credentials);
		}
		else {
			Mockito.when(helper.getChannelCredentials()).thenThrow(new UnsupportedOperationException());
		}
		return this.hints.of(helper);
	}

	private static Status failure(String words) {
		return Status.UNAVAILABLE.withDescription("io exception").withCause(new IOException(words));
	}

	private static List<String> lines(CapturedOutput output, String text) {
		return output.getAll().lines().filter((line) -> line.contains(text)).toList();
	}

}
