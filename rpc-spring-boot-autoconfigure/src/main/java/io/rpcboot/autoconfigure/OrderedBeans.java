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

import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.annotation.Order;
import org.springframework.core.annotation.OrderUtils;

/**
 * Finds beans with their places. The order may stand on the bean method, of which the
 * bean itself knows nothing.
 */
final class OrderedBeans {

	private OrderedBeans() {
	}

	static <T> List<Ordered<T>> of(ListableBeanFactory beans, Class<T> type) {
		return of(beans, type, null);
	}

	/**
	 * Finds beans.
	 * @param <T> their type
	 * @param beans where they are
	 * @param type their type
	 * @param annotation an annotation that they must have; {@code null} for any
	 * @return the beans in their order, the lowest first
	 */
	static <T> List<Ordered<T>> of(ListableBeanFactory beans, Class<T> type,
			@Nullable Class<? extends Annotation> annotation) {
		List<Ordered<T>> found = new ArrayList<>();
		for (String name : beans.getBeanNamesForType(type)) {
			if (annotation == null || beans.findAnnotationOnBean(name, annotation) != null) {
				T bean = beans.getBean(name, type);
				found.add(new Ordered<>(bean, order(beans, name, bean)));
			}
		}
		found.sort(Comparator.comparingInt(Ordered::order));
		return found;
	}

	private static int order(ListableBeanFactory beans, String name, Object bean) {
		Order order = beans.findAnnotationOnBean(name, Order.class);
		if (order != null) {
			return order.value();
		}
		if (bean instanceof org.springframework.core.Ordered ordered) {
			return ordered.getOrder();
		}
		return OrderUtils.getOrder(bean.getClass(), org.springframework.core.Ordered.LOWEST_PRECEDENCE);
	}

	/**
	 * A bean and its place.
	 *
	 * @param <T> its type
	 * @param bean the bean
	 * @param order the lower, the earlier
	 */
	record Ordered<T>(T bean, int order) {

	}

}
