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

package io.rpcboot.server.connection;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FrameBoundaries}.
 */
class FrameBoundariesTests {

	private static final int END_HEADERS = 0x4;

	private final FrameBoundaries frames = new FrameBoundaries();

	@Test
	void whenThePrefaceIsNotCompleteThenItIsAmid() {
		assertThat(this.frames.isAmid()).isTrue();
		follow("PRI * HTTP/2.0\r\n\r\nSM\r\n\r".getBytes(StandardCharsets.US_ASCII));
		assertThat(this.frames.isAmid()).isTrue();
		follow(new byte[] { '\n' });
		assertThat(this.frames.isAmid()).isFalse();
	}

	@Test
	void whenAFrameHasBegunThenItIsAmidUntilItsLastByte() {
		preface();
		byte[] frame = frame(0x0, 0, 300);
		for (int i = 0; i < frame.length - 1; i++) {
			follow(new byte[] { frame[i] });
			assertThat(this.frames.isAmid()).as("after byte " + i).isTrue();
		}
		follow(new byte[] { 0 });
		assertThat(this.frames.isAmid()).isFalse();
	}

	@Test
	void whenHeadersGoOnInAnotherFrameThenTheyAreAmidUntilTheLastOne() {
		preface();
		long before = this.frames.whole();
		follow(frame(0x1, 0, 10));
		assertThat(this.frames.isAmid()).isTrue();
		follow(frame(0x9, 0, 0));
		assertThat(this.frames.isAmid()).isTrue();
		follow(frame(0x9, END_HEADERS, 10));
		assertThat(this.frames.isAmid()).isFalse();
		assertThat(this.frames.whole()).isEqualTo(before + 1);
	}

	@Test
	void theFlagOfHeadersMeansNothingOnOtherFrames() {
		preface();
		follow(frame(0x8, 0, 4));
		assertThat(this.frames.isAmid()).isFalse();
	}

	@Test
	void framesAreCountedHoweverTheyAreCut() {
		Random random = new Random(7);
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (int i = 0; i < 1000; i++) {
			all.writeBytes(frame(random.nextBoolean() ? 0x0 : 0x1, END_HEADERS, random.nextInt(20_000)));
		}
		preface();
		long before = this.frames.whole();
		ByteBuf bytes = Unpooled.wrappedBuffer(all.toByteArray());
		while (bytes.isReadable()) {
			ByteBuf part = bytes.readSlice(Math.min(bytes.readableBytes(), 1 + random.nextInt(3000)));
			this.frames.follow(part);
			assertThat(part.readerIndex()).as("nothing is taken").isZero();
		}
		assertThat(this.frames.whole()).isEqualTo(before + 1000);
		assertThat(this.frames.isAmid()).isFalse();
	}

	private void preface() {
		follow("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
	}

	private void follow(byte[] bytes) {
		this.frames.follow(Unpooled.wrappedBuffer(bytes));
	}

	private static byte[] frame(int type, int flags, int length) {
		return ByteBuffer.allocate(9 + length).putInt((length << 8) | type).put((byte) flags).putInt(1).array();
	}

}
