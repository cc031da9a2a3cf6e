#!/usr/bin/env bash
#
# Calls the demo provider with clients in other languages: grpc-js, and buf (Go) by reflection.
# The build must have made the provider's jar.
#
#   interop/run.sh              starts the provider, checks it, ends it
#   interop/run.sh HOST:PORT    checks a server that runs already

set -euo pipefail
cd "$(dirname "$0")"

fail() { echo "interop/run.sh: $*" >&2; exit 1; }

for tool in node npm; do
	type -P $tool >/dev/null || fail "$tool is not on the PATH (expected: Node.js 18 or later with npm)"
done
if [ ! -x node_modules/.bin/buf ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >&2
fi

if [ $# -gt 0 ]; then
	exec node client.mjs "$1"
fi

type -P java >/dev/null || fail "java is not on the PATH (expected: 17 or later)"
jar=
for candidate in ../demo-provider/target/demo-provider-*.jar; do
	case $candidate in
		*-sources.jar | *-javadoc.jar | *-tests.jar) ;;
		*) [ ! -f "$candidate" ] || jar=$candidate ;;
	esac
done
[ -n "$jar" ] || fail "there is no demo-provider/target/demo-provider-*.jar (run mvn verify first)"

work=$(mktemp -d)
PROVIDER_PID=
end() {
	local status=$?
	trap - EXIT
	if [ -n "$PROVIDER_PID" ]; then
		kill "$PROVIDER_PID" 2>/dev/null || true
		wait "$PROVIDER_PID" 2>/dev/null || true
	fi
	if [ $status -ne 0 ]; then
		echo "--- the last lines of the provider" >&2
		tail -n 60 "$work/provider.log" >&2 || true
	fi
	rm -rf "$work"
	exit $status
}
trap end EXIT
trap 'exit 130' INT TERM

port=$(node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
java -jar "$jar" --rpc.registry.type=none --rpc.server.address=127.0.0.1 --rpc.server.port="$port" \
	</dev/null >"$work/provider.log" 2>&1 &
PROVIDER_PID=$!
export PROVIDER_PID
node client.mjs "127.0.0.1:$port"
