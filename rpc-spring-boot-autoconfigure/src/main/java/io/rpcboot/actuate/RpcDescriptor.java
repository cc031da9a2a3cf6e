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

package io.rpcboot.actuate;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What the endpoint {@code rpc} tells of this process. Times are ISO-8601 texts in UTC.
 *
 * @param server what is served; {@code null} if the server does not listen
 * @param references who is called, in the order of the names
 * @param registry what is known of the registry
 */
public record RpcDescriptor(@Nullable Server server, List<Application> references,
		Registry registry) implements OperationResponseBody {

	/**
	 * The server of this process.
	 *
	 * @param port where it listens
	 * @param draining whether it serves on although it has been told to stop
	 * @param activeCalls how many calls of users are open, streams included
	 * @param registration where its registration stands; {@code null} without a registry
	 * @param services what it serves, health and reflection included
	 */
	public record Server(int port, boolean draining, long activeCalls, @Nullable Registration registration,
			List<Service> services) {

	}

	/**
	 * A service.
	 *
	 * @param name its full name
	 * @param status what {@code grpc.health.v1} says of it; {@code null} for those of the
	 * starter's own
	 * @param methods its methods
	 */
	public record Service(String name, @Nullable String status, List<Method> methods) {

	}

	/**
	 * A method.
	 *
	 * @param name its name
	 * @param type such as {@code UNARY}
	 */
	public record Method(String name, String type) {

	}

	/**
	 * The registration of this process.
	 *
	 * @param state {@code PENDING}, {@code REGISTERED}, or {@code DEREGISTERED} while it
	 * is offline by hand
	 * @param instance its record
	 * @param renewals how often the registry has confirmed its lease
	 * @param losses how often the lease or the record was lost
	 */
	public record Registration(String state, @Nullable InstanceRecord instance, long renewals,
			long losses) implements OperationResponseBody {

	}

	/**
	 * The record of an instance. The values of tags and metadata are sanitized.
	 *
	 * @param id identifies this start of the process
	 * @param application its name
	 * @param address host and port
	 * @param state {@code UP} or {@code DRAINING}
	 * @param weight its share of the traffic relative to the others'; of an instance that
	 * is called, the one that it has here
	 * @param zone where it runs
	 * @param version the version of the application
	 * @param tags labels for routing
	 * @param metadata whatever else its owner tells
	 * @param startedAt when it began to serve
	 */
	public record InstanceRecord(String id, String application, String address, String state, int weight,
			@Nullable String zone, @Nullable String version, Map<String, Object> tags, Map<String, Object> metadata,
			@Nullable String startedAt) {

	}

	/**
	 * An application that is called.
	 *
	 * @param application its name
	 * @param injected the references to it
	 * @param channels where calls go now, for each open channel that balances by a policy
	 * of this library
	 * @param failure why none of the channels explains; {@code null} if one does
	 */
	public record Application(String application, List<Reference> injected, List<Channel> channels,
			@Nullable String failure) implements OperationResponseBody {

	}

	/**
	 * An injected reference.
	 *
	 * @param where the injection point
	 * @param type the type of the stub
	 * @param service the full name of the gRPC service
	 * @param settings what holds for methods of which nothing is set
	 * @param methods what holds otherwise, by full method name
	 */
	public record Reference(String where, String type, @Nullable String service, Map<String, Setting> settings,
			Map<String, Map<String, Setting>> methods) {

	}

	/**
	 * What holds, and which setting says so.
	 *
	 * @param value the value, sanitized
	 * @param origin the property or the attribute of the annotation
	 * @param source the place where the property was found, such as a line of a file;
	 * {@code null} for what is no property, or has its default
	 */
	public record Setting(@Nullable Object value, String origin, @Nullable String source) {

	}

	/**
	 * Where the calls of a channel go.
	 *
	 * @param policy the load balancing policy
	 * @param failure why no instance can be picked; {@code null} if one can
	 * @param instances every known instance, in the order of the ids
	 * @param placement where the calls of the key go that was asked for; {@code null} if
	 * none was
	 */
	public record Channel(String policy, @Nullable String failure, List<Instance> instances,
			@Nullable Placement placement) {

	}

	/**
	 * Where the calls of one hash key go.
	 *
	 * @param key the key
	 * @param owner the id of the instance that the key belongs to; {@code null} if the
	 * policy does not place by key, or no known instance is on the route
	 * @param instance the id of the instance that a call goes to now; {@code null} if it
	 * would fail or wait
	 * @param reason why that is not the owner; {@code null} if it is
	 */
	public record Placement(String key, @Nullable String owner, @Nullable String instance, @Nullable String reason) {

	}

	/**
	 * An instance that is called, or could be.
	 *
	 * @param instance its record
	 * @param connection the state of its connection, the best one if it has several
	 * @param connections the state of each if it has several; {@code null} if not
	 * @param candidate whether the policy may pick it
	 * @param reason why it may not
	 * @param share its weight with slow start
	 * @param score what {@code p2c} compares, the lesser wins
	 * @param inFlight calls and streams that are open
	 * @param ewmaMillis the peak EWMA of its latency in milliseconds; 0 if not known
	 * @param ejectedUntil when its ejection may end; {@code null} if it is not ejected
	 */
	public record Instance(InstanceRecord instance, String connection, @Nullable List<String> connections,
			boolean candidate, @Nullable String reason, double share, double score, int inFlight, double ewmaMillis,
			@Nullable String ejectedUntil) {

	}

	/**
	 * The registry.
	 *
	 * @param description which one it is
	 * @param applications how the watched applications stand, by name
	 * @param events what happened last, the oldest first
	 */
	public record Registry(String description, Map<String, Watch> applications, List<Event> events) {

	}

	/**
	 * How the watch of an application stands.
	 *
	 * @param state what its set rests on
	 * @param instances how many instances are in the set
	 * @param quarantined the ids of those in quarantine
	 * @param ageMillis how long ago the registry answered; {@code null} if it does not
	 * tell
	 */
	public record Watch(String state, int instances, List<String> quarantined, @Nullable Long ageMillis) {

	}

	/**
	 * An event.
	 *
	 * @param time when
	 * @param text what
	 */
	public record Event(String time, String text) {

	}

}
