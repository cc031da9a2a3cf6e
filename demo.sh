#!/usr/bin/env bash
#
# Shows the starter at work: etcd, two providers and a consumer under load on this machine,
# calls of all four kinds, and a provider restarted without losing a call.
# Needs a JDK 17 or later and Maven 3.8 or later. Nothing listens beyond the loopback.
#
#   ./demo.sh              builds, runs, and ends all that it started
#   ./demo.sh --no-build   takes the jars of an earlier build, if they are there
#   ./demo.sh --keep       leaves all running until Ctrl-C
#   ./demo.sh --aot        runs what Spring has processed ahead of time; needs etcd
#
# Exit code 0 when no call failed; otherwise 1, and the log of what went wrong.

set -u
cd "$(dirname "$0")" || exit 1

build=yes
keep=no
aot=()
for option in "$@"; do
	case $option in
		--no-build) build=no ;;
		--keep) keep=yes ;;
		--aot) aot=(-Dspring.aot.enabled=true) ;;
		*) echo "usage: ./demo.sh [--no-build] [--keep] [--aot]" >&2; exit 2 ;;
	esac
done

newline=$'\n'
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
work=$(mktemp -d "${TMPDIR:-/tmp}/rpc-demo.XXXXXX") || exit 1
running=    # "name:pid" of all that must be alive, in the order of its start
shown=0     # lines of the load that were printed
demonstrated=no

# ---- what the script says

headline() { printf '\n== %s\n' "$*"; }

line() { printf '   %s\n' "$*"; }

# Ends the demo: fail NAME TEXT, where NAME is whose log to show.
fail() {
	printf '\nFAILED: %s\n' "$2" >&2
	if [ -s "$work/$1.log" ]; then
		echo "---- the end of $1's log" >&2
		tail -n 40 "$work/$1.log" >&2
	fi
	exit 1
}

# ---- processes

# Runs a command in the background: start NAME COMMAND...
start() {
	local name=$1
	shift
	"$@" </dev/null >>"$work/$name.log" 2>&1 &
	pid=$!
	running="$running $name:$pid"
}

forget() { running=${running/ $1:$2/}; }

alive() { kill -0 "$1" 2>/dev/null; }

gone() { ! alive "$1"; }

# Waits for a condition while all that was started lives: await SECONDS NAME TEXT COMMAND...
await() {
	local end=$((SECONDS + $1)) seconds=$1 name=$2 text=$3 process
	shift 3
	until "$@"; do
		for process in $running; do
			alive "${process#*:}" || fail "${process%:*}" "${process%:*} has ended by itself"
		done
		[ $SECONDS -lt $end ] || fail "$name" "$text: not within $seconds s"
		sleep 0.2
	done
}

# Runs a command that ends: finish SECONDS NAME COMMAND...
finish() {
	local seconds=$1 name=$2
	shift 2
	start "$name" "$@"
	forget "$name" "$pid"
	finishing=$pid
	await "$seconds" "$name" "$*" gone "$pid"
	finishing=
	wait "$pid"
}
finishing=

# Ends processes: SIGTERM, and SIGKILL after so many seconds: end SECONDS PID...
end() {
	local end=$((SECONDS + $1)) pid
	shift
	for pid in "$@"; do
		kill -TERM "$pid" 2>/dev/null
	done
	for pid in "$@"; do
		while alive "$pid" && [ $SECONDS -lt $end ]; do
			sleep 0.1
		done
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
}

clean_up() {
	local status=$? process applications='' registry=''
	trap - EXIT
	trap '' INT TERM HUP
	for process in $running; do
		case $process in
			etcd:*) registry=${process#*:} ;;
			*) applications="$applications ${process#*:}" ;;
		esac
	done
	# shellcheck disable=SC2086
	end 15 $applications $finishing
	# shellcheck disable=SC2086
	end 5 $registry
	[ $status -eq 1 ] || rm -rf "$work"
	if [ -d "$work" ] && ! rmdir "$work" 2>/dev/null; then
		echo "The logs are in $work" >&2
	fi
	exit $status
}

interrupted() {
	[ $demonstrated = yes ] && exit 0
	echo "interrupted" >&2
	exit "$1"
}

trap clean_up EXIT
trap 'interrupted 130' INT
trap 'interrupted 143' TERM
trap 'interrupted 129' HUP

# ---- HTTP without curl

