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
import java.util.concurrent.TimeUnit;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
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
abstract class Attempts<Q, A> extends ClientCall<Q, A> implements Attempt, AnswerListener.Call, Pause.Call {

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

	/** Of a deduplicated call. */
	private final @Nullable String requestId;

	private volatile ClientCall<Q, A> current;

	private volatile boolean cancelled;

	private volatile @Nullable Pause pause;

	/** There is a hedge, which takes the place of a retry. Guarded by this object. */
	private boolean single;

	/** There is a retry, which takes the place of a hedge. Guarded by this object. */
	private boolean goesOn;

	private @Nullable AnswerListener<A> listener;

	private Metadata headers = new Metadata();

	private boolean compression = true;

	/** Of the attempt, not the call. */
	private volatile boolean ended;

	/** Releases what was counted for the attempt. */
	private volatile @Nullable Runnable release;

	private boolean streamCreated;

	private boolean headersSent;

	private volatile @Nullable String instance;

	private long attemptNanos;

	/** How many there were; they follow one another. */
	private volatile int attempts;

	private int currentAttempt;

	private int unsent;

	private @Nullable Retries retries;

	/** How the last attempt ended, while there is to be another. */
	private volatile @Nullable Status failure;

	private @Nullable Metadata failureTrailers;

	/** How the call ends, as the attempt that is cancelled now could not be replayed. */
	private volatile @Nullable Status broken;

	/** The caller was told of the end without an attempt. */
	private volatile boolean over;

	Attempts(MethodDescriptor<Q, A> method, CallOptions options, Channel channel, Target target, AttemptPolicy policy) {
		this.method = method;
		this.options = options.withOption(KEY, this);
		this.channel = channel;
		this.target = target;
		this.policy = policy;
		this.startNanos = target.nanoClock().getAsLong();
		this.attemptNanos = this.startNanos;
		this.requestId = (policy.deduplication() != Deduplication.NONE) ? UUID.randomUUID().toString() : null;
		this.headersMayChange = target.shared().isCustomized() || options.getCredentials() != null
				|| this.requestId != null || ReadOnlyTracerFactory.mayChangeHeaders(options);
		this.current = channel.newCall(method, this.options);
	}

