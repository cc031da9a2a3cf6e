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

package io.rpcboot.call;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which texts are names of lanes and tenants.
 */
class CallContextTests {

	@ParameterizedTest
	@ValueSource(strings = { "b", "blue", "Blue-2", "a.b_c-d", "0123456789", "-" })
	void lettersDigitsAndThreeSignsAreAName(String text) {
		assertThat(CallContext.isName(text)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", " ", "a b", "a/b", "a,b", "a=b", "${a}", "a\n", "bl\u00fcte", "a:b", "[", "@", "`", "{" })
	void whateverElseIsNone(String text) {
		assertThat(CallContext.isName(text)).isFalse();
	}

	@Test
	void nameHasAtMost64Characters() {
		assertThat(CallContext.isName("x".repeat(64))).isTrue();
		assertThat(CallContext.isName("x".repeat(65))).isFalse();
	}

}
