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

import java.util.SortedMap;

import io.etcd.jetcd.KeyValue;

/**
 * Is told the content of a watched prefix, on the thread of the connection.
 */
interface KeyWatchListener {

	/**
	 * Receives the whole content after each change.
	 * @param records by key; a view, which follows later changes until another is given
	 * @param revision the revision of the store at which this was the content
	 */
	void onRecords(SortedMap<String, KeyValue> records, long revision);

	/**
	 * Is told that etcd said something about the range, be it that nothing has changed.
	 */
	default void onAnswer() {
	}

	/**
	 * Is told that the range is not followed, until etcd says something about it again.
	 */
	default void onBroken() {
	}

	/**
	 * Is told that a key was deleted, or ended with its lease, before the content without
	 * it follows. Not called for keys that are missing from a list that is read anew.
	 * @param last the record as it was
	 */
	default void onDeleted(KeyValue last) {
	}

	/**
	 * Is told that the store was emptied or set back: the revisions seen so far mean
	 * nothing any more. The content follows.
	 */
	default void onReset() {
	}

	/**
	 * Receives the failure of an attempt to read the content, while none was read yet.
	 * @param failure the reason
	 */
	void onUnavailable(Throwable failure);

}
