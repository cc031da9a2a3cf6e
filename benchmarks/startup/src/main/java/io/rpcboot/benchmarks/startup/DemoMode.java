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

package io.rpcboot.benchmarks.startup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A way to start a demo.
 */
enum DemoMode {

	JAR("the jar", false, false, false, false),

	EXTRACTED("extracted", false, true, false, false),

	CDS("extracted, AppCDS", false, true, true, false),

	CDS_PROCESSED("extracted, AppCDS, processed ahead of time", false, true, true, true),

	NEWER_JAR("the jar", true, false, false, false),

	NEWER_EXTRACTED("extracted", true, true, false, false),

	AOT("extracted, AOT cache", true, true, true, false),

	AOT_PROCESSED("extracted, AOT cache, processed ahead of time", true, true, true, true);

	private final String text;

	private final boolean newer;

	private final boolean extracted;

	private final boolean archive;

	private final boolean processed;

	DemoMode(String text, boolean newer, boolean extracted, boolean archive, boolean processed) {
		this.text = text;
		this.newer = newer;
		this.extracted = extracted;
		this.archive = archive;
		this.processed = processed;
	}

	String text() {
		return this.text;
	}

	boolean newer() {
		return this.newer;
	}

	boolean extracted() {
		return this.extracted;
	}

	/**
	 * Returns whether a first run writes down the classes that the others take from
	 * there.
	 * @return whether it does
	 */
	boolean archive() {
		return this.archive;
	}

	/**
	 * Returns the flags of the JVM.
	 * @param archives where archives are
	 * @param training whether this is the run that writes the archive
	 * @return the flags
	 */
	List<String> flags(Path archives, boolean training) {
		List<String> flags = new ArrayList<>();
		if (this.archive) {
			String option = this.newer ? (training ? "-XX:AOTCacheOutput=" : "-XX:AOTCache=")
					: (training ? "-XX:ArchiveClassesAtExit=" : "-XX:SharedArchiveFile=");
			flags.add(option + archives.resolve(name() + (this.newer ? ".aot" : ".jsa")));
		}
		if (this.processed) {
			flags.add("-Dspring.aot.enabled=true");
		}
		return flags;
	}

}
