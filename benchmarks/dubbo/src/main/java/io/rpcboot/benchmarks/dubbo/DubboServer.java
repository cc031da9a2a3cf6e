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

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import io.rpcboot.benchmarks.driver.Handler;
import io.rpcboot.benchmarks.driver.ServerLoop;
import io.rpcboot.benchmarks.v1.Bench;
import org.apache.dubbo.config.ApplicationConfig;
import org.apache.dubbo.config.ProtocolConfig;
import org.apache.dubbo.config.RegistryConfig;
import org.apache.dubbo.config.ServiceConfig;
import org.apache.dubbo.config.bootstrap.DubboBootstrap;

/**
 * Serves by Dubbo's defaults, without a registry.
 */
public final class DubboServer {

	private DubboServer() {
	}

	/**
	 * Starts the server.
	 * @param args not used
	 * @throws IOException if there is no port to listen on
	 */
	public static void main(String[] args) throws IOException {
		Handler handler = new Handler();
		ProtocolConfig protocol = new ProtocolConfig("tri", freePort());
		protocol.setHost("127.0.0.1");
		ServiceConfig<Bench> service = new ServiceConfig<>();
		service.setInterface(Bench.class);
		service.setRef(new DubboBenchService(handler));
		DubboBootstrap.getInstance()
			.application(application("bench-server"))
			.registry(new RegistryConfig(RegistryConfig.NO_AVAILABLE))
			.protocol(protocol)
			.service(service)
			.start();
		ServerLoop.run(protocol.getPort(), handler);
	}

	static ApplicationConfig application(String name) {
		ApplicationConfig application = new ApplicationConfig(name);
		application.setQosEnable(false); // It has a port of its own.
		return application;
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
