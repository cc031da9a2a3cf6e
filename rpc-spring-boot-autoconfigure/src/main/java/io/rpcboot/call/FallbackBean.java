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

package io.rpcboot.call;

import org.springframework.core.AttributeAccessor;

/**
 * Marks the definition of a bean that a reference names as its fallback: a service that
 * only stands in for another one must not be served and announced as if it were that.
 */
public final class FallbackBean {

	private static final String ATTRIBUTE = FallbackBean.class.getName();

	private FallbackBean() {
	}

	/**
	 * Marks a bean.
	 * @param definition its definition
	 */
	public static void mark(AttributeAccessor definition) {
		definition.setAttribute(ATTRIBUTE, true);
	}

	/**
	 * Tells whether a bean is marked.
	 * @param definition its definition
	 * @return whether it is
	 */
	public static boolean isMarked(AttributeAccessor definition) {
		return definition.hasAttribute(ATTRIBUTE);
	}

}
