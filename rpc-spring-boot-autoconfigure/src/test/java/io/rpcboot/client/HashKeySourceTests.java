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

import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;

import com.google.protobuf.BoolValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileOptions;
import com.google.protobuf.DoubleValue;
import com.google.protobuf.Int32Value;
import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import com.google.protobuf.Syntax;
import com.google.protobuf.Type;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import io.grpc.Metadata;
import io.rpcboot.client.balancer.policy.XxHash64;
import io.rpcboot.testing.echo.EchoGrpc;
import io.rpcboot.testing.echo.Ping;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What {@link HashKeySource} finds in headers and messages.
 */
class HashKeySourceTests {

	private static final String EXAMPLES = "\n\n    @HashKey(\"user_id\")\n    @HashKey(header = \"x-user\")";

	@Test
	void readsScalarsOfEveryKind() {
		assertThat(key("text", Ping.newBuilder().setText("Käse").build())).isEqualTo(XxHash64.hash("Käse"));
		assertThat(key("value", Int32Value.of(-7))).isEqualTo(XxHash64.hash("-7"));
		assertThat(key("value", Int64Value.of(Long.MIN_VALUE))).isEqualTo(XxHash64.hash("-9223372036854775808"));
		assertThat(key("value", UInt32Value.of(-1))).isEqualTo(XxHash64.hash("4294967295"));
		assertThat(key("value", UInt64Value.of(-1))).isEqualTo(XxHash64.hash("18446744073709551615"));
		assertThat(key("value", BoolValue.of(true))).isEqualTo(XxHash64.hash("true"));
		assertThat(key("value", BytesValue.of(ByteString.copyFrom(new byte[] { 0, -1 }))))
			.isEqualTo(XxHash64.hash(new byte[] { 0, -1 }));
		assertThat(key("syntax", Type.newBuilder().setSyntax(Syntax.SYNTAX_EDITIONS).build()))
			.isEqualTo(XxHash64.hash("2"));
		assertThat(key("syntax", Type.newBuilder().setSyntaxValue(99).build())).isEqualTo(XxHash64.hash("99"));
	}

	@Test
	void readsFieldsOfNestedMessages() {
		FileDescriptorProto message = FileDescriptorProto.newBuilder()
			.setOptions(FileOptions.newBuilder().setJavaPackage("demo"))
			.build();
		assertThat(key("options.java_package", message)).isEqualTo(XxHash64.hash("demo"));
		assertThat(key("options.java_package", message.toBuilder())).isEqualTo(XxHash64.hash("demo"));
	}

	@Test
	void whatIsNotSetOrEmptyIsNoKey() {
		assertThat(key("text", Ping.getDefaultInstance())).isNull();
		assertThat(key("value", BytesValue.getDefaultInstance())).isNull();
		assertThat(key("name", FileDescriptorProto.getDefaultInstance())).isNull();
		assertThat(key("name", FileDescriptorProto.newBuilder().setName("").build())).isNull();
		assertThat(key("options.java_package", FileDescriptorProto.getDefaultInstance())).isNull();
		assertThat(key("edition", FileDescriptorProto.getDefaultInstance())).isNull();
	}

	@Test
	void zeroOfAFieldThatCannotTellWhetherItIsSetIsAKey() {
		assertThat(key("count", Ping.getDefaultInstance())).isEqualTo(XxHash64.hash("0"));
		assertThat(key("value", BoolValue.getDefaultInstance())).isEqualTo(XxHash64.hash("false"));
	}

	@Test
	void whenMessagesOfAMethodAreOfSeveralTypesThenEachIsRead() {
		HashKeySource source = HashKeySource.field("value");
		assertThat(source.fromMessage(EchoGrpc.getUnaryMethod(), StringValue.of("a"))).isEqualTo(XxHash64.hash("a"));
		assertThat(source.fromMessage(EchoGrpc.getUnaryMethod(), Int32Value.of(1))).isEqualTo(XxHash64.hash("1"));
		assertThat(source.fromMessage(EchoGrpc.getUnaryMethod(), StringValue.of("b"))).isEqualTo(XxHash64.hash("b"));
	}

