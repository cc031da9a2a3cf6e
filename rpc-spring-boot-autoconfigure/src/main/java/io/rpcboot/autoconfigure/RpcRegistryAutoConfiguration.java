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
import java.nio.file.Path;

import io.rpcboot.autoconfigure.RpcRegistryProperties.Etcd;
import io.rpcboot.registry.InstanceCodec;
import io.rpcboot.registry.ServiceDiscovery;
import io.rpcboot.registry.ServiceRegistry;
import io.rpcboot.registry.etcd.EtcdLayouts;
import io.rpcboot.registry.etcd.EtcdRegistry;
import io.rpcboot.registry.etcd.EtcdSettings;
import io.rpcboot.registry.local.LocalRegistry;
import io.rpcboot.registry.snapshot.SnapshotFiles;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Configures the registry: etcd, the one for a single machine, or none. Backs off before
 * a {@link ServiceRegistry} or {@link ServiceDiscovery} of the user's.
 */
@AutoConfiguration
@EnableConfigurationProperties(RpcRegistryProperties.class)
public final class RpcRegistryAutoConfiguration {

	/**
	 * For the type none, and beside a registry of the user's that discovers nothing.
	 * Stands here because Spring reads the nested classes first.
	 */
	@Bean
	@ConditionalOnMissingBean(ServiceDiscovery.class)
	NoDiscovery rpcNoDiscovery(RpcRegistryProperties properties, ListableBeanFactory beans, Environment environment) {
		if (BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, ServiceRegistry.class, true,
				false).length == 0) {
			UnknownRegistryException.check(environment);
			BuiltForRegistryException.check(properties.getType(), RpcRegistryProperties.Type.NONE);
		}
		return new NoDiscovery((properties.getType() == RpcRegistryProperties.Type.NONE) ? "rpc.registry.type is none"
				: "there is no bean of type ServiceDiscovery beside the ServiceRegistry");
	}

	private static Path privateDirectory(@Nullable File directory, String prefix) {
		return (directory != null) ? directory.toPath()
				: Path.of(System.getProperty("java.io.tmpdir"), prefix + System.getProperty("user.name"));
	}

	@Bean
	@ConditionalOnMissingBean(EtcdConnectionDetails.class)
	@ConditionalOnProperty(name = "rpc.registry.type", havingValue = "etcd", matchIfMissing = true)
	PropertiesEtcdConnectionDetails rpcEtcdConnectionDetails(RpcRegistryProperties properties,
			ObjectProvider<SslBundles> bundles) {
		return new PropertiesEtcdConnectionDetails(properties.getEtcd(), bundles);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean({ ServiceRegistry.class, ServiceDiscovery.class })
	@ConditionalOnProperty(name = "rpc.registry.type", havingValue = "etcd", matchIfMissing = true)
	static class EtcdConfiguration {

		@Bean
		EtcdRegistry rpcEtcdRegistry(RpcRegistryProperties properties, EtcdConnectionDetails details,
				ObjectProvider<InstanceCodec> codecs, ObjectProvider<SnapshotFiles> snapshots,
				Environment environment) {
			BuiltForRegistryException.check(properties.getType(), RpcRegistryProperties.Type.ETCD);
			Etcd etcd = properties.getEtcd();
			EtcdLayouts layouts = EtcdApplications.layouts(etcd, codecs.orderedStream().toList(), environment);
			EtcdRegistry registry = Checked.property("rpc.registry.namespace", properties.getNamespace(),
					() -> new EtcdRegistry(settings(properties, etcd, details), layouts, snapshots.getIfAvailable()));
			if (details instanceof PropertiesEtcdConnectionDetails own) {
				own.onBundleUpdate(registry::reconnect);
			}
			return registry;
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBooleanProperty(name = "rpc.registry.snapshot.enabled", matchIfMissing = true)
		SnapshotFiles rpcSnapshotFiles(RpcRegistryProperties properties) {
			Path path = privateDirectory(properties.getSnapshot().getDirectory(), "rpcboot-snapshots-");
			return Checked.property("rpc.registry.namespace", properties.getNamespace(),
					() -> new SnapshotFiles(path, properties.getNamespace()));
		}

		@Bean
		RpcRegistryLifecycle rpcRegistryLifecycle(EtcdRegistry registry, RpcRegistryProperties properties,
				EtcdConnectionDetails details) {
			return new RpcRegistryLifecycle(registry, () -> {
				if (properties.getEtcd().isCheckUser()) {
					EtcdUserException.check(registry, details);
				}
			});
		}

		private static EtcdSettings settings(RpcRegistryProperties properties, Etcd etcd,
				EtcdConnectionDetails details) {
			EtcdDetailsCheck.check(details);
			Checked.that(etcd.getLeaseTtl().toSeconds() >= 2 && etcd.getLeaseTtl().toMillisPart() == 0,
					"rpc.registry.etcd.lease-ttl", etcd.getLeaseTtl(), "whole seconds, at least 2s");
			Checked.positive("rpc.registry.etcd.request-timeout", etcd.getRequestTimeout());
			return new EtcdSettings(details.getEndpoints(), details.getUsername(), details.getPassword(),
					properties.getNamespace(), etcd.getLeaseTtl(), etcd.getRequestTimeout(),
					EtcdTlsMaterial.of(details));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean({ ServiceRegistry.class, ServiceDiscovery.class })
	@ConditionalOnProperty(name = "rpc.registry.type", havingValue = "local")
	static class LocalConfiguration {

		@Bean
		LocalRegistry rpcLocalRegistry(RpcRegistryProperties properties) {
			BuiltForRegistryException.check(properties.getType(), RpcRegistryProperties.Type.LOCAL);
			Path path = privateDirectory(properties.getLocal().getDirectory(), "rpcboot-");
			return Checked.property("rpc.registry.namespace", properties.getNamespace(),
					() -> new LocalRegistry(path, properties.getNamespace()));
		}

		@Bean
		RpcRegistryLifecycle rpcRegistryLifecycle(LocalRegistry registry) {
			return new RpcRegistryLifecycle(registry, () -> {
			});
		}

	}

}
