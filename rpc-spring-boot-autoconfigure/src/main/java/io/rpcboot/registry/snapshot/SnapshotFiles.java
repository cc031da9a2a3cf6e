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

package io.rpcboot.registry.snapshot;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.rpcboot.registry.PrivateDirectory;
import io.rpcboot.registry.RegistryName;
import io.rpcboot.registry.ServiceInstance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last good set of instances of each application, in files, so that a consumer which
 * starts while the registry is down can call.
 * <p>
 * The file of an application is {@code <directory>/<namespace>/<application>.snapshot}.
 * Both names follow the rule of {@link RegistryName}, so neither can lead out of the
 * directory: they hold no slash and do not begin with a dot. A capital letter is written
 * as a plus sign and the small letter, {@code Orders} as {@code +orders}, because on some
 * file systems names that differ in case only are one file. Should two names still end up
 * at one file, its header tells whose it is, and the other application has no snapshot.
 * <p>
 * The processes of a user on a machine may share a directory, also for the same
 * application: each file is replaced as a whole, and the last one wins. Safe for use by
 * several threads.
 */
public final class SnapshotFiles implements Closeable {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotFiles.class);

	private final SnapshotDirectory directory;

	private final String namespace;

	private final SnapshotWriter writer;

	private final Path path;

	private final LongSupplier nanoTime;

	/** Of other namespaces. */
	private final Map<String, SnapshotFiles> others = new ConcurrentHashMap<>();

	/**
	 * Names the files. Nothing is read or written before the first load or save.
	 * @param directory where they are; created for the owner only if it is missing.
	 * Otherwise it must belong to the current user, and nobody else may have write
	 * access.
	 * @param namespace the namespace of the applications
	 * @throws IllegalArgumentException if the namespace is not usable
	 */
	public SnapshotFiles(Path directory, String namespace) {
		this(directory, namespace, System::nanoTime);
	}

	SnapshotFiles(Path directory, String namespace, LongSupplier nanoTime) {
		this.namespace = RegistryName.check("namespace", namespace);
		this.directory = new SnapshotDirectory(new PrivateDirectory(directory.toAbsolutePath()), namespace);
		this.writer = new SnapshotWriter(this.directory, namespace, nanoTime);
		this.path = directory;
		this.nanoTime = nanoTime;
	}

	/**
	 * Returns the files of another namespace, in the same directory. Closed with these.
	 * @param otherNamespace the namespace
	 * @return its files; these if it is theirs
	 * @throws IllegalArgumentException if the namespace is not usable
	 */
	public SnapshotFiles in(String otherNamespace) {
		return otherNamespace.equals(this.namespace) ? this : this.others.computeIfAbsent(otherNamespace,
				(name) -> new SnapshotFiles(this.path, name, this.nanoTime));
	}

	/**
	 * Reads what was saved last, by this process or another. Blocks on the disk, throws
	 * nothing, and can be called after {@link #close()} as well.
	 * @param application the application
	 * @return the instances, in the order in which they were saved; empty if the last set
	 * was; {@code null} if there is no file that can be used, which is said in the log
	 * unless there is none at all
	 */
	public @Nullable List<ServiceInstance> load(String application) {
		if (!RegistryName.isValid(application)) {
			logger.debug("'{}' has no snapshot: its name is not usable", application);
			return null;
		}
		Path file = this.directory.file(application);
		try {
			Instant savedAt = this.directory.savedAt(application);
			if (savedAt == null) {
				logger.debug("There is no snapshot {}", file);
				return null;
			}
			List<ServiceInstance> instances = SnapshotFormat.read(this.namespace, application,
					this.directory.read(application));
			logger.info("Snapshot {} holds {} instances of {}, saved at {}", file, instances.size(), application,
					savedAt);
			return instances;
		}
		catch (IOException | RuntimeException | OutOfMemoryError ex) {
			logger.warn("Snapshot {} is not usable ({}). Until the registry answers, no instance of {} is known; "
					+ "the next save replaces the file", file, SnapshotDirectory.text(ex), application);
			return null;
		}
	}

	/**
	 * Writes a set of instances soon: within a second of the last write, the latest set
	 * first waits for that second to pass, and an older one that still waits is dropped.
	 * A file that this process wrote and that holds the set already is left as it is.
	 * Does not block and throws nothing: trouble with the disk is said in the log, once
	 * until a write succeeds, and the next save tries again. Does nothing after
	 * {@link #close()}, or if the application's name is not usable.
	 * @param application the application
	 * @param instances the whole set
	 */
	public void save(String application, List<ServiceInstance> instances) {
		if (RegistryName.isValid(application)) {
			this.writer.save(application, List.copyOf(instances));
		}
	}

	/**
	 * Writes what still waits and ends the thread that writes. Waits for that, at most 2
	 * seconds. Can be called again.
	 */
	@Override
	public void close() {
		this.writer.close();
		this.others.values().forEach(SnapshotFiles::close);
	}

}
