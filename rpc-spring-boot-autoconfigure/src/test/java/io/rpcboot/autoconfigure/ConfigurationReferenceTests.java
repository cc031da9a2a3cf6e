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
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rpcboot.autoconfigure.MapEntryProperties.Property;
import io.rpcboot.client.balancer.policy.Policies;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code docs/configuration.md} lists every property as the metadata has it, which comes
 * from the Javadoc and the defaults of the fields; and those within the entries of maps,
 * which the metadata do not have, from the same. Run with
 * {@code -Dconfiguration.reference.write=true} to write its tables again.
 */
class ConfigurationReferenceTests {

	private static final String BEGIN = "<!-- properties of ";

	private static final String END = "<!-- end -->";

	private final MapEntryProperties entries = new MapEntryProperties();

	private final Path reference = Path.of("..", "docs", "configuration.md");

	@Test
	void everyPropertyHasADescription() throws IOException {
		assertThat(properties("rpc.")).isNotEmpty()
			.allSatisfy((property) -> assertThat(property.has("description")).as(name(property)).isTrue());
	}

	@Test
	void everyPropertyOfAnEntryOfAMapHasADescription() throws IOException {
		assertThat(maps()).hasSizeGreaterThanOrEqualTo(6)
			.flatExtracting(this::entries)
			.isNotEmpty()
			.allSatisfy((property) -> assertThat(property.description()).as(property.name()).endsWith("."));
	}

	@Test
	void theReferenceSaysWhatTheMetadataSays() throws IOException {
		String text = Files.readString(this.reference);
		String expected = regenerate(text);
		if (Boolean.getBoolean("configuration.reference.write")) {
			Files.writeString(this.reference, expected);
			return;
		}
		assertThat(text).isEqualTo(expected);
	}

	@Test
	void theReferenceLeavesNoPropertyOut() throws IOException {
		String text = Files.readString(this.reference);
		assertThat(properties("rpc."))
			.allSatisfy((property) -> assertThat(text).contains("| `" + name(property) + "` |"));
		assertThat(maps()).flatExtracting(this::entries)
			.extracting(Property::name)
			.contains("rpc.client.references.<application>.methods.<method>.retry.max-attempts",
					"rpc.server.streams.methods.<method>.max-age")
			.allSatisfy((name) -> assertThat(text).contains("| `" + name + "` |"));
	}

	@Test
	void everyDefaultIsSaid() throws IOException {
		assertThat(properties("rpc."))
			.filteredOn((property) -> !property.has("defaultValue") && !isCollection(property))
			.isNotEmpty()
			.allSatisfy((property) -> assertThat(property.get("description").getAsString()).as(name(property))
				.containsPattern("when not set|by default"));
	}

	@Test
	void keysOfMapsHaveHints() throws IOException {
		assertThat(properties("rpc."))
			.filteredOn((property) -> property.get("type").getAsString().startsWith("java.util.Map<"))
			.isNotEmpty()
			.allSatisfy((property) -> assertThat(hints()).contains(name(property) + ".keys"));
	}

	@Test
	void choicesHaveHintsOfWhatCanBeChosen() throws IOException {
		assertThat(properties("rpc.")).filteredOn(ConfigurationReferenceTests::isChoice)
			.isNotEmpty()
			.allSatisfy((property) -> assertThat(hints()).contains(name(property)));
	}

	@Test
	void hintsAreOfPropertiesThatExist() throws IOException {
		List<String> names = properties("rpc.").stream().map(ConfigurationReferenceTests::name).toList();
		assertThat(hints()).isNotEmpty()
			.allSatisfy((hint) -> assertThat(names).contains(hint.replaceFirst("\\.(keys|values)$", "")));
	}

	@Test
	void everyPolicyIsAHint() throws IOException {
		JsonObject hint = elements("hints").filter((element) -> name(element).endsWith(".load-balancing"))
			.findFirst()
			.orElseThrow();
		assertThat(hint.getAsJsonArray("values"))
			.extracting((value) -> value.getAsJsonObject().get("value").getAsString())
			.containsExactlyInAnyOrderElementsOf(Policies.builtIn().keySet());
	}

	private String regenerate(String text) throws IOException {
		StringBuilder result = new StringBuilder();
		int position = 0;
		for (int begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, position)) {
			int tableStart = text.indexOf('\n', begin) + 1;
			String prefix = text.substring(begin + BEGIN.length(), text.indexOf(' ', begin + BEGIN.length()));
			result.append(text, position, tableStart).append(table(prefix));
			position = text.indexOf(END, tableStart);
		}
		return result.append(text.substring(position)).toString();
	}

	private String table(String prefix) throws IOException {
		StringBuilder table = new StringBuilder("| property | default | meaning |\n|---|---|---|\n");
		for (JsonObject property : properties(prefix)) {
			table.append(row(name(property), defaultValue(property.get("defaultValue")),
					property.get("description").getAsString()));
			if (isMapOfGroups(property)) {
				entries(property).forEach(
						(entry) -> table.append(row(entry.name(), code(entry.defaultValue()), entry.description())));
			}
		}
		return table.toString();
	}

	private static String row(String name, String defaultValue, String description) {
		return "| `" + name + "` | " + defaultValue + " | " + description + " |\n";
	}

	private List<Property> entries(JsonObject map) {
		String type = map.get("type").getAsString();
		try {
			return this.entries.of(name(map),
					Class.forName(type.substring(type.indexOf(',') + 1, type.lastIndexOf('>'))));
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<JsonObject> maps() throws IOException {
		return properties("rpc.").stream().filter(ConfigurationReferenceTests::isMapOfGroups).toList();
	}

	private static boolean isMapOfGroups(JsonObject property) {
		return property.get("type").getAsString().startsWith("java.util.Map<java.lang.String,io.rpcboot.");
	}

	private static String defaultValue(JsonElement value) {
		if (value == null) {
			return "";
		}
		return code(value.isJsonArray() ? value.getAsJsonArray().get(0).getAsString() : value.getAsString());
	}

	private static String code(String value) {
		return value.isEmpty() ? "" : "`" + value + "`";
	}

	private static String name(JsonObject property) {
		return property.get("name").getAsString();
	}

	/**
	 * A set of constants, and names that only somebody else knows; of a single constant
	 * the type says it all.
	 */
	private static boolean isChoice(JsonObject property) {
		String type = property.get("type").getAsString();
		return type.contains("<io.") || name(property).endsWith(".bundle") || name(property).endsWith(".load-balancing")
				|| name(property).endsWith("health.group");
	}

	private static boolean isCollection(JsonObject property) {
		return property.get("type").getAsString().matches("java\\.util\\.(Map|List|Set)<.*");
	}

	private static List<String> hints() throws IOException {
		return elements("hints").map(ConfigurationReferenceTests::name).toList();
	}

	private static List<JsonObject> properties(String prefix) throws IOException {
		return elements("properties").filter((property) -> name(property).startsWith(prefix)).toList();
	}

	private static Stream<JsonObject> elements(String array) throws IOException {
		try (InputStream in = RpcServerProperties.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			assertThat(in).isNotNull();
			JsonObject metadata = JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
				.getAsJsonObject();
			return StreamSupport.stream(metadata.getAsJsonArray(array).spliterator(), false)
				.map(JsonElement::getAsJsonObject);
		}
	}

}
