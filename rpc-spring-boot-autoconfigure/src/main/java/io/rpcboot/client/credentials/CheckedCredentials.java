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

package io.rpcboot.client.credentials;

import java.util.concurrent.Executor;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import io.rpcboot.call.AuthorizationHeader;

/**
 * Credentials that are not sent where others could read them. gRPC asks for them for each
 * attempt of a call, once it is known over which connection that goes.
 */
abstract class CheckedCredentials extends CallCredentials {

	private final String application;

	private final boolean allowPlaintext;

	/**
	 * Creates credentials.
	 * @param application the application that is called, for messages
	 * @param allowPlaintext whether they are sent over any connection
	 */
	CheckedCredentials(String application, boolean allowPlaintext) {
		this.application = application;
		this.allowPlaintext = allowPlaintext;
	}

	@Override
	public final void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
		if (!this.allowPlaintext && info.getSecurityLevel() != SecurityLevel.PRIVACY_AND_INTEGRITY) {
			applier.fail(failure("are not sent over plaintext (" + key() + ".allow-plaintext: false)"));
			return;
		}
		apply(applier);
	}

	/**
	 * Applies the credentials, now or later. Must not block.
	 */
	abstract void apply(MetadataApplier applier);

	final void apply(MetadataApplier applier, String header) {
		Metadata headers = new Metadata();
		headers.put(AuthorizationHeader.KEY, header);
		applier.apply(headers);
	}

	/**
	 * Returns the status of a call that is not made. It is never UNAVAILABLE, which would
	 * be charged to instances that have nothing to do with it.
	 */
	final Status failure(String what) {
		return Status.UNAUTHENTICATED
			.withDescription("The credentials of the calls to " + this.application + " " + what);
	}

	final String key() {
		return "rpc.client.references[" + this.application + "].credentials";
	}

}
