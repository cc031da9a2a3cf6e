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

package io.rpcboot.call;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import org.jspecify.annotations.Nullable;

/**
 * What an error says on the wire: a code, a message, and the details of Google's error
 * model (AIP-193), which other languages read too. A service throws it, as a
 * {@link RpcStatusException}; a client reads it from whatever a stub threw.
 *
 * <pre class="code">
 * throw RpcError.of(Status.Code.FAILED_PRECONDITION, "Sold out")
 *     .withReason("shop.example", "OUT_OF_STOCK")
 *     .withMetadata("sku", sku)
 *     .toException();
 *
 * catch (StatusRuntimeException ex) {
 *     RpcError error = RpcError.from(ex);
 * </pre>
 *
 * Immutable. Details that cannot be read are as if they were not there: they come from
 * another program.
 */
public final class RpcError {

	/**
	 * Response trailer {@code grpc-status-details-bin}: a {@code google.rpc.Status}.
	 */
	public static final Metadata.Key<com.google.rpc.Status> DETAILS = Metadata.Key.of("grpc-status-details-bin",
			ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

	/** The longest duration of protobuf: about 10,000 years. */
	private static final long MAX_SECONDS = 315_576_000_000L;

	private final Status.Code code;

	private final com.google.rpc.Status proto;

	private final @Nullable String correlationId;

	private RpcError(Status.Code code, com.google.rpc.Status proto, @Nullable String correlationId) {
		if (code == Status.Code.OK) {
			throw new IllegalArgumentException("code: OK (expected: an error)");
		}
		this.code = code;
		this.proto = proto;
		this.correlationId = correlationId;
	}

	/**
	 * Makes an error without details.
	 * @param code its code, not OK
	 * @param message what a developer reads; empty for none
	 * @return the error
	 */
	public static RpcError of(Status.Code code, String message) {
		return new RpcError(code, com.google.rpc.Status.newBuilder().setCode(code.value()).setMessage(message).build(),
				null);
	}

	/**
	 * Makes an error of Google's message.
	 * @param status the message; a code that gRPC does not know becomes UNKNOWN
	 * @return the error
	 */
	public static RpcError of(com.google.rpc.Status status) {
		Status.Code code = Status.fromCodeValue(status.getCode()).getCode();
		return new RpcError(code, status.toBuilder().setCode(code.value()).build(), null);
	}

	/**
	 * Reads the error of a call.
	 * @param status how the call ended, not OK; its code and description count, whatever
	 * the details say
	 * @param trailers the trailers; {@code null} for none
	 * @return the error
	 */
	public static RpcError of(Status status, @Nullable Metadata trailers) {
		com.google.rpc.Status details = (trailers != null) ? details(trailers) : null;
		com.google.rpc.Status.Builder proto = (details != null) ? details.toBuilder()
				: com.google.rpc.Status.newBuilder();
		String description = status.getDescription();
		proto.setCode(status.getCode().value()).setMessage((description != null) ? description : "");
		return new RpcError(status.getCode(), proto.build(),
				(trailers != null) ? trailers.get(RpcMetadata.CORRELATION_ID) : null);
	}

	/**
	 * Reads the error of what a stub threw, or handed to an observer or a future.
	 * @param failure the exception, or one that it is a cause of
	 * @return the error; {@code null} if the exception is not that of a call
	 */
	public static @Nullable RpcError from(@Nullable Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof StatusRuntimeException ex) {
				return ex.getStatus().isOk() ? null : of(ex.getStatus(), ex.getTrailers());
			}
			if (cause instanceof StatusException ex) {
				return ex.getStatus().isOk() ? null : of(ex.getStatus(), ex.getTrailers());
			}
		}
		return null;
	}

	/**
	 * Says why in a way that programs can read ({@code google.rpc.ErrorInfo}). Domain and
	 * reason together are a promise to callers: they do not change when the message does.
	 * @param domain who defines the reason, such as {@code shop.example}
	 * @param reason the reason, such as {@code OUT_OF_STOCK}
	 * @return a new error, in which this replaces what was said before
	 */
	public RpcError withReason(String domain, String reason) {
		ErrorInfo.Builder info = ErrorInfo.newBuilder().setDomain(domain).setReason(reason);
		info.putAllMetadata(metadata());
		return replace(ErrorInfo.class, info.build());
	}

	/**
	 * Adds a value to the reason.
	 * @param name such as {@code sku}
	 * @param value its value
	 * @return a new error
	 */
	public RpcError withMetadata(String name, String value) {
		ErrorInfo info = detail(ErrorInfo.class);
		ErrorInfo.Builder builder = (info != null) ? info.toBuilder() : ErrorInfo.newBuilder();
		return replace(ErrorInfo.class, builder.putMetadata(name, value).build());
	}

	/**
	 * Adds what is wrong with a field of the request ({@code google.rpc.BadRequest}).
	 * @param field the path of the field, such as {@code address.street}
	 * @param description what is wrong with it
	 * @return a new error
	 */
	public RpcError withViolation(String field, String description) {
		return withViolations(List.of(new Violation(field, description)));
	}

	/**
	 * Adds what is wrong with fields of the request ({@code google.rpc.BadRequest}).
	 * @param violations the fields
	 * @return a new error
	 */
	public RpcError withViolations(List<Violation> violations) {
		BadRequest request = detail(BadRequest.class);
		BadRequest.Builder builder = (request != null) ? request.toBuilder() : BadRequest.newBuilder();
		for (Violation violation : violations) {
			builder.addFieldViolationsBuilder()
				.setField(violation.field())
				.setDescription(violation.description())
				.setReason(violation.reason());
		}
		return replace(BadRequest.class, builder.build());
	}

	/**
	 * Says how long to wait before the next attempt ({@code google.rpc.RetryInfo}).
	 * @param delay the time, not negative
	 * @return a new error
	 */
	public RpcError withRetryDelay(Duration delay) {
		if (!isRetryDelay(delay.getSeconds(), delay.getNano())) {
			throw new IllegalArgumentException("delay: " + delay + " (expected: 0 to 10000 years)");
		}
		com.google.protobuf.Duration value = com.google.protobuf.Duration.newBuilder()
			.setSeconds(delay.getSeconds())
			.setNanos(delay.getNano())
			.build();
		return replace(RetryInfo.class, RetryInfo.newBuilder().setRetryDelay(value).build());
	}

	/**
	 * Adds a detail of any other type.
	 * @param detail a message that callers know
	 * @return a new error
	 */
	public RpcError withDetail(Message detail) {
		return new RpcError(this.code, this.proto.toBuilder().addDetails(Any.pack(detail)).build(), this.correlationId);
	}

	/**
	 * Returns the code.
	 * @return the code, never OK
	 */
	public Status.Code code() {
		return this.code;
	}

	/**
	 * Returns the message.
	 * @return the message; empty if there is none
	 */
	public String message() {
		return this.proto.getMessage();
	}

	/**
	 * Returns who defines the {@link #reason()}.
	 * @return the domain; empty if there is none
	 */
	public String domain() {
		ErrorInfo info = detail(ErrorInfo.class);
		return (info != null) ? info.getDomain() : "";
	}

	/**
	 * Returns why, in a way that programs can read.
	 * @return the reason; empty if there is none
	 */
	public String reason() {
		ErrorInfo info = detail(ErrorInfo.class);
		return (info != null) ? info.getReason() : "";
	}

	/**
	 * Returns what is said with the {@link #reason()}.
	 * @return the values by their names; unmodifiable
	 */
	public Map<String, String> metadata() {
		ErrorInfo info = detail(ErrorInfo.class);
		return (info != null) ? info.getMetadataMap() : Map.of();
	}

	/**
	 * Returns what is wrong with the request.
	 * @return the fields; unmodifiable
	 */
	public List<Violation> violations() {
		BadRequest request = detail(BadRequest.class);
		if (request == null) {
			return List.of();
		}
		List<Violation> violations = new ArrayList<>();
		for (BadRequest.FieldViolation violation : request.getFieldViolationsList()) {
			violations.add(new Violation(violation.getField(), violation.getDescription(), violation.getReason()));
		}
		return List.copyOf(violations);
	}

	/**
	 * Returns how long to wait before the next attempt.
	 * @return the time; {@code null} if nothing valid is said
	 */
	public @Nullable Duration retryDelay() {
		RetryInfo retry = detail(RetryInfo.class);
		if (retry == null || !retry.hasRetryDelay()) {
			return null;
		}
		com.google.protobuf.Duration delay = retry.getRetryDelay();
		return isRetryDelay(delay.getSeconds(), delay.getNanos())
				? Duration.ofSeconds(delay.getSeconds(), delay.getNanos()) : null;
	}

	/**
	 * Returns the id under which the log of the server has this error.
	 * @return the id; {@code null} if the server told none
	 */
	public @Nullable String correlationId() {
		return this.correlationId;
	}

	/**
	 * Returns the first detail of a type.
	 * @param <T> the type
	 * @param type a generated message
	 * @return the detail; {@code null} if there is none, or it cannot be read
	 */
	public <T extends Message> @Nullable T detail(Class<T> type) {
		for (Any detail : this.proto.getDetailsList()) {
			if (detail.is(type)) {
				try {
					return detail.unpack(type);
				}
				catch (InvalidProtocolBufferException ex) {
					return null;
				}
			}
		}
		return null;
	}

	/**
	 * Returns all of it as Google's message.
	 * @return the message
	 */
	public com.google.rpc.Status toProto() {
		return this.proto;
	}

	/**
	 * Returns the status, without the details.
	 * @return the status
	 */
	public Status toStatus() {
		return this.code.toStatus().withDescription(message().isEmpty() ? null : message());
	}

	/**
	 * Returns trailers with the details.
	 * @return new trailers; empty if there are no details
	 */
	public Metadata toTrailers() {
		Metadata trailers = new Metadata();
		if (this.proto.getDetailsCount() > 0) {
			trailers.put(DETAILS, this.proto);
		}
		return trailers;
	}

	/**
	 * Returns an exception that says this.
	 * @return a new exception
	 */
	public RpcStatusException toException() {
		return new RpcStatusException(this);
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder(this.code.name());
		if (!reason().isEmpty()) {
			text.append(' ').append(domain()).append('/').append(reason());
		}
		if (!message().isEmpty()) {
			text.append(": ").append(message());
		}
		return text.toString();
	}

	/**
	 * What protobuf's Duration allows, without what is negative.
	 */
	private static boolean isRetryDelay(long seconds, int nanos) {
		return seconds >= 0 && seconds <= MAX_SECONDS && nanos >= 0 && nanos < 1_000_000_000;
	}

	private RpcError replace(Class<? extends Message> type, Message detail) {
		com.google.rpc.Status.Builder builder = this.proto.toBuilder();
		for (int i = 0; i < builder.getDetailsCount(); i++) {
			if (builder.getDetails(i).is(type)) {
				builder.setDetails(i, Any.pack(detail));
				return new RpcError(this.code, builder.build(), this.correlationId);
			}
		}
		return withDetail(detail);
	}

	private static com.google.rpc.@Nullable Status details(Metadata trailers) {
		try {
			return trailers.get(DETAILS);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * What is wrong with a field of a request.
	 *
	 * @param field the path of the field, such as {@code address.street}; empty for the
	 * message as a whole
	 * @param description what is wrong with it
	 * @param reason the same in a way that programs can read, such as {@code TOO_LONG};
	 * empty for none
	 */
	public record Violation(String field, String description, String reason) {

		/**
		 * Creates a violation without a reason.
		 * @param field the path of the field
		 * @param description what is wrong with it
		 */
		public Violation(String field, String description) {
			this(field, description, "");
		}

	}

}
