#!/usr/bin/env bash
#
# Measures the starter beside grpc-java, Spring Boot's gRPC starter and Dubbo on this machine,
# all in one run, and writes benchmarks/RESULTS.md. Takes less than ten minutes, with fewer rounds if it must;
# leave the machine alone meanwhile.
#
#   benchmarks/run.sh                       all of it
#   benchmarks/run.sh --smoke               a minute and a half, figures worth nothing; RESULTS.md stays as it is
#   benchmarks/run.sh --peers raw,ours      only these (raw, tuned, boot, dubbo, ours, ours-nb)
#   benchmarks/run.sh --scenarios u64,h64   only these (README.md lists them)
#   benchmarks/run.sh --rounds 5            so many rounds instead of 3
#   benchmarks/run.sh --no-build            with what an earlier run has built
#
# RESULTS.md is written by a run of all of it only; others write benchmarks/target/RESULTS.md.
# Exit code 0 when no call failed.

source "$(dirname "$0")/common.sh"

smoke=no
results=benchmarks/RESULTS.md
partial=benchmarks/target/RESULTS.md
options=()
budget=590
while [ $# -gt 0 ]; do
	case $1 in
		--smoke) smoke=yes results=$partial ;;
		--no-build) build=no ;;
		--rounds) [ $# -gt 1 ] || usage; options+=("$1" "$2"); budget=3600; shift ;;
		--peers | --scenarios) [ $# -gt 1 ] || usage; options+=("$1" "$2"); results=$partial; shift ;;
		*) usage ;;
	esac
	shift
done
[ $smoke = no ] || options=(--rounds 1 --warm-up 100 --measure 100 ${options[@]+"${options[@]}"})

# h2load comes with Debian's nghttp2-client.
find_h2load() {
	if ! type -P h2load >/dev/null && [ "$(id -u)" = 0 ] && type -P apt-get >/dev/null; then
		{ apt-get -qq update && apt-get -qq -y --no-install-recommends install nghttp2-client; } >/dev/null 2>&1 </dev/null || true
	fi
	type -P h2load || echo "the rows of h2load are left out: it is not installed (Debian: nghttp2-client)" >&2
}

use_built raw ours boot dubbo runner
etcd=$(./etcd.sh)
h2load=$(find_h2load)
newer=$(newer_jdk 21)    # virtual threads, for the scenario b16v
[ -n "$newer" ] || echo "b16v is left out: there is no JDK 21 or later in /usr/lib/jvm" >&2

measure "$results" 256m io.rpcboot.benchmarks.runner.Runner --root benchmarks --results "$results" \
	--etcd "$etcd" --h2load "$h2load" --newer-jdk "$newer" --budget $((budget - SECONDS)) ${options[@]+"${options[@]}"}
