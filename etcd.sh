#!/usr/bin/env bash
#
# Prints the path of a real etcd server (3.4 or later), for the tests and the demo.
#
# The first of these that runs: $ETCD_BIN, etcd on the PATH, the copy that an earlier run
# left in the cache, Debian's package unpacked without installing it, the official release.
# Nothing needs root and nothing outside the cache is changed.
#
# Exit code 0 and one line on stdout, or 1 and the reason on stderr.

set -euo pipefail

release=v3.5.25
release_url=https://github.com/etcd-io/etcd/releases/download/$release

home=${HOME:-~}
cache=${XDG_CACHE_HOME:-$home/.cache}/rpcboot/etcd/$(uname -s)-$(uname -m)
work=
reasons=

say() { echo "etcd.sh: $*" >&2; }

no() { reasons="$reasons${reasons:+; }$*"; }

found() {
	echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
	exit 0
}

# Runs a command for at most so many seconds, where that can be had (macOS has no timeout).
bounded() {
	local seconds=$1
	shift
	if type -P timeout >/dev/null; then
		timeout "$seconds" "$@"
	else
		"$@"
	fi
}

# etcd 3.4 refuses to start on arm64 unless it is told that this is known.
usable() {
	local version
	[ -f "$1" ] && [ -x "$1" ] &&
		version=$(ETCD_UNSUPPORTED_ARCH=arm64 bounded 10 "$1" --version </dev/null 2>/dev/null) &&
		grep -Eq '^etcd Version: (3\.([4-9]|[1-9][0-9])|[4-9])' <<<"$version"
}

# Moves a candidate into the cache in one step, so that whoever looks sees all of it or nothing.
keep() {
	chmod 755 "$1"
	usable "$1" || return 1
	mv -f "$1" "$cache/etcd"
	found "$cache/etcd"
}

# apt with lists of its own, for a machine whose lists are empty or old, needs neither root nor the system's lock.
debian_package() {
	local deb=$work/deb
	local quick="-qq -o APT::Sandbox::User= -o Acquire::Retries=1 -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10"
	local own="-o Dir::State::Lists=$deb/lists -o Dir::Cache=$deb/cache -o Debug::NoLocking=1"
	type -P apt-get >/dev/null && type -P dpkg >/dev/null || { no "no apt-get and dpkg for Debian's package"; return; }
	say "unpacking Debian's etcd-server"
	mkdir -p "$deb/lists/partial" "$deb/cache/archives/partial" "$deb/root"
	# shellcheck disable=SC2086
	(
		cd "$deb"
		bounded 120 apt-get $quick download etcd-server ||
			{ bounded 120 apt-get $quick $own update && bounded 120 apt-get $quick $own download etcd-server; }
	) </dev/null >"$work/log" 2>&1 || true
	set -- "$deb"/*.deb
	if [ ! -f "$1" ]; then
		no "Debian's etcd-server cannot be downloaded ($(grep '^E:' "$work/log" | tail -1))"
	elif ! dpkg -x "$1" "$deb/root" >"$work/log" 2>&1; then
		no "Debian's etcd-server cannot be unpacked ($(tail -1 "$work/log"))"
	else
		keep "$deb/root/usr/bin/etcd" || no "the etcd of Debian's etcd-server does not run or is older than 3.4"
	fi
}

fetch() {
	if type -P curl >/dev/null; then
		curl -fsSL --connect-timeout 5 --max-time 300 -o "$2" "$1"
	elif type -P wget >/dev/null; then
		wget -q -T 10 -t 1 -O "$2" "$1" || { echo "wget: exit code $?" >&2; return 1; }
	else
		echo "neither curl nor wget is here" >&2
		return 1
	fi </dev/null 2>"$work/log"
}

sha256() {
	if type -P sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

official_release() {
	local archive wanted
	case "$(uname -sm)" in
		"Linux x86_64") archive=etcd-$release-linux-amd64.tar.gz ;;
		"Linux aarch64") archive=etcd-$release-linux-arm64.tar.gz ;;
		"Darwin x86_64") archive=etcd-$release-darwin-amd64.zip ;;
		"Darwin arm64") archive=etcd-$release-darwin-arm64.zip ;;
		*) no "no official release for $(uname -sm)"; return ;;
	esac
	say "downloading $release_url/$archive"
	if ! fetch "$release_url/SHA256SUMS" "$work/SHA256SUMS" || ! fetch "$release_url/$archive" "$work/$archive"; then
		no "the official release cannot be downloaded ($(tail -1 "$work/log"))"
		return
	fi
	wanted=$(awk -v name="$archive" '$2 == name { print $1 }' "$work/SHA256SUMS")
	if [ -z "$wanted" ] || [ "$(sha256 "$work/$archive")" != "$wanted" ]; then
		no "$archive does not have the SHA-256 that its release names ('$wanted')"
	elif ! tar -C "$work" -xf "$work/$archive" 2>"$work/log"; then # the tar of macOS reads zip files
		no "$archive cannot be unpacked ($(tail -1 "$work/log"))"
	else
		archive=${archive%.zip}
		keep "$work/${archive%.tar.gz}/etcd" || no "the etcd of the official release $release does not run here"
	fi
}

if [ -n "${ETCD_BIN:-}" ]; then
	usable "$ETCD_BIN" && found "$ETCD_BIN"
	say "ETCD_BIN: '$ETCD_BIN' (expected: the path of an etcd server that can be run, 3.4 or later)"
	exit 1
fi

if on_path=$(type -P etcd); then
	usable "$on_path" && found "$on_path"
	no "$on_path on the PATH does not run or is older than 3.4"
else
	no "no etcd on the PATH"
fi

usable "$cache/etcd" && found "$cache/etcd"

if mkdir -p "$cache" 2>/dev/null && work=$(mktemp -d "$cache/.work.XXXXXX" 2>/dev/null); then
	trap 'rm -rf "$work"' EXIT
	debian_package
	official_release
else
	no "the cache $cache cannot be written"
fi

say "no etcd server can be had: $reasons. Install etcd 3.4 or later, or name one in ETCD_BIN."
exit 1
