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

package io.rpcboot.benchmarks.scale;

/**
 * What is measured, in the order of the tables.
 */
enum Figure {

	/** From the call of watch. */
	LIST_COLD("first list in a new process, ms"),

	/** Of the process, until its application has started. */
	STARTED("a new process until the application has started, s"),

	/** Of the process, until its record is in etcd. */
	REGISTERED("until its record is in etcd, s"),

	/** From the call of watch, while records are written. */
	LIST_WARM("first list over a warm connection, while records change, ms"),

	/** From etcd, of the first list. */
	LIST_BYTES("bytes from etcd for the first list, KiB"),

	/** Of the first list. */
	LIST_READS("range requests for the first list"),

	/** From the call of watch until every instance is connected and a call answered. */
	CONNECTED("until all are connected and a call is answered, s"),

	/** CPU of the consumer until then. */
	CONNECTED_CPU("CPU until then, s"),

	/** Single changes. */
	CHANGE_P50("a change: etcd's answer to the writer → set published, p50, ms"),

	/** Single changes. */
	CHANGE_P99("p99, ms"),

	/** Single changes. */
	CHANGE_CPU("CPU of the consumer per change, ms"),

	/** Single changes. */
	CHANGE_ALLOCATED("allocated per change, KiB"),

	/** Single changes. */
	CHANGE_BYTES("bytes from etcd per change, p50"),

	/** While there were single changes. */
	CHANGE_READS("range requests during all of these changes"),

	/** An instance more. */
	JOIN_P50("an instance joins, p50, ms"),

	/** An instance less. */
	LEAVE_P50("an instance leaves, p50, ms"),

	/** From the first put to the last answer. */
	BURST_ETCD("all rewritten at once (behind a channel 1,000 at most): etcd takes, s"),

	/** From the last answer to the complete set. */
	BURST_LAG("complete after etcd's last answer, ms"),

	/** Sets published. */
	BURST_SETS("sets published meanwhile"),

	/** CPU of the consumer. */
	BURST_CPU("CPU of the consumer for it, s"),

	/** From etcd. */
	BURST_BYTES("bytes from etcd per record"),

	/** From the last answer to the set without them. */
	HALF_LEFT("half leave: complete after etcd's last answer, ms"),

	/** CPU of the consumer. */
	HALF_LEFT_CPU("CPU of the consumer for it, s"),

	/** From the last answer to the complete set. */
	HALF_BACK("half return: complete after etcd's last answer, ms"),

	/** CPU of the consumer. */
	HALF_BACK_CPU("CPU of the consumer for it, s"),

	/** Before the watch. */
	HEAP_BEFORE("heap after GC before the watch, MiB"),

	/** After everything. */
	HEAP("heap after GC at the end, MiB"),

	/** After everything. */
	RSS("resident memory at the end, MiB"),

	/** Of the JVM and of the application. */
	THREADS("threads at the end"),

	/** Seen by the servers. */
	CONNECTIONS("connections"),

	/** The JSON of one instance. */
	RECORD_BYTES("record in etcd, bytes"),

	/** CPU while nothing changes. */
	REST_CPU("CPU at rest, ms per minute"),

	/** Of all threads while nothing changes. */
	REST_SWITCHES("context switches at rest, per second"),

	/** To etcd while nothing changes. */
	REST_REQUESTS("requests to etcd at rest, per minute"),

	/** To etcd while nothing changes. */
	REST_QUESTIONS("messages on watches to etcd at rest, per minute"),

	/** CPU of etcd while nothing changes. */
	REST_ETCD_CPU("CPU of etcd at rest, ms per minute"),

	/** From etcd while nothing changes. */
	REST_FROM("bytes from etcd at rest, per minute"),

	/** To etcd while nothing changes. */
	REST_TO("bytes to etcd at rest, per minute");

	private final String text;

	Figure(String text) {
		this.text = text;
	}

	String text() {
		return this.text;
	}

}