# Leaves the answer's body in $body; fails unless its status is 2xx: http METHOD PORT PATH [JSON]
http() {
	local answer json=${4:-}
	answer=$(
		{ exec 3<>"/dev/tcp/127.0.0.1/$2"; } 2>/dev/null || exit 1
		printf '%s %s HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
			"$1" "$3" "${#json}" "$json" >&3
		while text='' && IFS= read -r -t 20 text <&3 || [ -n "$text" ]; do
			printf '%s\n' "${text%$'\r'}"
		done
	)
	body=${answer#*"$newline$newline"}
	case $answer in
		"HTTP/1."?" 2"*) return 0 ;;
		*) return 1 ;;
	esac
}
body=

text_of() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$body"; }

number_of() { sed -n "s/.*\"$1\":\([0-9][0-9]*\).*/\1/p" <<<"$body"; }

# Leaves in $port one on which nothing listens, below those that the system hands out by itself.
free_port() {
	local tries
	for tries in 1 2 3 4 5 6 7 8 9 10; do
		port=$((20000 + RANDOM % 12000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
	done
	return 1
}

# ---- the parts of the demo

jar() {
	local candidate
	for candidate in "$1/target/$1"-*.jar; do
		case $candidate in
			*-sources.jar | *-javadoc.jar | *-tests.jar) ;;
			*) [ -f "$candidate" ] && echo "$candidate" && return 0 ;;
		esac
	done
	return 1
}

etcd_answers() { gone "$etcd_pid" || { http GET "$etcd_port" /health && [ "$(text_of health)" = true ]; }; }

# Another process may take a port before etcd does; then it is tried again.
start_etcd() {
	local tries peer
	for tries in 1 2 3; do
		free_port && peer=http://127.0.0.1:$port && free_port || continue
		etcd_port=$port
		start etcd env ETCD_UNSUPPORTED_ARCH=arm64 "$1" --name demo --data-dir "$work/etcd-$tries" \
			--listen-client-urls "http://127.0.0.1:$port" --advertise-client-urls "http://127.0.0.1:$port" \
			--listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "demo=$peer"
		etcd_pid=$pid
		forget etcd "$pid"
		finishing=$pid
		await 30 etcd "etcd's health" etcd_answers
		finishing=
		if alive "$etcd_pid"; then
			running="$running etcd:$etcd_pid"
			return 0
		fi
	done
	fail etcd "etcd does not start"
}

# A small heap and the quick compiler: four processes share this machine.
start_java() {
	local name=$1
	shift
	start "$name" "$java" -XX:TieredStopAtLevel=1 -Xmx256m "-Djava.io.tmpdir=$work" ${aot[@]+"${aot[@]}"} -jar "$@"
}

start_provider() {
	start_java "$1" "$provider_jar" --rpc.server.port=0 --demo.provider.name="$1" "${registry[@]}"
}

consumer_listens() {
	consumer_port=$(sed -n 's/.*Tomcat started on port \([0-9]*\).*/\1/p' "$work/consumer.log")
	[ -n "$consumer_port" ]
}

# Leaves in $calls how many calls of the load a provider has answered: count_calls PROVIDER
count_calls() {
	http GET "$consumer_port" /load && calls=$(number_of "$1") && calls=${calls:-0}
}

answers() { count_calls "$1" && [ "$calls" -gt 0 ]; }

answers_again() { show_load && count_calls "$1" && [ "$calls" -gt "$2" ]; }

load_lines() { grep -o 'calls [0-9]* failed .*' "$work/consumer.log"; }

# Prints the lines of the load that have come since the last time.
show_load() {
	local lines text
	lines=$(load_lines | tail -n +$((shown + 1)))
	[ -n "$lines" ] || return 0
	while IFS= read -r text; do
		shown=$((shown + 1))
		line "$text"
	done <<<"$lines"
}

has_shown() { show_load && [ $shown -ge "$1" ]; }

has_ended() { show_load && gone "$1"; }

# Calls until both providers have answered: call_mode TITLE METHOD PATH [JSON]
call_mode() {
	local title=$1 who='' names='' tries=0
	shift
	while [ "$names" != "provider-1 provider-2" ]; do
		tries=$((tries + 1))
		[ $tries -le 300 ] || fail consumer "$1 $2: only '$names' answered $((tries - 1)) requests"
		http "$1" "$consumer_port" "${@:2}" || fail consumer "$1 $2: $body"
		who=$(text_of servedBy)
		names=$(printf '%s\n' $names "$who" | sort -u | tr '\n' ' ' | sed 's/^ *//; s/ *$//')
	done
	line "$(printf '%-24s %-28s answered by %s' "$title" "$1 ${2%%\?*}" "${names/ / and }")"
}

# ---- the demo

