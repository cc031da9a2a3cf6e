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
 * Marks a method of an {@link RpcAdvice} bean that says what callers are told of an
 * exception.
 *
 * <pre class="code">
 * &#064;RpcExceptionHandler
 * RpcError outOfStock(OutOfStockException ex) {
 *     return RpcError.of(Status.Code.FAILED_PRECONDITION, "Sold out").withReason("shop.example", "OUT_OF_STOCK");
 * }
 * </pre>
 *
 * The method returns a {@code RpcError}, {@code io.grpc.Status},
 * {@code com.google.rpc.Status}, {@code StatusException} or
 * {@code StatusRuntimeException}; {@code null} leaves the exception to others. It may
 * have these parameters, in any order: the exception (or its cause, where that is what
 * the type matched), the {@code MethodDescriptor} of the call, the {@code Metadata} of
 * the request. One that throws is logged, and the default table decides.
 * <p>
 * Status exceptions are answers already and reach no handler.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface RpcExceptionHandler {

	/**
	 * The exceptions.
	 * @return the types; by default that of the method's parameter
	 */
	Class<? extends Throwable>[] value() default {};

}
