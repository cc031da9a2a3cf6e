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

package io.rpcboot.demo.consumer;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tells how the load fares, and ends it.
 */
@RestController
@RequestMapping("/load")
@ConditionalOnBooleanProperty("demo.load.enabled")
class LoadController {

	private final LoadLoop load;

	LoadController(LoadLoop load) {
		this.load = load;
	}

	@GetMapping
	LoadReport total() {
		return this.load.total();
	}

	@DeleteMapping
	LoadReport stop() {
		this.load.stop();
		return this.load.total();
	}

}
