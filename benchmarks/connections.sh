#!/usr/bin/env bash
#
# Measures what one, two and four connections to one instance do, and writes benchmarks/CONNECTIONS.md.
# Takes about three minutes; leave the machine alone meanwhile.
#
#   benchmarks/connections.sh               all of it
#   benchmarks/connections.sh --smoke       about half a minute, figures worth nothing; CONNECTIONS.md stays as it is
#   benchmarks/connections.sh --no-build    with what an earlier run has built
#
# Exit code 0 when no call has failed.

source "$(dirname "$0")/common.sh"

results=benchmarks/CONNECTIONS.md
seconds=2
while [ $# -gt 0 ]; do
	case $1 in
		--smoke) results=benchmarks/target/CONNECTIONS.md seconds=0.2 ;;
		--no-build) build=no ;;
		*) usage ;;
	esac
	shift
done

use_built connections
measure "$results" 512m io.rpcboot.benchmarks.connections.Connections "$results" $seconds
