#!/usr/bin/env bash
#
# Fails when a call has become dearer in what is the same on a busy machine: bytes that it allocates,
# threads that it wakes, classes, threads. Time is not looked at. The limits are in
# benchmarks/gate.properties. Takes less than three minutes.
#
#   benchmarks/gate.sh               compares with the limits
#   benchmarks/gate.sh --update      says in benchmarks/gate.properties as well what was measured;
#                                    limits are for people to change
#   benchmarks/gate.sh --no-build    with what an earlier run has built
#
# Exit code 0 when no limit is exceeded.

source "$(dirname "$0")/common.sh"

options=()
while [ $# -gt 0 ]; do
	case $1 in
		--update) options=(update) ;;
		--no-build) build=no ;;
		*) usage ;;
	esac
	shift
done

use_built gate
etcd=$(./etcd.sh)
measure benchmarks/gate.properties 256m io.rpcboot.benchmarks.gate.Gate benchmarks/gate.properties \
	benchmarks/target "$etcd" ${options[@]+"${options[@]}"}
