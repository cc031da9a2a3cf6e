#!/usr/bin/env bash
#
# Measures how the discovery of one application grows with its instances: 100, 1,000 and 10,000
# records in a real etcd, one consumer a size and use, and writes benchmarks/SCALE.md. Takes about
# five minutes; leave the machine alone meanwhile.
#
#   benchmarks/scale.sh                     all of it
#   benchmarks/scale.sh --smoke             about a minute, figures worth nothing; SCALE.md stays as it is
#   benchmarks/scale.sh --sizes 100,1000    only these
#   benchmarks/scale.sh --profile           says where the CPU time of single changes goes
#   benchmarks/scale.sh --no-build          with what an earlier run has built
#
# SCALE.md is written by a run of all of it only; others write benchmarks/target/SCALE.md.
# Exit code 0 when every set that a consumer published was what etcd held.

set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "benchmarks/scale.sh: $*" >&2; exit 1; }

usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2; exit 2; }

build=yes
results=benchmarks/SCALE.md
partial=benchmarks/target/SCALE.md
options=()
while [ $# -gt 0 ]; do
	case $1 in
		--smoke) results=$partial options+=(--sizes 100,1000 --changes 40 --warm-up 40 --joins 5 --rest 5) ;;
		--sizes) [ $# -gt 1 ] || usage; results=$partial options+=("$1" "$2"); shift ;;
		--profile) results=$partial options+=("$1" true) ;;
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
		-pl benchmarks/scale -am package </dev/null
	echo "built after $SECONDS s"
fi
[ -f benchmarks/scale/target/class-path ] || fail "nothing is built yet"
etcd=$(./etcd.sh)
# Each connection of a channel is a file.
ulimit -n "$(ulimit -Hn)" || true
files=$(ulimit -n)
[ "$files" != unlimited ] || files=1000000
rm -rf benchmarks/target/scale
mkdir -p benchmarks/target

status=0
"$java" -Xmx512m -cp "benchmarks/scale/target/classes:$(cat benchmarks/scale/target/class-path)" \
	io.rpcboot.benchmarks.scale.Scale --root benchmarks --results "$results" --etcd "$etcd" --files "$files" \
	${options[@]+"${options[@]}"} </dev/null &
scale=$!
trap 'kill $scale' INT TERM HUP
wait $scale || status=$?
echo "took $SECONDS s"
[ $status -ne 0 ] || echo "the tables are in $results"
exit $status
