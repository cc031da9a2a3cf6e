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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.op.Op;
import org.jspecify.annotations.Nullable;

/**
 * Compares many ranges by few requests. Each watch compares its range every 30 s; those
 * of a thousand applications would be 33 requests a second of a process that does
 * nothing. So what is asked within {@value #GATHER_MILLIS} ms goes in one transaction,
 * {@value #MAX_RANGES} ranges at most: etcd allows 128 operations unless told otherwise.
 * Where etcd refuses the whole, because one of the ranges may not be read, each is asked
 * for by itself. Runs on the thread of the {@link EtcdConnection}.
 */
final class SummaryBatch {

	private static final long GATHER_MILLIS = 2000;

	private static final int MAX_RANGES = 100;

	private final EtcdConnection etcd;

	private List<Question> waiting = new ArrayList<>();

	private @Nullable Future<?> next;

	SummaryBatch(EtcdConnection etcd) {
		this.etcd = etcd;
	}

	/**
	 * Asks for the summary of a range, in a moment.
	 * @param range the range
	 * @return its summary
	 */
	CompletableFuture<KeyReader.Summary> ask(KeyReader range) {
		Question question = new Question(range, new CompletableFuture<>());
		this.waiting.add(question);
		if (this.waiting.size() == MAX_RANGES) {
			send();
		}
		else if (this.next == null) {
			this.next = this.etcd.schedule(this::send, GATHER_MILLIS);
		}
		return question.answer();
	}

	private void send() {
		if (this.next != null) {
			this.next.cancel(false);
			this.next = null;
		}
		List<Question> batch = this.waiting;
		this.waiting = new ArrayList<>();
		if (batch.size() == 1) {
			batch.get(0).askAlone();
			return;
		}
		Op[] ranges = batch.stream().map((question) -> question.range().newest()).toArray(Op[]::new);
		this.etcd.call((client) -> client.getKVClient().txn().Then(ranges).commit())
			.whenComplete((response, failure) -> {
				if (failure == null) {
					long revision = response.getHeader().getRevision();
					List<GetResponse> answers = response.getGetResponses();
					for (int i = 0; i < answers.size(); i++) {
						batch.get(i).answer().complete(KeyReader.Summary.of(answers.get(i), revision));
					}
				}
				else if (EtcdErrors.isSilence(failure)) {
					batch.forEach((question) -> question.answer().completeExceptionally(failure));
				}
				else {
					batch.forEach(Question::askAlone);
				}
			});
	}

	/**
	 * A range whose summary is wanted.
	 *
	 * @param range the range
	 * @param answer receives the summary
	 */
	private record Question(KeyReader range, CompletableFuture<KeyReader.Summary> answer) {

		void askAlone() {
			this.range.summary().whenComplete((summary, failure) -> {
				if (failure == null) {
					this.answer.complete(summary);
				}
				else {
					this.answer.completeExceptionally(failure);
				}
			});
		}

	}

}
