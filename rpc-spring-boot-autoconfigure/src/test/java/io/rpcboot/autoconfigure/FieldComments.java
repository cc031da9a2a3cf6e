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

package io.rpcboot.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;

/**
 * The Javadoc of fields, read from the source of the library by the compiler's own
 * parser.
 */
final class FieldComments {

	private static final Path SOURCES = Path.of("src", "main", "java");

	/** By top-level class, then by {@code Outer.Inner.field}. */
	private final Map<String, Map<String, String>> files = new HashMap<>();

	/**
	 * Returns the Javadoc of a field.
	 * @param field the field of a class of the library
	 * @return its text on one line; empty if there is none
	 */
	String of(Field field) {
		String type = field.getDeclaringClass().getName();
		String file = type.contains("$") ? type.substring(0, type.indexOf('$')) : type;
		String name = type.substring(field.getDeclaringClass().getPackageName().length() + 1).replace('$', '.');
		return this.files.computeIfAbsent(file, FieldComments::read).getOrDefault(name + "." + field.getName(), "");
	}

	private static Map<String, String> read(String topLevel) {
		Path source = SOURCES.resolve(topLevel.replace('.', '/') + ".java");
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
			JavacTask task = (JavacTask) compiler.getTask(null, manager, null, List.of("-proc:none"), null,
					manager.getJavaFileObjects(source));
			Scanner scanner = new Scanner(DocTrees.instance(task));
			for (CompilationUnitTree unit : task.parse()) {
				scanner.scan(unit, "");
			}
			return scanner.comments;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static final class Scanner extends TreePathScanner<Void, String> {

		private final Map<String, String> comments = new HashMap<>();

		private final DocTrees trees;

		Scanner(DocTrees trees) {
			this.trees = trees;
		}

		@Override
		public Void visitClass(ClassTree type, String outer) {
			return super.visitClass(type, outer + type.getSimpleName() + ".");
		}

		@Override
		public Void visitVariable(VariableTree variable, String outer) {
			String comment = this.trees.getDocComment(getCurrentPath());
			if (comment != null) {
				this.comments.put(outer + variable.getName(), comment.strip().replaceAll("\\s+", " "));
			}
			return super.visitVariable(variable, outer);
		}

	}

}
