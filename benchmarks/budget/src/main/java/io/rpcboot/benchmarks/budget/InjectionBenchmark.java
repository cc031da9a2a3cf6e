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

package io.rpcboot.benchmarks.budget;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import io.rpcboot.benchmarks.v1.BenchGrpc.BenchBlockingStub;
import io.rpcboot.client.RpcReference;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.beans.factory.config.AutowireCapableBeanFactory;

/**
 * Injects into an object, as the bean factory of an application that is up does it for
 * each bean of a prototype. The channel is there already.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class InjectionBenchmark {

	@SuppressWarnings("NullAway.Init")
	private ClientApplication application;

	@SuppressWarnings("NullAway.Init")
	private AutowireCapableBeanFactory beans;

	/**
	 * Starts the application.
	 * @throws IOException if its server cannot be started
	 */
	@Setup(Level.Trial)
	public void open() throws IOException {
		this.application = new ClientApplication(Step.METRICS.clientProperties());
		this.beans = this.application.context().getAutowireCapableBeanFactory();
		BenchBlockingStub first = injected().stub;
		if (first == injected().stub) {
			throw new IllegalStateException("a stub is not made for each reference");
		}
	}

	/**
	 * Ends the application.
	 */
	@TearDown(Level.Trial)
	public void close() {
		this.application.close();
	}

	/**
	 * Injects nothing.
	 * @return the object
	 */
	@Benchmark
	public Object none() {
		WithoutReference bean = new WithoutReference();
		this.beans.autowireBean(bean);
		return bean;
	}

	/**
	 * Makes a stub, and injects it.
	 * @return the object that has it
	 */
	@Benchmark
	public Object reference() {
		return injected();
	}

	private WithReference injected() {
		WithReference bean = new WithReference();
		this.beans.autowireBean(bean);
		return bean;
	}

	static final class WithoutReference {

	}

	static final class WithReference {

		@RpcReference(AnsweredChannel.APPLICATION)
		@SuppressWarnings("NullAway.Init")
		BenchBlockingStub stub;

	}

}
