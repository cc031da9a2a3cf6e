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

package io.rpcboot.benchmarks.overload;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.function.UnaryOperator;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.rpcboot.benchmarks.v1.Message;
import io.rpcboot.server.RpcService;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * An application with a slow service at a limit, and a fast one beside it.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class OverloadServer {

	@Bean
	@RpcService
	BindableService slow() {
		return service(Services.SLOW, (request) -> {
			sleep();
			return request;
		});
	}

	@Bean
	@RpcService
	BindableService pooled() {
		return service(Services.POOLED, (request) -> {
			sleep();
			return request;
		});
	}

	@Bean
	@RpcService
	BindableService fast() {
		return service(Services.FAST, (request) -> request);
	}

	@Bean
	@RpcService
	BindableService usage() {
		return service(Services.USAGE, (request) -> {
			System.gc();
			long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
			int threads = ManagementFactory.getThreadMXBean().getThreadCount();
			return Message.newBuilder().setPayload(ByteString.copyFromUtf8(threads + " " + heap)).build();
		});
	}

	private static BindableService service(MethodDescriptor<Message, Message> method, UnaryOperator<Message> handler) {
		return () -> ServerServiceDefinition.builder(String.valueOf(method.getServiceName()))
			.addMethod(method, ServerCalls.asyncUnaryCall((request, observer) -> {
				observer.onNext(handler.apply(request));
				observer.onCompleted();
			}))
			.build();
	}

	private static void sleep() {
		try {
			Thread.sleep(Services.HANDLER_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Serves until the process that has started this one is gone.
	 * @param args the port, and whether limits adapt
	 * @throws IOException does not happen
	 */
	public static void main(String[] args) throws IOException {
		String slow = "--rpc.server.admission.services.[bench.v1.Slow].";
		ConfigurableApplicationContext context = SpringApplication.run(OverloadServer.class,
				"--spring.application.name=overload", "--rpc.registry.type=none", "--rpc.server.address=127.0.0.1",
				"--rpc.server.port=" + args[0], slow + "max-concurrent=" + Services.MAX_CONCURRENT,
				slow + "queue-capacity=2", slow + "max-queue-time=20ms",
				"--rpc.server.executors.four.threads=" + Services.MAX_CONCURRENT,
				"--rpc.server.executors.four.queue-capacity=2000",
				"--rpc.server.services.[bench.v1.Pooled].executor=four",
				"--rpc.server.admission.adaptive.enabled=" + args[1], "--rpc.server.admission.adaptive.min-limit=4",
				"--rpc.server.shutdown.quiet-period=0s");
		System.in.transferTo(OutputStream.nullOutputStream());
		context.close();
	}

}
