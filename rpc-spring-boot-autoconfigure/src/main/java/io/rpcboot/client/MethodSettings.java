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

import java.util.function.Function;

import io.grpc.MethodDescriptor;
import io.rpcboot.client.RpcClientSettings.Method;
import io.rpcboot.client.RpcClientSettings.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Finds what holds for a method of one reference, weakest first: default, annotation,
 * application, service, method.
 *
 * @param <T> the type of the setting
 * @param names what the setting is called
 * @param standard what holds if nothing is set
 * @param annotation what the annotation says; {@code null} for nothing
 * @param reference what is set for the application
 * @param referenceSetting reads the setting of the application
 * @param methodSetting reads the setting of a method or service
 */
record MethodSettings<T>(SettingNames names, @Nullable T standard, @Nullable T annotation, Reference reference,
		Function<Reference, @Nullable T> referenceSetting, Function<Method, @Nullable T> methodSetting) {

	/**
	 * Returns what holds for a method.
	 * @param method the method
	 * @return the setting; {@code null} if there is none
	 */
	@Nullable Setting<T> of(MethodDescriptor<?, ?> method) {
		Setting<T> set = of(method.getFullMethodName());
		if (set == null && method.getServiceName() != null) {
			set = of(method.getServiceName());
		}
		return (set != null) ? set : ofReference();
	}

	/**
	 * Returns what holds for methods of which nothing is set.
	 * @return the setting; {@code null} if there is none
	 */
	@Nullable Setting<T> ofReference() {
		T set = this.referenceSetting.apply(this.reference);
		if (set != null) {
			return new Setting<>(set, this.names.ofReference());
		}
		if (this.annotation != null) {
			return new Setting<>(this.annotation, this.names.ofAnnotation());
		}
		return (this.standard != null) ? new Setting<>(this.standard, this.names.ofDefaults()) : null;
	}

	private @Nullable Setting<T> of(String name) {
		Method settings = this.reference.methods().get(name);
		T set = (settings != null) ? this.methodSetting.apply(settings) : null;
		return (set != null) ? new Setting<>(set, this.names.ofMethod(name)) : null;
	}

}