type "$java" >/dev/null 2>&1 || fail build "there is no $java (needed: a JDK 17 or later)"
if [ $build = yes ] || ! jar demo-provider >/dev/null || ! jar demo-consumer >/dev/null; then
	type mvn >/dev/null 2>&1 || fail build "there is no mvn on the PATH (needed: Maven 3.8 or later)"
	headline "Building with Maven (the first time it downloads what it needs)"
	finish 3600 build mvn -q -B -ntp -DskipTests -pl demo-provider,demo-consumer -am package || fail build "the build"
fi
provider_jar=$(jar demo-provider) || fail build "there is no demo-provider/target/demo-provider-*.jar"
consumer_jar=$(jar demo-consumer) || fail build "there is no demo-consumer/target/demo-consumer-*.jar"

headline "Starting etcd, two providers and a consumer (etcd is downloaded if there is none)"
# shellcheck disable=SC2016
if finish 900 etcd-search sh -c 'exec ./etcd.sh >"$0"' "$work/etcd.path"; then
	start_etcd "$(cat "$work/etcd.path")"
	registry=("--rpc.registry.etcd.endpoints=http://127.0.0.1:$etcd_port")
	line "etcd        http://127.0.0.1:$etcd_port"
elif [ ${#aot[@]} -gt 0 ]; then
	fail etcd-search "there is no etcd, and that the registry is etcd was decided when the jars were built"
else
	registry=(--rpc.registry.type=local "--rpc.registry.local.directory=$work/registry")
	line "NO ETCD, so this runs on the local registry, a directory ($(tail -n 1 "$work/etcd-search.log"))"
fi
start_provider provider-1
provider_1=$pid
start_provider provider-2
provider_2=$pid
start_java consumer "$consumer_jar" --server.port=0 --demo.load.enabled=true "${registry[@]}"
consumer=$pid
await 60 consumer "the consumer's HTTP port" consumer_listens
await 60 consumer "calls answered by provider-1" answers provider-1
await 60 consumer "calls answered by provider-2" answers provider-2
if [ ${#aot[@]} -gt 0 ]; then
	for name in provider-1 provider-2 consumer; do
		grep -q 'Starting AOT-processed' "$work/$name.log" || fail "$name" "$name runs nothing processed ahead of time"
	done
	line "Spring has processed all three ahead of time"
fi
line "provider-1  process $provider_1"
line "provider-2  process $provider_2"
line "consumer    http://127.0.0.1:$consumer_port, process $consumer"

headline "Calling in all four ways"
call_mode "unary" GET "/quote?from=Hamburg&to=Leipzig&weight=1500"
call_mode "server streaming" GET /track/P-1001
call_mode "client streaming" POST /scans \
	'[{"parcelId":"P-1001","depot":"Kassel"},{"parcelId":"P-1002","depot":"Kassel"}]'
call_mode "bidirectional streaming" POST /route \
	'[{"latitude":51.3406,"longitude":12.3747},{"latitude":51.3488,"longitude":12.3712}]'

headline "The load, a line a second"
shown=$(load_lines | wc -l)
await 20 consumer "the load's lines" has_shown $((shown + 3))

headline "SIGTERM to provider-1, under load"
begun=$SECONDS
forget provider-1 "$provider_1"
finishing=$provider_1
kill -TERM "$provider_1"
await 45 provider-1 "the end of provider-1" has_ended "$provider_1"
finishing=
wait "$provider_1"
status=$?
[ $status -eq 0 ] || [ $status -eq 143 ] || fail provider-1 "provider-1 ended with exit code $status"
line "provider-1 has served what it had begun and has ended, after $((SECONDS - begun)) s"

headline "Starting provider-1 again"
count_calls provider-1 || fail consumer "GET /load: $body"
start_provider provider-1
provider_1=$pid
await 60 provider-1 "calls answered by provider-1 again" answers_again provider-1 "$calls"
await 20 consumer "the load's lines" has_shown $((shown + 2))

headline "Stopping the load"
http DELETE "$consumer_port" /load || fail consumer "DELETE /load: $body"
calls=$(number_of calls)
failed=$(number_of failed)
line "calls $calls, failed $failed"
[ "$failed" = 0 ] || fail consumer "$failed of $calls calls failed, the last one so: $(text_of lastFailure)"
[ "$calls" -gt 0 ] || fail consumer "no call was made"
demonstrated=yes

if [ $keep = yes ]; then
	headline "All is left running; Ctrl-C ends it"
	line "try         http://127.0.0.1:$consumer_port/quote?from=Hamburg&to=Leipzig&weight=1500"
	line "            http://127.0.0.1:$consumer_port/track/P-1001"
	line "            http://127.0.0.1:$consumer_port/actuator/health"
	line "stop one    kill $provider_1 or kill $provider_2"
	line "logs        $work"
	while alive "$consumer"; do
		sleep 1
	done
fi
