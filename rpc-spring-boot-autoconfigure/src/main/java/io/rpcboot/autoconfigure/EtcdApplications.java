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

import java.util.List;
import java.util.Map;

import io.rpcboot.autoconfigure.RpcRegistryProperties.Application;
import io.rpcboot.autoconfigure.RpcRegistryProperties.Etcd;
import io.rpcboot.registry.InstanceCodec;
import io.rpcboot.registry.RegistryName;
import io.rpcboot.registry.etcd.EtcdLayouts;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/**
 * Makes of the properties where in etcd each application is looked for, and checks them.
 */
final class EtcdApplications {

	private static final String PREFIX = "rpc.registry.etcd.applications";

	private EtcdApplications() {
	}

	static EtcdLayouts layouts(Etcd etcd, List<InstanceCodec> codecs, Environment environment) {
		refuseUnknownKeys(environment);
		EtcdLayouts layouts = new EtcdLayouts(codecs);
		for (Map.Entry<String, Application> entry : etcd.getApplications().entrySet()) {
			layouts = with(layouts, entry.getKey(), entry.getValue());
		}
		return layouts;
	}

	private static EtcdLayouts with(EtcdLayouts layouts, String name, Application application) {
		String property = PREFIX + "[" + name + "]";
		Checked.that(RegistryName.isValid(name), property, name, RegistryName.PATTERN);
		Checked.that(layouts.names().contains(application.getLayout()), property + ".layout", application.getLayout(),
				"one of " + String.join(", ", layouts.names()));
		String key = application.getKey();
		return Checked.property(property + ".key", (key != null) ? key : "",
				() -> layouts.with(name, application.getLayout(), key));
	}

	/**
	 * A name with dots that does not stand in brackets would otherwise be read as another
	 * name, and the application looked for in the wrong place.
	 */
	private static void refuseUnknownKeys(Environment environment) {
		Binder.get(environment)
			.bind(PREFIX, Bindable.mapOf(String.class, Application.class),
					new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
	}

}
