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

package io.rpcboot.demo.consumer;

import io.rpcboot.demo.parcel.v1.ParcelServiceGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ParcelController} and {@link RpcErrors}.
 */
class ParcelControllerTests {

	private final ParcelServer server = new ParcelServer();

	private final MockMvcTester http = MockMvcTester.create(
			MockMvcBuilders
				.standaloneSetup(new ParcelController(ParcelServiceGrpc.newBlockingStub(this.server.channel()),
						ParcelServiceGrpc.newStub(this.server.channel())))
				.setControllerAdvice(new RpcErrors())
				.build());

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void quoteIsAUnaryCall() {
		assertThat(this.http.get().uri("/quote?from=Hamburg&to=Leipzig&weight=1500")).hasStatusOk()
			.bodyJson()
			.isStrictlyEqualTo("{'priceCents':670,'currency':'EUR','servedBy':'provider-1'}".replace('\'', '"'));
	}

	@Test
	void trackIsAServerStreamingCall() {
		assertThat(this.http.get().uri("/track/P-1002")).hasStatusOk().bodyJson().isStrictlyEqualTo("""
				[{"parcelId":"P-1002","place":"Bremen","status":"TRACK_STATUS_ACCEPTED","servedBy":"provider-1"}]
				""");
	}

	@Test
	void scansIsAClientStreamingCall() {
		MvcTestResult result = post("/scans", """
				[{"parcelId":"P-1001","depot":"Kassel"},{"parcelId":"P-1002","depot":"Kassel"}]
				""");
		assertThat(result).hasStatusOk().bodyJson().extractingPath("$.scans").isEqualTo(2);
		assertThat(result).bodyJson().extractingPath("$.servedBy").isEqualTo("provider-1");
	}

	@Test
	void routeIsABidirectionalCall() {
		MvcTestResult result = post("/route", """
				[{"latitude":51.34,"longitude":12.37},{"latitude":51.35,"longitude":12.38}]
				""");
		assertThat(result).hasStatusOk().bodyJson().extractingPath("$.length()").isEqualTo(2);
		assertThat(result).bodyJson().extractingPath("$[0].nextStop").isEqualTo("Zoo");
	}

	@Test
	void whenAUnaryCallFailsThenAnswersWithItsStatusAndDescription() {
		MvcTestResult result = this.http.get().uri("/quote?from=Hamburg&to=Leipzig&weight=0").exchange();
		assertThat(result).hasStatus(HttpStatus.BAD_REQUEST);
		assertThat(result).bodyJson().extractingPath("$.title").isEqualTo("INVALID_ARGUMENT");
		assertThat(result).bodyJson().extractingPath("$.detail").isEqualTo("too light");
	}

	@Test
	void whenAStreamFailsThenAnswersWithItsStatusAndDescription() {
		MvcTestResult result = post("/route", """
				[{"latitude":91,"longitude":0}]
				""");
		assertThat(result).hasStatus(HttpStatus.NOT_FOUND);
		assertThat(result).bodyJson().extractingPath("$.title").isEqualTo("NOT_FOUND");
		assertThat(result).bodyJson().extractingPath("$.detail").isEqualTo("off the map");
	}

	@Test
	void whenNobodyServesThenAnswersThatTheServiceIsUnavailable() {
		this.server.close();
		assertThat(this.http.get().uri("/track/P-1002")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE);
	}

	private MvcTestResult post(String uri, String json) {
		return this.http.post().uri(uri).contentType(MediaType.APPLICATION_JSON).content(json).exchange();
	}

}
