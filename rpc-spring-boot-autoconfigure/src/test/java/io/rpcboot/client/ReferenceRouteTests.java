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

package io.rpcboot.client;

import java.util.List;
import java.util.Map;

import io.rpcboot.client.RpcClientSettings.Routing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Version and tags of a reference: from the annotation, and from what is set.
 */
class ReferenceRouteTests {

	private static final Routing SET = new Routing(List.of(), null, "2", Map.of("gpu", "a10"));

	@Test
	void whenNothingIsSetThenTheAnnotationHolds() {
		assertThat(ReferenceRoute.of("1.4", new String[] { "disk=ssd", "empty=", "a=b=c" }, Routing.NONE))
			.isEqualTo(new ReferenceRoute("1.4", Map.of("disk", "ssd", "empty", "", "a", "b=c")));
		assertThat(ReferenceRoute.of("", new String[0], Routing.NONE)).isEqualTo(new ReferenceRoute(null, Map.of()));
	}

	@Test
	void whatIsSetWinsAndReplacesAllTags() {
		assertThat(ReferenceRoute.of("1.4", new String[] { "disk=ssd" }, SET))
			.isEqualTo(new ReferenceRoute("2", Map.of("gpu", "a10")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "disk", "=ssd", "", "twice=2" })
	void whenATagIsNotOfTheFormThenIsRefused(String tag) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ReferenceRoute.of("", new String[] { "twice=1", tag }, Routing.NONE))
			.withMessage("tags: '" + tag + "' (expected: name=value, each name once)");
	}

}
