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

package io.rpcboot.client;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.AutowiredAnnotationBeanPostProcessor;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.AutowireCandidateResolver;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Teaches a bean factory {@link RpcReference}: as the suggested value of a parameter, as
 * {@code @Value} is, and, through a second instance of the processor that serves
 * {@code @Autowired}, on fields and setters.
 */
public final class RpcReferenceInjection implements BeanFactoryPostProcessor {

	/**
	 * Creates the processor of annotated fields and setters.
	 * @return the processor, to be a bean
	 */
	public static AutowiredAnnotationBeanPostProcessor fieldsAndSetters() {
		AutowiredAnnotationBeanPostProcessor processor = new AutowiredAnnotationBeanPostProcessor();
		processor.setAutowiredAnnotationTypes(Set.of(RpcReference.class));
		return processor;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		DefaultListableBeanFactory factory = (DefaultListableBeanFactory) beanFactory;
		factory.setAutowireCandidateResolver(
				new ReferenceCandidateResolver(factory, factory.getAutowireCandidateResolver()));
	}

	/**
	 * Answers for annotated injection points, and hands on everything else.
	 */
	private record ReferenceCandidateResolver(BeanFactory beans,
			AutowireCandidateResolver next) implements AutowireCandidateResolver {

		@Override
		public @Nullable Object getSuggestedValue(DependencyDescriptor descriptor) {
			RpcReference reference = annotation(descriptor, RpcReference.class);
			return (reference != null) ? this.beans.getBean(RpcReferences.class)
				.create(reference, annotation(descriptor, HashKey.class), descriptor.getDependencyType(),
						where(descriptor))
					: this.next.getSuggestedValue(descriptor);
		}

		@Override
		public boolean isAutowireCandidate(BeanDefinitionHolder holder, DependencyDescriptor descriptor) {
			return this.next.isAutowireCandidate(holder, descriptor);
		}

		@Override
		public boolean isRequired(DependencyDescriptor descriptor) {
			return this.next.isRequired(descriptor);
		}

		@Override
		public boolean hasQualifier(DependencyDescriptor descriptor) {
			return this.next.hasQualifier(descriptor);
		}

		@Override
		public @Nullable String getSuggestedName(DependencyDescriptor descriptor) {
			return this.next.getSuggestedName(descriptor);
		}

		@Override
		public @Nullable Object getLazyResolutionProxyIfNecessary(DependencyDescriptor descriptor,
				@Nullable String beanName) {
			return this.next.getLazyResolutionProxyIfNecessary(descriptor, beanName);
		}

		@Override
		public @Nullable Class<?> getLazyResolutionProxyClass(DependencyDescriptor descriptor,
				@Nullable String beanName) {
			return this.next.getLazyResolutionProxyClass(descriptor, beanName);
		}

		private static <A extends Annotation> @Nullable A annotation(DependencyDescriptor descriptor, Class<A> type) {
			for (Annotation annotation : descriptor.getAnnotations()) {
				if (type.isInstance(annotation)) {
					return type.cast(annotation);
				}
			}
			MethodParameter parameter = descriptor.getMethodParameter();
			Method method = (parameter != null) ? parameter.getMethod() : null;
			// On the method itself it is a setter's; on a bean method it would be
			// nobody's.
			return (method != null && !AnnotatedElementUtils.hasAnnotation(method, Bean.class))
					? method.getAnnotation(type) : null;
		}

		private static String where(DependencyDescriptor descriptor) {
			MethodParameter parameter = descriptor.getMethodParameter();
			if (parameter == null) {
				return "field " + Objects.requireNonNull(descriptor.getField());
			}
			return "parameter " + parameter.getParameterIndex() + " of " + parameter.getExecutable();
		}

	}

}
