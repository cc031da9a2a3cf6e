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

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says what of a call its place is computed from, under a load balancing policy that
 * places by key, such as {@code consistent_hash}: a field of the request or a header.
 * Stands beside {@link RpcReference}.
 *
 * <pre class="code">
 * Api(&#064;RpcReference("carts") &#064;HashKey("user.id") CartGrpc.CartBlockingStub carts) { … }
 * </pre>
 *
 * Exactly one of both attributes is set. {@link RpcCallOptions#HASH_KEY} wins over them.
 * A call without a key ends with INVALID_ARGUMENT and is not sent.
 */
@Target({ ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface HashKey {

	/**
	 * Field of the request by its name in the {@code .proto} file, with dots through
	 * nested messages: a string, bytes, an integer, a bool or an enum. A stream is placed
	 * by its first message, and is not open before it is sent. A text or bytes that are
	 * empty, and an {@code optional} field that is not set, are no key; a 0 without
	 * {@code optional} is one.
	 * @return such as {@code user_id} or {@code user.id}
	 */
	String value() default "";

	/**
	 * Header of the call, not a binary one. If there are several of the name, the last
	 * counts; an empty one is no key.
	 * @return such as {@code x-user}
	 */
	String header() default "";

}
