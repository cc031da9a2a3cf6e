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

package io.rpcboot.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

import org.jspecify.annotations.Nullable;

/**
 * Looks whether each private key is that of its certificate. Who renews both replaces two
 * files, and between the two they do not fit: no handshake would succeed then.
 */
final class KeyPairs {

	private static final List<String> TYPES = List.of("EC", "RSA", "EdDSA", "RSASSA-PSS", "DSA");

	private static final byte[] SAMPLE = "a key and its certificate".getBytes(StandardCharsets.US_ASCII);

	private KeyPairs() {
	}

	/**
	 * Checks all keys.
	 * @param factory holds them
	 * @return whether there is any
	 * @throws IllegalArgumentException if one does not fit
	 */
	static boolean check(KeyManagerFactory factory) {
		boolean any = false;
		for (KeyManager manager : factory.getKeyManagers()) {
			if (manager instanceof X509KeyManager keys) {
				for (String alias : aliases(keys)) {
					check(keys.getPrivateKey(alias), keys.getCertificateChain(alias));
					any = true;
				}
			}
			else {
				// Nothing is known of another kind.
				any = true;
			}
		}
		return any;
	}

	private static Set<String> aliases(X509KeyManager keys) {
		Set<String> aliases = new LinkedHashSet<>();
		for (String type : TYPES) {
			addAll(aliases, keys.getServerAliases(type, null));
			addAll(aliases, keys.getClientAliases(type, null));
		}
		return aliases;
	}

	private static void addAll(Set<String> aliases, String @Nullable [] found) {
		if (found != null) {
			aliases.addAll(List.of(found));
		}
	}

	private static void check(@Nullable PrivateKey key, X509Certificate @Nullable [] chain) {
		String algorithm = (key != null) ? signature(key.getAlgorithm()) : null;
		// A key of another kind, or one that stays in its device, is left to the
		// handshake.
		if (key == null || algorithm == null || chain == null || chain.length == 0) {
			return;
		}
		boolean fits;
		try {
			fits = key.getAlgorithm().equals(chain[0].getPublicKey().getAlgorithm()) && fits(key, chain[0], algorithm);
		}
		catch (GeneralSecurityException ex) {
			return;
		}
		if (!fits) {
			throw new IllegalArgumentException("the private key is not that of the certificate of "
					+ chain[0].getSubjectX500Principal().getName());
		}
	}

	private static boolean fits(PrivateKey key, X509Certificate certificate, String algorithm)
			throws GeneralSecurityException {
		Signature signer = Signature.getInstance(algorithm);
		signer.initSign(key);
		signer.update(SAMPLE);
		byte[] signature = signer.sign();
		Signature verifier = Signature.getInstance(algorithm);
		verifier.initVerify(certificate.getPublicKey());
		verifier.update(SAMPLE);
		try {
			return verifier.verify(signature);
		}
		catch (GeneralSecurityException ex) {
			// A signature of another size is one of another key.
			return false;
		}
	}

	private static @Nullable String signature(String keyAlgorithm) {
		return switch (keyAlgorithm) {
			case "EC" -> "SHA256withECDSA";
			case "RSA" -> "SHA256withRSA";
			case "EdDSA" -> "EdDSA";
			default -> null;
		};
	}

}
