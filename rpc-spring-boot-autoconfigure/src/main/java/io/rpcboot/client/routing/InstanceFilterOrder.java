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

package io.rpcboot.client.routing;

/**
 * Places of the library's filters, for the {@code @Order} of one's own.
 */
public final class InstanceFilterOrder {

	/**
	 * Who cannot be called, or is about to leave.
	 */
	public static final int STATE = 0;

	/**
	 * Tags that the reference asks for.
	 */
	public static final int TAGS = 1000;

	/**
	 * The lane of the call.
	 */
	public static final int LANE = 1100;

	/**
	 * The tenant of the call.
	 */
	public static final int TENANT = 1200;

	/**
	 * The version that the reference asks for.
	 */
	public static final int VERSION = 1300;

	/**
	 * The preferred namespace.
	 */
	public static final int NAMESPACE = 1900;

	/**
	 * The own zone.
	 */
	public static final int ZONE = 2000;

	private InstanceFilterOrder() {
	}

}
