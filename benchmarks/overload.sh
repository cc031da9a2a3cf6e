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

source "$(dirname "$0")/common.sh"

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

use_built overload
rm -f "$partial"
measure "$results" 512m io.rpcboot.benchmarks.overload.Overload "$results" $seconds || [ -f "$partial" ]
