#!/usr/bin/env bash
#
# Measures what a pick costs, in nanoseconds and in allocated bytes: each policy at 3, 100 and 10,000
# instances beside grpc-java's round_robin, by JMH, and writes benchmarks/PICK.md. Takes about
# 20 minutes; leave the machine alone meanwhile.
#
#   benchmarks/pick.sh               all of it
#   benchmarks/pick.sh --smoke       about 15 seconds: does a pick still allocate nothing? Its times are
#                                    worth nothing; PICK.md stays as it is
#   benchmarks/pick.sh --rounds 1    another number of rounds than 3
#   benchmarks/pick.sh --sizes 100   other numbers of instances, such as 3,100
#   benchmarks/pick.sh --no-build    with what an earlier run has built
#
# PICK.md is written by a run of all of it only; others write benchmarks/target/PICK.md.
# Exit code 0 when no pick of ours allocates.

set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "benchmarks/pick.sh: $*" >&2; exit 1; }

usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2; exit 2; }

build=yes
results=benchmarks/PICK.md
partial=benchmarks/target/PICK.md
options=()
while [ $# -gt 0 ]; do
	case $1 in
		--smoke) results=$partial options+=("$1" true) ;;
		--rounds | --sizes) [ $# -gt 1 ] || usage; results=$partial options+=("$1" "$2"); shift ;;
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
		-pl benchmarks/pick -am package </dev/null
	echo "built after $SECONDS s"
fi
[ -f benchmarks/pick/target/class-path ] || fail "nothing is built yet"
mkdir -p benchmarks/target

status=0
"$java" -Xmx1g -cp "benchmarks/pick/target/classes:$(cat benchmarks/pick/target/class-path)" \
	io.rpcboot.benchmarks.pick.PickRun --results "$results" ${options[@]+"${options[@]}"} </dev/null &
pick=$!
trap 'kill $pick' INT TERM HUP
wait $pick || status=$?
echo "took $SECONDS s"
[ $status -ne 0 ] || echo "the tables are in $results"
exit $status
