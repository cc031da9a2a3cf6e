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

package io.rpcboot.server.dedup;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.util.HexFormat;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import io.rpcboot.call.CallPrincipal;

/**
 * Tells requests apart: a SHA-256 of the method, the TLS name of the peer, the caller,
 * and the request. SHA-256 because a client may choose what it sends: nobody gets the
 * answer of another request by way of a collision, every JDK has it, and with the
 * instructions of today's processors it takes about a millisecond for a megabyte.
 */
final class Fingerprint {

	/** A request that is smaller gets a buffer of its size; protobuf's own has 4 KiB. */
	private static final int BUFFER_BYTES = 4096;

	/** Never updated: to copy it takes less than to look for the algorithm again. */
	private static final MessageDigest EMPTY = sha256();

	private Fingerprint() {
	}

	static <Q> String of(ServerCall<Q, ?> call, Q request) {
		MessageDigest digest = copyOfEmpty();
		update(digest, call.getMethodDescriptor().getFullMethodName());
		update(digest, peer(call));
		update(digest, caller());
		try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
			if (request instanceof MessageLite message) {
				// The entries of a map come in any order if a client serializes twice.
				CodedOutputStream coded = CodedOutputStream.newInstance(out,
						Math.min(message.getSerializedSize(), BUFFER_BYTES));
				coded.useDeterministicSerialization();
				message.writeTo(coded);
				coded.flush();
			}
			else {
				call.getMethodDescriptor().streamRequest(request).transferTo(out);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private static String peer(ServerCall<?, ?> call) {
		SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
		try {
			return (session != null) ? session.getPeerPrincipal().getName() : "";
		}
		catch (SSLPeerUnverifiedException ex) {
			return "";
		}
	}

	private static String caller() {
		Principal caller = CallPrincipal.current();
		return (caller != null) ? "+" + caller.getName() : "";
	}

	private static void update(MessageDigest digest, String text) {
		digest.update(text.getBytes(StandardCharsets.UTF_8));
		digest.update((byte) 0);
	}

	private static MessageDigest copyOfEmpty() {
		try {
			return (MessageDigest) EMPTY.clone();
		}
		catch (CloneNotSupportedException ex) {
			return sha256();
		}
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("No SHA-256, which every Java platform has", ex);
		}
	}

}
