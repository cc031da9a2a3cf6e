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

package io.rpcboot.system;

import java.util.concurrent.CompletableFuture;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What protects the processes of {@link OperatedPair} from each other and their users
 * from what fails, seen at work.
 */
final class OperatedProtection {

	private final OperatedProcess provider;

	private final OperatedProcess consumer;

	OperatedProtection(OperatedPair pair) {
		this.provider = pair.provider();
		this.consumer = pair.consumer();
	}

	void works() {
		certificatesIdentify();
		passwordsIdentifyAndRolesAuthorize();
		fallbacksAnswer();
		ratesOfCallersHold();
		callsThatFailAnywayAreThrottled();
		slowCallsAreHedged();
		streamsGrowNoOlder();
		poolsAreApart();
	}

	/**
	 * The call carries no token.
	 */
	private void certificatesIdentify() {
		assertThat(this.consumer.get("/certified").body()).isEqualTo("client");
	}

	private void passwordsIdentifyAndRolesAuthorize() {
		assertThat(this.consumer.get("/clerk").body()).isEqualTo("clerk");
		assertThat(this.consumer.get("/no-clerk").body()).startsWith("PERMISSION_DENIED: ");
	}

	private void fallbacksAnswer() {
		assertThat(this.consumer.get("/fallback").body()).isEqualTo("instead");
		OperatedPair.await(() -> assertThat(this.consumer.scraped("rpc_client_fallbacks_total",
				"rpc_application=\"stranger\"", "rpc_result=\"answered\""))
			.isEqualTo(1));
	}

	private void ratesOfCallersHold() {
		assertThat(this.consumer.get("/batch").body()).isEqualTo("batch");
		assertThat(this.consumer.get("/batch").body())
			.startsWith("RESOURCE_EXHAUSTED: The caller batch is over its rate");
		OperatedPair
			.await(() -> assertThat(this.provider.scraped("rpc_server_admission_refused_total", "rpc_reason=\"rate\""))
				.isPositive());
	}

	/**
	 * What is over its rate is not even sent after a while.
	 */
	private void callsThatFailAnywayAreThrottled() {
		OperatedPair.await(() -> assertThat(this.consumer.get("/batch").body())
			.startsWith("UNAVAILABLE: Calls of rpc.testing.Echo/Unary to batch are throttled"));
		OperatedPair
			.await(() -> assertThat(this.consumer.scraped("rpc_client_throttled_total", "rpc_application=\"batch\""))
				.isPositive());
	}

	/**
	 * The first attempt is never answered.
	 */
	private void slowCallsAreHedged() {
		assertThat(this.consumer.get("/hedged").body()).isEqualTo("slow0");
		OperatedPair.await(() -> assertThat(
				this.consumer.scraped("rpc_client_hedges_total", "rpc_application=\"pair\"", "rpc_result=\"won\""))
			.isPositive());
	}

	private void streamsGrowNoOlder() {
		assertThat(this.consumer.get("/endless").body()).startsWith("ABORTED: ");
	}

	private void poolsAreApart() {
		assertThat(this.provider.scraped("rpc_server_executor_threads_max", "rpc_executor=\"reports\"")).isEqualTo(2);
	}

	/**
	 * The limit of the method is one call.
	 * @return the call that is held
	 */
	CompletableFuture<HttpAnswer> holdsOneCallAndRefusesTheNext() {
		CompletableFuture<HttpAnswer> held = this.consumer.sent("/hold");
		OperatedPair
			.await(() -> assertThat(this.provider.get("/actuator/rpc").at("server/activeCalls")).isEqualTo("1"));
		assertThat(this.consumer.get("/hold").body()).startsWith("RESOURCE_EXHAUSTED: ");
		OperatedPair.await(() -> {
			assertThat(this.provider.scraped("rpc_server_admission_refused_total", "rpc_reason=\"limit\"",
					"rpc_scope=\"rpc.testing.Plain/Say\""))
				.isPositive();
			assertThat(this.provider.logged("method=rpc.testing.Plain/Say status=RESOURCE_EXHAUSTED ")).isNotEmpty();
		});
		OperatedPair.await(() -> assertThat(this.provider.scraped("rpc_server_calls_active")).isEqualTo(1));
		return held;
	}

}
