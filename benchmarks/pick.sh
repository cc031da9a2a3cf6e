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

source "$(dirname "$0")/common.sh"

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

use_built pick
measure "$results" 1g io.rpcboot.benchmarks.pick.PickRun --results "$results" ${options[@]+"${options[@]}"}
