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

import io.grpc.ServerInterceptor;

import org.springframework.stereotype.Component;

/**
 * Marks a bean of type {@link io.grpc.BindableService} to be served over gRPC. Stands on
 * the class, which makes it a component, or on a {@code @Bean} method.
 *
 * <pre class="code">
 * &#064;RpcService
 * class GreeterService extends GreeterGrpc.GreeterImplBase { … }
 * </pre>
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface RpcService {

	/**
	 * Types of interceptor beans that apply to this service besides the
	 * {@link GlobalServerInterceptor global} ones. All of them run in the order of
	 * {@link org.springframework.core.annotation.Order @Order}.
	 * @return the types; none by default
	 */
	Class<? extends ServerInterceptor>[] interceptors() default {};

	/**
	 * Name of the {@link java.util.concurrent.Executor} bean that runs this service's
	 * handlers, or else of a pool of {@code rpc.server.executors}, so that a slow service
	 * does not starve the others.
	 * @return the name of the bean or pool; by default the server's own executor
	 */
	String executor() default "";

}