	@Test
	void whenFieldCannotBeAKeyThenTheErrorSaysWhy() {
		assertNoKey("user", Ping.getDefaultInstance(),
				"rpc.testing.Ping has no field 'user' (expected: one of text, count)");
		assertNoKey("text.id", Ping.getDefaultInstance(),
				"the type of rpc.testing.Ping.text is string (expected: a message)");
		assertNoKey("value", DoubleValue.of(1), "the type of google.protobuf.DoubleValue.value is double "
				+ "(expected: a string, bytes, an integer, a bool or an enum)");
		assertNoKey("dependency", FileDescriptorProto.getDefaultInstance(),
				"the type of google.protobuf.FileDescriptorProto.dependency is repeated string "
						+ "(expected: a string, bytes, an integer, a bool or an enum)");
		assertNoKey("options", FileDescriptorProto.getDefaultInstance(),
				"the type of google.protobuf.FileDescriptorProto.options is message "
						+ "(expected: a string, bytes, an integer, a bool or an enum)");
		assertNoKey("message_type.name", FileDescriptorProto.getDefaultInstance(),
				"the type of google.protobuf.FileDescriptorProto.message_type is repeated message "
						+ "(expected: a message)");
		assertNoKey("text", "words", "the request is a java.lang.String (expected: a protobuf message)");
	}

	@Test
	void readsTheLastHeaderOfTheName() {
		HashKeySource source = HashKeySource.header("X-User");
		Metadata headers = new Metadata();
		assertThat(source.fromHeaders(headers)).isNull();
		Metadata.Key<String> name = Metadata.Key.of("x-user", Metadata.ASCII_STRING_MARSHALLER);
		headers.put(name, "41");
		headers.put(name, "42");
		assertThat(source.fromHeaders(headers)).isEqualTo(XxHash64.hash("42".getBytes(StandardCharsets.UTF_8)));
		headers.put(name, "");
		assertThat(source.fromHeaders(headers)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a..b", ".a", "a.", "a b", "1a", "a-b" })
	void whenFieldIsNoName(String path) {
		assertThatIllegalArgumentException().isThrownBy(() -> HashKeySource.field(path))
			.withMessage("field '" + path + "' (expected: the name of a protobuf field, or several joined by dots)");
	}

	@ParameterizedTest
	@CsvSource({ "''", "x user", "x-user-bin" })
	void whenHeaderIsNoName(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> HashKeySource.header(name))
			.withMessage("header '" + name + "' (expected: a name of letters, digits, '-', '_' and '.' "
					+ "that does not end in -bin)");
	}

	@Test
	void annotationNamesTheSource() throws Exception {
		assertThat(HashKeySource.from(annotation("byField"), "here")).isInstanceOf(HashKeyField.class);
		assertThat(HashKeySource.from(annotation("byHeader"), "here")).isInstanceOf(HashKeyHeader.class);
		assertThat(HashKeySource.from(null, "here")).isNull();
	}

	@Test
	void whenAnnotationDoesNotNameExactlyOneSource() throws Exception {
		String action = "Name a field of the request or a header:" + EXAMPLES;
		assertFailure("byNothing",
				"@HashKey at field f names neither a field nor a header (expected: exactly one of them)", action);
		assertFailure("byBoth",
				"@HashKey at field f names the field 'user_id' and the header 'x-user' (expected: exactly one of them)",
				action);
	}

	@Test
	void whenAnnotationNamesWhatCannotBe() throws Exception {
		assertFailure("byBadField",
				"@HashKey at field f has the field 'user id' (expected: the name of a protobuf field, or several "
						+ "joined by dots)",
				"Correct the annotation:" + EXAMPLES);
		assertFailure("byBadHeader",
				"@HashKey at field f has the header 'user id' (expected: a name of letters, digits, '-', '_' and '.' "
						+ "that does not end in -bin)",
				"Correct the annotation:" + EXAMPLES);
	}

	private static void assertFailure(String field, String message, String action) throws Exception {
		HashKey annotation = annotation(field);
		assertThatExceptionOfType(RpcReferenceException.class)
			.isThrownBy(() -> HashKeySource.from(annotation, "field f"))
			.withMessage(message)
			.satisfies((ex) -> assertThat(ex.action()).isEqualTo(action));
	}

	private static void assertNoKey(String path, Object message, String reason) {
		assertThatIllegalArgumentException().isThrownBy(() -> key(path, message))
			.withMessage("rpc.testing.Echo/Unary is placed by the request field '" + path + "': " + reason);
	}

	private static Long key(String path, Object message) {
		return HashKeySource.field(path).fromMessage(EchoGrpc.getUnaryMethod(), message);
	}

	private static HashKey annotation(String name) throws NoSuchFieldException {
		Field field = Annotated.class.getDeclaredField(name);
		return field.getAnnotation(HashKey.class);
	}

	@SuppressWarnings("unused")
	private static final class Annotated {

		@HashKey("user.id")
		private String byField;

		@HashKey(header = "x-user")
		private String byHeader;

		@HashKey
		private String byNothing;

		@HashKey(value = "user_id", header = "x-user")
		private String byBoth;

		@HashKey("user id")
		private String byBadField;

		@HashKey(header = "user id")
		private String byBadHeader;

	}

}
