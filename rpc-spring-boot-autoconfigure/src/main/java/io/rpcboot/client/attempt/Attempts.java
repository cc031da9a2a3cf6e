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

package io.rpcboot.client.attempt;

import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.rpcboot.call.CallContext;
import io.rpcboot.call.RpcMetadata;
import io.rpcboot.client.attempt.AttemptEnd.Proof;
import io.rpcboot.client.attempt.AttemptPolicy.Deduplication;
import io.rpcboot.client.attempt.CallReport.Reason;
import io.rpcboot.client.balancer.Attempt;
import io.rpcboot.client.balancer.NotExecuted;
import org.jspecify.annotations.Nullable;

/**
 * A call whose attempts follow one another under the same deadline. What for sure never
 * left is sent again at once, as gRFC A6's transparent retry; for the rest,
 * {@link Retries} decides. grpc-java's own comes with a copy and a buffer for every call;
 * this one costs nothing until it is needed.
 *
 * @param <Q> the type of request messages
 * @param <A> the type of response messages
 */
abstract class Attempts<Q, A> extends ClientCall<Q, A> implements Attempt {

	/**
	 * How often a call is sent again that never left: a connection that was lost takes
	 * calls until the policy knows. gRFC A6 sets no limit, grpc-java this one.
	 */
	private static final int MAX_UNSENT = 1000;

	private final MethodDescriptor<Q, A> method;

	private final CallOptions options;

	private final Channel channel;

	private final Target target;

	private final AttemptPolicy policy;

	private final Context context = Context.current();

	private final long startNanos;

	private final boolean headersMayChange;

	private final boolean idempotent;

	/** Of a deduplicated call. */
	private final @Nullable String requestId;

	private volatile ClientCall<Q, A> current;

	private volatile boolean cancelled;

	private volatile @Nullable Pause pause;

	/** There is a hedge, which takes the place of a retry. Guarded by this object. */
	private boolean single;

	/** There is a retry, which takes the place of a hedge. Guarded by this object. */
	private boolean goesOn;

	private @Nullable AttemptListener listener;

	private Metadata headers = new Metadata();

	private boolean compression = true;

	private boolean streamCreated;

	private boolean headersSent;

	private boolean answered;

	private @Nullable Metadata held;

	/** Of a unary call whose headers are held. */
	private @Nullable A heldAnswer;

	private volatile @Nullable String instance;

	private long attemptNanos;

	/** How many there were; they follow one another. */
	private volatile int attempts;

	private int currentAttempt;

	private int unsent;

	private @Nullable Retries retries;

	Attempts(MethodDescriptor<Q, A> method, CallOptions options, Channel channel, Target target, AttemptPolicy policy) {
		this.method = method;
		this.options = options.withOption(KEY, this);
		this.channel = channel;
		this.target = target;
		this.policy = policy;
		this.startNanos = target.nanoClock().getAsLong();
		this.attemptNanos = this.startNanos;
		this.idempotent = method.getType().clientSendsOneMessage() && isIdempotent(options, policy);
		this.requestId = (policy.deduplication() != Deduplication.NONE) ? UUID.randomUUID().toString() : null;
		this.headersMayChange = target.shared().isCustomized() || options.getCredentials() != null
				|| this.requestId != null || !options.getStreamTracerFactories().isEmpty();
		this.current = channel.newCall(method, this.options);
	}

	private static boolean isIdempotent(CallOptions options, AttemptPolicy policy) {
		@Nullable Boolean ofCall = options.getOption(AttemptPolicy.IDEMPOTENT);
		return (ofCall != null) ? ofCall : policy.idempotent();
	}

	@Override
	public final void start(Listener<A> callListener, Metadata callHeaders) {
		AttemptEngine shared = this.target.shared();
		if (shared.caller() != null) {
			callHeaders.put(RpcMetadata.CALLER, shared.caller());
		}
		shared.carried().accept(callHeaders, this.options);
		if (isChainStopped()) {
			callHeaders.discardAll(RpcMetadata.NO_RETRY);
			callHeaders.put(RpcMetadata.NO_RETRY, RpcMetadata.SET);
		}
		if (this.requestId != null) {
			callHeaders.put(RpcMetadata.REQUEST_ID, this.requestId);
			callHeaders.put(RpcMetadata.CLIENT_ID, shared.clientId());
		}
		this.headers = this.headersMayChange ? copy(callHeaders) : callHeaders;
		this.listener = new AttemptListener(callListener);
		this.current.start(this.listener, callHeaders);
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		this.cancelled = true;
		Pause waiting = this.pause;
		if (waiting == null || !waiting.claim()) {
			this.current.cancel(message, cause);
		}
		else {
			waiting.end(Status.CANCELLED.withDescription(message).withCause(cause));
		}
	}

