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

package io.rpcboot.server.security;

import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.rpcboot.server.authentication.RpcAuthenticationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;

/**
 * Tests for {@link CertificateAuthentication}.
 */
class CertificateAuthenticationTests {

	private final UserDetailsService users = new InMemoryUserDetailsManager(
			User.withUsername("alice").password("").roles("ADMIN").build(),
			User.withUsername("locked").password("").roles("USER").accountLocked(true).build());

	@Test
	void whenThereAreNoUsersThenTheCommonNameIsTheCaller() throws Exception {
		Authentication caller = (Authentication) authenticate(null, "CN=alice,OU=CN of nothing,O=Acme");
		assertThat(caller.getName()).isEqualTo("alice");
		assertThat(caller.isAuthenticated()).isTrue();
		assertThat(caller.getAuthorities()).isEmpty();
	}

	@Test
	void whenThereAreUsersThenTheCallerHasItsAuthorities() throws Exception {
		Authentication caller = (Authentication) authenticate(this.users, "O=Acme,CN=alice");
		assertThat(caller.getName()).isEqualTo("alice");
		assertThat(caller.getAuthorities()).extracting(GrantedAuthority::getAuthority).containsExactly("ROLE_ADMIN");
	}

	@Test
	void whenTheNameIsThatOfNoUserOrOfALockedOneThenItIsNotAccepted() {
		for (String name : new String[] { "CN=mallory", "CN=locked" }) {
			assertThatExceptionOfType(RpcAuthenticationException.class).isThrownBy(() -> authenticate(this.users, name))
				.withMessage("The client's certificate is not that of a user");
		}
	}

	@Test
	void whenThereIsNoCommonNameThenItIsNotAccepted() {
		assertThatExceptionOfType(RpcAuthenticationException.class).isThrownBy(() -> authenticate(null, "O=Acme"))
			.withMessage("The client's certificate has no common name");
	}

	@Test
	void whenTheConnectionHasNoCertificateThenNothingIsKnown() throws Exception {
		CertificateAuthentication authentication = new CertificateAuthentication(null);
		assertThat(authentication.authenticate(call(null), new Metadata())).isNull();
		SSLSession session = Mockito.mock(SSLSession.class);
		given(session.getPeerCertificates()).willThrow(new SSLPeerUnverifiedException("none"));
		assertThat(authentication.authenticate(call(session), new Metadata())).isNull();
	}

	private static @Nullable Principal authenticate(@Nullable UserDetailsService users, String subject)
			throws Exception {
		X509Certificate certificate = Mockito.mock(X509Certificate.class);
		given(certificate.getSubjectX500Principal()).willReturn(new X500Principal(subject));
		SSLSession session = Mockito.mock(SSLSession.class);
		given(session.getPeerCertificates()).willReturn(new Certificate[] { certificate });
		return new CertificateAuthentication(users).authenticate(call(session), new Metadata());
	}

	@SuppressWarnings("unchecked")
	private static ServerCall<Object, Object> call(@Nullable SSLSession session) {
		ServerCall<Object, Object> call = Mockito.mock(ServerCall.class);
		Attributes attributes = (session != null)
				? Attributes.newBuilder().set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session).build() : Attributes.EMPTY;
		given(call.getAttributes()).willReturn(attributes);
		return call;
	}

}
