# What the scripts beside it have in common, which source it. Goes to the root of the repository.

set -euo pipefail
script=benchmarks/$(basename "$0")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() { echo "$script: $*" >&2; exit 1; }

# Prints the comment at the head of the script.
usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$script" >&2; exit 2; }

# use_built [module...]: builds the modules, of which the last has the main class; without any, that is
# done. A run that takes the option --no-build sets build=no.
build=yes
use_built() {
	local modules
	java=${JAVA_HOME:+$JAVA_HOME/bin/}java
	type "$java" >/dev/null 2>&1 || fail "there is no $java (needed: a JDK 17 or later)"
	if [ $build = yes ]; then
		type mvn >/dev/null 2>&1 || fail "there is no mvn on the PATH (needed: Maven 3.8 or later)"
		modules=$(printf ',benchmarks/%s' "$@")
		echo "building"
		mvn -q -B -Pbenchmarks -Dmaven.test.skip=true -Dmaven.javadoc.skip=true -Dmaven.source.skip=true \
			-pl "${modules#,}" -am package </dev/null
		echo "built after $SECONDS s"
	fi
	built=benchmarks/${*: -1}/target
	[ -f "$built/class-path" ] || fail "nothing is built yet"
	mkdir -p benchmarks/target
}

# newer_jdk <version>: prints the home of a JDK of that version or later, if there is one.
newer_jdk() {
	local home version
	for home in /usr/lib/jvm/*; do
		version=$("$home/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p') || true
		if [ "${version:-0}" -ge "$1" ]; then
			echo "$home"
			return
		fi
	done
}

# measure <results> <heap> <main class> [argument...]: runs it, ends it with the script, says where the
# results are, and returns its exit code.
measure() {
	local results=$1 heap=$2 status=0 child
	shift 2
	touch benchmarks/target/begun
	"$java" "-Xmx$heap" -cp "$built/classes:$(cat "$built/class-path")" "$@" </dev/null &
	child=$!
	# shellcheck disable=SC2064 # The process of now.
	trap "kill $child" INT TERM HUP
	wait $child || status=$?
	echo "took $SECONDS s"
	[ ! "$results" -nt benchmarks/target/begun ] || echo "the tables are in $results"
	return $status
}
