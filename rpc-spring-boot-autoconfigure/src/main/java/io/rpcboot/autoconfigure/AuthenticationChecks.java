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

package io.rpcboot.autoconfigure;

import java.util.regex.Pattern;

import io.rpcboot.autoconfigure.RpcServerProperties.Authentication;
import io.rpcboot.server.authentication.AuthenticationSettings;

/**
 * Makes the settings of authentication of the properties, and checks them.
 */
final class AuthenticationChecks {

	private static final Pattern METHOD = Pattern.compile("[A-Za-z_][\\w.]*(/[A-Za-z_]\\w*)?");

	private AuthenticationChecks() {
	}

	static AuthenticationSettings settings(Authentication authentication) {
		authentication.getOpenMethods()
			.forEach((name) -> Checked.that(METHOD.matcher(name).matches(), "rpc.server.authentication.open-methods",
					name, "methods such as demo.Greeter/SayHello, or services such as demo.Greeter"));
		return new AuthenticationSettings(authentication.getRequired(), authentication.getOpenMethods(),
				authentication.isProtectReflection(), authentication.isProtectHealthDetail());
	}

}