	@Override
	public final boolean isReady() {
		return this.current.isReady();
	}

	@Override
	public final Attributes getAttributes() {
		return this.current.getAttributes();
	}

	@Override
	public final void setMessageCompression(boolean enabled) {
		this.compression = enabled;
		this.current.setMessageCompression(enabled);
	}

	@Override
	public final void onStreamCreated(@Nullable String newInstance, Metadata attemptHeaders) {
		this.streamCreated = true;
		this.instance = newInstance;
		if (this.requestId != null) {
			this.target.acks().addTo(attemptHeaders, newInstance);
		}
	}

	@Override
	public final void onHeadersSent() {
		this.headersSent = true;
	}

	final ClientCall<Q, A> current() {
		return this.current;
	}

	/**
	 * Returns where the current attempt is.
	 * @return the id of the instance; {@code null} if it is not known
	 */
	final @Nullable String instance() {
		return this.instance;
	}

	/**
	 * Allows no other attempt than the current one.
	 * @return whether it is the first and has not failed
	 */
	final synchronized boolean stayAtFirst() {
		this.single = !this.goesOn;
		return this.single;
	}

	/**
	 * Takes back {@link #stayAtFirst}.
	 */
	final synchronized void mayGoOn() {
		this.single = false;
	}

	/**
	 * Decides after a failure, once and for all, that the call is retried and not hedged.
	 * @return whether it is hedged already
	 */
	private synchronized boolean isHedged() {
		this.goesOn = !this.single;
		return this.single;
	}

	/**
	 * The answer has begun: there will be no other attempt.
	 */
	void onAnswer() {
	}

	/**
	 * Returns whether all that was sent can be sent again.
	 */
	boolean isReplayable() {
		return true;
	}

	/**
	 * There will be another attempt. Goes on to it now or when the request is complete.
	 * @param delayNanos how long to wait before it
	 */
	abstract void again(long delayNanos);

	/**
	 * Sends again after a wait, on the thread of the timer.
	 */
	abstract void resend();

	/**
	 * Gives an attempt what the call was given so far.
	 */
	abstract void replay(ClientCall<Q, A> attempt);

	final void sendAgain(long delayNanos) {
		if (delayNanos > 0) {
			new Pause().begin(delayNanos);
		}
		else {
			sendAgain();
		}
	}

	final void sendAgain() {
		this.streamCreated = false;
		this.headersSent = false;
		this.held = null;
		this.heldAnswer = null;
		this.instance = null;
		this.attemptNanos = this.target.nanoClock().getAsLong();
		int attempt = this.attempts + 1;
		this.attempts = attempt;
		Retries known = this.retries;
		ClientCall<Q, A> next = this.channel.newCall(this.method,
				(known != null) ? known.options(this.options) : this.options);
		next.start(Objects.requireNonNull(this.listener, "not started"), nextHeaders(known));
		if (!this.compression) {
			next.setMessageCompression(false);
		}
		replay(next);
		makeCurrent(next, attempt);
		if (this.cancelled) {
			next.cancel("Cancelled while it was sent again", null);
		}
	}

	/**
	 * Adds to what was asked for; the most is for ever.
	 */
	static int sum(int requested, int messages) {
		return (int) Math.min(Integer.MAX_VALUE, (long) requested + messages);
	}

	final void close(Status status) {
		Objects.requireNonNull(this.listener, "not started").delegate.onClose(status, new Metadata());
	}

	private Metadata nextHeaders(@Nullable Retries known) {
		if (known == null && !this.headersMayChange) {
			return this.headers;
		}
		Metadata next = copy(this.headers);
		if (known != null) {
			known.addTo(next);
		}
		return next;
	}

	/**
	 * Interceptors in the channel, credentials and tracers add to the headers of each
	 * attempt. gRPC itself replaces what it adds.
	 */
	private static Metadata copy(Metadata headers) {
		Metadata copy = new Metadata();
		copy.merge(headers);
		return copy;
	}

