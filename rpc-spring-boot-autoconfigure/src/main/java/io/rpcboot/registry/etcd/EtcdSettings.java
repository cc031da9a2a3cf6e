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
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

/**
 * Where etcd is and how long to wait for it.
 *
 * @param endpoints the members to talk to, {@code http://host:port} or, all of them,
 * {@code https://host:port}; at least one
 * @param username the etcd user; {@code null} for no authentication
 * @param password the user's password
 * @param namespace the second part of every key, such as {@code default}
 * @param leaseTtl how long a record outlives its process, whole seconds from 2 s up
 * @param requestTimeout the deadline of each single request
 * @param tls gives the material of each new connection with TLS, on the registry's
 * thread; {@code null} for that of the JVM, and for {@code http} endpoints
 */
public record EtcdSettings(List<URI> endpoints, @Nullable String username, @Nullable String password, String namespace,
		Duration leaseTtl, Duration requestTimeout, @Nullable Supplier<Tls> tls) {

	/**
	 * Copies the list and checks the values.
	 */
	public EtcdSettings {
		endpoints = List.copyOf(endpoints);
		check(!endpoints.isEmpty(), "endpoints", endpoints, "at least one");
		check(endpoints.stream().noneMatch(EtcdSettings::hasUser), "endpoints", "one with a user",
				"the user in username and password");
		check((username == null) == (password == null), "username", String.valueOf(username),
				"set together with password, or neither");
		check(leaseTtl.compareTo(Duration.ofSeconds(2)) >= 0, "leaseTtl", leaseTtl, ">= 2s, etcd's own minimum");
		check(leaseTtl.equals(Duration.ofSeconds(leaseTtl.toSeconds())), "leaseTtl", leaseTtl, "whole seconds");
		check(requestTimeout.compareTo(Duration.ZERO) > 0, "requestTimeout", requestTimeout, "> 0");
		Set<String> schemes = endpoints.stream().map(URI::getScheme).collect(Collectors.toSet());
		check(endpoints.stream().allMatch(EtcdSettings::isKnown), "endpoints", endpoints,
				"http://host:port or https://host:port");
		check(schemes.size() == 1, "endpoints", endpoints, "all of them http, or all of them https");
		check(tls == null || schemes.contains("https"), "endpoints", endpoints, "https, as there is TLS material");
	}

	/**
	 * Creates settings without TLS material.
	 * @param endpoints the members to talk to
	 * @param username the etcd user; {@code null} for no authentication
	 * @param password the user's password
	 * @param namespace the second part of every key
	 * @param leaseTtl how long a record outlives its process
	 * @param requestTimeout the deadline of each single request
	 */
	public EtcdSettings(List<URI> endpoints, @Nullable String username, @Nullable String password, String namespace,
			Duration leaseTtl, Duration requestTimeout) {
		this(endpoints, username, password, namespace, leaseTtl, requestTimeout, null);
	}

	/**
	 * Returns these settings with another namespace.
	 * @param other the namespace
	 * @return a copy
	 */
	EtcdSettings in(String other) {
		return new EtcdSettings(this.endpoints, this.username, this.password, other, this.leaseTtl, this.requestTimeout,
				this.tls);
	}

	/**
	 * Returns these settings for a log line or an error.
	 * @return where etcd is, without the password
	 */
	@Override
	public String toString() {
		return "etcd " + this.endpoints + " namespace '" + this.namespace + "'";
	}

	/**
	 * Says whether connections have TLS; all endpoints are alike.
	 */
	boolean isTls() {
		return "https".equals(this.endpoints.get(0).getScheme());
	}

	private static boolean hasUser(URI endpoint) {
		return endpoint.toString().indexOf('@') >= 0;
	}

	private static boolean isKnown(URI endpoint) {
		return ("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))
				&& endpoint.getHost() != null && endpoint.getPort() > 0;
	}

	private static void check(boolean valid, String name, Object value, String expected) {
		if (!valid) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
		}
	}

	/**
	 * What a connection with TLS rests on. The host of the endpoint is always verified.
	 *
	 * @param keys the client's certificate and its key; {@code null} for none
	 * @param trust what to trust; {@code null} for what the JVM trusts
	 * @param protocols the protocols to offer, such as {@code TLSv1.3}; empty for the
	 * default
	 * @param ciphers the cipher suites to offer; empty for the default
	 */
	public record Tls(@Nullable KeyManagerFactory keys, @Nullable TrustManagerFactory trust, List<String> protocols,
			List<String> ciphers) {

		/**
		 * Copies the lists.
		 */
		public Tls {
			protocols = List.copyOf(protocols);
			ciphers = List.copyOf(ciphers);
		}

	}

}
