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

package io.rpcboot;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The arrows between packages, and what is public.
 */
class ArchitectureTests {

	private static final JavaClasses LIBRARY = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("io.rpcboot");

	@Test
	void arrowsPointDownOnly() {
		Architectures.layeredArchitecture()
			.consideringOnlyDependenciesInAnyPackage("io.rpcboot..")
			.withOptionalLayers(true)
			.layer("autoconfigure")
			.definedBy("io.rpcboot.autoconfigure")
			.layer("actuate")
			.definedBy("io.rpcboot.actuate")
			.layer("actuate.call")
			.definedBy("io.rpcboot.actuate.call")
			.layer("server")
			.definedBy("io.rpcboot.server")
			.layer("stream")
			.definedBy("io.rpcboot.server.stream")
			.layer("dedup")
			.definedBy("io.rpcboot.server.dedup")
			.layer("client")
			.definedBy("io.rpcboot.client")
			.layer("attempt")
			.definedBy("io.rpcboot.client.attempt")
			.layer("resolver")
			.definedBy("io.rpcboot.client.resolver")
			.layer("balancer")
			.definedBy("io.rpcboot.client.balancer")
			.layer("policy")
			.definedBy("io.rpcboot.client.balancer.policy")
			.layer("outlier")
			.definedBy("io.rpcboot.client.balancer.outlier")
			.layer("routing")
			.definedBy("io.rpcboot.client.routing")
			.layer("throttle")
			.definedBy("io.rpcboot.client.throttle")
			.layer("fallback")
			.definedBy("io.rpcboot.client.fallback")
			.layer("subset")
			.definedBy("io.rpcboot.client.subset")
			.layer("dispatch")
			.definedBy("io.rpcboot.dispatch")
			.layer("registry")
			.definedBy("io.rpcboot.registry")
			.layer("etcd")
			.definedBy("io.rpcboot.registry.etcd")
			.layer("local")
			.definedBy("io.rpcboot.registry.local")
			.layer("snapshot")
			.definedBy("io.rpcboot.registry.snapshot")
			.layer("server.error")
			.definedBy("io.rpcboot.server.error")
			.layer("server.validation")
			.definedBy("io.rpcboot.server.validation")
			.layer("client.error")
			.definedBy("io.rpcboot.client.error")
			.layer("call")
			.definedBy("io.rpcboot.call")
			.layer("authentication")
			.definedBy("io.rpcboot.server.authentication")
			.layer("security")
			.definedBy("io.rpcboot.server.security")
			.layer("credentials")
			.definedBy("io.rpcboot.client.credentials")
			.layer("oauth2")
			.definedBy("io.rpcboot.client.oauth2")
			.layer("admission")
			.definedBy("io.rpcboot.server.admission")
			.layer("tls")
			.definedBy("io.rpcboot.tls")
			.layer("connection")
			.definedBy("io.rpcboot.server.connection")
			.layer("accesslog")
			.definedBy("io.rpcboot.server.accesslog")
			.whereLayer("autoconfigure")
			.mayNotBeAccessedByAnyLayer()
			.whereLayer("actuate")
			.mayOnlyBeAccessedByLayers("autoconfigure")
			.whereLayer("actuate.call")
			.mayOnlyBeAccessedByLayers("autoconfigure")
			.whereLayer("server")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate")
			.whereLayer("stream")
			.mayOnlyBeAccessedByLayers("autoconfigure", "server")
			.whereLayer("dedup")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "server")
			.whereLayer("client")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "actuate.call")
			.whereLayer("attempt")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "client", "client.error")
			.whereLayer("resolver")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "client")
			.whereLayer("balancer")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "client", "attempt", "resolver")
			.whereLayer("policy")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "client", "attempt", "resolver", "balancer",
					"outlier", "routing")
			.whereLayer("outlier")
			.mayOnlyBeAccessedByLayers("autoconfigure", "client", "balancer")
			.whereLayer("routing")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "client", "resolver", "balancer")
			.whereLayer("subset")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "client", "resolver")
			.whereLayer("throttle")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "client")
			.whereLayer("fallback")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "client")
			.whereLayer("dispatch")
			.mayOnlyBeAccessedByLayers("autoconfigure", "server", "client", "attempt", "stream", "admission", "dedup")
			.whereLayer("etcd")
			.mayOnlyBeAccessedByLayers("autoconfigure")
			.whereLayer("local")
			.mayOnlyBeAccessedByLayers("autoconfigure")
			.whereLayer("snapshot")
			.mayOnlyBeAccessedByLayers("autoconfigure", "etcd")
			.whereLayer("server.error")
			.mayOnlyBeAccessedByLayers("autoconfigure", "server", "security")
			.whereLayer("server.validation")
			.mayOnlyBeAccessedByLayers("autoconfigure", "server")
			.whereLayer("client.error")
			.mayOnlyBeAccessedByLayers("autoconfigure", "client")
			.whereLayer("authentication")
			.mayOnlyBeAccessedByLayers("autoconfigure", "server", "security")
			.whereLayer("security")
			.mayOnlyBeAccessedByLayers("autoconfigure")
			.whereLayer("credentials")
			.mayOnlyBeAccessedByLayers("autoconfigure", "client", "oauth2")
			.whereLayer("oauth2")
			.mayOnlyBeAccessedByLayers("autoconfigure")
			.whereLayer("admission")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "server", "authentication")
			.whereLayer("tls")
			.mayOnlyBeAccessedByLayers("autoconfigure", "server", "balancer")
			.whereLayer("connection")
			.mayOnlyBeAccessedByLayers("autoconfigure", "actuate", "server")
			.whereLayer("accesslog")
			.mayOnlyBeAccessedByLayers("autoconfigure")
			.check(LIBRARY);
	}

	@Test
	void packagesHaveNoCycles() {
		SlicesRuleDefinition.slices().matching("io.rpcboot.(**)").should().beFreeOfCycles().check(LIBRARY);
	}

	@Test
	void onlyTheWiringKnowsBoot() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages("io.rpcboot.autoconfigure", "io.rpcboot.actuate")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.boot..")
			.check(LIBRARY);
	}

	@Test
	void onlyTheEtcdRegistryKnowsJetcd() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackage("io.rpcboot.registry.etcd")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.etcd..")
			.check(LIBRARY);
	}

	/**
	 * What speaks gRPC is one Netty: jetcd's own would be loaded, and hold threads and
	 * buffers, for nothing.
	 */
	@Test
	void nothingKnowsJetcdsTransport() {
		ArchRuleDefinition.noClasses()
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.netty..", "io.vertx..", "io.grpc.netty")
			.check(LIBRARY);
	}

	@Test
	void onlyActuateAndItsWiringKnowMicrometer() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages("io.rpcboot.autoconfigure", "io.rpcboot.actuate..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("io.micrometer..")
			.check(LIBRARY);
	}

	@Test
	void onlyTheirOwnPackagesAndTheWiringKnowSpringSecurity() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages("io.rpcboot.autoconfigure", "io.rpcboot.server.security",
					"io.rpcboot.client.oauth2")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.security..")
			.check(LIBRARY);
	}

	@Test
	void theRegistrySpiKnowsNeitherGrpcNorSpring() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage("io.rpcboot.registry", "io.rpcboot.registry.local", "io.rpcboot.registry.snapshot")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.grpc..", "org.springframework..")
			.check(LIBRARY);
	}

	@Test
	void theAlgorithmsOfTheClientKnowNeitherGrpcNorSpring() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage("io.rpcboot.client.balancer.policy", "io.rpcboot.client.balancer.outlier",
					"io.rpcboot.client.routing", "io.rpcboot.client.subset")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("io.grpc..", "org.springframework..")
			.allowEmptyShould(true)
			.check(LIBRARY);
	}

	@Test
	void oneClassTouchesGrpcsInternalLoadBalancer() {
		ArchRuleDefinition.noClasses()
			.that()
			.haveNameNotMatching("io\\.rpcboot\\.client\\.balancer\\.InstanceLoadBalancer.*")
			.should()
			.dependOnClassesThat()
			.haveNameMatching("io\\.grpc\\.util\\.MultiChildLoadBalancer.*")
			.check(LIBRARY);
	}

	@Test
	void packagesAreNamedAfterFeatures() {
		ArchRuleDefinition.noClasses()
			.should()
			.resideInAnyPackage("..util..", "..common..", "..impl..", "..manager..", "..helper..", "..internal..")
			.check(LIBRARY);
	}

	@Test
	void everyPackageIsNullMarked() {
		Set<String> unmarked = LIBRARY.stream()
			.filter((type) -> !type.getPackage().isAnnotatedWith(NullMarked.class))
			.map(JavaClass::getPackageName)
			.collect(Collectors.toSet());
		assertThat(unmarked).isEmpty();
	}

	@Test
	void halfTheTypesOrFewerArePublic() {
		List<JavaClass> types = LIBRARY.stream()
			.filter((type) -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
			.toList();
		List<String> published = types.stream()
			.filter((type) -> type.getModifiers().contains(JavaModifier.PUBLIC))
			.map(JavaClass::getSimpleName)
			.sorted()
			.toList();
		assertThat(published).hasSizeLessThanOrEqualTo(types.size() / 2);
	}

	@Test
	void autoConfigurationsOnlyWire() {
		ArchRuleDefinition.classes()
			.that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.check(LIBRARY);
		ArchRuleDefinition.methods().that().areAnnotatedWith(Bean.class).should().bePackagePrivate().check(LIBRARY);
	}

	@Test
	void publicClassesAreFinalUnlessDesignedToBeExtended() {
		ArchRuleDefinition.classes()
			.that()
			.arePublic()
			.and()
			.areNotInterfaces()
			.and(DescribedPredicate.not(JavaClass.Predicates.assignableTo(Throwable.class)))
			.and()
			.haveSimpleNameNotEndingWith("Properties")
			.should()
			.haveModifier(JavaModifier.FINAL)
			.check(LIBRARY);
	}

}