	/**
	 * Not for a unary call before it has failed: its schema may have to be read.
	 */
	private boolean isIdempotent() {
		if (!this.method.getType().clientSendsOneMessage()) {
			return false;
		}
		@Nullable Boolean ofCall = this.options.getOption(AttemptPolicy.IDEMPOTENT);
		return (ofCall != null) ? ofCall : this.policy.mayRunTwice(this.method);
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
		boolean unary = this.method.getType() == MethodDescriptor.MethodType.UNARY;
		this.listener = new AnswerListener<>(callListener, this, unary,
				unary || this.requestId != null || isIdempotent());
		this.current.start(this.listener, callHeaders);
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		this.cancelled = true;
		Pause waiting = this.pause;
		if (waiting == null || !waiting.cancel(Status.CANCELLED.withDescription(message).withCause(cause))) {
			this.current.cancel(message, cause);
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
	public final void onPicked(Runnable newRelease) {
		Runnable before = this.release;
		this.release = newRelease;
		if (before != null) {
			before.run();
		}
		if (this.ended) {
			newRelease.run();
		}
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

	final boolean isCancelled() {
		return this.cancelled;
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

	@Override
	public void onAnswer() {
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
	 * Gives an attempt what the call was given so far.
	 * @return how many messages were asked for
	 */
	abstract int replay(ClientCall<Q, A> attempt);

	/**
	 * An attempt that was replayed is the one to talk to from now on.
	 * @param replayed how many messages it was asked for
	 */
	void onCurrent(ClientCall<Q, A> attempt, int replayed) {
	}

	final void sendAgain(long delayNanos) {
		if (delayNanos > 0) {
			Pause waiting = new Pause(this.context, this.target.shared(), this);
			this.pause = waiting;
			waiting.begin(delayNanos);
			if (this.cancelled) {
				waiting.cancel(Status.CANCELLED.withDescription("Cancelled while it waited to be sent again"));
			}
		}
		else {
			resend();
		}
	}

	/**
	 * Sends again, in the context of the call. The caller of this may hold a lock, so he
	 * is the one to end the call.
	 * @return how the call ends, since there is no attempt; {@code null} if there is one,
	 * which ends the call in time
	 */
	final @Nullable Status sendAgain() {
		this.ended = false;
		this.broken = null;
		this.streamCreated = false;
		this.headersSent = false;
		listener().forget();
		this.instance = null;
		this.attemptNanos = this.target.nanoClock().getAsLong();
		int attempt = this.attempts + 1;
		this.attempts = attempt;
		Retries known = this.retries;
		ClientCall<Q, A> next = null;
		boolean started = false;
		Context previous = this.context.attach();
		try {
			next = this.channel.newCall(this.method, (known != null) ? known.options(this.options) : this.options);
			next.start(listener(), nextHeaders(known));
			started = true;
			if (!this.compression) {
				next.setMessageCompression(false);
			}
			int replayed = replay(next);
			makeCurrent(next, attempt);
			onCurrent(next, replayed);
			if (this.cancelled) {
				next.cancel("Cancelled while it was sent again", null);
			}
			return null;
		}
		catch (RuntimeException | Error ex) {
			if (attempt < this.attempts) {
				// It has ended already, and another one is under way.
				return null;
			}
			Status status = Status.fromThrowable(ex);
			if (started && next != null) {
				this.broken = status;
				next.cancel("It could not be sent again", ex);
				return null;
			}
			return status;
		}
		finally {
			this.context.detach(previous);
		}
	}

	/**
	 * Ends the call as its last attempt has ended: what was sent is not kept any more.
	 */
	final void endNotKept() {
		Retries known = this.retries;
		if (known == null) {
			known = new Retries(this.target, this.policy, isIdempotent(), isChainStopped());
			this.retries = known;
		}
		known.giveUp(Reason.NOT_KEPT);
		end(told(Objects.requireNonNull(this.failure)), Objects.requireNonNull(this.failureTrailers));
	}

	@Override
	public final void end(Status status) {
		end(status, new Metadata());
	}

	@Override
	public final void giveUp(Status status) {
		Objects.requireNonNull(this.retries).giveUp(Reason.STOPPED);
		end(told(status));
	}

	/**
	 * Ends the call while there is no attempt. One that has no time left picks nobody,
	 * and gRPC ends it on the thread where the listener expects to be called.
	 */
	private void end(Status status, Metadata trailers) {
		this.over = true;
		Ending<A> ending = new Ending<>(listener(), status, trailers);
		Context previous = this.context.attach();
		try {
			this.channel.newCall(this.method, this.options.withDeadline(Deadline.after(-1, TimeUnit.NANOSECONDS)))
				.start(ending, new Metadata());
		}
		catch (RuntimeException | Error ex) {
			// What keeps an attempt from being made may keep this one too.
			ending.tell();
		}
		finally {
			this.context.detach(previous);
		}
	}

	/**
	 * Adds to what was asked for; the most is for ever.
	 */
	static int sum(int requested, int messages) {
		return (int) Math.min(Integer.MAX_VALUE, (long) requested + messages);
	}

	final void close(Status status) {
		listener().tellEnd(status, new Metadata());
	}

	private AnswerListener<A> listener() {
		return Objects.requireNonNull(this.listener, "not started");
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

	@Override
	public final void onAttemptClosed(Status newStatus, Metadata trailers) {
		Status status = connectionLost(newStatus);
		this.ended = true;
		Runnable counted = this.release;
		if (counted != null) {
			counted.run();
		}
		if (this.over) {
			return;
		}
		Status unsendable = this.broken;
		if (unsendable != null && !status.isOk()) {
			close(unsendable);
			return;
		}
		boolean told = status.isOk() || listener().isAnswered() || this.cancelled;
		Proof proof = told ? Proof.NONE : proof(status, trailers);
		told = told || (proof == Proof.NONE && !isFailure(status.getCode()));
		long delay = told ? Retries.NO : next(status, trailers, proof);
		if (delay != Retries.NO) {
			this.failureTrailers = trailers;
			this.failure = status;
			again(delay);
			return;
		}
		acknowledge(status, trailers);
		listener().tell(told ? status : told(status), trailers);
	}

	/**
	 * Returns how long to wait before the next attempt; {@link Retries#NO} if there is
	 * none.
	 */
	private long next(Status status, Metadata trailers, Proof proof) {
		if (isByCaller(status)) {
			return Retries.NO;
		}
		boolean hedged = isHedged();
		if (proof == Proof.NEVER_LEFT && isReplayable() && this.unsent < MAX_UNSENT) {
			this.unsent++;
			this.target.counters().resend();
			return 0;
		}
		if (this.retries == null) {
			this.retries = new Retries(this.target, this.policy, isIdempotent(), isChainStopped());
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
			return NotExecuted.isClosedByForce(status) ? Proof.NONE : Proof.NEVER_LEFT;
		}
		if (listener().holdsHeaders()) {
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

	/**
	 * Anything else is an answer of the application.
	 */
	private boolean isFailure(Status.Code code) {
		return switch (code) {
			case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, CANCELLED -> true;
			default -> this.policy.statuses().contains(code) && (this.requestId != null || isIdempotent());
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

}
