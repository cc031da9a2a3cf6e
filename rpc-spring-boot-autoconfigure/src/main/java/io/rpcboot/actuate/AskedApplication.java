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

package io.rpcboot.actuate;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.rpcboot.actuate.RpcDescriptor.Application;
import io.rpcboot.client.ReferenceDescription;
import io.rpcboot.client.RpcReferences;
import io.rpcboot.client.balancer.BalancingExplanation;
import io.rpcboot.client.routing.CallRoute;
import org.jspecify.annotations.Nullable;

/**
 * An application whose channels have been asked where calls go. Several can be asked
 * before any answer is waited for.
 *
 * @param application its name
 * @param injected the references to it
 * @param references know the channels
 * @param explanations the answers, which are there or have failed after some seconds
 */
record AskedApplication(String application, List<ReferenceDescription> injected, RpcReferences references,
		CompletableFuture<List<BalancingExplanation>> explanations) {

	static AskedApplication ask(String application, List<ReferenceDescription> injected, RpcReferences references,
			CallRoute route, @Nullable String hashKey) {
		return new AskedApplication(application, injected, references,
				references.explainAsync(application, route, hashKey));
	}

	/**
	 * Waits for the answers.
	 * @param reports tells them
	 * @param show whether the caller may see values
	 */
	Application tell(Reports reports, boolean show) {
		try {
			List<BalancingExplanation> told = this.explanations.join();
			return reports.application(this.application, this.injected, told,
					told.isEmpty() ? "No instance has been known yet, or the policy is gRPC's own: the channel is "
							+ this.references.connection(this.application) : null,
					show);
		}
		catch (CompletionException ex) {
			return reports.application(this.application, this.injected, List.of(),
					Objects.requireNonNullElse(ex.getCause(), ex).getMessage(), show);
		}
	}

}
