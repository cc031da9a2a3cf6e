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

package io.rpcboot.benchmarks.dubbo;

import io.rpcboot.benchmarks.driver.ClientLoop;
import io.rpcboot.benchmarks.v1.Bench;
import org.apache.dubbo.common.constants.CommonConstants;
import org.apache.dubbo.config.ReferenceConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/**
 * Calls by Dubbo's defaults, except that a call may take as long as the starter's by
 * default, 5 seconds.
 */
public final class DubboClient {

	private static final int TIMEOUT_MILLIS = 5000;

	private DubboClient() {
	}

	/**
	 * Starts the client.
	 * @param args the server's port; the others are not used
	 */
	public static void main(String[] args) {
		ReferenceConfig<Bench> reference = new ReferenceConfig<>();
		reference.setInterface(Bench.class);
		reference.setUrl("tri://127.0.0.1:" + args[0]);
		reference.setProxy(CommonConstants.NATIVE_STUB);
		reference.setTimeout(TIMEOUT_MILLIS);
		DubboBootstrap.getInstance()
			.application(DubboServer.application("bench-client"))
			.registry(new RegistryConfig(RegistryConfig.NO_AVAILABLE))
			.reference(reference)
			.start();
		ClientLoop.run(new DubboBenchClient(reference.get()));
	}

}
