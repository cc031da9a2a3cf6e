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

package io.rpcboot.benchmarks.startup;

import io.rpcboot.benchmarks.driver.Footprint;

/**
 * One start of an application.
 *
 * @param startedMillis from the start of the process until the application context is
 * ready
 * @param calledMillis from the start of the process until the first call is answered; not
 * a number without one
 * @param cpuMillis CPU time of the process up to then
 * @param rssMegabytes resident memory then
 * @param footprint what it holds at rest
 */
record Start(double startedMillis, double calledMillis, double cpuMillis, double rssMegabytes, Footprint footprint) {

}
