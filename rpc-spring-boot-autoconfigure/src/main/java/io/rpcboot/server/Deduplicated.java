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

package io.rpcboot.server;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Lets a unary method run once for each {@code rpc-request-id}, however often the call is
 * sent: attempts that come while it runs wait for the same answer, later ones get what is
 * recorded. Stands on the method that overrides the generated one, or, for all unary
 * methods of a service, beside {@link RpcService @RpcService} on the class or on the
 * {@code @Bean} method. The property {@code rpc.server.deduplication.methods} says the
 * same.
 * <p>
 * It is the client that gives a call its id. A call without one runs as any other, and on
 * a method that is not marked an id is passed over.
 * <p>
 * The call is bound to no connection: one that is cut neither cancels the context of the
 * handler nor stops it, and the answer is recorded.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface Deduplicated {

	/**
	 * Whether a call that may have run on another instance may run here. By default it is
	 * answered ABORTED, because nobody knows whether it ran.
	 * @return whether it may run on more than one instance
	 */
	boolean otherInstances() default false;

}
