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

package io.rpcboot.testing.etcd;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.maintenance.StatusResponse;

/**
 * Three real etcd members that vote, each a child process on loopback ports and a data
 * directory of its own. A member is named by its number, from 0. Not for use by several
 * threads at once.
 */
public final class EtcdCluster implements AutoCloseable {

	/** How many members there are. */
	public static final int SIZE = 3;

	private static final int PORT_ATTEMPTS = 5;

	private static final int LIMIT_SECONDS = 5;

	private final EtcdDirectory directory = new EtcdDirectory();

	private final List<EtcdMember> members = new ArrayList<>();

	private List<EtcdPorts> ports = List.of();

	EtcdCluster(Path binary) {
		for (int i = 0; i < SIZE; i++) {
			this.members.add(this.directory.member(binary, "member-" + i));
		}
	}

	/**
	 * Starts all members for the first time and returns when each is healthy.
	 */
	void startAll() {
		for (int attempt = 1; !startOn(freePorts()); attempt++) {
			boolean again = attempt < PORT_ATTEMPTS && this.members.stream().anyMatch(EtcdMember::portWasTaken);
			List<String> logs = this.members.stream().map(EtcdMember::logTail).toList();
			this.members.forEach(EtcdMember::kill);
			this.members.forEach(EtcdMember::wipe);
			if (!again) {
				throw new IllegalStateException(
						"etcd: cluster not healthy (expected: within 20 s)\n" + String.join("\n\n", logs));
			}
		}
	}

	/**
	 * Ends a member without a warning (SIGKILL) and returns when it is gone. Does nothing
	 * when it does not run.
	 * @param member its number
	 */
	public void kill(int member) {
		this.members.get(member).kill();
	}

	/**
	 * Starts a stopped member on its old ports and data, and returns when it is healthy,
	 * for which a majority must run.
	 * @param member its number
	 * @throws IllegalStateException if it runs already, or is not healthy within 20 s
	 */
	public void start(int member) {
		launch(member);
		awaitHealthy(member);
	}

	/**
	 * Freezes a member (SIGSTOP): its connections stay open and nothing answers.
	 * @param member its number
	 */
	public void pause(int member) {
		this.members.get(member).pause();
	}

	/**
	 * Lets a paused member go on (SIGCONT), and does not wait for it.
	 * @param member its number
	 */
	public void resume(int member) {
		this.members.get(member).resume();
	}

	/**
	 * Starts what is stopped, lets go on what is paused, and returns when all members are
	 * healthy.
	 */
	public void heal() {
		for (int i = 0; i < SIZE; i++) {
			if (this.members.get(i).isRunning()) {
				resume(i);
			}
			else {
				launch(i);
			}
		}
		for (int i = 0; i < SIZE; i++) {
			awaitHealthy(i);
		}
	}

	/**
	 * Asks the members, all of which must answer, who leads.
	 * @return the leader's number
	 */
	public int leader() {
		for (int i = 0; i < SIZE; i++) {
			StatusResponse status = status(i);
			if (status.getLeader() == status.getHeader().getMemberId()) {
				return i;
			}
		}
		throw new IllegalStateException("etcd: no leader (expected: one of " + endpoints() + ")");
	}

	/**
	 * Returns where clients find a member.
	 * @param member its number
	 * @return a URL such as {@code http://127.0.0.1:23790}
	 */
	public String endpoint(int member) {
		return this.ports.get(member).clientUrl();
	}

	/**
	 * Returns where clients find the members.
	 * @return a URL for each, by number
	 */
	public List<String> endpoints() {
		return this.ports.stream().map(EtcdPorts::clientUrl).toList();
	}

	/**
	 * Ends the processes and removes their directories.
	 */
	@Override
	public void close() {
		this.directory.close();
	}

	private boolean startOn(List<EtcdPorts> candidates) {
		this.ports = candidates;
		for (int i = 0; i < SIZE; i++) {
			launch(i);
		}
		return this.members.stream().allMatch(EtcdMember::awaitHealthy);
	}

	private void launch(int member) {
		this.members.get(member).launch(this.ports.get(member), cluster(), EtcdOptions.DEFAULT);
	}

	private String cluster() {
		List<String> peers = new ArrayList<>();
		for (int i = 0; i < SIZE; i++) {
			peers.add(this.members.get(i).peer(this.ports.get(i)));
		}
		return String.join(",", peers);
	}

	private void awaitHealthy(int member) {
		if (!this.members.get(member).awaitHealthy()) {
			throw new IllegalStateException("etcd: member " + member + " not healthy (expected: within 20 s)\n"
					+ this.members.get(member).logTail());
		}
	}

	/** A client of its own: one for all would choose the member to ask by itself. */
	private StatusResponse status(int member) {
		String endpoint = endpoint(member);
		try (Client client = Client.builder().endpoints(endpoint).build()) {
			return client.getMaintenanceClient()
				.statusMember(endpoint)
				.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
				.join();
		}
	}

	private static List<EtcdPorts> freePorts() {
		List<EtcdPorts> found = List.of(EtcdPorts.free(), EtcdPorts.free(), EtcdPorts.free());
		long distinct = found.stream()
			.flatMapToInt((ports) -> IntStream.of(ports.client(), ports.peer()))
			.distinct()
			.count();
		return (distinct == 2 * SIZE) ? found : freePorts();
	}

}
