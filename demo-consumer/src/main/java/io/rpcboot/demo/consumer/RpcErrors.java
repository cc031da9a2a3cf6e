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

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers a failed gRPC call with the HTTP status that says the same.
 */
@RestControllerAdvice
class RpcErrors {

	@ExceptionHandler
	ProblemDetail onFailedCall(StatusRuntimeException ex) {
		Status status = ex.getStatus();
		ProblemDetail problem = ProblemDetail.forStatus(httpStatus(status.getCode()));
		problem.setTitle(status.getCode().name());
		problem.setDetail(status.getDescription());
		return problem;
	}

	private static HttpStatus httpStatus(Status.Code code) {
		return switch (code) {
			case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> HttpStatus.BAD_REQUEST;
			case UNAUTHENTICATED -> HttpStatus.UNAUTHORIZED;
			case PERMISSION_DENIED -> HttpStatus.FORBIDDEN;
			case NOT_FOUND -> HttpStatus.NOT_FOUND;
			case ABORTED, ALREADY_EXISTS -> HttpStatus.CONFLICT;
			case RESOURCE_EXHAUSTED -> HttpStatus.TOO_MANY_REQUESTS;
			case UNIMPLEMENTED -> HttpStatus.NOT_IMPLEMENTED;
			case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
			case DEADLINE_EXCEEDED -> HttpStatus.GATEWAY_TIMEOUT;
			default -> HttpStatus.INTERNAL_SERVER_ERROR;
		};
	}

}
