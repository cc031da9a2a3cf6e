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

package io.rpcboot.benchmarks.runner;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.rpcboot.benchmarks.driver.ProcessStats;

/**
 * The servers under the same foreign client: unary calls of 100 B by h2load.
 */
final class H2Load {

	static final List<Shape> SHAPES = List.of(new Shape("h16", 1, 16), new Shape("h64", 2, 32));

	private static final int PAYLOAD_BYTES = 100;

	// Tag and length before the payload, and gRPC's five bytes before that.
	private static final int FRAME_BYTES = 5 + 2 + PAYLOAD_BYTES;

	private static final Pattern RATE = Pattern.compile("finished in .*?, ([0-9.]+) req/s");

	private static final Pattern REQUESTS = Pattern
		.compile("requests: .* (\\d+) succeeded, (\\d+) failed, (\\d+) errored");

	private static final Pattern DATA = Pattern.compile("traffic: .*\\((\\d+)\\) data");

	private final Path binary;

	private final Path body;

	H2Load(Path binary, Path work) throws IOException {
		this.binary = binary;
		this.body = Files.write(work.resolve("request.bin"), request());
	}

	private static byte[] request() {
		byte[] frame = new byte[FRAME_BYTES];
		frame[4] = 2 + PAYLOAD_BYTES;
		frame[5] = 1 << 3 | 2;
		frame[6] = PAYLOAD_BYTES;
		return frame;
	}

	Cell measure(RunningPeer peer, Shape shape, int round, long millis, Failures failures)
			throws IOException, InterruptedException {
		ProcessStats begin = ProcessStats.of(peer.server().stats());
		String output = run(peer.port(), shape, millis);
		ProcessStats used = ProcessStats.of(peer.server().stats()).since(begin);
		Matcher requests = find(REQUESTS, output);
		long succeeded = Long.parseLong(requests.group(1));
		long failed = Long.parseLong(requests.group(2)) + Long.parseLong(requests.group(3));
		failures.add(peer.peer(), shape.id(), failed, "requests of h2load");
		// A call that fails has the HTTP status 200 too, but no reply.
		long missing = succeeded - Long.parseLong(find(DATA, output).group(1)) / FRAME_BYTES;
		failures.add(peer.peer(), shape.id(), Math.max(0, missing), "replies without data");
		double perSecond = Double.parseDouble(find(RATE, output).group(1));
		Usage server = new Usage(used.cpuNanos() / 1e3 / succeeded, used.allocatedBytes() / (double) succeeded,
				used.switches() / (double) succeeded);
		Usage unknown = new Usage(Double.NaN, Double.NaN, Double.NaN);
		return new Cell(peer.peer(), shape.id(), round, perSecond, Double.NaN, Double.NaN, Double.NaN, Double.NaN,
				server, unknown);
	}

	private String run(int port, Shape shape, long millis) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(this.binary.toString(), "-t1", "-c" + shape.connections(),
				"-m" + shape.streams(), "-D" + millis + "ms", "-d", this.body.toString(), "-H",
				"content-type: application/grpc", "-H", "te: trailers",
				"http://127.0.0.1:" + port + "/bench.v1.Bench/Call")
			.redirectErrorStream(true)
			.start();
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		process.waitFor();
		return output;
	}

	private static Matcher find(Pattern pattern, String output) {
		Matcher matcher = pattern.matcher(output);
		if (!matcher.find()) {
			throw new IllegalStateException("h2load said: " + output);
		}
		return matcher;
	}

	/**
	 * So many streams at a time on so many connections.
	 *
	 * @param id the name in tables and on the command line
	 * @param connections how many connections
	 * @param streams how many streams on each
	 */
	record Shape(String id, int connections, int streams) {

	}

}
