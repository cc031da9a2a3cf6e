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

package io.rpcboot.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What holds for the calls of one injected reference, and which settings say so.
 *
 * @param application the application that is called
 * @param where the injection point
 * @param type the type of the stub or channel
 * @param service the full name of the gRPC service; {@code null} if the type does not
 * tell
 * @param settings what holds for methods of which nothing is set, by the last part of the
 * property, such as {@code retry.max-attempts}
 * @param methods what holds otherwise for single methods, by full method name; each with
 * its {@code timeout}, if it has any
 */
public record ReferenceDescription(String application, String where, String type, @Nullable String service,
		Map<String, Setting<?>> settings, Map<String, Map<String, Setting<?>>> methods) {

	/**
	 * The origin of what was changed by {@link RpcReferences#change}.
	 */
	public static final String AT_RUN_TIME = "changed at run time";

	/**
	 * The origin of what the starter does by itself.
	 */
	public static final String STARTER = "the starter's default";

	/**
	 * Copies the maps, in their order.
	 */
	public ReferenceDescription {
		settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
		methods = Collections.unmodifiableMap(new LinkedHashMap<>(methods));
	}

}
