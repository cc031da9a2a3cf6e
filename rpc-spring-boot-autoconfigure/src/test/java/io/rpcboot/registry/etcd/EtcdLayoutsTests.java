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

import java.util.List;

import io.rpcboot.registry.InstanceCodec;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EtcdLayouts}.
 */
class EtcdLayoutsTests {

	private final EtcdKeys keys = new EtcdKeys("blue");

	private final EtcdLayouts layouts = new EtcdLayouts(List.of());

	@Test
	void whenNothingIsSaidThenIsLookedForWhereTheStarterRegisters() {
		EtcdLayouts others = this.layouts.with("other", "kratos", null);
		assertThat(others.prefix("order", this.keys)).isEqualTo("/rpc/blue/order/");
		assertThat(others.codec("order")).isInstanceOf(EtcdNamingCodec.class);
	}

	@ParameterizedTest
	@CsvSource({ "etcd-naming,/rpc/blue/order/", "go-zero,order/", "kratos,/microservices/order/" })
	void whenNoKeyIsSaidThenItIsTheLayouts(String layout, String prefix) {
		EtcdLayouts with = this.layouts.with("order", layout, null);
		assertThat(with.prefix("order", this.keys)).isEqualTo(prefix);
		assertThat(with.codec("order").name()).isEqualTo(layout);
	}

	@ParameterizedTest
	@CsvSource({ "order.rpc,order.rpc/", "/ns/order,/ns/order/", "foo/bar/my-service/,foo/bar/my-service/",
			"/a.b/c_d~e,/a.b/c_d~e/", "ä,ä/", "my orders,my orders/" })
	void keyGetsASlashWhenItHasNone(String key, String prefix) {
		assertThat(this.layouts.with("order", "go-zero", key).prefix("order", this.keys)).isEqualTo(prefix);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "/", "//", "order\n", "or\u0000der", "order\u007f", "\u0085order" })
	void whenKeyIsEmptyOrHasControlCharactersThenThrows(String key) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.layouts.with("order", "go-zero", key))
			.withMessage(
					"key: '" + key + "' (expected: a key such as /microservices/order, without control characters)");
	}

	@Test
	void whenLayoutIsUnknownThenTheKnownOnesAreNamed() {
		EtcdLayouts more = new EtcdLayouts(List.of(new Custom("dubbo", null)));
		assertThatIllegalArgumentException().isThrownBy(() -> more.with("order", "Kratos", null))
			.withMessage("layout: 'Kratos' (expected: one of dubbo, etcd-naming, go-zero, kratos)");
	}

	@Test
	void whenUserHasALayoutThenItIsKnown() {
		Custom custom = new Custom("dubbo", "/dubbo/order");
		EtcdLayouts with = new EtcdLayouts(List.of(custom)).with("order", "dubbo", null);
		assertThat(with.codec("order")).isSameAs(custom);
		assertThat(with.prefix("order", this.keys)).isEqualTo("/dubbo/order/");
	}

	@Test
	void whenUserHasALayoutOfABuiltInNameThenItIsTheOne() {
		Custom first = new Custom("kratos", null);
		Custom own = new Custom("etcd-naming", null);
		EtcdLayouts with = new EtcdLayouts(List.of(first, new Custom("kratos", "/second"), own)).with("order", "kratos",
				null);
		assertThat(with.codec("order")).isSameAs(first);
		assertThat(with.prefix("order", this.keys)).isEqualTo("/rpc/blue/order/");
		assertThat(with.codec("another")).isSameAs(own);
	}

	private record Custom(String name, @Nullable String key) implements InstanceCodec {

		@Override
		public @Nullable String defaultKey(String application) {
			return this.key;
		}

		@Override
		public ServiceInstance read(String application, String keyId, String value) {
			throw new UnsupportedOperationException("Nothing is read in this test");
		}

	}

}
