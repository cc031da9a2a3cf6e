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

package io.rpcboot.benchmarks.pick;

/**
 * How the calls, or the instances, differ from the plain ones.
 */
public enum Variant {

	/**
	 * Calls that ask for nothing, instances of one weight.
	 */
	PLAIN,

	/**
	 * Instances of the weights 50, 100 and 200.
	 */
	WEIGHTS,

	/**
	 * Calls in a lane that all instances are in.
	 */
	LANE,

	/**
	 * Calls that avoid one instance, as a retry does.
	 */
	AVOID,

	/**
	 * Calls that come to the same few instances again and again: sixteen keys, and the
	 * pairs of 32 picks.
	 */
	HOT

}
