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

package io.rpcboot.server.error;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.DebugInfo;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rpcboot.call.RpcError;
import io.rpcboot.call.RpcMetadata;

/**
 * Cuts an error to what clients accept. By default they take 8 kB of trailers, counted as
 * in RFC 9113, 6.5.2 (name, value and 32 bytes for each), and fail the call with a text
 * of their HTTP/2 decoder where there are more. What matters least goes first:
 * {@code DebugInfo}, violations of fields from the last on, other details from the last
 * on, the message beyond 512 characters, all details, the largest trailers of the
 * service.
 */
final class TrailerLimit {

	/**
	 * What an error may take, in bytes: 8 kB without 1 kB for what outer interceptors,
	 * the wire guard and HTTP itself add.
	 */
	static final int MAX_BYTES = 7 * 1024;

	/**
	 * The longest message that is cut, in characters: percent-encoded, the longest still
	 * fits, also together with its copy in the details.
	 */
	private static final int MAX_MESSAGE = 512;

	private static final int ENTRY_OVERHEAD = 32;

	private TrailerLimit() {
	}

	/**
	 * Cuts what is too large.
	 * @param status the status
	 * @param trailers its trailers, which are changed
	 * @return the status, perhaps with a shorter description
	 */
	static Status fit(Status status, Metadata trailers) {
		if (bytes(status, trailers) <= MAX_BYTES) {
			return status;
		}
		fitDetails(status, trailers);
		Status fitting = status;
		String description = status.getDescription();
		if (bytes(status, trailers) > MAX_BYTES && description != null) {
			fitting = status.withDescription(cut(description));
		}
		if (bytes(fitting, trailers) > MAX_BYTES) {
			trailers.discardAll(RpcError.DETAILS);
		}
		while (bytes(fitting, trailers) > MAX_BYTES && discardLargest(trailers)) {
			// Until it fits.
		}
		return fitting;
	}

	/**
	 * Cuts a message; never through a character.
	 */
	static String cut(String message) {
		if (message.length() <= MAX_MESSAGE) {
			return message;
		}
		int end = Character.isHighSurrogate(message.charAt(MAX_MESSAGE - 1)) ? MAX_MESSAGE - 1 : MAX_MESSAGE;
		return message.substring(0, end) + "…";
	}

	static int bytes(Status status, Metadata trailers) {
		String description = status.getDescription();
		int bytes = "grpc-status".length() + 2 + ENTRY_OVERHEAD;
		if (description != null) {
			bytes += "grpc-message".length() + encoded(description) + ENTRY_OVERHEAD;
		}
		for (String name : trailers.keys()) {
			bytes += bytes(trailers, name);
		}
		return bytes;
	}

