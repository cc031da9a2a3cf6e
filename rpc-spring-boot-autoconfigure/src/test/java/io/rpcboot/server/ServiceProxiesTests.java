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

import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.rpcboot.testing.EchoClient;
import io.rpcboot.testing.EchoService;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Services that are proxies with advice.
 */
class ServiceProxiesTests {

	private final AtomicInteger advised = new AtomicInteger();

	private final MethodInterceptor advice = (invocation) -> {
		if (invocation.getMethod().getName().equals("unary")) {
			this.advised.incrementAndGet();
		}
		return invocation.proceed();
	};

	@Test
	void whenAServiceIsAProxyOfItsClassThenItsAdviceRunsAroundItsMethods() {
		try (TestServer server = TestServer.with(proxy(new EchoService("one"), true)).start();
				EchoClient client = server.client()) {
			assertThat(client.unary("x").code()).isEqualTo(Status.Code.OK);
			assertThat(this.advised).hasValue(1);
		}
	}

	@Test
	void whenItIsAProxyOfInterfacesThenTheServerDoesNotStart() {
		BindableService service = proxy(new EchoService("one"), false);
		assertThatExceptionOfType(RpcServerException.class).isThrownBy(() -> TestServer.with(service).start())
			.withMessageStartingWith("The bean 'bean0' is a proxy of interfaces, so its advice [")
			.withMessageEndingWith(
					"] would not run around the methods of the service (expected: a proxy of its class)");
	}

	@Test
	void whenThereIsNoAdviceThenAProxyOfInterfacesIsServed() {
		ProxyFactory factory = new ProxyFactory(new EchoService("one"));
		BindableService service = (BindableService) factory.getProxy();
		assertThatNoException().isThrownBy(() -> ServiceProxies.check("echo", service));
	}

	@Test
	void whenTheBindingIsNotFinalThenItIsSaidThatAdviceMayNotRun() {
		BindableService service = proxy(new HandMade(), true);
		try (CapturedLog log = new CapturedLog(ServiceProxies.class)) {
			ServiceProxies.check("hand-made", service);
			assertThat(log.events()).extracting(ILoggingEvent::getFormattedMessage)
				.singleElement()
				.asString()
				.contains("of the bean 'hand-made' may not run: bindService() of " + HandMade.class.getName());
		}
	}

	private BindableService proxy(BindableService target, boolean ofClass) {
		ProxyFactory factory = new ProxyFactory(target);
		factory.setProxyTargetClass(ofClass);
		factory.addAdvice(this.advice);
		return (BindableService) factory.getProxy();
	}

	/**
	 * Binds its methods by itself.
	 */
	static class HandMade implements BindableService {

		@Override
		public ServerServiceDefinition bindService() {
			return ServerServiceDefinition.builder("hand.Made").build();
		}

	}

}
