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
import java.util.Collection;
import java.util.List;

import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.rpcboot.server.authentication.RpcAuthentication;
import io.rpcboot.server.authentication.RpcAuthenticationException;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AccountStatusUserDetailsChecker;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;

/**
 * Authenticates by the certificate of the connection. That it is valid and trusted was
 * checked when the connection was made; here it is only read.
 */
final class CertificateAuthentication implements RpcAuthentication {

	private final @Nullable UserDetailsService users;

	private final AccountStatusUserDetailsChecker checker = new AccountStatusUserDetailsChecker();

	CertificateAuthentication(@Nullable UserDetailsService users) {
		this.users = users;
	}

	@Override
	public boolean isBlocking() {
		return this.users != null;
	}

	@Override
	public @Nullable Principal authenticate(ServerCall<?, ?> call, Metadata headers) {
		SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
		X509Certificate certificate = (session != null) ? certificate(session) : null;
		if (certificate == null) {
			return null;
		}
		String name = commonName(certificate);
		if (name == null) {
			throw new RpcAuthenticationException("The client's certificate has no common name", null);
		}
		try {
			return authenticated(name, certificate);
		}
		catch (AuthenticationServiceException ex) {
			throw ex;
		}
		catch (AuthenticationException ex) {
			throw new RpcAuthenticationException("The client's certificate is not that of a user", ex);
		}
	}

	private Principal authenticated(String name, X509Certificate certificate) {
		if (this.users == null) {
			return token(name, certificate, List.of());
		}
		UserDetails user = this.users.loadUserByUsername(name);
		this.checker.check(user);
		return token(user, certificate, user.getAuthorities());
	}

	private static Principal token(Object principal, X509Certificate certificate,
			Collection<? extends GrantedAuthority> authorities) {
		return UsernamePasswordAuthenticationToken.authenticated(principal, certificate, authorities);
	}

	private static @Nullable X509Certificate certificate(SSLSession session) {
		try {
			Certificate[] chain = session.getPeerCertificates();
			return (chain.length > 0 && chain[0] instanceof X509Certificate certificate) ? certificate : null;
		}
		catch (SSLPeerUnverifiedException ex) {
			// The client showed none.
			return null;
		}
	}

	/**
	 * Returns the most specific common name, which comes last in an {@link LdapName}.
	 */
	private static @Nullable String commonName(X509Certificate certificate) {
		try {
			String name = null;
			for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
				if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String value) {
					name = value;
				}
			}
			return name;
		}
		catch (InvalidNameException ex) {
			throw new RpcAuthenticationException("The client's certificate has a subject that cannot be read", ex);
		}
	}

}
