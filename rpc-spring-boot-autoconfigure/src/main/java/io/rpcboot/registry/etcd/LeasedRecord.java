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

import java.util.concurrent.CompletableFuture;

/**
 * Something that this process wants in etcd under its lease. Every method is called on
 * the thread of the {@link EtcdConnection}.
 */
interface LeasedRecord {

	/**
	 * Says whether the record is not wanted any more.
	 */
	boolean isRemoved();

	/**
	 * Makes etcd hold the record; does nothing if it does.
	 * @param leaseId the lease to put it under
	 * @return completes when etcd holds it
	 */
	CompletableFuture<Void> write(long leaseId);

	/**
	 * Makes etcd forget the record.
	 * @return completes when it has
	 */
	CompletableFuture<Void> delete();

	/**
	 * Forgets that etcd holds the record: the next pass writes it again.
	 */
	void lost();

	/**
	 * Is told that etcd has forgotten the record, and the lease with it if it was the
	 * last.
	 */
	void completeDeregistration();

}
