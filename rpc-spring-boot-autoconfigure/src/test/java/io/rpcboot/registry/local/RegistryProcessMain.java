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

package io.rpcboot.registry.local;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceInstance;

/**
 * What a {@link RegistryProcess} runs: it prints each set that it is told, and ends with
 * its input.
 */
public final class RegistryProcessMain {

	static final String PREFIX = "told: ";

	private RegistryProcessMain() {
	}

	/**
	 * Registers and watches until the input ends.
	 * @param args directory, namespace, id and port
	 * @throws IOException if the input cannot be read
	 */
	public static void main(String[] args) throws IOException {
		PrintStream output = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
		try (LocalRegistry registry = new LocalRegistry(Path.of(args[0]), args[1])) {
			registry.watch("demo", new InstanceListener() {

				@Override
				public void onInstances(List<ServiceInstance> instances) {
					output
						.println(PREFIX + instances.stream().map(ServiceInstance::id).collect(Collectors.joining(",")));
				}

				@Override
				public void onUnavailable(RegistryException reason) {
					output.println(PREFIX + reason);
				}

			});
			registry.register(ServiceInstance.of(args[2], "demo", "127.0.0.1", Integer.parseInt(args[3])));
			System.in.read();
		}
	}

}
