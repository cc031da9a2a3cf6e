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

import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EtcdErrors}.
 */
class EtcdErrorsTests {

	@Test
	void whenFailureIsWrappedThenTheInnermostCounts() {
		Throwable status = Status.NOT_FOUND.withDescription("no lease").asRuntimeException();
		Throwable wrapped = new CompletionException(new ExecutionException(new CompletionException(status)));
		assertThat(EtcdErrors.unwrap(wrapped)).isSameAs(status);
		assertThat(EtcdErrors.code(wrapped)).isEqualTo(Status.Code.NOT_FOUND);
		assertThat(EtcdErrors.text(wrapped)).isEqualTo("NOT_FOUND: no lease");
	}

	@Test
	void whenWrapperIsEmptyThenItCountsItself() {
		Throwable empty = new CompletionException(null);
		assertThat(EtcdErrors.unwrap(empty)).isSameAs(empty);
		assertThat(EtcdErrors.text(empty)).isEqualTo("null");
	}

	@ParameterizedTest
	@EnumSource(ErrorCode.class)
	void eachCodeOfJetcdIsOneOfGrpc(ErrorCode code) {
		assertThat(EtcdErrors.code(EtcdExceptionFactory.newEtcdException(code, "text")).name()).isEqualTo(code.name());
	}

	@Test
	void whenTimeIsUpThenSaysSo() {
		Throwable failure = new CompletionException(new TimeoutException());
		assertThat(EtcdErrors.code(failure)).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		assertThat(EtcdErrors.text(failure)).isEqualTo("no answer in time");
	}

	@Test
	void whenTheConnectionWasRefusedThenSaysWhyInOneLine() {
		Throwable refused = new IOException("Connection refused: /127.0.0.1:2379",
				new ConnectException("Connection refused"));
		Throwable failure = EtcdExceptionFactory.toEtcdException(
				Status.UNAVAILABLE.withDescription("io exception").withCause(refused).asRuntimeException());
		assertThat(EtcdErrors.text(failure)).isEqualTo("no connection: Connection refused: /127.0.0.1:2379");
	}

	@ParameterizedTest
	@MethodSource("kinds")
	void failuresAreOfThreeKinds(Throwable failure, boolean silence, boolean refusal) {
		assertThat(EtcdErrors.isSilence(failure)).as("silence").isEqualTo(silence);
		assertThat(EtcdErrors.isRefusal(failure)).as("refusal").isEqualTo(refusal);
		assertThat(EtcdErrors.isUnexpected(failure)).as("unexpected").isEqualTo(!silence && !refusal);
	}

	static Stream<Arguments> kinds() {
		Throwable away = Status.UNAVAILABLE.withDescription("io exception").asRuntimeException();
		return Stream.of(Arguments.of(away, true, false), Arguments.of(new TimeoutException(), true, false),
				Arguments.of(Status.DEADLINE_EXCEEDED.asRuntimeException(), true, false),
				Arguments.of(Status.CANCELLED.asException(), true, false),
				Arguments.of(new IllegalStateException("of any kind"), true, false),
				Arguments.of(Status.UNAUTHENTICATED.withCause(away).asRuntimeException(), true, false),
				Arguments.of(EtcdExceptionFactory.newEtcdException(ErrorCode.UNAUTHENTICATED, null, away), true, false),
				Arguments.of(Status.UNAUTHENTICATED.asRuntimeException(), false, true),
				refused(Status.UNAUTHENTICATED, "etcdserver: invalid auth token"),
				refused(Status.PERMISSION_DENIED, "etcdserver: permission denied"),
				refused(Status.INVALID_ARGUMENT, "etcdserver: authentication failed, invalid user ID or password"),
				refused(Status.INVALID_ARGUMENT, "etcdserver: user name is empty"),
				refused(Status.FAILED_PRECONDITION, "etcdserver: authentication is not enabled"),
				unexpected(Status.INVALID_ARGUMENT, "etcdserver: request is too large"),
				unexpected(Status.INVALID_ARGUMENT, "etcdserver: revision of auth store is old"),
				unexpected(Status.RESOURCE_EXHAUSTED, "etcdserver: mvcc: database space exceeded"),
				unexpected(Status.NOT_FOUND, "etcdserver: requested lease not found"),
				unexpected(Status.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted"));
	}

	private static Arguments refused(Status status, String text) {
		return Arguments.of(status.withDescription(text).asRuntimeException(), false, true);
	}

	private static Arguments unexpected(Status status, String text) {
		return Arguments.of(status.withDescription(text).asRuntimeException(), false, false);
	}

}