	private static int bytes(Metadata trailers, String name) {
		int bytes = 0;
		if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
			Iterable<byte[]> values = trailers.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
			for (byte[] value : (values != null) ? values : List.<byte[]>of()) {
				bytes += name.length() + (value.length + 2) / 3 * 4 + ENTRY_OVERHEAD;
			}
		}
		else {
			Iterable<String> values = trailers.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
			for (String value : (values != null) ? values : List.<String>of()) {
				bytes += name.length() + value.length() + ENTRY_OVERHEAD;
			}
		}
		return bytes;
	}

	/**
	 * The length of a message as gRPC writes it: what is not printable ASCII takes three
	 * characters a byte.
	 */
	private static int encoded(String description) {
		int length = 0;
		for (byte character : description.getBytes(StandardCharsets.UTF_8)) {
			length += (character < ' ' || character >= '~' || character == '%') ? 3 : 1;
		}
		return length;
	}

	private static void fitDetails(Status status, Metadata trailers) {
		com.google.rpc.Status details;
		try {
			details = trailers.get(RpcError.DETAILS);
		}
		catch (IllegalArgumentException ex) {
			trailers.discardAll(RpcError.DETAILS);
			return;
		}
		if (details == null) {
			return;
		}
		trailers.discardAll(RpcError.DETAILS);
		String description = status.getDescription();
		// The message may still be cut, after the details.
		Status shortest = (description != null) ? status.withDescription(cut(description)) : status;
		com.google.rpc.Status.Builder builder = details.toBuilder();
		builder.setMessage(cut(details.getMessage()));
		int room = (MAX_BYTES - bytes(shortest, trailers) - RpcError.DETAILS.name().length() - ENTRY_OVERHEAD) / 4 * 3;
		remove(builder, DebugInfo.class);
		for (int i = 0; i < builder.getDetailsCount() && size(builder) > room; i++) {
			if (builder.getDetails(i).is(BadRequest.class)) {
				cutViolations(builder, i, room);
			}
		}
		for (int i = builder.getDetailsCount() - 1; i >= 0 && size(builder) > room; i--) {
			if (!builder.getDetails(i).is(ErrorInfo.class) && !builder.getDetails(i).is(RetryInfo.class)) {
				builder.removeDetails(i);
			}
		}
		if (size(builder) > room) {
			cutMetadata(builder);
		}
		if (size(builder) <= room) {
			trailers.put(RpcError.DETAILS, builder.build());
		}
	}

	private static int size(com.google.rpc.Status.Builder builder) {
		return builder.build().getSerializedSize();
	}

	private static void remove(com.google.rpc.Status.Builder builder, Class<DebugInfo> type) {
		for (int i = builder.getDetailsCount() - 1; i >= 0; i--) {
			if (builder.getDetails(i).is(type)) {
				builder.removeDetails(i);
			}
		}
	}

	/**
	 * Keeps as many violations as fit, found by halving: an error of ten thousand fields
	 * is not built ten thousand times.
	 */
	private static void cutViolations(com.google.rpc.Status.Builder builder, int index, int room) {
		BadRequest request;
		try {
			request = builder.getDetails(index).unpack(BadRequest.class);
		}
		catch (InvalidProtocolBufferException ex) {
			builder.removeDetails(index);
			return;
		}
		int kept = 0;
		int tooMany = request.getFieldViolationsCount();
		while (tooMany - kept > 1) {
			int tried = (kept + tooMany) >>> 1;
			builder.setDetails(index, Any.pack(first(request, tried)));
			if (size(builder) <= room) {
				kept = tried;
			}
			else {
				tooMany = tried;
			}
		}
		builder.setDetails(index, Any.pack(first(request, kept)));
	}

	private static BadRequest first(BadRequest request, int count) {
		BadRequest.Builder first = BadRequest.newBuilder();
		for (int i = 0; i < count; i++) {
			first.addFieldViolations(request.getFieldViolations(i));
		}
		int left = request.getFieldViolationsCount() - count;
		first.addFieldViolationsBuilder().setDescription(left + " more violations do not fit");
		return first.build();
	}

	/**
	 * Leaves domain and reason, by which callers tell errors apart.
	 */
	private static void cutMetadata(com.google.rpc.Status.Builder builder) {
		for (int i = 0; i < builder.getDetailsCount(); i++) {
			if (builder.getDetails(i).is(ErrorInfo.class)) {
				try {
					ErrorInfo info = builder.getDetails(i).unpack(ErrorInfo.class);
					builder.setDetails(i, Any.pack(info.toBuilder().clearMetadata().build()));
				}
				catch (InvalidProtocolBufferException ex) {
					builder.removeDetails(i--);
				}
			}
		}
	}

	private static boolean discardLargest(Metadata trailers) {
		List<String> names = new ArrayList<>(trailers.keys());
		names.remove(RpcMetadata.CORRELATION_ID.name());
		if (names.isEmpty()) {
			return false;
		}
		names.sort(Comparator.comparingInt((String name) -> bytes(trailers, name)));
		String largest = names.get(names.size() - 1);
		if (largest.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
			trailers.discardAll(Metadata.Key.of(largest, Metadata.BINARY_BYTE_MARSHALLER));
		}
		else {
			trailers.discardAll(Metadata.Key.of(largest, Metadata.ASCII_STRING_MARSHALLER));
		}
		return true;
	}

}
