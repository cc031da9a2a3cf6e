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

package io.rpcboot.demo.provider;

import java.util.List;

import io.rpcboot.demo.parcel.v1.TrackStatus;

/**
 * Where a parcel has been.
 *
 * @param events what happened to it, oldest first
 */
record Journey(List<Event> events) {

	static Journey of(Event... events) {
		return new Journey(List.of(events));
	}

	/**
	 * One thing that happened to a parcel.
	 *
	 * @param place where it happened
	 * @param status what happened
	 */
	record Event(String place, TrackStatus status) {

	}

}
