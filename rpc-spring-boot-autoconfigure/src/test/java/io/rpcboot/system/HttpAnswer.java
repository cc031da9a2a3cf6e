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

package io.rpcboot.system;

import java.net.http.HttpResponse;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.jspecify.annotations.Nullable;

/**
 * What HTTP answered.
 *
 * @param status the status
 * @param body the text
 */
record HttpAnswer(int status, String body) {

	static HttpAnswer of(HttpResponse<String> response) {
		return new HttpAnswer(response.statusCode(), response.body());
	}

	/**
	 * Finds what stands in the JSON.
	 * @param path names and indices, with slashes between
	 * @return the text of the value, the JSON of what is none; {@code null} if nothing is
	 * there
	 */
	@Nullable String at(String path) {
		JsonElement element = JsonParser.parseString(this.body);
		for (String step : path.split("/")) {
			element = element.isJsonArray() ? item(element.getAsJsonArray(), Integer.parseInt(step))
					: member(element.getAsJsonObject(), step);
			if (element == null) {
				return null;
			}
		}
		return element.isJsonPrimitive() ? element.getAsString() : element.toString();
	}

	private static @Nullable JsonElement item(JsonArray array, int index) {
		return (index < array.size()) ? array.get(index) : null;
	}

	/** Names of methods have a slash, which stands as a tilde in a path. */
	private static @Nullable JsonElement member(JsonObject object, String name) {
		return object.get(name.replace('~', '/'));
	}

}
