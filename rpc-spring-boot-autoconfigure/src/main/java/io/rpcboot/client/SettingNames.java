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

/**
 * What one setting is called at each of the places where it can be set.
 *
 * @param application the application that is called
 * @param property the last part of the property
 * @param attribute the attribute of {@link RpcReference}
 */
record SettingNames(String application, String property, String attribute) {

	String ofDefaults() {
		return "rpc.client.defaults." + this.property;
	}

	String ofAnnotation() {
		return "@RpcReference(" + this.attribute + ")";
	}

	String ofReference() {
		return "rpc.client.references[" + this.application + "]." + this.property;
	}

	String ofMethod(String name) {
		return "rpc.client.references[" + this.application + "].methods[" + name + "]." + this.property;
	}

}
