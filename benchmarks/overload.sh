#!/usr/bin/env bash
#
# Measures what becomes of a service that is offered five times what it can do, and of another one
# beside it, and writes benchmarks/OVERLOAD.md. Takes about five minutes; leave the machine alone
# meanwhile.
#
#   benchmarks/overload.sh               all of it
#   benchmarks/overload.sh --smoke       about half a minute, figures worth nothing; OVERLOAD.md stays as it is
#   benchmarks/overload.sh --no-build    with what an earlier run has built
#
# Exit code 0 when every bar is met; a smoke run looks at none.

set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "benchmarks/overload.sh: $*" >&2; exit 1; }

usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2; exit 2; }

build=yes
results=benchmarks/OVERLOAD.md
partial=benchmarks/target/OVERLOAD.md
seconds=30
while [ $# -gt 0 ]; do
	case $1 in
		--smoke) results=$partial seconds=1 ;;
		--no-build) build=no ;;
		*) usage ;;
	esac
	shift
done

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
type "$java" >/dev/null 2>&1 || fail "there is no $java (needed: a JDK 17 or later)"

if [ $build = yes ]; then
	type mvn >/dev/null 2>&1 || fail "there is no mvn on the PATH (needed: Maven 3.8 or later)"
	echo "building"
	mvn -q -B -Pbenchmarks -Dmaven.test.skip=true -Dmaven.javadoc.skip=true -Dmaven.source.skip=true \
		-pl benchmarks/overload -am package </dev/null
	echo "built after $SECONDS s"
fi
[ -f benchmarks/overload/target/class-path ] || fail "nothing is built yet"
mkdir -p benchmarks/target
rm -f "$partial"

status=0
"$java" -Xmx512m -cp "benchmarks/overload/target/classes:$(cat benchmarks/overload/target/class-path)" \
	io.rpcboot.benchmarks.overload.Overload "$results" $seconds </dev/null &
overload=$!
trap 'kill $overload' INT TERM HUP
wait $overload || status=$?
echo "took $SECONDS s"
[ ! -f "$results" ] || echo "the tables are in $results"
[ "$results" != "$partial" ] || [ ! -f "$results" ] || status=0
exit $status
