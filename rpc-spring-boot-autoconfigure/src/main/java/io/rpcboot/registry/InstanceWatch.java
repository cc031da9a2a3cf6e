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

package io.rpcboot.registry;

/**
 * A running watch of one application.
 */
public interface InstanceWatch extends AutoCloseable {

	/**
	 * The watch of a set that never changes.
	 */
	InstanceWatch OF_FIXED_SET = new InstanceWatch() {
		@Override
		public void refresh() {
			// There is nothing newer.
		}

		@Override
		public void close() {
			// There is nothing open.
		}
	};

	/**
	 * Asks the registry to read the set again soon, because something it said turned out
	 * to be wrong. Cheap, does not block, may be called often.
	 */
	void refresh();

	/**
	 * Ends the watch. A call of the listener that is under way may still finish; no new
	 * one begins. Calling it again changes nothing.
	 */
	@Override
	void close();

}
