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

package io.rpcboot.registry.etcd;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * Remembers what is logged, ours down to debug level.
 */
final class RecordedLog implements AutoCloseable {

	private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

	private final Logger root = this.context.getLogger(Logger.ROOT_LOGGER_NAME);

	private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

	private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			RecordedLog.this.events.add(event);
		}

	};

	RecordedLog() {
		this.root.setLevel(Level.INFO);
		this.context.getLogger("io.rpcboot").setLevel(Level.DEBUG);
		this.appender.setContext(this.context);
		this.appender.start();
		this.root.addAppender(this.appender);
	}

	/**
	 * Returns our lines of a level.
	 * @param level the level
	 * @return the messages, oldest first
	 */
	List<String> lines(Level level) {
		return this.events.stream()
			.filter((event) -> event.getLevel() == level && event.getLoggerName().startsWith("io.rpcboot."))
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	/**
	 * Returns our lines of information that contain a text.
	 * @param text the text
	 * @return the messages, oldest first
	 */
	List<String> infos(String text) {
		return lines(Level.INFO).stream().filter((line) -> line.contains(text)).toList();
	}

	/**
	 * Returns everything that anybody logged, with the texts of exceptions.
	 * @return the messages, oldest first
	 */
	List<String> everything() {
		return this.events.stream()
			.map((event) -> event.getFormattedMessage()
					+ ((event.getThrowableProxy() != null) ? " " + event.getThrowableProxy().getMessage() : ""))
			.toList();
	}

	@Override
	public void close() {
		this.root.detachAppender(this.appender);
		this.context.getLogger("io.rpcboot").setLevel(null);
	}

}
