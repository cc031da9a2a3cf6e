#!/usr/bin/env bash
#
# Measures what each feature costs a call, in CPU time and allocated bytes: whole calls between two
# processes with one feature after the other, and single pieces by JMH, and writes
# benchmarks/BUDGET.md. Takes about ten minutes; leave the machine alone meanwhile.
#
#   benchmarks/budget.sh                   all of it
#   benchmarks/budget.sh --smoke           about three minutes, figures worth nothing; BUDGET.md stays as it is
#   benchmarks/budget.sh --parts calls     only these (calls, observation, client, server, pieces); the others stay in
#                                          BUDGET.md as an earlier run here left them
#   benchmarks/budget.sh --rounds 9        so many rounds of whole calls instead of 4
#   benchmarks/budget.sh --no-build        with what an earlier run has built
#
# Exit code 0 when no call failed.

source "$(dirname "$0")/common.sh"

results=benchmarks/BUDGET.md
partial=benchmarks/target/BUDGET.md
options=()
while [ $# -gt 0 ]; do
	case $1 in
		--smoke) results=$partial options+=("$1" true) ;;
		--parts | --rounds) [ $# -gt 1 ] || usage; options+=("$1" "$2"); shift ;;
		--no-build) build=no ;;
		*) usage ;;
	esac
	shift
done

use_built budget
measure "$results" 1g io.rpcboot.benchmarks.budget.BudgetRun --results "$results" --work benchmarks/target \
	${options[@]+"${options[@]}"}
