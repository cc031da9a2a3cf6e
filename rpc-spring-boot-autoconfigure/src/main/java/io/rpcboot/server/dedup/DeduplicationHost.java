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

package io.rpcboot.server.dedup;

import io.grpc.Status;

/**
 * What deduplication asks of the server around it. Called from any thread; nothing
 * blocks.
 */
public interface DeduplicationHost {

	/**
	 * Returns the id of this start of the server, as its replies carry it.
	 * @return the id
	 */
	String instanceId();

	/**
	 * Marks a status as that of a call of which no code of the service ran.
	 * @param status the status
	 * @return the marked status
	 */
	Status notExecuted(Status status);

	/**
	 * Tells such a status from one that a service returned.
	 * @param status the status
	 * @return whether it was marked by this server
	 */
	boolean isNotExecuted(Status status);

	/**
	 * Is told how many calls run more, or less, of which no client is there: their
	 * connections were cut, and the server should not end before they do.
	 * @param change 1 or -1
	 */
	void unattended(int change);

}
