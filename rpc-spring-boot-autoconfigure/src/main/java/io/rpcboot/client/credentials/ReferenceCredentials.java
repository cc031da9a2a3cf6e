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

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import io.grpc.ClientInterceptor;
import io.rpcboot.call.AuthorizationHeader;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of all references. Tokens are kept by application, so that references
 * of one share them.
 */
public final class ReferenceCredentials implements AutoCloseable {

	private static final long IDLE_SECONDS = 10;

	private final Map<String, CredentialsSettings> settings;

	private final Function<String, TokenSource> sources;

	private final Supplier<@Nullable TokenRegistrations> registrations;

	private final Supplier<TokenRelay> relay;

	private final Map<String, TokenCache> tokens = new ConcurrentHashMap<>();

	/** As many threads as there are sources at most: each is asked by one at a time. */
	private final ExecutorService fetchers;

	/**
	 * Creates the credentials. Whatever finds tokens is looked up when a reference is
	 * made that needs it, as it may have references to other applications itself.
	 * @param settings by application
	 * @param sources finds a token source by the name of its bean
	 * @param registrations looks up the OAuth2 client registrations; gives {@code null}
	 * if there are none
	 * @param relay looks up what finds the token of the current caller
	 */
	public ReferenceCredentials(Map<String, CredentialsSettings> settings, Function<String, TokenSource> sources,
			Supplier<@Nullable TokenRegistrations> registrations, Supplier<TokenRelay> relay) {
		this.settings = Map.copyOf(settings);
		this.sources = sources;
		this.registrations = registrations;
		this.relay = relay;
		this.fetchers = new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS,
				new SynchronousQueue<>(), (task) -> {
					Thread thread = new Thread(task, "rpc-token");
					thread.setDaemon(true);
					return thread;
				});
	}

	/**
	 * Makes what gives the calls to an application their credentials.
	 * @param application the application
	 * @return the interceptor; {@code null} if they have none
	 * @throws IllegalArgumentException if the token source or registration is unknown
	 */
	public @Nullable ClientInterceptor interceptor(String application) {
		CredentialsSettings set = this.settings.get(application);
		return (set != null) ? interceptor(application, set) : null;
	}

	/**
	 * Ends the threads that fetch tokens.
	 */
	@Override
	public void close() {
		this.fetchers.shutdownNow();
	}

	private ClientInterceptor interceptor(String application, CredentialsSettings set) {
		return switch (set.type()) {
			case BEARER -> (set.token() != null)
					? known(application, set, AuthorizationHeader.value(AuthorizationHeader.BEARER, set.token()))
					: fetched(application, set, this.sources.apply(Objects.requireNonNull(set.tokenSource())));
			case BASIC -> known(application, set, AuthorizationHeader.value(AuthorizationHeader.BASIC, encoded(set)));
			case OAUTH2 -> fetched(application, set, registered(Objects.requireNonNull(set.registration())));
			case RELAY -> relayed(application, set, this.relay.get());
		};
	}

	private static ClientInterceptor known(String application, CredentialsSettings set, String header) {
		HeaderCredentials credentials = new HeaderCredentials(application, set.allowPlaintext(), header);
		return new CredentialsInterceptor(() -> credentials, null);
	}

	private ClientInterceptor fetched(String application, CredentialsSettings set, TokenSource source) {
		TokenCache cache = this.tokens.computeIfAbsent(application,
				(name) -> new TokenCache("the calls to " + name, source, this.fetchers, InstantSource.system()));
		FetchedCredentials credentials = new FetchedCredentials(application, set.allowPlaintext(), cache);
		return new CredentialsInterceptor(() -> credentials, cache::refused);
	}

	private static ClientInterceptor relayed(String application, CredentialsSettings set, TokenRelay relay) {
		return new CredentialsInterceptor(() -> {
			String token = relay.token();
			return (token != null) ? new RelayedCredentials(application, set.allowPlaintext(), token) : null;
		}, null);
	}

	private TokenSource registered(String registration) {
		TokenRegistrations known = this.registrations.get();
		if (known == null) {
			throw new IllegalArgumentException("registration: '" + registration
					+ "', but there are no OAuth2 client registrations (expected: "
					+ "spring-boot-starter-security-oauth2-client and spring.security.oauth2.client.registration."
					+ registration + ")");
		}
		return known.source(registration);
	}

	private static String encoded(CredentialsSettings set) {
		return Base64.getEncoder()
			.encodeToString((set.username() + ":" + set.password()).getBytes(StandardCharsets.UTF_8));
	}

}
