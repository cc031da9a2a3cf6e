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

package io.rpcboot.client.credentials;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import io.rpcboot.call.AuthorizationHeader;
import io.rpcboot.testing.echo.EchoGrpc;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Over which connections credentials are sent.
 */
class CheckedCredentialsTests {

	private final Applied applied = new Applied();

	@Test
	void whenTheConnectionIsEncryptedThenTheyAreSent() {
		apply(SecurityLevel.PRIVACY_AND_INTEGRITY, false);
		assertThat(this.applied.header).isEqualTo("Bearer abc");
	}

	@ParameterizedTest
	@EnumSource(value = SecurityLevel.class, names = { "NONE", "INTEGRITY" })
	void whenItIsNotThenTheCallFailsInstead(SecurityLevel level) {
		apply(level, false);
		assertThat(this.applied.header).isNull();
		assertThat(this.applied.failure).isNotNull();
		assertThat(this.applied.failure.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
		assertThat(this.applied.failure.getDescription())
			.isEqualTo("The credentials of the calls to demo-provider are not sent over plaintext "
					+ "(rpc.client.references[demo-provider].credentials.allow-plaintext: false)");
	}

	@Test
	void whenPlaintextIsAllowedThenTheyAreSentAllTheSame() {
		apply(SecurityLevel.NONE, true);
		assertThat(this.applied.header).isEqualTo("Bearer abc");
	}

	@ParameterizedTest
	@EnumSource(value = SecurityLevel.class, names = { "NONE", "INTEGRITY" })
	void whenItIsNotThenNoTokenIsEvenFetchedOrRelayed(SecurityLevel level) {
		TokenCache tokens = new TokenCache("the test", () -> {
			throw new AssertionError("fetched");
		}, Runnable::run, InstantSource.system());
		for (CallCredentials credentials : List.of(new FetchedCredentials("demo-provider", false, tokens),
				new RelayedCredentials("demo-provider", false, "abc"))) {
			credentials.applyRequestMetadata(new Info(level), Runnable::run, this.applied);
			assertThat(this.applied.header).isNull();
			assertThat(this.applied.failure.getDescription())
				.startsWith("The credentials of the calls to demo-provider are not sent over plaintext");
		}
	}

	@Test
	void eachAttemptGetsTheTokenOfItsOwnTime() {
		AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
		AtomicInteger made = new AtomicInteger();
		TokenCache tokens = new TokenCache("the test",
				() -> new AccessToken("token-" + made.incrementAndGet(), now.get().plusSeconds(60)), Runnable::run,
				now::get);
		FetchedCredentials credentials = new FetchedCredentials("demo-provider", false, tokens);
		apply(credentials, SecurityLevel.PRIVACY_AND_INTEGRITY);
		assertThat(this.applied.header).isEqualTo("Bearer token-1");
		now.set(Instant.EPOCH.plusSeconds(60));
		apply(credentials, SecurityLevel.PRIVACY_AND_INTEGRITY);
		assertThat(this.applied.header).isEqualTo("Bearer token-2");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "two words", "s3cret\nx-admin: 1", "s\u00e9cret" })
	void whatAHeaderCannotCarryIsNotRelayed(String token) {
		apply(new RelayedCredentials("demo-provider", false, token), SecurityLevel.PRIVACY_AND_INTEGRITY);
		assertThat(this.applied.header).isNull();
		assertThat(this.applied.failure.getDescription())
			.isEqualTo("The credentials of the calls to demo-provider cannot be relayed "
					+ "(rpc.client.references[demo-provider].credentials): "
					+ "the token is not of visible ASCII characters");
	}

	@Test
	void noSecretIsInWhatIsPrinted() {
		assertThat(
				CallOptions.DEFAULT.withCallCredentials(new HeaderCredentials("demo-provider", false, "Bearer s3cret"))
					.toString())
			.doesNotContain("s3cret");
		assertThat(CallOptions.DEFAULT.withCallCredentials(new RelayedCredentials("demo-provider", false, "s3cret"))
			.toString()).doesNotContain("s3cret");
		assertThat(new CredentialsSettings(CredentialsSettings.Type.BASIC, null, null, "x", "s3cret", null, false))
			.asString()
			.doesNotContain("s3cret");
		assertThat(new CredentialsSettings(CredentialsSettings.Type.BEARER, "s3cret", null, null, null, null, false))
			.asString()
			.doesNotContain("s3cret");
	}

	private void apply(SecurityLevel level, boolean allowPlaintext) {
		apply(new HeaderCredentials("demo-provider", allowPlaintext, "Bearer abc"), level);
	}

	private void apply(CallCredentials credentials, SecurityLevel level) {
		credentials.applyRequestMetadata(new Info(level), Runnable::run, this.applied);
	}

	private static final class Applied extends CallCredentials.MetadataApplier {

		private @Nullable String header;

		private @Nullable Status failure;

		@Override
		public void apply(Metadata headers) {
			this.header = headers.get(AuthorizationHeader.KEY);
		}

		@Override
		public void fail(Status status) {
			this.failure = status;
		}

	}

	private static final class Info extends CallCredentials.RequestInfo {

		private final SecurityLevel level;

		Info(SecurityLevel level) {
			this.level = level;
		}

		@Override
		public MethodDescriptor<?, ?> getMethodDescriptor() {
			return EchoGrpc.getUnaryMethod();
		}

		@Override
		public SecurityLevel getSecurityLevel() {
			return this.level;
		}

		@Override
		public String getAuthority() {
			return "demo-provider";
		}

		@Override
		public Attributes getTransportAttrs() {
			return Attributes.EMPTY;
		}

	}

}
