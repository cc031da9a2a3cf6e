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
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.github.benmanes.caffeine.cache.Cache;
import com.google.rpc.ErrorInfo;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.rpcboot.server.dedup.DeduplicationStore;
import io.rpcboot.server.dedup.RequestKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the library reaches by name has a hint, and nothing else is reached so.
 */
class RpcRuntimeHintsTests {

	private static final JavaClasses LIBRARY = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.rpcboot");

	private final RuntimeHints hints = new RuntimeHints();

	@BeforeEach
	void register() {
		new RpcRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
	}

	@Test
	void allThatTellsHintsIsFoundByTheProcessing() {
		assertThat(AotServices.factories().load(RuntimeHintsRegistrar.class))
			.hasAtLeastOneElementOfType(RpcRuntimeHints.class);
		assertThat(AotServices.factories().load(BeanRegistrationAotProcessor.class))
			.extracting((processor) -> processor.getClass().getSimpleName())
			.contains("ReferenceHints", "ServiceHints");
	}

	/**
	 * Each class here has its hints. One that comes new is to be looked at, and to be
	 * told about if what it reaches is not a constant.
	 */
	@Test
	void reflectionIsUsedOnlyWhereHintsAreTold() {
		Set<String> found = new TreeSet<>();
		for (JavaClass type : LIBRARY) {
			type.getAccessesFromSelf().stream().filter(RpcRuntimeHintsTests::isReflective).forEach((access) -> {
				JavaClass owner = access.getOriginOwner();
				found.add(owner.getEnclosingClass().orElse(owner).getSimpleName());
			});
		}
		assertThat(found).containsExactlyInAnyOrder("AdviceMethod", "AuthenticationChecks", "BootGrpcServer",
				"InstanceStatistics", "OpenCalls", "StubFactory");
	}

	@Test
	void fieldsBehindHandlesHaveHints() throws ReflectiveOperationException {
		int handles = 0;
		for (JavaClass type : LIBRARY) {
			for (Field handle : handlesOf(type.reflect())) {
				handle.setAccessible(true);
				List<Class<?>> coordinates = ((VarHandle) handle.get(null)).coordinateTypes();
				if (coordinates.equals(List.of(handle.getDeclaringClass()))) {
					handles++;
					assertThat(RuntimeHintsPredicates.reflection()
						.onType(handle.getDeclaringClass())
						.withMemberCategory(MemberCategory.ACCESS_DECLARED_FIELDS)).as(handle.toString())
						.accepts(this.hints);
				}
			}
		}
		assertThat(handles).isGreaterThan(5);
	}

	@Test
	void classesThatCaffeineLoadsByNameHaveHints() throws ReflectiveOperationException {
		DeduplicationStore store = DeduplicationStore.inMemory(1 << 20, Duration.ofMinutes(1));
		store.acknowledge(new RequestKey("shop", "c-1", "r-1"));
		Field calls = store.getClass().getDeclaredField("calls");
		calls.setAccessible(true);
		Map<?, ?> cache = ((Cache<?, ?>) calls.get(store)).asMap();
		Field factory = ClassUtils.forName("com.github.benmanes.caffeine.cache.BoundedLocalCache", null)
			.getDeclaredField("nodeFactory");
		factory.setAccessible(true);
		for (Class<?> type : List.of(cache.getClass(), factory.get(cache).getClass())) {
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(type)
				.withMemberCategories(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS,
						MemberCategory.ACCESS_DECLARED_FIELDS))
				.as(type.getName())
				.accepts(this.hints);
		}
	}

	@Test
	void providersOfPoliciesCanBeMadeByGrpc() throws IOException {
		String file = "META-INF/services/io.grpc.LoadBalancerProvider";
		List<String> providers = new ArrayList<>();
		for (URL url : Collections.list(getClass().getClassLoader().getResources(file))) {
			try (InputStream in = url.openStream()) {
				new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
					.filter((line) -> line.startsWith("io.rpcboot."))
					.forEach(providers::add);
			}
		}
		assertThat(providers).hasSize(5)
			.allSatisfy((provider) -> assertThat(RuntimeHintsPredicates.reflection()
				.onType(TypeReference.of(provider))
				.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(this.hints));
		assertThat(RuntimeHintsPredicates.resource().forResource(file)).accepts(this.hints);
	}

	@Test
	void detailsOfErrorsCanBeUnpacked() throws NoSuchMethodException {
		Method empty = ErrorInfo.class.getMethod("getDefaultInstance");
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(empty)).accepts(this.hints);
	}

	@Test
	void whatMayBeMissingIsFoundWhereItIsThere() {
		assertThat(List.of(BootGrpcServer.LIFECYCLE, AuthenticationChecks.SPRING_SECURITY)).allSatisfy((
				name) -> assertThat(RuntimeHintsPredicates.reflection().onType(ClassUtils.resolveClassName(name, null)))
					.accepts(this.hints));
	}

	@Test
	void theManualNamesEachPropertyThatDecidesWhenTheApplicationIsBuilt() throws IOException {
		String manual = Files.readString(Path.of("..", "docs", "operations.md"));
		String section = manual.substring(manual.indexOf("## Processed ahead of time"));
		Set<String> names = new TreeSet<>();
		for (JavaClass type : LIBRARY) {
			collectProperties(type.reflect(), names);
			Stream.of(type.reflect().getDeclaredMethods()).forEach((method) -> collectProperties(method, names));
		}
		assertThat(names).hasSizeGreaterThan(5).allSatisfy((name) -> assertThat(section).contains("`" + name + "`"));
	}

	private static void collectProperties(AnnotatedElement element, Set<String> names) {
		MergedAnnotations annotations = MergedAnnotations.from(element);
		for (Class<? extends Annotation> condition : List.<Class<? extends Annotation>>of(ConditionalOnProperty.class,
				ConditionalOnBooleanProperty.class)) {
			annotations.stream(condition).forEach((annotation) -> {
				String prefix = annotation.getString("prefix");
				Stream.of("name", "value")
					.flatMap((attribute) -> Stream.of(annotation.getStringArray(attribute)))
					.forEach((name) -> names.add(prefix.isEmpty() ? name : prefix + "." + name));
			});
		}
	}

	private static List<Field> handlesOf(Class<?> type) {
		return Stream.of(type.getDeclaredFields())
			.filter((field) -> field.getType() == VarHandle.class && Modifier.isStatic(field.getModifiers()))
			.toList();
	}

	private static boolean isReflective(JavaAccess<?> access) {
		JavaClass owner = access.getTargetOwner();
		String name = access.getTarget().getName();
		return (owner.isEquivalentTo(Class.class) && (name.equals("forName") || name.startsWith("getResource")))
				|| (owner.isEquivalentTo(Method.class) && name.equals("invoke"))
				|| (owner.isEquivalentTo(Constructor.class) && name.equals("newInstance"))
				|| (owner.isEquivalentTo(MethodHandles.Lookup.class) && name.startsWith("find"))
				|| owner.isEquivalentTo(Proxy.class)
				|| (owner.isEquivalentTo(ClassLoader.class)
						&& (name.equals("loadClass") || name.startsWith("getResource")))
				|| (owner.isEquivalentTo(ClassUtils.class)
						&& Set.of("forName", "isPresent", "resolveClassName").contains(name));
	}

}
