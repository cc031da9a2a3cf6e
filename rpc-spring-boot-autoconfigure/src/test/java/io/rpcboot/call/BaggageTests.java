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

import java.util.Map;

import io.grpc.Context;
import io.grpc.Metadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What baggage can be, and how it stands in headers.
 */
class BaggageTests {

	@Test
	void whatIsAddedIsSeenInItsContextAlone() throws Exception {
		Context context = CallContext.withBaggage("x-a", "1");
		assertThat(CallContext.baggage("x-a")).isNull();
		assertThat(CallContext.baggage()).isEmpty();
		context.call(() -> {
			assertThat(CallContext.baggage("x-a")).isEqualTo("1");
			CallContext.withBaggage("x-b", "2")
				.run(() -> assertThat(CallContext.baggage()).containsExactly(Map.entry("x-a", "1"),
						Map.entry("x-b", "2")));
			CallContext.withBaggage("x-a", "3").run(() -> assertThat(CallContext.baggage("x-a")).isEqualTo("3"));
			CallContext.withBaggage("x-a", "").run(() -> assertThat(CallContext.baggage()).isEmpty());
			return null;
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "X-A", "a b", "a,b", "a-bin", ":path", "b\u00fc" })
	void whenANameIsNoneThenItIsRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> CallContext.withBaggage(name, "1"))
			.withMessage("baggage: '" + name + "' (expected: a name with 1 to 64 of a-z0-9._-, not ending in -bin)");
	}

	@ParameterizedTest
	@ValueSource(strings = { " a", "a ", "a\nb", "\u00fc", "\u0000" })
	void whenAValueCannotBeSentThenItIsRefusedAndNotShown(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> CallContext.withBaggage("x-a", value))
			.withMessage("baggage: the value of 'x-a' (expected: printable ASCII without a space at either end)");
	}

	@Test
	void isBoundedInPiecesAndCharacters() {
		Context context = Context.ROOT;
		for (int i = 0; i < 16; i++) {
			String name = "x" + i;
			context = with(context, name, "1");
		}
		Context full = context;
		assertThatIllegalArgumentException().isThrownBy(() -> with(full, "more", "1"))
			.withMessageStartingWith("baggage: 17 pieces with ")
			.withMessageEndingWith("(expected: at most 16 pieces and 2048 characters)");
		assertThatIllegalArgumentException().isThrownBy(() -> with(Context.ROOT, "x", "v".repeat(2048)))
			.withMessageStartingWith("baggage: 1 pieces with 2049 characters when 'x' is added ");
		with(Context.ROOT, "x", "v".repeat(2047));
	}

	@Test
	void isReadAsItWasWritten() {
		Metadata headers = new Metadata();
		CarriedMetadata.write(headers, with(with(Context.ROOT, "x-a", "1"), "x-b", "two words"));
		assertThat(headers.get(RpcMetadata.BAGGAGE)).isEqualTo("x-a,x-b");
		assertThat(headers.get(CarriedHeader.key("rpc-baggage-x-b"))).isEqualTo("two words");
		CarriedMetadata.read(headers, Context.ROOT)
			.run(() -> assertThat(CallContext.baggage()).isEqualTo(Map.of("x-a", "1", "x-b", "two words")));
	}

	@Test
	void whatACallSetsItselfWins() {
		Metadata headers = new Metadata();
		headers.put(RpcMetadata.BAGGAGE, "x-a,x-c");
		headers.put(CarriedHeader.key("rpc-baggage-x-a"), "own");
		headers.put(CarriedHeader.key("rpc-baggage-x-c"), "own");
		CarriedMetadata.write(headers, with(with(Context.ROOT, "x-a", "1"), "x-b", "2"));
		assertThat(headers.getAll(RpcMetadata.BAGGAGE)).containsExactly("x-a,x-c,x-b");
		assertThat(headers.getAll(CarriedHeader.key("rpc-baggage-x-a"))).containsExactly("own");
		assertThat(headers.getAll(CarriedHeader.key("rpc-baggage-x-b"))).containsExactly("2");
	}

	@Test
	void whenARequestBringsTooMuchThenTheRestIsLeftOut() {
		Metadata headers = new Metadata();
		StringBuilder names = new StringBuilder("x0");
		for (int i = 0; i < 20; i++) {
			headers.put(CarriedHeader.key("rpc-baggage-x" + i), "1");
			names.append(",x").append(i);
		}
		headers.put(RpcMetadata.BAGGAGE, names.toString());
		CarriedMetadata.read(headers, Context.ROOT).run(() -> assertThat(CallContext.baggage()).hasSize(16));
		headers.discardAll(RpcMetadata.BAGGAGE);
		headers.put(RpcMetadata.BAGGAGE, "x0," + "x".repeat(2048));
		assertThat(CarriedMetadata.read(headers, Context.ROOT)).isSameAs(Context.ROOT);
	}

	@Test
	void whenNothingIsCarriedThenNoHeaderIsAdded() {
		Metadata headers = new Metadata();
		CarriedMetadata.write(headers, Context.ROOT);
		CarriedMetadata.write(headers, with(with(Context.ROOT, "x-a", "1"), "x-a", ""));
		assertThat(headers.keys()).isEmpty();
	}

	private static Context with(Context context, String name, String value) {
		Context before = context.attach();
		try {
			return CallContext.withBaggage(name, value);
		}
		finally {
			context.detach(before);
		}
	}

}
