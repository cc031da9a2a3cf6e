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

package io.rpcboot.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A peer that speaks HTTP/2 byte by byte, or does not: what no client of gRPC would do.
 */
final class RawPeer implements AutoCloseable {

	static final int DATA = 0x0;

	static final int HEADERS = 0x1;

	static final int RST_STREAM = 0x3;

	static final int PING = 0x6;

	static final int CONTINUATION = 0x9;

	static final int END_HEADERS = 0x4;

	static final int NO_FLAGS = 0;

	private static final int SETTINGS = 0x4;

	private static final int END_STREAM = 0x1;

	private static final int INITIAL_WINDOW_SIZE = 0x4;

	private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final int LIMIT_MILLIS = 20_000;

	private final Socket socket;

	private RawPeer(Socket socket) throws IOException {
		socket.setTcpNoDelay(true);
		socket.setSoTimeout(LIMIT_MILLIS);
		this.socket = socket;
	}

	/**
	 * Connects, and says nothing.
	 */
	static RawPeer connect(int port) throws IOException {
		return from("127.0.0.1", port);
	}

	/**
	 * Connects from another loopback address, which Linux has without being told.
	 */
	static RawPeer from(String address, int port) throws IOException {
		Socket socket = new Socket();
		socket.bind(new InetSocketAddress(address, 0));
		socket.connect(new InetSocketAddress("127.0.0.1", port));
		return new RawPeer(socket);
	}

	/**
	 * Speaks over a socket that is connected, such as one with TLS.
	 */
	static RawPeer over(Socket socket) throws IOException {
		return new RawPeer(socket);
	}

	/**
	 * Sends the preface and empty settings.
	 */
	RawPeer begin() throws IOException {
		return send(PREFACE).frame(SETTINGS, NO_FLAGS, 0, new byte[0]);
	}

	/**
	 * Sends the preface and settings that leave the server no window to send messages in
	 * (RFC 9113, section 6.9.2).
	 */
	RawPeer beginWithoutWindow() throws IOException {
		return send(PREFACE).frame(SETTINGS, NO_FLAGS, 0, new byte[] { 0, INITIAL_WINDOW_SIZE, 0, 0, 0, 0 });
	}

	/**
	 * Sends the one message of a request, and that it is the last.
	 */
	RawPeer message(int stream, byte[] message) throws IOException {
		return frame(DATA, END_STREAM, stream,
				ByteBuffer.allocate(5 + message.length).put((byte) 0).putInt(message.length).put(message).array());
	}

	RawPeer frame(int type, int flags, int stream, byte[] payload) throws IOException {
		return send(bytes(type, flags, stream, payload));
	}

	/**
	 * Sends the headers of a request.
	 */
	RawPeer request(int stream, String path) throws IOException {
		return frame(HEADERS, END_HEADERS, stream, headers(path));
	}

	/**
	 * Sends what may be no whole frame, or nothing if the server has closed already.
	 */
	RawPeer send(byte[] bytes) throws IOException {
		try {
			this.socket.getOutputStream().write(bytes);
			this.socket.getOutputStream().flush();
		}
		catch (SocketException ex) {
			// What the server has sent before it closed can still be read.
		}
		return this;
	}

	/**
	 * Waits until the server closes the connection.
	 * @return whether it does, within 20 s
	 */
	boolean awaitClosed() {
		return isClosed(LIMIT_MILLIS);
	}

	/**
	 * Tells whether the server has closed the connection; waits for the shortest time.
	 */
	boolean isClosed() {
		return isClosed(1);
	}

	/**
	 * Reads frames until as many of a type have come.
	 * @return whether they have, before the end
	 */
	boolean awaitFrames(int type, int count) throws IOException {
		DataInputStream in = new DataInputStream(this.socket.getInputStream());
		int seen = 0;
		try {
			while (seen < count) {
				int head = in.readInt();
				in.readByte();
				in.readInt();
				in.readFully(new byte[head >>> 8]);
				seen += ((head & 0xff) == type) ? 1 : 0;
			}
			return true;
		}
		catch (EOFException | SocketException | SocketTimeoutException ex) {
			return false;
		}
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			// It is of no use any more.
		}
	}

	static byte[] bytes(int type, int flags, int stream, byte[] payload) {
		return ByteBuffer.allocate(9 + payload.length)
			.putInt((payload.length << 8) | type)
			.put((byte) flags)
			.putInt(stream)
			.put(payload)
			.array();
	}

	/**
	 * Returns a block of headers: each a literal of HPACK without indexing and without
	 * Huffman's code (RFC 7541, section 6.2.2).
	 */
	static byte[] headers(String path) {
		ByteArrayOutputStream block = new ByteArrayOutputStream();
		literal(block, ":method", "POST");
		literal(block, ":scheme", "http");
		literal(block, ":path", path);
		literal(block, ":authority", "test");
		literal(block, "content-type", "application/grpc");
		literal(block, "te", "trailers");
		return block.toByteArray();
	}

	private static void literal(ByteArrayOutputStream block, String name, String value) {
		block.write(0);
		block.write(name.length());
		block.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
		block.write(value.length());
		block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
	}

	private boolean isClosed(int millis) {
		try {
			this.socket.setSoTimeout(millis);
			boolean closed = isAtItsEnd();
			// What is read next is waited for as long as before.
			this.socket.setSoTimeout(LIMIT_MILLIS);
			return closed;
		}
		catch (IOException ex) {
			return true;
		}
	}

	private boolean isAtItsEnd() throws IOException {
		byte[] rest = new byte[4096];
		try {
			while (this.socket.getInputStream().read(rest) >= 0) {
				// Whatever the server says is passed over.
			}
			return true;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
	}

}