	/**
	 * Another event loop may have seen this attempt fail while it was still replayed, and
	 * be one further.
	 */
	private synchronized void makeCurrent(ClientCall<Q, A> next, int attempt) {
		if (attempt > this.currentAttempt) {
			this.currentAttempt = attempt;
			this.current = next;
		}
	}

	private boolean isChainStopped() {
		return CallContext.NO_RETRY.get(this.context) != null;
	}

	/**
	 * Returns how long to wait before the next attempt; {@link Retries#NO} if there is
	 * none.
	 */
	private long next(Status status, Metadata trailers) {
		if (isByCaller(status)) {
			return Retries.NO;
		}
		boolean hedged = isHedged();
		Proof proof = proof(status, trailers);
		if (proof == Proof.NEVER_LEFT && isReplayable() && this.unsent < MAX_UNSENT) {
			this.unsent++;
			this.target.counters().resend();
			return 0;
		}
		if (this.retries == null) {
			if (proof == Proof.NONE && !isFailure(status.getCode())) {
				return Retries.NO;
			}
			this.retries = new Retries(this.target, this.policy, this.idempotent, isChainStopped());
		}
		long now = this.target.nanoClock().getAsLong();
		return this.retries.next(
				new AttemptEnd(status, trailers, proof, this.instance, this.attemptNanos, now, remainingNanos()),
				isReplayable(), hedged);
	}

	private Proof proof(Status status, Metadata trailers) {
		if (!this.streamCreated) {
			return Proof.NOT_PICKED;
		}
		if (!this.headersSent && status.getCode() == Status.Code.UNAVAILABLE) {
			return Proof.NEVER_LEFT;
		}
		if (this.held != null) {
			return Proof.NONE;
		}
		if (trailers.containsKey(RpcMetadata.NOT_EXECUTED)) {
			return Proof.SAID;
		}
		return NotExecuted.isRefusedByPeer(status, trailers) ? Proof.REFUSED : Proof.NONE;
	}

	/**
	 * Else a peer that is stopped has reset the stream, which has the same status.
	 */
	private boolean isByCaller(Status status) {
		return this.cancelled || (status.getCode() == Status.Code.CANCELLED && this.context.isCancelled());
	}

	/**
	 * If a stream finds its connection closed when it is to be written, gRPC ends this
	 * one, and all that were on the connection, with UNKNOWN.
	 */
	private static Status connectionLost(Status status) {
		if (status.getCode() != Status.Code.UNKNOWN || !(status.getCause() instanceof ClosedChannelException)) {
			return status;
		}
		return Status.UNAVAILABLE.withDescription(status.getDescription()).withCause(status.getCause());
	}

	private boolean isUnary() {
		return this.method.getType() == MethodDescriptor.MethodType.UNARY;
	}

	/**
	 * Anything else is an answer of the application.
	 */
	private boolean isFailure(Status.Code code) {
		return switch (code) {
			case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, CANCELLED -> true;
			default -> (this.idempotent || this.requestId != null) && this.policy.statuses().contains(code);
		};
	}

	private long remainingNanos() {
		long remaining = remainingNanos(this.options.getDeadline());
		return Math.min(remaining, remainingNanos(this.context.getDeadline()));
	}

	private static long remainingNanos(@Nullable Deadline deadline) {
		return (deadline != null) ? deadline.timeRemaining(TimeUnit.NANOSECONDS) : Long.MAX_VALUE;
	}

	private Status told(Status status) {
		Retries known = this.retries;
		if (known == null || isByCaller(status)) {
			return status;
		}
		return known.told(status, known.report(this.unsent, this.target.nanoClock().getAsLong() - this.startNanos,
				remainingNanos(), this.options.getOption(AttemptPolicy.TIMEOUT_ORIGIN)));
	}

	/**
	 * The server may forget a call whose answer is here. Not if another attempt of it may
	 * still be on its way there, which would run then.
	 */
	private void acknowledge(Status status, Metadata trailers) {
		String server = this.instance;
		boolean alone = this.retries == null || !this.retries.mayHaveRun();
		if (this.requestId != null && server != null && alone && (status.isOk() || !trailers.keys().isEmpty())
				&& !trailers.containsKey(RpcMetadata.NOT_EXECUTED)) {
			this.target.acks().answered(server, this.requestId);
		}
	}

	private final class AttemptListener extends Listener<A> {

		private final Listener<A> delegate;

		AttemptListener(Listener<A> delegate) {
			this.delegate = delegate;
		}

