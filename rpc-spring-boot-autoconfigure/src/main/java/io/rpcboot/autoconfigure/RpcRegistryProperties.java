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

import java.io.File;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.convert.DurationUnit;

/**
 * Properties of the registry.
 */
@ConfigurationProperties("rpc.registry")
public class RpcRegistryProperties {

	/**
	 * Kind of registry.
	 */
	private Type type = Type.ETCD;

	/**
	 * Namespace of registrations; applications see those of their own only.
	 */
	private String namespace = "default";

	/**
	 * The registry in etcd.
	 */
	private final Etcd etcd = new Etcd();

	/**
	 * The registry for one machine.
	 */
	private final Local local = new Local();

	/**
	 * The last good instances, on disk.
	 */
	private final Snapshot snapshot = new Snapshot();

	/**
	 * What this instance tells of itself.
	 */
	private final Instance instance = new Instance();

	public Type getType() {
		return this.type;
	}

	public void setType(Type type) {
		this.type = type;
	}

	public String getNamespace() {
		return this.namespace;
	}

	public void setNamespace(String namespace) {
		this.namespace = namespace;
	}

	public Etcd getEtcd() {
		return this.etcd;
	}

	public Local getLocal() {
		return this.local;
	}

	public Snapshot getSnapshot() {
		return this.snapshot;
	}

	public Instance getInstance() {
		return this.instance;
	}

	/**
	 * The registry in etcd.
	 */
	public static final class Etcd {

		/**
		 * Members of the etcd cluster, each http://host:port, or each https://host:port.
		 */
		private List<String> endpoints = List.of("http://127.0.0.1:2379");

		/**
		 * User of etcd; no authentication when not set.
		 */
		private @Nullable String username;

		/**
		 * Password of the user; none when not set.
		 */
		private @Nullable String password;

		/**
		 * Whether the start fails if etcd answers that it does not know the user with
		 * this password.
		 */
		private boolean checkUser = true;

		/**
		 * TLS to etcd.
		 */
		private final Ssl ssl = new Ssl();

		/**
		 * How long a registration outlives a process that died; whole seconds, at least
		 * 2.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration leaseTtl = Duration.ofSeconds(15);

		/**
		 * Deadline of each request to etcd.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration requestTimeout = Duration.ofSeconds(2);

		/**
		 * Applications that others registered in a layout of their own, by the name that
		 * references use; a name with dots stands in brackets.
		 */
		private Map<String, Application> applications = new LinkedHashMap<>();

		public List<String> getEndpoints() {
			return this.endpoints;
		}

		public void setEndpoints(List<String> endpoints) {
			this.endpoints = endpoints;
		}

		public @Nullable String getUsername() {
			return this.username;
		}

		public void setUsername(@Nullable String username) {
			this.username = username;
		}

		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

		public boolean isCheckUser() {
			return this.checkUser;
		}

		public void setCheckUser(boolean checkUser) {
			this.checkUser = checkUser;
		}

		public Ssl getSsl() {
			return this.ssl;
		}

		public Duration getLeaseTtl() {
			return this.leaseTtl;
		}

		public void setLeaseTtl(Duration leaseTtl) {
			this.leaseTtl = leaseTtl;
		}

		public Duration getRequestTimeout() {
			return this.requestTimeout;
		}

		public void setRequestTimeout(Duration requestTimeout) {
			this.requestTimeout = requestTimeout;
		}

		public Map<String, Application> getApplications() {
			return this.applications;
		}

		public void setApplications(Map<String, Application> applications) {
			this.applications = applications;
		}

	}

	/**
	 * Where in etcd an application is looked for.
	 */
	public static final class Application {

		/**
		 * Layout of its records: etcd-naming, go-zero, kratos, or the name of an
		 * InstanceCodec bean.
		 */
		private String layout = "etcd-naming";

		/**
		 * Key under which its instances stand; that of the layout when not set.
		 */
		private @Nullable String key;

		public String getLayout() {
			return this.layout;
		}

		public void setLayout(String layout) {
			this.layout = layout;
		}

		public @Nullable String getKey() {
			return this.key;
		}

		public void setKey(@Nullable String key) {
			this.key = key;
		}

	}

	/**
	 * TLS to etcd.
	 */
	public static final class Ssl {

		/**
		 * Name of the SSL bundle for https endpoints; what the JVM trusts when not set.
		 */
		private @Nullable String bundle;

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

	}

	/**
	 * The registry for one machine.
	 */
	public static final class Local {

		/**
		 * Directory of the registrations; a private one of the user under the temporary
		 * directory when not set.
		 */
		private @Nullable File directory;

		public @Nullable File getDirectory() {
			return this.directory;
		}

		public void setDirectory(@Nullable File directory) {
			this.directory = directory;
		}

	}

	/**
	 * The last good instances, on disk.
	 */
	public static final class Snapshot {

		/**
		 * Whether the last good instances of each application are kept in files, for a
		 * start while etcd is down.
		 */
		private boolean enabled = true;

		/**
		 * Directory of the files; rpcboot-snapshots-USER under java.io.tmpdir when not
		 * set. Must belong to the user of the process, and nobody else may write to it.
		 */
		private @Nullable File directory;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public @Nullable File getDirectory() {
			return this.directory;
		}

		public void setDirectory(@Nullable File directory) {
			this.directory = directory;
		}

	}

	/**
	 * What this instance tells of itself.
	 */
	public static final class Instance {

		/**
		 * Weight announced to consumers, at least 1: the share of the traffic relative to
		 * the others'.
		 */
		private int weight = 100;

		/**
		 * Zone in which this instance runs; none when not set.
		 */
		private @Nullable String zone;

		/**
		 * Version of the application; none when not set.
		 */
		private @Nullable String version;

		/**
		 * Labels for routing.
		 */
		private Map<String, String> tags = new LinkedHashMap<>();

		/**
		 * Anything else that consumers or people may want to know.
		 */
		private Map<String, String> metadata = new LinkedHashMap<>();

		public int getWeight() {
			return this.weight;
		}

		public void setWeight(int weight) {
			this.weight = weight;
		}

		public @Nullable String getZone() {
			return this.zone;
		}

		public void setZone(@Nullable String zone) {
			this.zone = zone;
		}

		public @Nullable String getVersion() {
			return this.version;
		}

		public void setVersion(@Nullable String version) {
			this.version = version;
		}

		public Map<String, String> getTags() {
			return this.tags;
		}

		public void setTags(Map<String, String> tags) {
			this.tags = tags;
		}

		public Map<String, String> getMetadata() {
			return this.metadata;
		}

		public void setMetadata(Map<String, String> metadata) {
			this.metadata = metadata;
		}

	}

	/**
	 * Kinds of registry.
	 */
	public enum Type {

		/**
		 * In etcd.
		 */
		ETCD,

		/**
		 * Among the processes of one machine, without a server.
		 */
		LOCAL,

		/**
		 * None: nothing is registered, and references need static addresses.
		 */
		NONE

	}

}
