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

import java.util.function.LongSupplier;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.LoadBalancer.Helper;
import io.grpc.Status;
import io.rpcboot.registry.ServiceInstance;
import io.rpcboot.tls.Reminders;
import io.rpcboot.tls.TlsProblem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in one line why an instance cannot be connected to, and which setting to look at,
 * where the reason is that one side speaks TLS in another way than the other: in the
 * status of calls, and once in the log for each application and reason, again after ten
 * minutes. gRPC tries again and again, and hides the reason among the causes. Safe for
 * any thread.
 */
final class ConnectHints {

	private static final Logger logger = LoggerFactory.getLogger(ConnectHints.class);

	/** What a server says to a client that pings more often than it allows. */
	private static final String TOO_MANY_PINGS = "too_many_pings";

	private final Reminders reminders;

	/**
	 * Creates hints for all channels of an application context.
	 * @param nanoTime the clock
	 */
	ConnectHints(LongSupplier nanoTime) {
		this.reminders = new Reminders(nanoTime);
	}

	/**
	 * Returns the hints for the connections of one channel.
	 * @param helper gRPC's, which knows the name that is verified and whether there is
	 * TLS
	 * @return hints that share with the others what was said
	 */
	OfChannel of(Helper helper) {
		return new OfChannel(this, helper);
	}

	private void say(ServiceInstance instance, TlsProblem problem, String hint) {
		if (this.reminders.isDue(new Said(instance.application(), problem))) {
			logger.warn("No connection to {} at {}: {}", instance.application(), instance.address(), hint);
		}
	}

	private void sayPings(ServiceInstance instance) {
		if (this.reminders.isDue(new Said(instance.application(), null))) {
			logger.warn("{} at {} has cut the connection off with its calls (too_many_pings): the keepalive of an "
					+ "RpcChannelCustomizer here pings more often than rpc.server.keepalive.permit-time, or without calls "
					+ "rpc.server.keepalive.permit-without-calls, allows there", instance.application(),
					instance.address());
		}
	}

	/**
	 * What was said.
	 *
	 * @param application of whom
	 * @param problem the reason; {@code null} for too many pings
	 */
	private record Said(String application, @Nullable TlsProblem problem) {

	}

	/**
	 * The hints for one channel.
	 */
	static final class OfChannel {

		private final ConnectHints hints;

		private final Helper helper;

		OfChannel(ConnectHints hints, Helper helper) {
			this.hints = hints;
			this.helper = helper;
		}

		/**
		 * Explains why a connection failed, and says it in the log if that is due.
		 * @param instance whose connection it was
		 * @param status what gRPC says
		 * @param everConnected whether this start of the instance was connected to
		 * before: it speaks as this side does then, and only went away
		 * @return one line; {@code null} if there is no more to say than gRPC does
		 */
		@Nullable String explain(ServiceInstance instance, Status status, boolean everConnected) {
			TlsProblem problem = TlsProblem.of(status);
			if (problem == null || (problem == TlsProblem.CLOSED && everConnected)) {
				return null;
			}
			String hint = hint(problem, "rpc.client.references[" + instance.application() + "]");
			if (hint != null) {
				this.hints.say(instance, problem, hint);
			}
			return hint;
		}

		/**
		 * Looks whether the keepalive of this side has ended a call.
		 * @param instance to which it went
		 * @param status how it failed
		 */
		void onFailedCall(ServiceInstance instance, Status status) {
			String text = status.getDescription();
			if (text != null && text.contains(TOO_MANY_PINGS)) {
				this.hints.sayPings(instance);
			}
		}

		private @Nullable String hint(TlsProblem problem, String reference) {
			String bundle = "the SSL bundle of " + reference + ".ssl.bundle or rpc.client.defaults.ssl.bundle";
			return switch (problem) {
				case NO_TLS -> "it speaks no TLS, and this reference does: " + noTls(reference);
				case ONLY_TLS -> "it speaks TLS, and this reference does not: set " + reference + ".ssl.bundle here";
				case EXPIRED -> "its certificate has expired: renew that of its rpc.server.ssl.bundle";
				case WRONG_NAME -> "its certificate is for another name than '" + this.helper.getAuthority()
						+ "': issue it for that one too, or set " + reference + ".authority to a name that is in it";
				case NOT_TRUSTED -> "its certificate is not trusted: add its authority to the truststore of " + bundle;
				case NO_CERTIFICATE, REFUSED ->
					"it demands a client certificate that it trusts: see the keystore of " + bundle;
				case NO_HTTP2 -> "it speaks TLS, but not HTTP/2 over it (ALPN): it is no gRPC server, or something in "
						+ "between is not";
				case NOTHING_IN_COMMON -> "it has no version of TLS or cipher in common with this side: see the "
						+ "options of the SSL bundles on both sides";
				case CLOSED -> closed(reference);
			};
		}

		private @Nullable String closed(String reference) {
			ChannelCredentials credentials = credentials();
			if (credentials == null) {
				return null;
			}
			return (credentials instanceof InsecureChannelCredentials)
					? "it closed the connection at once, as one does that speaks TLS: if it does, set " + reference
							+ ".ssl.bundle here"
					: "it closed the connection during the TLS handshake, as one does that speaks no TLS, or that "
							+ "wants a client certificate that it trusts: see " + reference + ".ssl here";
		}

		private static String noTls(String reference) {
			return "set rpc.server.ssl.bundle there, or " + reference + ".ssl.enabled=false here";
		}

		private @Nullable ChannelCredentials credentials() {
			try {
				return this.helper.getChannelCredentials();
			}
			catch (UnsupportedOperationException ex) {
				// Not every parent of this load balancer tells them.
				return null;
			}
		}

	}

}
