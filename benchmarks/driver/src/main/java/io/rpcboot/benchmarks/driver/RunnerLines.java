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

package io.rpcboot.benchmarks.driver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * The lines between a process and the runner: commands on standard input, and answers on
 * standard output behind a mark that sets them apart from logs. The process ends when its
 * input does, so that none outlives the runner.
 */
public final class RunnerLines {

	/** The mark before every answer. */
	public static final String MARK = "@bench ";

	private RunnerLines() {
	}

	/**
	 * Sends an answer.
	 * @param text the answer
	 */
	public static void say(String text) {
		System.out.println(MARK + text);
		System.out.flush();
	}

	/**
	 * Carries commands out until there are no more, and ends the process.
	 * @param command told the words of each command
	 */
	public static void serve(Consumer<List<String>> command) {
		try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
			for (String line = lines.readLine(); line != null && !line.equals("EXIT"); line = lines.readLine()) {
				command.accept(List.of(line.split(" ", -1)));
			}
			Runtime.getRuntime().halt(0);
		}
		catch (IOException | RuntimeException ex) {
			ex.printStackTrace();
			Runtime.getRuntime().halt(1);
		}
	}

}