		@Override
		public void onHeaders(Metadata answerHeaders) {
			if (isUnary() || Attempts.this.idempotent || Attempts.this.requestId != null) {
				Attempts.this.held = answerHeaders;
			}
			else {
				begin();
				this.delegate.onHeaders(answerHeaders);
			}
		}

		/**
		 * The answer of a unary call is none before its status has come: if the
		 * connection is cut between the two, another attempt may get both.
		 */
		@Override
		public void onMessage(A message) {
			if (isUnary() && Attempts.this.held != null && Attempts.this.heldAnswer == null) {
				Attempts.this.heldAnswer = message;
				return;
			}
			if (!Attempts.this.answered) {
				begin();
				tellHeld();
			}
			this.delegate.onMessage(message);
		}

		@Override
		public void onReady() {
			this.delegate.onReady();
		}

		@Override
		public void onClose(Status newStatus, Metadata trailers) {
			Status status = connectionLost(newStatus);
			boolean over = status.isOk() || Attempts.this.answered || Attempts.this.cancelled;
			long delay = over ? Retries.NO : next(status, trailers);
			if (delay != Retries.NO) {
				again(delay);
				return;
			}
			acknowledge(status, trailers);
			if (!status.isOk()) {
				Attempts.this.heldAnswer = null;
			}
			if (!Attempts.this.answered) {
				tellHeld();
			}
			this.delegate.onClose(over ? status : told(status), trailers);
		}

		private void begin() {
			Attempts.this.answered = true;
			onAnswer();
		}

		private void tellHeld() {
			Metadata answerHeaders = Attempts.this.held;
			if (answerHeaders != null) {
				Attempts.this.held = null;
				this.delegate.onHeaders(answerHeaders);
			}
			A answer = Attempts.this.heldAnswer;
			if (answer != null) {
				Attempts.this.heldAnswer = null;
				this.delegate.onMessage(answer);
			}
		}

	}

	/**
	 * The wait before an attempt. Ends by the timer, by the caller or by the context of
	 * the call, whoever is first.
	 */
	private final class Pause extends AtomicBoolean implements Runnable, Context.CancellationListener {

		private static final long serialVersionUID = 1L;

		private transient volatile @Nullable Future<?> timer;

		void begin(long delayNanos) {
			Attempts.this.pause = this;
			Attempts.this.context.addListener(this, Runnable::run);
			try {
				this.timer = Attempts.this.target.shared().timer().schedule(this, delayNanos);
			}
			catch (RejectedExecutionException ex) {
				if (claim()) {
					Objects.requireNonNull(Attempts.this.retries).giveUp(Reason.STOPPED);
					end(told(Status.UNAVAILABLE.withDescription("The application stops").withCause(ex)));
				}
			}
			if (Attempts.this.cancelled && claim()) {
				end(Status.CANCELLED.withDescription("Cancelled while it waited to be sent again"));
			}
		}

		boolean claim() {
			return compareAndSet(false, true);
		}

		@Override
		public void run() {
			if (!claim()) {
				return;
			}
			Attempts.this.context.removeListener(this);
			Context previous = Attempts.this.context.attach();
			try {
				resend();
			}
			catch (RuntimeException ex) {
				end(Status.fromThrowable(ex));
			}
			finally {
				Attempts.this.context.detach(previous);
			}
		}

		@Override
		public void cancelled(Context ended) {
			if (claim()) {
				end(Contexts.statusFromCancelled(ended));
			}
		}

		/**
		 * An attempt that has no time left picks nobody, and gRPC ends it on the thread
		 * where the listener expects to be called.
		 */
		void end(Status status) {
			Future<?> waiting = this.timer;
			if (waiting != null) {
				waiting.cancel(false);
			}
			Attempts.this.context.removeListener(this);
			Listener<A> told = Objects.requireNonNull(Attempts.this.listener).delegate;
			Context previous = Attempts.this.context.attach();
			try {
				Attempts.this.channel
					.newCall(Attempts.this.method,
							Attempts.this.options.withDeadline(Deadline.after(-1, TimeUnit.NANOSECONDS)))
					.start(new Listener<A>() {
						@Override
						public void onClose(Status expired, Metadata trailers) {
							told.onClose(status, new Metadata());
						}
					}, new Metadata());
			}
			finally {
				Attempts.this.context.detach(previous);
			}
		}

	}

}
