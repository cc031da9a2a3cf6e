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

package io.rpcboot.client.balancer;

import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.grpc.LoadBalancer;
import io.grpc.SynchronizationContext;
import io.rpcboot.client.balancer.outlier.OutlierSettings;
import io.rpcboot.client.balancer.policy.Outcome;
import io.rpcboot.client.balancer.policy.Policies;
import io.rpcboot.registry.ServiceInstance;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;

/**
 * When a channel has a timer.
 */
class UpkeepTests {

	private final SynchronizationContext syncContext = new SynchronizationContext((thread, ex) -> {
		throw new AssertionError(ex);
	});

	private final LoadBalancer.Helper helper = mock();

	private final ScheduledExecutorService timer = mock();

	private final Upkeep upkeep = new Upkeep(this.helper, () -> {
	});

	private final ServiceInstance instance = ServiceInstance.of("a", "echo", "h", 1);

	@BeforeEach
	void start() {
		given(this.helper.getSynchronizationContext()).willReturn(this.syncContext);
		given(this.helper.getScheduledExecutorService()).willReturn(this.timer);
		willReturn(mock(ScheduledFuture.class)).given(this.timer).schedule(any(Runnable.class), anyLong(), any());
		this.upkeep
			.start(new BalancerContext(Policies.builtIn(), (application) -> List.of(), OutlierSettings.DEFAULTS, null));
	}

	@Test
	void whenThereAreNoCallsThenThereIsNoTimer() {
		connection();
		then(this.timer).shouldHaveNoInteractions();
	}

	@Test
	void whenCallsEndThenOneSweepIsDueAnIntervalLater() {
		InstanceConnection connection = connection();
		connection.onOutcome(Outcome.ANSWER);
		connection.onOutcome(Outcome.FAILURE);
		then(this.timer).should()
			.schedule(any(Runnable.class), eq(OutlierSettings.DEFAULTS.interval().toNanos()), eq(TimeUnit.NANOSECONDS));
	}

	@Test
	void whenASweepFindsNothingMoreThenTheNextOneBeginsWithTheNextCall() {
		InstanceConnection connection = connection();
		connection.onOutcome(Outcome.ANSWER);
		ArgumentCaptor<Runnable> sweep = ArgumentCaptor.captor();
		then(this.timer).should().schedule(sweep.capture(), anyLong(), any());
		this.syncContext.execute(sweep.getValue());
		then(this.timer).shouldHaveNoMoreInteractions();
		connection.onOutcome(Outcome.ANSWER);
		then(this.timer).should(times(2)).schedule(any(Runnable.class), anyLong(), any());
	}

	@Test
	void whenAnInstanceHasLeftThenASweepWillForgetIt() {
		connection();
		this.upkeep.retain(List.of());
		then(this.timer).should().schedule(any(Runnable.class), anyLong(), any());
	}

	private InstanceConnection connection() {
		InstanceConnection connection = this.upkeep.connection(this.instance, () -> {
		}, 1);
		this.upkeep.retain(List.of(this.instance));
		return connection;
	}

}
