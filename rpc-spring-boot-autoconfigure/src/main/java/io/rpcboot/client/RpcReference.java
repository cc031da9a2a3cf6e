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

import io.grpc.Status;

/**
 * Asks for a gRPC stub whose calls are discovered and balanced over the instances of an
 * application. Stands on a field, a setter, a constructor parameter or a parameter of a
 * {@code @Bean} method. The type may be any stub that the protobuf compiler generates:
 * asynchronous, blocking, blocking V2 and future, Reactor and Kotlin ones where they are
 * on the class path, or a plain {@link io.grpc.Channel}.
 *
 * <pre class="code">
 * Api(&#064;RpcReference("demo-provider") GreeterGrpc.GreeterBlockingStub greeter) { … }
 * </pre>
 *
 * An attribute that is not set is taken from {@code rpc.client.defaults}; what stands
 * under {@code rpc.client.references} wins over the annotation.
 */
@Target({ ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface RpcReference {

	/**
	 * Name of the application to call; may hold <code>${…}</code> placeholders. When
	 * empty, {@code rpc.client.services} says which application serves the stub's gRPC
	 * service.
	 * @return the application's name
	 */
	String value() default "";

	/**
	 * Timeout of unary calls, such as {@code 500ms} or {@code 2s}; seconds without a
	 * unit. May hold <code>${…}</code> placeholders.
	 * @return the timeout; by default that of {@code rpc.client.defaults}, 5 seconds
	 */
	String timeout() default "";

	/**
	 * Name of the load balancing policy.
	 * @return the policy; by default that of {@code rpc.client.defaults}
	 */
	String loadBalancing() default "";

	/**
	 * Tags that an instance must have to be called, each {@code name=value}. May hold
	 * <code>${…}</code> placeholders.
	 * @return the tags; by default none
	 */
	String[] tags() default {};

	/**
	 * Version that an instance must have to be called, or the beginning of one: {@code 2}
	 * is any of {@code 2.1.0} and {@code 2-rc1}, not {@code 20.1}. May hold
	 * <code>${…}</code> placeholders.
	 * @return the version; by default any
	 */
	String version() default "";

	/**
	 * How often a call is sent again that fails and may be: 0 to 9.
	 * @return the number; by default that of {@code rpc.client.defaults}, 2
	 */
	int retries() default -1;

	/**
	 * Names of methods whose calls may run more than once, as in the {@code .proto} file,
	 * such as {@code SayHello}.
	 * @return the methods; by default those that their {@code idempotency_level} makes so
	 */
	String[] idempotent() default {};

	/**
	 * Names of unary methods whose calls the server runs once however often they are
	 * sent, as in the {@code .proto} file. The server must have deduplication enabled.
	 * @return the methods; by default none
	 */
	String[] deduplicated() default {};

	/**
	 * Name of the bean that answers calls which fail with one of the
	 * {@link #fallbackStatuses()}: a stub of the same gRPC service, of another
	 * application for example, a {@link io.grpc.Channel}, an implementation of the
	 * service, which then is not served, or an
	 * {@link io.rpcboot.client.fallback.RpcFallback}. Only for methods with one request;
	 * a stream of answers that has begun is not replaced. The application may have run
	 * the call nevertheless. May hold <code>${…}</code> placeholders.
	 * @return the name; by default none
	 */
	String fallback() default "";

	/**
	 * The statuses for which the {@link #fallback()} answers.
	 * @return the statuses; by default UNAVAILABLE, DEADLINE_EXCEEDED and
	 * RESOURCE_EXHAUSTED
	 */
	Status.Code[] fallbackStatuses() default {};

	/**
	 * Whether the callbacks of asynchronous and future stubs run on the event loop
	 * instead of being handed over to a thread. Neither they nor those of interceptors
	 * may block then. Blocking stubs, and stubs with an executor of their own, are not
	 * concerned.
	 * @return {@code false} by default
	 */
	boolean nonBlocking() default false;

}
