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

package io.rpcboot.server.security;

import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/**
 * The time during which the current thread runs for a caller. The context is a new one
 * each time, and an empty one for a call without a caller: whatever a thread was left
 * with by other work, no call inherits it, and none leaves anything behind.
 */
final class SecurityScope {

	private final SecurityContextHolderStrategy holder;

	private final SecurityContext previous;

	private SecurityScope(SecurityContextHolderStrategy holder, SecurityContext previous) {
		this.holder = holder;
		this.previous = previous;
	}

	static SecurityScope open(@Nullable Authentication caller) {
		SecurityContextHolderStrategy holder = SecurityContextHolder.getContextHolderStrategy();
		SecurityScope scope = new SecurityScope(holder, holder.getContext());
		SecurityContext context = holder.createEmptyContext();
		context.setAuthentication(caller);
		holder.setContext(context);
		return scope;
	}

	/**
	 * Clears the thread, or gives it back to whoever made a call to this process on it.
	 */
	void close() {
		if (this.previous.getAuthentication() == null) {
			this.holder.clearContext();
		}
		else {
			this.holder.setContext(this.previous);
		}
	}

}
