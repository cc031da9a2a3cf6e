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

package io.rpcboot.client.balancer.outlier;

import java.time.Duration;

/**
 * That an instance is ejected, to explain it to a person.
 *
 * @param reason why, such as {@code 5 consecutive failures}
 * @param remaining how long it lasts still, when it was asked for; zero if its time is
 * over and the next sweep ends it
 * @param times how often the instance has been ejected since it is known, this time
 * included
 */
public record Ejection(String reason, Duration remaining, int times) {

}
