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

package io.rpcboot.client;

import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import io.rpcboot.registry.InstanceListener;
import io.rpcboot.registry.InstanceWatch;
import io.rpcboot.registry.RegistryException;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceInstance;

/**
 * The watches of one application in several namespaces, as one. The first set is told
 * when each namespace has told one or why it cannot: one that cannot be read holds back
 * no other, and its instances are told when they come.
 */
final class MergedWatch implements InstanceWatch {

	private final List<MergedPart> parts;

	private final InstanceListener listener;

	private final List<InstanceWatch> watches = new CopyOnWriteArrayList<>();

	private boolean told;

	private volatile boolean closed;

	MergedWatch(List<MergedPart> parts, InstanceListener listener) {
		this.parts = parts;
		this.listener = listener;
	}

	/**
	 * Begins to watch a namespace.
	 */
	void add(MergedPart part, ServiceDiscovery discovery, String application) {
		this.watches.add(discovery.watch(application, new PartListener(part)));
	}

	@Override
	public void refresh() {
		this.watches.forEach(InstanceWatch::refresh);
	}

	@Override
	public void close() {
		this.closed = true;
		this.watches.forEach(InstanceWatch::close);
	}

	/**
	 * Tells what is known. Nothing found is told only when every namespace was read: an
	 * empty set says that nobody is registered, which is not known while one is silent.
	 */
	private void tell() {
		if (this.closed || (!this.told && this.parts.stream().anyMatch(MergedPart::isPending))) {
			return;
		}
		TreeMap<String, ServiceInstance> all = new TreeMap<>();
		this.parts.forEach((part) -> part.addTo(all));
		if (!this.told && all.isEmpty() && this.parts.stream().anyMatch((part) -> part.failure() != null)) {
			this.listener.onUnavailable(failure());
			return;
		}
		this.told = true;
		this.listener.onInstances(List.copyOf(all.values()));
	}

	private RegistryException failure() {
		List<RegistryException> failures = this.parts.stream()
			.map(MergedPart::failure)
			.filter(Objects::nonNull)
			.toList();
		List<String> texts = failures.stream().map(Throwable::getMessage).distinct().toList();
		return (texts.size() == 1) ? failures.get(0)
				: new RegistryException(texts.stream().collect(Collectors.joining("; ")), failures.get(0));
	}

	/**
	 * What one namespace tells. Each may do so on a thread of its own: the lock makes it
	 * one at a time for the listener, which does not block.
	 */
	private final class PartListener implements InstanceListener {

		private final MergedPart part;

		PartListener(MergedPart part) {
			this.part = part;
		}

		@Override
		public void onInstances(List<ServiceInstance> instances) {
			synchronized (MergedWatch.this) {
				this.part.set(instances);
				tell();
			}
		}

		@Override
		public void onUnavailable(RegistryException reason) {
			synchronized (MergedWatch.this) {
				this.part.fail(reason);
				if (!MergedWatch.this.told) {
					tell();
				}
			}
		}

		@Override
		public void onAnnouncedAgain(String id) {
			synchronized (MergedWatch.this) {
				if (!MergedWatch.this.closed) {
					MergedWatch.this.listener.onAnnouncedAgain(id);
				}
			}
		}

	}

}
