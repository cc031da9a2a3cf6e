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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EtcdKeys}.
 */
class EtcdKeysTests {

	private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

	private final EtcdKeys keys = new EtcdKeys("default");

	@Test
	void keysAreOfTheDocumentedLayout() {
		assertThat(this.keys.application("demo-provider")).isEqualTo("/rpc/default/demo-provider/");
		assertThat(this.keys.instance("demo-provider", "4711")).isEqualTo("/rpc/default/demo-provider/4711");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", ".", "..", "../x", "a/b", "/", "a\\b", "-a", "_a", "a b", "a\n", "a\u0000", "\u007f", "ä" })
	void whenNameCouldReachIntoOthersKeysThenThrows(String name) {
		String expected = ": '" + name + "' (expected: " + NAME + ")";
		assertThatIllegalArgumentException().isThrownBy(() -> new EtcdKeys(name)).withMessage("namespace" + expected);
		assertThatIllegalArgumentException().isThrownBy(() -> this.keys.application(name))
			.withMessage("application" + expected);
		assertThatIllegalArgumentException().isThrownBy(() -> this.keys.instance(name, "4711"))
			.withMessage("application" + expected);
		assertThatIllegalArgumentException().isThrownBy(() -> this.keys.instance("demo", name))
			.withMessage("id" + expected);
	}

	@Test
	void whenNameIsTooLongThenThrows() {
		String longest = "a".repeat(63);
		assertThat(this.keys.application(longest)).isEqualTo("/rpc/default/" + longest + "/");
		assertThatIllegalArgumentException().isThrownBy(() -> this.keys.application(longest + "a"));
	}

	@Test
	void rangeOfApplicationHoldsItsKeysAndNoOthers() {
		String first = this.keys.application("demo");
		String end = EtcdKeys.endOfPrefix(first);
		assertThat(this.keys.instance("demo", "zzz")).isBetween(first, end);
		assertThat("/rpc/default/demo/\uffff").isBetween(first, end);
		assertThat(this.keys.instance("demo-provider", "a")).isLessThan(first);
		assertThat(this.keys.instance("demo0", "a")).isGreaterThan(end);
	}

	@Test
	void rangeOfKeyHoldsOnlyIt() {
		String key = this.keys.instance("demo", "a");
		assertThat(EtcdKeys.endOfKey(key)).isGreaterThan(key).isLessThan(this.keys.instance("demo", "a-"));
	}

}
