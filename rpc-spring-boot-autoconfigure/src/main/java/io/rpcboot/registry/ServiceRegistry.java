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
 * Announces instances. One registry serves one application context.
 */
public interface ServiceRegistry {

	/**
	 * Announces an instance and keeps it announced, whatever happens to the registry,
	 * until {@link Registration#deregister()} is called. Returns at once: the registry is
	 * written in the background, and tried again for ever while it cannot be reached.
	 * @param instance the record to announce; its id is new for each start of a process,
	 * and may come again once the registration that had it was deregistered
	 * @return the handle by which the record is changed and taken away
	 */
	Registration register(ServiceInstance instance);

}
