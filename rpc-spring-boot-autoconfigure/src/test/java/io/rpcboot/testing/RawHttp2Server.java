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

package io.rpcboot.testing;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufUtil;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.ByteToMessageDecoder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2CodecUtil;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameAdapter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameReader;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2FrameWriter;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Headers;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Settings;
import io.rpcboot.testing.echo.Ping;
import io.rpcboot.testing.echo.Pong;

/**
 * An HTTP/2 peer on a loopback port that does frame by frame what a test says, so that it
 * can refuse, break off and lie as no gRPC server does. Says of itself that it has no
 * health service.
 */
public final class RawHttp2Server implements AutoCloseable {

	private static final int LIMIT_SECONDS = 5;

	private final MultiThreadIoEventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final BlockingQueue<Call> waiting = new LinkedBlockingQueue<>();

	private final AtomicInteger calls = new AtomicInteger();

	private final AtomicInteger connections = new AtomicInteger();

	private final Channel listener;

	private RawHttp2Server(int maxConcurrentStreams) {
		this.listener = new ServerBootstrap().group(this.threads)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<>() {
				@Override
				protected void initChannel(Channel connection) {
					RawHttp2Server.this.connections.incrementAndGet();
					connection.pipeline().addLast(new Connection(maxConcurrentStreams));
				}
			})
			.bind("127.0.0.1", 0)
			.syncUninterruptibly()
			.channel();
	}

	/**
	 * Starts a server that takes any number of calls.
	 * @return the server
	 */
	public static RawHttp2Server start() {
		return new RawHttp2Server(Integer.MAX_VALUE);
	}

	/**
	 * Starts a server that limits the calls of a connection.
	 * @param maxConcurrentStreams how many it takes at a time
	 * @return the server
	 */
	public static RawHttp2Server start(int maxConcurrentStreams) {
		return new RawHttp2Server(maxConcurrentStreams);
	}

	public String address() {
		return "127.0.0.1:" + ((InetSocketAddress) this.listener.localAddress()).getPort();
	}

	/**
	 * Returns how many calls came, those of the health service not counted.
	 * @return the number
	 */
	public int calls() {
		return this.calls.get();
	}

	/**
	 * Returns how many connections were opened so far.
	 * @return the number
	 */
	public int connections() {
		return this.connections.get();
	}

	/**
	 * Waits for the headers of the next call.
	 * @return the call
	 */
	public Call nextCall() {
		return next(this.waiting, "call");
	}

	@Override
	public void close() {
		this.listener.close().syncUninterruptibly();
		this.threads.shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
	}

	private static <T> T next(BlockingQueue<T> queue, String what) {
		try {
			T next = queue.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
			if (next == null) {
				throw new AssertionError("No " + what + " came within " + LIMIT_SECONDS + " s");
			}
			return next;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static void await(CountDownLatch latch, String what) {
		try {
			if (!latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
				throw new AssertionError("No " + what + " came within " + LIMIT_SECONDS + " s");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A call that came: a stream of its connection.
	 */
	public static final class Call {

		private final Connection connection;

		private final int streamId;

		private final Http2Headers headers;

		private final ByteArrayOutputStream received = new ByteArrayOutputStream();

		private final BlockingQueue<Ping> messages = new LinkedBlockingQueue<>();

		private final CountDownLatch halfClosed = new CountDownLatch(1);

		private final CountDownLatch reset = new CountDownLatch(1);

		private Call(Connection connection, int streamId, Http2Headers headers) {
			this.connection = connection;
			this.streamId = streamId;
			this.headers = headers;
		}

		/**
		 * Returns the values of a header.
		 * @param name its name
		 * @return all of them
		 */
		public List<String> header(String name) {
			return this.headers.getAll(name).stream().map(CharSequence::toString).toList();
		}

		/**
		 * Waits until the caller has sent all, and returns its messages.
		 * @return their texts
		 */
		public List<String> request() {
			RawHttp2Server.await(this.halfClosed, "half-close");
			List<Ping> all = new ArrayList<>();
			this.messages.drainTo(all);
			return all.stream().map(Ping::getText).toList();
		}

		/**
		 * Waits for the next message.
		 * @return its text
		 */
		public String nextMessage() {
			return next(this.messages, "message").getText();
		}

		/**
		 * Waits until the caller resets the stream.
		 */
		public void awaitReset() {
			RawHttp2Server.await(this.reset, "reset");
		}

		/**
		 * Sends RST_STREAM.
		 * @param error its error code
		 */
		public void reset(Http2Error error) {
			write((context, writer) -> writer.writeRstStream(context, this.streamId, error.code(),
					context.newPromise()));
		}

		/**
		 * Sends a GOAWAY that leaves this call out, and nothing else.
		 * @param error its error code
		 */
		public void leaveOut(Http2Error error) {
			goAway(this.streamId - 2, error);
		}

		/**
		 * Sends a GOAWAY that takes this call in, and those before it.
		 * @param error its error code
		 */
		public void goAway(Http2Error error) {
			goAway(this.streamId, error);
		}

		/**
		 * Sends response headers.
		 */
		public void answerHeaders() {
			Http2Headers answer = new DefaultHttp2Headers().status("200").set("content-type", "application/grpc");
			write((context, writer) -> writer.writeHeaders(context, this.streamId, answer, 0, false,
					context.newPromise()));
		}

		/**
		 * Sends a whole answer.
		 * @param texts the messages of it
		 */
		public void answer(String... texts) {
			answerHeaders();
			for (String text : texts) {
				byte[] message = Pong.newBuilder().setText(text).build().toByteArray();
				ByteBuf frame = Unpooled.buffer().writeByte(0).writeInt(message.length).writeBytes(message);
				write((context, writer) -> writer.writeData(context, this.streamId, frame, 0, false,
						context.newPromise()));
			}
			trailers(new DefaultHttp2Headers(), Status.OK);
		}

		/**
		 * Sends trailers alone.
		 * @param status what they say
		 */
		public void fail(Status status) {
			trailers(new DefaultHttp2Headers().status("200").set("content-type", "application/grpc"), status);
		}

		/**
		 * Closes the connection without a word.
		 */
		public void cut() {
			this.connection.context.close().syncUninterruptibly();
		}

		private void trailers(Http2Headers trailers, Status status) {
			trailers.set("grpc-status", Integer.toString(status.getCode().value()));
			if (status.getDescription() != null) {
				trailers.set("grpc-message", status.getDescription());
			}
			write((context, writer) -> writer.writeHeaders(context, this.streamId, trailers, 0, true,
					context.newPromise()));
		}

		private void goAway(int lastStreamId, Http2Error error) {
			write((context, writer) -> writer.writeGoAway(context, lastStreamId, error.code(), Unpooled.EMPTY_BUFFER,
					context.newPromise()));
		}

		private void write(Frame frame) {
			ChannelHandlerContext context = this.connection.context;
			context.executor().execute(() -> {
				frame.write(context, this.connection.writer);
				context.flush();
			});
		}

		private void receive(byte[] data) {
			this.received.writeBytes(data);
			ByteBuffer all = ByteBuffer.wrap(this.received.toByteArray());
			while (all.remaining() >= 5 && all.remaining() - 5 >= all.getInt(all.position() + 1)) {
				byte[] message = new byte[all.getInt(all.position() + 1)];
				all.position(all.position() + 5).get(message);
				try {
					this.messages.add(Ping.parseFrom(message));
				}
				catch (InvalidProtocolBufferException ex) {
					throw new IllegalStateException(ex);
				}
			}
			this.received.reset();
			this.received.writeBytes(Arrays.copyOfRange(all.array(), all.position(), all.limit()));
		}

		private interface Frame {

			void write(ChannelHandlerContext context, Http2FrameWriter writer);

		}

	}

	private final class Connection extends ByteToMessageDecoder {

		private final Http2FrameReader reader = new DefaultHttp2FrameReader();

		private final Http2FrameWriter writer = new DefaultHttp2FrameWriter();

		private final Map<Integer, Call> open = new HashMap<>();

		private final int maxConcurrentStreams;

		private ChannelHandlerContext context;

		private boolean prefaceRead;

		Connection(int maxConcurrentStreams) {
			this.maxConcurrentStreams = maxConcurrentStreams;
		}

		@Override
		public void handlerAdded(ChannelHandlerContext newContext) {
			this.context = newContext;
		}

		@Override
		protected void decode(ChannelHandlerContext ignored, ByteBuf in, List<Object> out) throws Http2Exception {
			if (!this.prefaceRead) {
				int length = Http2CodecUtil.connectionPrefaceBuf().readableBytes();
				if (in.readableBytes() < length) {
					return;
				}
				in.skipBytes(length);
				this.prefaceRead = true;
				this.writer.writeSettings(this.context,
						new Http2Settings().maxConcurrentStreams(this.maxConcurrentStreams).initialWindowSize(1 << 20),
						this.context.newPromise());
			}
			this.reader.readFrame(this.context, in, new Frames());
			this.context.flush();
		}

		private final class Frames extends Http2FrameAdapter {

			@Override
			public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
				Connection.this.writer.writeSettingsAck(ctx, ctx.newPromise());
			}

			@Override
			public void onPingRead(ChannelHandlerContext ctx, long data) {
				Connection.this.writer.writePing(ctx, true, data, ctx.newPromise());
			}

			@Override
			public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding,
					boolean endStream) {
				Call call = new Call(Connection.this, streamId, headers);
				if (headers.path().toString().startsWith("/grpc.health.")) {
					call.fail(Status.UNIMPLEMENTED);
					return;
				}
				Connection.this.open.put(streamId, call);
				RawHttp2Server.this.calls.incrementAndGet();
				RawHttp2Server.this.waiting.add(call);
			}

			@Override
			public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding,
					boolean endOfStream) {
				Call call = Connection.this.open.get(streamId);
				if (call != null) {
					call.receive(ByteBufUtil.getBytes(data));
					if (endOfStream) {
						call.halfClosed.countDown();
					}
				}
				return 0;
			}

			@Override
			public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
				Call call = Connection.this.open.get(streamId);
				if (call != null) {
					call.reset.countDown();
				}
			}

		}

	}

}
