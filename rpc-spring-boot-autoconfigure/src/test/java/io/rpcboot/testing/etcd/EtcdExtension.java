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

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The work behind {@link EtcdTest}. The server lives in the store of the outermost test
 * class, which closes it; nested classes share it. So does the cluster, if one is asked
 * for.
 */
final class EtcdExtension implements ExecutionCondition, BeforeAllCallback, ParameterResolver {

	private static final Namespace NAMESPACE = Namespace.create(EtcdExtension.class);

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		EtcdBinary binary = EtcdBinary.get();
		return (binary.path() != null) ? ConditionEvaluationResult.enabled("etcd is " + binary.path())
				: ConditionEvaluationResult.disabled("no etcd: " + binary.problem());
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		server(context);
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		Class<?> type = parameter.getParameter().getType();
		return type == EtcdServer.class || type == EtcdCluster.class;
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		return (parameter.getParameter().getType() == EtcdServer.class) ? server(context) : cluster(context);
	}

	private static EtcdServer server(ExtensionContext context) {
		return context.getStore(NAMESPACE)
			.computeIfAbsent(EtcdServer.class, (key) -> startedServer(), EtcdServer.class);
	}

	private static EtcdCluster cluster(ExtensionContext context) {
		return outermostClass(context).getStore(NAMESPACE)
			.computeIfAbsent(EtcdCluster.class, (key) -> startedCluster(), EtcdCluster.class);
	}

	/** Where it is found by all tests: what is asked for late may be asked for by one. */
	private static ExtensionContext outermostClass(ExtensionContext context) {
		ExtensionContext outermost = context;
		for (ExtensionContext parent = context.getParent().orElse(null); parent != null
				&& parent.getTestClass().isPresent(); parent = parent.getParent().orElse(null)) {
			outermost = parent;
		}
		return outermost;
	}

	private static EtcdServer startedServer() {
		EtcdServer server = new EtcdServer(binary());
		try {
			server.start();
			return server;
		}
		catch (RuntimeException ex) {
			server.close();
			throw ex;
		}
	}

	private static EtcdCluster startedCluster() {
		EtcdCluster cluster = new EtcdCluster(binary());
		try {
			cluster.startAll();
			return cluster;
		}
		catch (RuntimeException ex) {
			cluster.close();
			throw ex;
		}
	}

	private static Path binary() {
		Path binary = EtcdBinary.get().path();
		if (binary == null) {
			throw new IllegalStateException("no etcd: " + EtcdBinary.get().problem());
		}
		return binary;
	}

}
