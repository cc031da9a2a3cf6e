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

package io.rpcboot.testing.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A certificate authority of a test's own and what it issues, made with the JDK's
 * {@code keytool}. It takes about a second for each certificate.
 */
public final class TestCertificates {

	private static final String PASSWORD = "changeit";

	private static final String AUTHORITY = "authority";

	private static final long LIMIT_SECONDS = 60;

	private final Path directory;

	private final Path store;

	private TestCertificates(Path directory) {
		this.directory = directory;
		this.store = directory.resolve("authority.p12");
	}

	/**
	 * Creates an authority.
	 * @param directory where its files are; created if it is not there
	 * @return the authority
	 */
	public static TestCertificates createIn(Path directory) {
		try {
			Files.createDirectories(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		TestCertificates certificates = new TestCertificates(directory);
		certificates.keytool("-genkeypair", "-alias", AUTHORITY, "-dname", "CN=authority " + directory.getFileName(),
				"-keyalg", "EC", "-groupname", "secp256r1", "-validity", "100", "-ext", "bc:c", "-ext",
				"KeyUsage:critical=keyCertSign,cRLSign");
		certificates.write(AUTHORITY);
		return certificates;
	}

	/**
	 * Returns the certificate of the authority.
	 * @return a PEM file
	 */
	public Path authority() {
		return pem(AUTHORITY).certificate();
	}

	/**
	 * Issues a certificate for 127.0.0.1 and localhost.
	 * @param name its name, which is also that of its files
	 * @return the PEM files
	 */
	public PemFiles server(String name) {
		return issue(name, "-keyalg", "EC", "-groupname", "secp256r1", "-ext", "SAN=ip:127.0.0.1,dns:localhost",
				"-validity", "100");
	}

	/**
	 * Issues a certificate for a name, such as that of an application.
	 * @param name the name of the certificate, which is also that of its files
	 * @param host the name that it is for
	 * @return the PEM files
	 */
	public PemFiles named(String name, String host) {
		return issue(name, "-keyalg", "EC", "-groupname", "secp256r1", "-ext", "SAN=dns:" + host, "-validity", "100");
	}

	/**
	 * Issues a certificate for another host than this one.
	 * @param name its name, which is also that of its files
	 * @return the PEM files
	 */
	public PemFiles serverElsewhere(String name) {
		return issue(name, "-keyalg", "EC", "-groupname", "secp256r1", "-ext", "SAN=dns:etcd.example.org", "-validity",
				"100");
	}

	/**
	 * Issues a certificate for 127.0.0.1 and localhost that was valid until yesterday.
	 * @param name its name, which is also that of its files
	 * @return the PEM files
	 */
	public PemFiles expiredServer(String name) {
		return issue(name, "-keyalg", "EC", "-groupname", "secp256r1", "-ext", "SAN=ip:127.0.0.1,dns:localhost",
				"-startdate", "-3d", "-validity", "2");
	}

	/**
	 * Issues a certificate for a name that was valid until yesterday.
	 * @param name the name of the certificate, which is also that of its files
	 * @param host the name that it is for
	 * @return the PEM files
	 */
	public PemFiles expiredNamed(String name, String host) {
		return issue(name, "-keyalg", "EC", "-groupname", "secp256r1", "-ext", "SAN=dns:" + host, "-startdate", "-3d",
				"-validity", "2");
	}

	/**
	 * Issues a certificate for a client.
	 * @param name its name, which is also that of its files
	 * @return the PEM files
	 */
	public PemFiles client(String name) {
		return issue(name, "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "100");
	}

	/**
	 * Issues a certificate with an RSA key, such as for tokens that are signed.
	 * @param name its name, which is also that of its files
	 * @return the PEM files
	 */
	public PemFiles rsa(String name) {
		return issue(name, "-keyalg", "RSA", "-keysize", "2048", "-validity", "100");
	}

	/**
	 * Writes the list of what is revoked.
	 * @param target the file, replaced at once
	 * @param names the names of the certificates
	 */
	public void revoke(Path target, String... names) {
		Path list = this.directory.resolve("revoked.new");
		List<String> arguments = new ArrayList<>(
				List.of("-gencrl", "-rfc", "-alias", AUTHORITY, "-file", list.toString()));
		for (String name : names) {
			arguments.add("-id");
			arguments.add(certificate(name).getSerialNumber().toString());
		}
		keytool(arguments.toArray(String[]::new));
		PemFiles.replace(list, target);
	}

	/**
	 * Returns what a client uses that has a certificate of this authority and trusts
	 * anybody.
	 * @param name the name of the certificate
	 * @return the context
	 */
	public SSLContext context(String name) {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keyManagers(name).getKeyManagers(), new TrustManager[] { new Trusting() }, null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Returns what a client uses that has no certificate and trusts anybody.
	 * @return the context
	 */
	public static SSLContext anonymous() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, new TrustManager[] { new Trusting() }, null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Returns what proves to be the owner of a certificate.
	 * @param name the name of the certificate
	 * @return key managers with nothing else
	 */
	public KeyManagerFactory keyManagers(String name) {
		try {
			KeyStore own = KeyStore.getInstance("PKCS12");
			own.load(null, null);
			own.setKeyEntry(name, keyStore().getKey(name, PASSWORD.toCharArray()), PASSWORD.toCharArray(),
					keyStore().getCertificateChain(name));
			KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			factory.init(own, PASSWORD.toCharArray());
			return factory;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Returns what trusts this authority.
	 * @return trust managers with nothing else
	 */
	public TrustManagerFactory trustManagers() {
		try {
			KeyStore trusted = KeyStore.getInstance("PKCS12");
			trusted.load(null, null);
			trusted.setCertificateEntry(AUTHORITY, certificate(AUTHORITY));
			TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			factory.init(trusted);
			return factory;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private PemFiles issue(String name, String... options) {
		List<String> arguments = new ArrayList<>(
				List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name, "-signer", AUTHORITY));
		arguments.addAll(List.of(options));
		keytool(arguments.toArray(String[]::new));
		return write(name);
	}

	private PemFiles write(String name) {
		PemFiles files = pem(name);
		try {
			byte[] key = keyStore().getKey(name, PASSWORD.toCharArray()).getEncoded();
			Files.writeString(files.certificate(), text("CERTIFICATE", certificate(name).getEncoded()));
			Files.writeString(files.key(), text("PRIVATE KEY", key));
			return files;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private PemFiles pem(String name) {
		return new PemFiles(this.directory.resolve(name + ".crt"), this.directory.resolve(name + ".key"));
	}

	private X509Certificate certificate(String name) {
		try {
			return (X509Certificate) keyStore().getCertificate(name);
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private KeyStore keyStore() throws GeneralSecurityException, IOException {
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(this.store)) {
			keys.load(in, PASSWORD.toCharArray());
		}
		return keys;
	}

	private void keytool(String... arguments) {
		List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/keytool",
				"-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
		command.addAll(List.of(arguments));
		command.addAll(List.of("-keystore", this.store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
		Path log = this.directory.resolve("keytool.log");
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(log.toFile())
				.start();
			if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
				process.destroyForcibly();
				throw new IllegalStateException(
						"keytool: failed (expected: exit code 0)\n" + command + "\n" + Files.readString(log));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("keytool: interrupted (expected: exit code 0)", ex);
		}
	}

	private static String text(String type, byte[] content) {
		String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
		return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
	}

	private static final class Trusting extends X509ExtendedTrustManager {

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
