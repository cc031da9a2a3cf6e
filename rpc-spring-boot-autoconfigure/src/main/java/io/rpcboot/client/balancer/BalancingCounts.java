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

package io.rpcboot.client.balancer;

/**
 * What the channels to one application have, at one moment. An instance to which several
 * channels connect is counted once, in the best of its states.
 *
 * @param usable instances that can be picked
 * @param ejected instances that could be, but that their calls fail
 * @param connecting instances that are about to connect
 * @param other instances that cannot be connected to, leave, or are not healthy
 * @param inFlight calls and streams that are open
 * @param picks attempts for which an instance was picked, from the start on
 */
public record BalancingCounts(int usable, int ejected, int connecting, int other, int inFlight, long picks) {

}
