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

import io.grpc.netty.shaded.io.netty.util.ResourceLeakDetector;
import io.grpc.netty.shaded.io.netty.util.ResourceLeakDetector.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Netty's search for leaked buffers and its events of buffers, which are settled once for
 * the whole process.
 */
class RpcNettyAutoConfigurationTests {

	private static final String FLIGHT_RECORDER = "io.grpc.netty.shaded.io.netty.jfr.enabled";

	private final Level before = ResourceLeakDetector.getLevel();

	private final String eventsBefore = System.getProperty(FLIGHT_RECORDER);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcNettyAutoConfiguration.class));

	@BeforeEach
	void asNettyHasIt() {
		ResourceLeakDetector.setLevel(Level.SIMPLE);
		System.clearProperty(FLIGHT_RECORDER);
	}

	@AfterEach
	void asItWas() {
		ResourceLeakDetector.setLevel(this.before);
		if (this.eventsBefore != null) {
			System.setProperty(FLIGHT_RECORDER, this.eventsBefore);
		}
		else {
			System.clearProperty(FLIGHT_RECORDER);
		}
	}

	@Test
	void looksForNoLeaksByDefault() {
		this.runner.run((context) -> assertThat(ResourceLeakDetector.getLevel()).isEqualTo(Level.DISABLED));
	}

	@Test
	void looksAsCloselyAsThePropertySays() {
		this.runner.withPropertyValues("rpc.netty.leak-detection=paranoid")
			.run((context) -> assertThat(ResourceLeakDetector.getLevel()).isEqualTo(Level.PARANOID));
	}

	@Test
	void leavesALevelThatASystemPropertyHasSet() {
		for (String name : new String[] { "leakDetection.level", "leakDetectionLevel" }) {
			this.runner.withSystemProperties("io.grpc.netty.shaded.io.netty." + name + "=simple")
				.run((context) -> assertThat(ResourceLeakDetector.getLevel()).isEqualTo(Level.SIMPLE));
		}
	}

	@Test
	void settlesItAlsoWhereBeansAreLazy() {
		this.runner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(ResourceLeakDetector.getLevel()).isEqualTo(Level.DISABLED));
	}

	@Test
	void settlesItBeforeAnyOtherBeanIsMade() {
		this.runner.withBean("first", String.class, () -> System.getProperty(FLIGHT_RECORDER, "unsettled"))
			.run((context) -> assertThat(context.getBean("first")).isEqualTo("false"));
	}

	@Test
	void makesNoEventsForTheFlightRecorderByDefault() {
		this.runner.run((context) -> assertThat(System.getProperty(FLIGHT_RECORDER)).isEqualTo("false"));
	}

	@Test
	void makesEventsWhenThePropertySaysSo() {
		this.runner.withPropertyValues("rpc.netty.flight-recorder=true")
			.run((context) -> assertThat(System.getProperty(FLIGHT_RECORDER)).isEqualTo("true"));
	}

	@Test
	void leavesEventsThatASystemPropertyHasSetUnlessThePropertySaysOtherwise() {
		System.setProperty(FLIGHT_RECORDER, "true");
		this.runner.run((context) -> assertThat(System.getProperty(FLIGHT_RECORDER)).isEqualTo("true"));
		this.runner.withPropertyValues("rpc.netty.flight-recorder=false")
			.run((context) -> assertThat(System.getProperty(FLIGHT_RECORDER)).isEqualTo("false"));
	}

	@Test
	void whenThePropertyIsUnknownThenTheStartFails() {
		this.runner.withPropertyValues("rpc.netty.leak-detection=a-bit")
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(IllegalArgumentException.class)
				.rootCause()
				.hasMessageContaining("a-bit"));
	}

	@Test
	void whenShadedNettyIsAbsentThenThereIsNothingToSettle() {
		this.runner.withClassLoader(new FilteredClassLoader(ResourceLeakDetector.class))
			.run((context) -> assertThat(context).doesNotHaveBean(RpcNettyProperties.class));
	}

}
