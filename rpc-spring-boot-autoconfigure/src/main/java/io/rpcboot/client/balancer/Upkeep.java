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

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.grpc.LoadBalancer.Helper;
import io.grpc.SynchronizationContext.ScheduledHandle;
import io.rpcboot.client.balancer.outlier.OutlierDetector;
import io.rpcboot.client.balancer.policy.SlowStart;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;

/**
 * What changes who is picked without news of the registry or a connection: ejection by
 * outcome, and the growing share of a new instance. Has no timer while there are no
 * calls: sweeps begin with the first outcome and end when there is nothing left to judge.
 * Runs in gRPC's synchronization context, but for {@link #onOutcome()}.
 */
final class Upkeep {

	private static final long WEIGH_AGAIN_SECONDS = 1;

	private final Helper helper;

	private final Runnable onChange;

	private @Nullable BalancerContext context;

	private @Nullable OutlierDetector outliers;

	private @Nullable ScheduledHandle sweep;

	/**
	 * Whether a sweep is due. Written before the counts are read, as the counts are
	 * before this is read: an outcome that a sweep has missed begins another one.
	 */
	private volatile boolean sweeping;

	private @Nullable ScheduledHandle weigh;

	private boolean stopped;

	/**
	 * Creates the upkeep of a channel.
	 * @param helper gRPC's
	 * @param onChange runs when other instances may be picked now
	 */
	Upkeep(Helper helper, Runnable onChange) {
		this.helper = helper;
		this.onChange = onChange;
	}

	void start(BalancerContext shared) {
		this.context = shared;
		this.outliers = shared.newOutlierDetector();
	}

	void stop() {
		this.stopped = true;
		if (this.sweep != null) {
			this.sweep.cancel();
		}
		if (this.weigh != null) {
			this.weigh.cancel();
		}
	}

	@Nullable OutlierDetector outliers() {
		return this.outliers;
	}

	void retain(Collection<ServiceInstance> instances) {
		if (this.outliers != null) {
			this.outliers.retain(instances.stream().map(ServiceInstance::id).toList());
			sweepUnlessAtRest();
		}
	}

	/**
	 * Notes that the outcome of a call has been counted. Called on any thread; takes no
	 * lock, and does something for the first outcome after a rest only.
	 */
	void onOutcome() {
		if (!this.sweeping) {
			this.helper.getSynchronizationContext().execute(this::scheduleSweep);
		}
	}

	InstanceConnection connection(ServiceInstance instance, Runnable onReply, int connections) {
		return new InstanceConnection(instance, context().statistics().acquire(instance.id()),
				(this.outliers != null) ? this.outliers.outcomes(instance.id()) : null,
				this.helper.getSynchronizationContext(), onReply, this::onOutcome, this::look,
				context().picks(instance.application()), context().hints().of(this.helper), connections);
	}

	void release(InstanceConnection connection) {
		context().statistics().release(connection.instance().id());
	}

	/**
	 * Gives each instance the share that is due. While most are new there is nobody to
	 * take the load off them, and each has its whole share.
	 * @param usable who is picked
	 * @return whether a share has changed
	 */
	boolean weigh(List<InstanceConnection> usable) {
		SlowStart slowStart = context().slowStart();
		if (slowStart == null) {
			return weigh(usable, null, 0);
		}
		long now = context().now();
		int fresh = 0;
		for (InstanceConnection connection : usable) {
			fresh += slowStart.isNew(connection.statistics().readySinceNanos(), now) ? 1 : 0;
		}
		if (fresh > 0) {
			scheduleWeighing();
		}
		return weigh(usable, slowStart.applies(fresh, usable.size()) ? slowStart : null, now);
	}

	private static boolean weigh(List<InstanceConnection> usable, @Nullable SlowStart slowStart, long now) {
		boolean changed = false;
		for (InstanceConnection connection : usable) {
			double factor = (slowStart != null) ? slowStart.factor(connection.statistics().readySinceNanos(), now) : 1;
			double weight = connection.instance().weight() * factor;
			if (weight != connection.weight()) {
				connection.weight(weight);
				changed = true;
			}
		}
		return changed;
	}

	private void look() {
		if (this.outliers != null && this.outliers.look()) {
			this.onChange.run();
		}
	}

	private void sweepUnlessAtRest() {
		if (this.outliers != null && !this.outliers.isAtRest()) {
			scheduleSweep();
		}
	}

	private void scheduleSweep() {
		OutlierDetector detector = this.outliers;
		if (detector != null && !this.stopped && !this.sweeping) {
			this.sweeping = true;
			this.sweep = schedule(() -> {
				boolean changed = detector.sweep();
				this.sweeping = false;
				sweepUnlessAtRest();
				if (changed) {
					this.onChange.run();
				}
			}, context().sweepIntervalNanos());
		}
	}

	private void scheduleWeighing() {
		if (!this.stopped && (this.weigh == null || !this.weigh.isPending())) {
			this.weigh = schedule(this.onChange, TimeUnit.SECONDS.toNanos(WEIGH_AGAIN_SECONDS));
		}
	}

	private ScheduledHandle schedule(Runnable task, long delayNanos) {
		return this.helper.getSynchronizationContext()
			.schedule(task, delayNanos, TimeUnit.NANOSECONDS, this.helper.getScheduledExecutorService());
	}

	private BalancerContext context() {
		return Objects.requireNonNull(this.context, "not started");
	}

}
