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

package io.rpcboot.autoconfigure;

import java.util.regex.Pattern;

import io.grpc.TlsServerCredentials.ClientAuth;
import io.rpcboot.autoconfigure.RpcServerProperties.Authentication;
import io.rpcboot.autoconfigure.RpcServerProperties.Ssl;
import io.rpcboot.server.authentication.AuthenticationSettings;

import org.springframework.util.ClassUtils;

/**
 * Makes the settings of authentication of the properties, and checks them.
 */
final class AuthenticationChecks {

	private static final Pattern METHOD = Pattern.compile("[A-Za-z_][\\w.]*(/[A-Za-z_]\\w*)?");

	private static final String X509 = "rpc.server.authentication.x509.enabled";

	static final String SPRING_SECURITY = "org.springframework.security.core.Authentication";

	private AuthenticationChecks() {
	}

	static AuthenticationSettings settings(RpcServerProperties server) {
		Authentication authentication = server.getAuthentication();
		authentication.getOpenMethods()
			.forEach((name) -> Checked.that(METHOD.matcher(name).matches(), "rpc.server.authentication.open-methods",
					name, "methods such as demo.Greeter/SayHello, or services such as demo.Greeter"));
		if (authentication.getX509().isEnabled()) {
			checkCertificates(server.getSsl());
		}
		return new AuthenticationSettings(authentication.getRequired(), authentication.getOpenMethods(),
				authentication.isProtectReflection(), authentication.isProtectHealthDetail());
	}

	/**
	 * Without a bundle a customizer may have set up TLS.
	 */
	private static void checkCertificates(Ssl ssl) {
		Checked.that(ClassUtils.isPresent(SPRING_SECURITY, null), X509, true,
				"false, as Spring Security, which reads the certificates, is not on the class path");
		Checked.that(TlsBundles.text(ssl.getBundle()) == null || ssl.getClientAuth() != ClientAuth.NONE, X509, true,
				"false, or rpc.server.ssl.client-auth: optional or require, as no client is asked for a certificate");
	}

}
