#!/usr/bin/env bash
#
# Measures what the starter adds to the start of an application, beside Spring Boot alone and
# Boot's own gRPC starters, and writes benchmarks/STARTUP.md. Takes about three minutes; leave the
# machine alone meanwhile.
#
#   benchmarks/startup.sh                all of it
#   benchmarks/startup.sh --smoke        one start of each, figures worth nothing; STARTUP.md stays as it is
#   benchmarks/startup.sh --demos        the demos instead, with archives of their classes; writes STARTUP-DEMOS.md
#   benchmarks/startup.sh --rounds 15    so many starts of each instead of 7
#   benchmarks/startup.sh --no-build     with what an earlier run has built
#
# Exit code 0 when every bar is met; a smoke run looks at none.

source "$(dirname "$0")/common.sh"

results=benchmarks/STARTUP.md
partial=benchmarks/target/STARTUP.md
rounds=7
demos=no
smoke=no
while [ $# -gt 0 ]; do
	case $1 in
		--smoke) smoke=yes rounds=1 ;;
		--demos) demos=yes ;;
		--rounds) [ $# -gt 1 ] || usage; rounds=$2; shift ;;
		--no-build) build=no ;;
		*) usage ;;
	esac
	shift
done

if [ $demos = yes ]; then
	results=benchmarks/STARTUP-DEMOS.md
	partial=benchmarks/target/STARTUP-DEMOS.md
fi
[ $smoke = no ] || results=$partial

use_built empty ours boot ../demo-provider ../demo-consumer startup
etcd=$(./etcd.sh)
rm -rf "$partial" benchmarks/target/startup benchmarks/target/startup-demos

if [ $demos = yes ]; then
	newer=$(newer_jdk 25)
	[ -n "$newer" ] || echo "the AOT cache is left out: there is no JDK 25 or later in /usr/lib/jvm" >&2
	measure "$results" 256m io.rpcboot.benchmarks.startup.Demos benchmarks "$results" "$etcd" "$rounds" "$newer"
else
	measure "$results" 256m io.rpcboot.benchmarks.startup.Startup benchmarks "$results" "$etcd" "$rounds" \
		|| [ -f "$partial" ]
fi
