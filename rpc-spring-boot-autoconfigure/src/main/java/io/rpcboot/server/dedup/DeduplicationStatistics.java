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

/**
 * What deduplication did since the server was started.
 *
 * @param executed calls with an id that were given to the service
 * @param joined attempts that waited for a call which ran already
 * @param replayed attempts that were answered from the store
 * @param mismatched attempts that were refused because their id belongs to another
 * request
 * @param aborted attempts that were answered ABORTED, because they may have run
 * @param running calls with an id that run now
 * @param evicted calls that the store forgot before their time
 * @param bytes what the store keeps
 */
public record DeduplicationStatistics(long executed, long joined, long replayed, long mismatched, long aborted,
		int running, long evicted, long bytes) {

}
