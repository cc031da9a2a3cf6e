#!/usr/bin/env bash
#
# Measures how the discovery of one application grows with its instances: 100, 1,000 and 10,000
# records in a real etcd, one consumer a size and use, and writes benchmarks/SCALE.md. Takes about
# twenty minutes; leave the machine alone meanwhile.
#
#   benchmarks/scale.sh                     all of it
#   benchmarks/scale.sh --smoke             about a minute, figures worth nothing; SCALE.md stays as it is
#   benchmarks/scale.sh --sizes 100,1000    only these
#   benchmarks/scale.sh --modes watch,channel,unwatched,subset,references,services    only some of these
#   benchmarks/scale.sh --references 10,1000    only these
#   benchmarks/scale.sh --profile           says where the CPU time of single changes goes
#   benchmarks/scale.sh --no-build          with what an earlier run has built
#
# SCALE.md is written by a run of all of it only; others write benchmarks/target/SCALE.md.
# Exit code 0 when every set that a consumer published was what etcd held.

source "$(dirname "$0")/common.sh"

results=benchmarks/SCALE.md
partial=benchmarks/target/SCALE.md
options=()
while [ $# -gt 0 ]; do
	case $1 in
		--smoke) results=$partial options+=(--sizes 100 --references 100 --changes 40 --warm-up 40 --joins 5 --rest 3) ;;
		--sizes | --modes | --references) [ $# -gt 1 ] || usage; results=$partial options+=("$1" "$2"); shift ;;
		--profile) results=$partial options+=("$1" true) ;;
		--no-build) build=no ;;
		*) usage ;;
	esac
	shift
done

use_built scale
etcd=$(./etcd.sh)
# Each connection of a channel is a file.
ulimit -n "$(ulimit -Hn)" || true
files=$(ulimit -n)
[ "$files" != unlimited ] || files=1000000
rm -rf benchmarks/target/scale

measure "$results" 512m io.rpcboot.benchmarks.scale.Scale --root benchmarks --results "$results" \
	--etcd "$etcd" --files "$files" ${options[@]+"${options[@]}"}
