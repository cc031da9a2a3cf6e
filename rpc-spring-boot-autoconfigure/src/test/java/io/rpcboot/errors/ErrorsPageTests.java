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

package io.rpcboot.errors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each snippet of {@code docs/errors.md} that names a file is that file, without imports
 * and licence.
 */
class ErrorsPageTests {

	private static final Pattern SNIPPET = Pattern.compile("<!-- from (\\S+) -->\\n```java\\n(.*?)```", Pattern.DOTALL);

	@Test
	void everySnippetIsTheFileThatItNames() throws IOException {
		Matcher snippet = SNIPPET.matcher(Files.readString(Path.of("..", "docs", "errors.md")));
		List<String> files = new ArrayList<>();
		while (snippet.find()) {
			files.add(snippet.group(1));
			assertThat(snippet.group(2)).as(snippet.group(1)).isEqualTo(content(snippet.group(1)));
		}
		assertThat(files).containsExactly("OutOfStockException.java", "ShopAdvice.java", "ShopClient.java",
				"ProtoRuleValidator.java");
	}

	private static String content(String file) throws IOException {
		String text = Files.readString(Path.of("src", "test", "java", "io", "rpcboot", "errors", file));
		String afterImports = text.substring(text.lastIndexOf("\nimport "));
		return afterImports.substring(afterImports.indexOf('\n', 1))
			.strip()
			.lines()
			.map((line) -> line.replace("\t", "    "))
			.collect(Collectors.joining("\n", "", "\n"));
	}

}
