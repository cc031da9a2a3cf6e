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

import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.registry.ServiceInstanceJson;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EtcdNamingCodec}.
 */
class EtcdNamingCodecTests {

	private final EtcdNamingCodec codec = new EtcdNamingCodec();

	@Test
	void readsWhatTheStarterWrites() {
		ServiceInstance instance = ServiceInstance.of("4711", "order", "10.0.0.7", 9090);
		assertThat(this.codec.read("order", "any", ServiceInstanceJson.write(instance))).isEqualTo(instance);
	}

	/** As {@code endpoints.Manager.AddEndpoint} writes it. */
	@Test
	void readsWhatGoWrites() {
		ServiceInstance expected = ServiceInstance.of("e1", "order", "10.0.0.7", 9090);
		assertThat(this.codec.read("order", "e1", "{\"Op\":0,\"Addr\":\"10.0.0.7:9090\",\"Metadata\":null}"))
			.isEqualTo(expected);
		assertThat(this.codec.read("order", "e1",
				"{\"Op\":0,\"Addr\":\"10.0.0.7:9090\",\"Metadata\":{\"Weight\":3,\"Tags\":[\"a\"]}}"))
			.isEqualTo(expected);
	}

	@Test
	void whenRecordIsOfAnotherLayoutThenSaysWhatWasExpected() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.codec.read("order", "e1", "{\"id\":\"1\",\"endpoints\":[]}"))
			.withMessage("no Addr (expected: \"host:port\")");
	}

	@Test
	void keyIsTheStartersUnlessSaidOtherwise() {
		assertThat(this.codec.name()).isEqualTo("etcd-naming");
		assertThat(this.codec.defaultKey("order")).isNull();
	}

}
