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

package io.rpcboot.actuate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where a setting is found among the property sources, and what that costs.
 */
class SettingSourcesTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	@Test
	void theStrongestSourceThatSetsItIsFound() {
		add("weak", Map.of("rpc.client.defaults.timeout", "1s", "rpc.client.defaults.retry.max-attempts", "2"));
		add("strong", Map.of("rpc.client.defaults.timeout", "2s"));
		assertThat(value("rpc.client.defaults.timeout")).isEqualTo("2s");
		assertThat(value("rpc.client.defaults.retry.max-attempts")).isEqualTo("2");
		assertThat(value("rpc.client.defaults.stream-timeout")).isNull();
		assertThat(value("the starter's default")).isNull();
	}

	@Test
	void aKeyIsFoundWithAndWithoutBrackets() {
		add("test",
				Map.of("rpc.client.references.[shop.api].timeout", "1s", "rpc.client.references.echo.timeout", "2s"));
		assertThat(value("rpc.client.references[shop.api].timeout")).isEqualTo("1s");
		assertThat(value("rpc.client.references[echo].timeout")).isEqualTo("2s");
	}

	@Test
	void ofAListOrAGroupAnEntryIsFound() {
		add("weak", Map.of("rpc.client.references.echo.addresses", "c:1"));
		add("strong", Map.of("rpc.client.references.echo.addresses[0]", "a:1"));
		assertThat(value("rpc.client.references[echo].addresses")).isEqualTo("a:1");
		assertThat(value("rpc.client.references[echo]")).isEqualTo("a:1");
	}

	@Test
	void aVariableOfTheSystemIsFound() {
		this.environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("systemEnvironment",
					Map.of("RPC_CLIENT_DEFAULTS_STREAMTIMEOUT", "3s", "RPC_CLIENT_DEFAULTS_MAX_BUFFERED", "1KB")));
		assertThat(value("rpc.client.defaults.stream-timeout")).isEqualTo("3s");
		assertThat(value("rpc.client.defaults.max-buffered")).as("hyphens as underscores").isEqualTo("1KB");
	}

	@Test
	void howOftenTheNamesOfASourceAreReadDoesNotGrowWithTheSettings() {
		CountingSource counting = new CountingSource();
		this.environment.getPropertySources().addFirst(counting);
		int once = readsFor(counting, 1);
		assertThat(readsFor(counting, 200)).isEqualTo(once);
	}

	@Test
	void whenNoSettingIsAskedForThenNoSourceIsRead() {
		CountingSource counting = new CountingSource();
		this.environment.getPropertySources().addFirst(counting);
		assertThat(readsFor(counting, 0)).isZero();
		assertThat(readsFor(counting, 1)).isPositive();
	}

	private int readsFor(CountingSource counting, int settings) {
		counting.reads.set(0);
		SettingSources sources = new SettingSources(this.environment);
		IntStream.range(0, settings)
			.forEach((i) -> assertThat(sources.find("rpc.client.references[app" + i + "].tags")).isNotNull());
		return counting.reads.get();
	}

	private @Nullable String value(String origin) {
		ConfigurationProperty property = new SettingSources(this.environment).find(origin);
		return (property != null) ? String.valueOf(property.getValue()) : null;
	}

	private void add(String name, Map<String, Object> properties) {
		this.environment.getPropertySources().addFirst(new MapPropertySource(name, properties));
	}

	/**
	 * A source that may change, of which Boot asks again each time what it has.
	 */
	private static final class CountingSource extends EnumerablePropertySource<Map<String, Object>> {

		private final AtomicInteger reads = new AtomicInteger();

		CountingSource() {
			super("counting", new LinkedHashMap<>());
			IntStream.range(0, 200).forEach((i) -> this.source.put("rpc.client.references.app" + i + ".tags.x", "y"));
		}

		@Override
		public String[] getPropertyNames() {
			this.reads.incrementAndGet();
			return this.source.keySet().toArray(String[]::new);
		}

		@Override
		public @Nullable Object getProperty(String name) {
			return this.source.get(name);
		}

	}

}
