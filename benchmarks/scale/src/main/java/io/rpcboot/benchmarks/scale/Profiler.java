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

package io.rpcboot.benchmarks.scale;

import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;

import io.rpcboot.benchmarks.driver.Fields;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/**
 * Records where the CPU time goes.
 */
final class Profiler {

	private @Nullable Recording recording;

	Fields start() {
		try {
			this.recording = new Recording(Configuration.getConfiguration("profile"));
			this.recording.start();
			return new Fields();
		}
		catch (IOException | ParseException ex) {
			throw new IllegalStateException("no recording", ex);
		}
	}

	Fields stop(Path file) {
		Recording current = this.recording;
		if (current != null) {
			try (current) {
				current.stop();
				current.dump(file);
			}
			catch (IOException ex) {
				throw new IllegalStateException("no recording", ex);
			}
		}
		return new Fields();
	}

}
