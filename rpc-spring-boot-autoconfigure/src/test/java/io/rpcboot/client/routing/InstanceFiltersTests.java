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

package io.rpcboot.client.routing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

import io.rpcboot.client.balancer.policy.Candidate;
import io.rpcboot.client.routing.RoutingSettings.Label;
import io.rpcboot.client.routing.RoutingSettings.Preference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What each filter leaves, as a table: instances, and the ids of those that remain.
 */
class InstanceFiltersTests {

	private static final RoutingSettings STRICT = new RoutingSettings(new Label("lane", true),
			new Label("tenant", true), Preference.NONE, Preference.NONE);

	private static final RoutingSettings ZONE_AND_NAMESPACE = preferring("az1", "default", 70);

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			a b                 | a b
			a b:down c          | a c
			a:draining b        | b
			a:down b:draining   | ''
			''                  | ''
			""")
	void stateLeavesWhoCanBeCalled(String instances, String left) {
		assertThat(filter(InstanceFilterOrder.STATE, RoutingSettings.DEFAULT, instances, CallRoute.NONE))
			.isEqualTo(left);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			''               | a b:disk=ssd                           | a b
			disk=ssd         | a b:disk=ssd c:disk=hdd d:disk=ssd,x=y | b d
			disk=ssd,gpu=a10 | a:disk=ssd b:disk=ssd,gpu=a10 c:gpu=a10 | b
			disk=ssd         | a b:disk=hdd                           | ''
			""")
	void tagsLeavesWhoHasAllOfThem(String tags, String instances, String left) {
		assertThat(filter(InstanceFilterOrder.TAGS, RoutingSettings.DEFAULT, instances,
				new CallRoute(null, null, null, null, tags(tags))))
			.isEqualTo(left);
	}

	@ParameterizedTest(name = "lane {0} in [{1}]")
	@CsvSource(delimiter = '|', nullValues = "-", textBlock = """
			# lane | instances                      | left    | left if strict
			-      | a b:lane=blue                  | a       | a
			-      | a:lane=blue b:lane=green       | ''      | ''
			blue   | a b:lane=blue c:lane=green     | b       | b
			blue   | a:lane=blue b c:lane=blue      | a c     | a c
			blue   | a b:lane=green c               | a c     | ''
			blue   | a:lane=green                   | ''      | ''
			Blue   | a:lane=blue b                  | b       | ''
			blue   | ''                             | ''      | ''
			""")
	void laneKeepsCallsInTheirs(@Nullable String lane, String instances, String left, String leftIfStrict) {
		CallRoute route = new CallRoute(null, lane, "x", null, Map.of());
		assertThat(filter(InstanceFilterOrder.LANE, RoutingSettings.DEFAULT, instances, route)).isEqualTo(left);
		assertThat(filter(InstanceFilterOrder.LANE, STRICT, instances, route)).isEqualTo(leftIfStrict);
	}

	@ParameterizedTest(name = "tenant {0} in [{1}]")
	@CsvSource(delimiter = '|', nullValues = "-", textBlock = """
			# tenant | instances                    | left    | left if strict
			-        | a b:tenant=acme              | a       | a
			acme     | a b:tenant=acme c:tenant=x   | b       | b
			acme     | a b:tenant=x                 | a       | ''
			acme     | a:lane=acme b:tenant=x       | a       | ''
			""")
	void tenantKeepsCallsWithTheirs(@Nullable String tenant, String instances, String left, String leftIfStrict) {
		CallRoute route = new CallRoute(null, "x", tenant, null, Map.of());
		assertThat(filter(InstanceFilterOrder.TENANT, RoutingSettings.DEFAULT, instances, route)).isEqualTo(left);
		assertThat(filter(InstanceFilterOrder.TENANT, STRICT, instances, route)).isEqualTo(leftIfStrict);
	}

	@Test
	void laneAndTenantHaveEachTheirOwnTagAndStrictness() {
		RoutingSettings settings = new RoutingSettings(new Label("swimlane", true), new Label("customer", false),
				Preference.NONE, Preference.NONE);
		CallRoute route = new CallRoute(null, "blue", "acme", null, Map.of());
		assertThat(filter(InstanceFilterOrder.LANE, settings, "a:lane=blue b:swimlane=blue", route)).isEqualTo("b");
		assertThat(filter(InstanceFilterOrder.LANE, settings, "a:lane=blue b", route)).isEmpty();
		assertThat(filter(InstanceFilterOrder.TENANT, settings, "a:tenant=acme b:customer=acme", route)).isEqualTo("b");
		assertThat(filter(InstanceFilterOrder.TENANT, settings, "a:customer=x b", route)).isEqualTo("b");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-", textBlock = """
			-     | a b:version=2.1.0                                          | a b
			2     | a b:version=2 c:version=2.1.0 d:version=20.1 e:version=1.2 | b c
			2     | a:version=2-rc1 b:version=2rc1 c:version=2+7               | a c
			2.1   | a:version=2.1.0 b:version=2.10.0 c:version=2 d:version=2.1 | a d
			2.1.0 | a:version=2.1.0-SNAPSHOT b:version=2.1.0 c:version=v2.1.0  | a b
			3     | a:version=2 b                                              | ''
			""")
	void versionLeavesWhoBeginsWithIt(@Nullable String version, String instances, String left) {
		assertThat(filter(InstanceFilterOrder.VERSION, RoutingSettings.DEFAULT, instances,
				new CallRoute(null, null, null, version, Map.of())))
			.isEqualTo(left);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			# min | candidates                                  | known besides                           | left
			70    | a:zone=az1 b:zone=az2                       | ''                                      | a
			70    | a b:zone=az2                                | ''                                      | a b
			70    | a:zone=az1 b                                | ''                                      | a
			70    | a:zone=az1 b:zone=az1 c:zone=az1 x:zone=az2 | d:zone=az1,down                         | a b c
			70    | a:zone=az1 b:zone=az1 x:zone=az2            | c:zone=az1,down                         | a b x
			70    | a:zone=az1 x:zone=az2                       | y:zone=az2,down z:zone=az2,down         | a
			66    | a:zone=az1 b:zone=az1 x:zone=az2            | c:zone=az1,down                         | a b
			100   | a:zone=az1 b:zone=az1 x:zone=az2            | ''                                      | a b
			100   | a:zone=az1 b:zone=az1 x:zone=az2            | c:zone=az1,down                         | a b x
			0     | a:zone=az1 x:zone=az2                       | b:zone=az1,down c:zone=az1,down         | a
			0     | x:zone=az2                                  | a:zone=az1,down                         | x
			70    | a:zone=az1 x:zone=az2                       | b:zone=az1,draining c:zone=az1,draining | a
			70    | a:zone=az1,draining x:zone=az2              | ''                                      | a x
			70    | x:zone=az2                                  | a:zone=az1 b:zone=az1                   | x
			70    | ''                                          | ''                                      | ''
			""")
	void zonePrefersTheOwnWhileEnoughOfItIsHealthy(int minHealthy, String candidates, String others, String left) {
		InstanceFilter filter = standard(preferring("az1", null, minHealthy)).get(InstanceFilterOrder.ZONE);
		assertThat(Instances.ids(Objects.requireNonNull(filter)
			.filter(Instances.of(candidates), CallRoute.NONE, Instances.of(candidates + " " + others))))
			.isEqualTo(left);
	}

	@Test
	void zoneSpillsAndComesBack() {
		RoutingSettings zone = preferring("az1", null, 70);
		assertThat(all(zone, "a:zone=az1 b:zone=az1 c:zone=az1 x:zone=az2")).isEqualTo("a b c");
		assertThat(all(zone, "a:zone=az1 b:zone=az1 c:zone=az1,down x:zone=az2")).isEqualTo("a b x");
		assertThat(all(zone, "a:zone=az1,down b:zone=az1,down c:zone=az1,down x:zone=az2")).isEqualTo("x");
		assertThat(all(zone, "a:zone=az1 b:zone=az1,down c:zone=az1,down x:zone=az2")).isEqualTo("a x");
		assertThat(all(zone, "a:zone=az1 b:zone=az1 c:zone=az1 x:zone=az2")).isEqualTo("a b c");
	}

	@Test
	void rollingRestartOfTheZoneSendsNoCallElsewhere() {
		assertThat(all(preferring("az1", null, 70),
				"a:zone=az1 b:zone=az1,draining c:zone=az1,draining n:zone=az1 x:zone=az2"))
			.isEqualTo("a n");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			a:namespace=default b:namespace=other                              | a
			a:namespace=other b                                                | a b
			a:namespace=default b:namespace=default,down c:namespace=other     | a c
			a:namespace=default,down b:namespace=other                         | b
			""")
	void namespacePrefersOneWhileEnoughOfItIsHealthy(String known, String left) {
		assertThat(all(preferring(null, "default", 70), known)).isEqualTo(left);
	}

	@Test
	void filtersStandInTheirOrder() {
		assertThat(standard(ZONE_AND_NAMESPACE).values()).extracting(InstanceFilter::name)
			.containsExactly("state", "tags", "lane", "tenant", "version", "namespace", "zone");
	}

	@Test
	void whenNothingIsPreferredThenThereAreNoFiltersForIt() {
		assertThat(standard(RoutingSettings.DEFAULT).values()).extracting(InstanceFilter::name)
			.containsExactly("state", "tags", "lane", "tenant", "version");
		assertThat(InstanceFilters.standard("demo")).extracting(InstanceFilter::name)
			.containsExactly("state", "tags", "lane", "tenant", "version");
	}

	@Test
	void whatDependsOnTheConsumerSaysSo() {
		assertThat(standard(ZONE_AND_NAMESPACE).values()).filteredOn(InstanceFilter::dependsOnConsumer)
			.extracting(InstanceFilter::name)
			.containsExactly("state", "namespace", "zone");
	}

	@Test
	void namespaceComesBeforeZone() {
		assertThat(all(ZONE_AND_NAMESPACE,
				"a:zone=az2,namespace=default b:zone=az1,namespace=other c:zone=az1,namespace=default"))
			.isEqualTo("c");
	}

	@Test
	void whenTheLaneIsDownThenCallsGoToTheInstancesOfNoLane() {
		List<Candidate> known = Instances.of("a b:lane=blue,down c:lane=green");
		assertThat(all(RoutingSettings.DEFAULT, known, new CallRoute(null, "blue", null, null, Map.of())))
			.isEqualTo("a");
	}

	@Test
	void eachApplicationHasItsOwnPreferredNamespace() {
		InstanceFilter filter = InstanceFilters
			.namespace((application) -> new Preference(application.equals("one") ? "default" : "other", 70));
		List<Candidate> known = Instances.of("a:namespace=default b:namespace=other");
		assertThat(List.of("one", "two"))
			.extracting((application) -> Instances
				.ids(Objects.requireNonNull(filter.forApplication(application)).filter(known, CallRoute.NONE, known)))
			.containsExactly("a", "b");
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 101 })
	void whenPercentageIsOutOfRangeThenIsRefused(int minHealthy) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Preference("az1", minHealthy))
			.withMessage("minHealthy: " + minHealthy + " (expected: 0 to 100)");
	}

	@Test
	void whenTagHasNoNameThenIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Label(" ", false))
			.withMessage("tag: ' ' (expected: the name of a tag)");
	}

	/**
	 * The filters of an application, by their places.
	 */
	private static NavigableMap<Integer, InstanceFilter> standard(RoutingSettings settings) {
		Map<Integer, InstanceFilter> filters = Map.of(InstanceFilterOrder.STATE, InstanceFilters.state(),
				InstanceFilterOrder.TAGS, InstanceFilters.tags(), InstanceFilterOrder.LANE,
				InstanceFilters.lane(settings.lane()), InstanceFilterOrder.TENANT,
				InstanceFilters.tenant(settings.tenant()), InstanceFilterOrder.VERSION, InstanceFilters.version(),
				InstanceFilterOrder.NAMESPACE, InstanceFilters.namespace((application) -> settings.namespace()),
				InstanceFilterOrder.ZONE, InstanceFilters.zone(settings.zone()));
		NavigableMap<Integer, InstanceFilter> needed = new TreeMap<>();
		filters.forEach((place, filter) -> {
			InstanceFilter ofApplication = filter.forApplication("demo");
			if (ofApplication != null) {
				needed.put(place, ofApplication);
			}
		});
		return needed;
	}

	private static RoutingSettings preferring(@Nullable String zone, @Nullable String namespace, int minHealthy) {
		return new RoutingSettings(RoutingSettings.DEFAULT.lane(), RoutingSettings.DEFAULT.tenant(),
				new Preference(zone, minHealthy), Preference.NONE)
			.withNamespace(new Preference(namespace, minHealthy));
	}

	private static String filter(int place, RoutingSettings settings, String instances, CallRoute route) {
		List<Candidate> candidates = Instances.of(instances);
		return Instances
			.ids(Objects.requireNonNull(standard(settings).get(place)).filter(candidates, route, candidates));
	}

	private static String all(RoutingSettings settings, String known) {
		return all(settings, Instances.of(known), CallRoute.NONE);
	}

	private static String all(RoutingSettings settings, List<Candidate> known, CallRoute route) {
		List<Candidate> left = known;
		for (InstanceFilter filter : standard(settings).values()) {
			left = filter.filter(left, route, known);
		}
		return Instances.ids(left);
	}

	private static Map<String, String> tags(String text) {
		Map<String, String> tags = new LinkedHashMap<>();
		for (String pair : text.isEmpty() ? new String[0] : text.split(",")) {
			tags.put(pair.split("=")[0], pair.split("=")[1]);
		}
		return tags;
	}

}
