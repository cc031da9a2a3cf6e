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

package io.rpcboot.actuate;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The alerts and the dashboard under {@code docs/prometheus} ask for metrics that there
 * are, and Prometheus understands them. The metrics are those of {@code docs/metrics.md},
 * which {@link MetersPageTests} holds against a running application, under the names that
 * Micrometer's registry for Prometheus gives them.
 */
class PrometheusFilesTests {

	private static final Path DOCS = Path.of("..", "docs");

	private static final Path ALERTS = DOCS.resolve("prometheus").resolve("alerts.yml");

	private static final Path ALERT_TESTS = DOCS.resolve("prometheus").resolve("alerts-test.yml");

	private static final Path DASHBOARD = DOCS.resolve("prometheus").resolve("dashboard.json");

	private static final Pattern ROW = Pattern
		.compile("\\| `([a-z_.]+)` \\| (\\w+) \\| (\\w*) ?\\| ((?:`[a-z.]+`(?:, )?)*) ?\\| \\S.* \\|");

	private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{([^}]*)})? \\S+");

	private static final Pattern METRIC = Pattern.compile("\\b(?:grpc|rpc)_\\w+");

	private static final Pattern SELECTOR = Pattern.compile("(\\w+)\\{([^}]*)}");

	private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"[^\"]*\"");

	private static final Pattern GROUPING = Pattern
		.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");

	private static final Pattern ANNOTATED = Pattern.compile("\\$labels\\.(\\w+)");

	/** What Prometheus itself puts on each sample. */
	private static final Set<String> OF_PROMETHEUS = Set.of("job", "instance");

	private final Map<String, Set<String>> metrics = new HashMap<>();

	@TempDir
	private Path directory;

	PrometheusFilesTests() throws IOException {
		for (String line : scrape().split("\n")) {
			Matcher sample = SAMPLE.matcher(line);
			if (!line.startsWith("#") && sample.matches()) {
				Set<String> labels = new TreeSet<>(OF_PROMETHEUS);
				if (sample.group(2) != null) {
					labels.addAll(all(MATCHER, sample.group(2)));
				}
				this.metrics.merge(sample.group(1), labels, PrometheusFilesTests::union);
			}
		}
	}

	@Test
	void theAlertsAskForMetricsAndLabelsThatThereAre() throws IOException {
		assertThat(alerts()).hasSizeGreaterThan(10).allSatisfy((name, alert) -> {
			Set<String> labels = assertKnown(String.valueOf(alert.get("expr")));
			assertThat(labels).as("labels in the texts of " + name)
				.containsAll(all(ANNOTATED, String.valueOf(alert.get("annotations"))));
		});
	}

	@Test
	void thePanelsAskForMetricsAndLabelsThatThereAre() throws IOException {
		assertThat(panels()).hasSizeGreaterThan(20).allSatisfy(this::assertKnown);
		assertThat(variables()).isNotEmpty()
			.allSatisfy((query) -> assertThat(this.metrics.keySet()).containsAll(names(query)));
	}

	@Test
	void whenAnExpressionAsksForWhatThereIsNotThenItIsFound() {
		assertThat(names("sum by (rpc_scope) (rate(rpc_server_gone_total{rpc_scope=\"a\"}[5m]))"))
			.containsExactly("rpc_server_gone_total");
		assertThat(this.metrics).doesNotContainKey("rpc_server_gone_total")
			.containsKeys("grpc_server_call_duration_seconds_bucket", "rpc_server_calls_active",
					"rpc_server_admission_refused_total");
	}

	@Test
	void promtoolAcceptsTheAlertsAndTheyFireWhenTheyShould() throws Exception {
		assertThat(promtool("check", "rules", ALERTS.toString())).contains("SUCCESS");
		assertThat(promtool("test", "rules", ALERT_TESTS.toString())).contains("SUCCESS");
	}

	@Test
	void eachAlertHasATestInWhichItFires() throws IOException {
		Map<String, List<Map<String, Object>>> file = new Yaml().load(Files.readString(ALERT_TESTS));
		Set<String> fired = new TreeSet<>();
		Objects.requireNonNull(file.get("tests")).forEach((test) -> {
			for (Map<String, Object> moment : rules(test, "alert_rule_test")) {
				if (moment.containsKey("exp_alerts")) {
					fired.add(String.valueOf(moment.get("alertname")));
				}
			}
		});
		assertThat(fired).isEqualTo(alerts().keySet());
	}

	@Test
	void promtoolUnderstandsEachPanel() throws Exception {
		Path rules = this.directory.resolve("panels.yml");
		List<Map<String, Object>> recorded = new ArrayList<>();
		for (String expression : panels()) {
			String plain = expression.replace("$__rate_interval", "5m");
			recorded.add(Map.of("record", "panel:" + recorded.size(), "expr", plain));
		}
		Map<String, Object> group = Map.of("name", "panels", "rules", recorded);
		Files.writeString(rules, new Yaml().dump(Map.of("groups", List.of(group))));
		assertThat(promtool("check", "rules", rules.toString())).contains(recorded.size() + " rules found");
	}

	@Test
	void panelsHaveIdsOfTheirOwn() throws IOException {
		List<Integer> ids = dashboard().getAsJsonArray("panels")
			.asList()
			.stream()
			.map((panel) -> panel.getAsJsonObject().get("id").getAsInt())
			.toList();
		assertThat(ids).doesNotHaveDuplicates();
	}

	private Set<String> assertKnown(String expression) {
		Set<String> names = names(expression);
		assertThat(names).as(expression).isNotEmpty();
		assertThat(this.metrics.keySet()).as(expression).containsAll(names);
		selectors(expression).forEach((name, labels) -> assertThat(labelsOf(name)).as(expression).containsAll(labels));
		Set<String> labels = names.stream().flatMap((name) -> labelsOf(name).stream()).collect(Collectors.toSet());
		GROUPING.matcher(expression)
			.results()
			.flatMap((grouping) -> Stream.of(grouping.group(1).split("\\s*,\\s*")))
			.forEach((label) -> assertThat(labels).as(expression).contains(label.strip()));
		return labels;
	}

	private Set<String> labelsOf(String name) {
		return Objects.requireNonNull(this.metrics.get(name), name);
	}

	private static Set<String> names(String expression) {
		String bare = GROUPING.matcher(SELECTOR.matcher(expression).replaceAll("$1 ")).replaceAll(" ");
		return METRIC.matcher(bare).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
	}

	private static Map<String, Set<String>> selectors(String expression) {
		Map<String, Set<String>> selectors = new LinkedHashMap<>();
		SELECTOR.matcher(expression)
			.results()
			.forEach((selector) -> selectors.merge(selector.group(1), all(MATCHER, selector.group(2)),
					PrometheusFilesTests::union));
		return selectors;
	}

	private static Set<String> all(Pattern pattern, String text) {
		return pattern.matcher(text)
			.results()
			.map((result) -> result.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static Set<String> union(Set<String> one, Set<String> other) {
		Set<String> both = new TreeSet<>(one);
		both.addAll(other);
		return both;
	}

	private static Map<String, Map<String, Object>> alerts() throws IOException {
		Map<String, Map<String, Object>> alerts = new LinkedHashMap<>();
		Map<String, List<Map<String, Object>>> file = new Yaml().load(Files.readString(ALERTS));
		Objects.requireNonNull(file.get("groups")).forEach((group) -> {
			for (Map<String, Object> rule : rules(group, "rules")) {
				alerts.put(String.valueOf(rule.get("alert")), rule);
			}
		});
		return alerts;
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> rules(Map<String, Object> of, String key) {
		return (List<Map<String, Object>>) Objects.requireNonNull(of.get(key));
	}

	private static List<String> panels() throws IOException {
		List<String> expressions = new ArrayList<>();
		for (JsonElement panel : dashboard().getAsJsonArray("panels")) {
			if (panel.getAsJsonObject().has("targets")) {
				panel.getAsJsonObject()
					.getAsJsonArray("targets")
					.forEach((target) -> expressions.add(target.getAsJsonObject().get("expr").getAsString()));
			}
		}
		return expressions;
	}

	private static List<String> variables() throws IOException {
		return dashboard().getAsJsonObject("templating")
			.getAsJsonArray("list")
			.asList()
			.stream()
			.map(JsonElement::getAsJsonObject)
			.filter((variable) -> variable.has("definition"))
			.map((variable) -> variable.get("definition").getAsString())
			.toList();
	}

	private static JsonObject dashboard() throws IOException {
		return JsonParser.parseString(Files.readString(DASHBOARD)).getAsJsonObject();
	}

	/**
	 * Returns what Prometheus would read from an application with the meters of the page.
	 */
	private static String scrape() throws IOException {
		PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		for (String line : Files.readAllLines(DOCS.resolve("metrics.md"))) {
			Matcher row = ROW.matcher(line);
			if (row.matches()) {
				String[] keys = row.group(4).replace("`", "").split(", ");
				Tags tags = Tags.of(Arrays.stream(keys)
					.filter((key) -> !key.isBlank())
					.flatMap((key) -> Stream.of(key.strip(), "x"))
					.toArray(String[]::new));
				register(registry, row.group(1), row.group(2), row.group(3), tags);
			}
		}
		return registry.scrape();
	}

	private static void register(PrometheusMeterRegistry registry, String name, String type, String unit, Tags tags) {
		switch (type) {
			case "counter" -> Counter.builder(name).baseUnit(unitOf(unit)).tags(tags).register(registry).increment();
			case "gauge" -> Gauge.builder(name, () -> 1).baseUnit(unitOf(unit)).tags(tags).register(registry);
			case "timer" -> Timer.builder(name)
				.serviceLevelObjectives(Duration.ofSeconds(1))
				.tags(tags)
				.register(registry)
				.record(Duration.ofMillis(1));
			case "summary" -> DistributionSummary.builder(name)
				.baseUnit(unitOf(unit))
				.serviceLevelObjectives(1024)
				.tags(tags)
				.register(registry)
				.record(1);
			default -> throw new IllegalArgumentException("type: " + type);
		}
	}

	private static @Nullable String unitOf(String column) {
		return column.isEmpty() ? null : column;
	}

	private String promtool(String... arguments) throws IOException, InterruptedException {
		Path promtool = Stream
			.concat(Stream.ofNullable(System.getenv("PROMTOOL_BIN")).map(Path::of),
					Stream.of(System.getenv("PATH").split(File.pathSeparator))
						.map((folder) -> Path.of(folder, "promtool")))
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
		Assumptions.assumeTrue(promtool != null, "no promtool in PROMTOOL_BIN or on the PATH: "
				+ "Debian's package prometheus has it, and .ci/run fetches it");
		List<String> command = new ArrayList<>(List.of(String.valueOf(promtool)));
		command.addAll(List.of(arguments));
		Path output = this.directory.resolve("promtool.out");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		boolean ended = process.waitFor(60, TimeUnit.SECONDS);
		String said = Files.readString(output);
		assertThat(ended).as(said).isTrue();
		assertThat(process.exitValue()).as(said).isZero();
		return said;
	}

}
