#!/bin/sh
# Installs Dure's packages from this archive, without a network.
#   ./install.sh --key dure-release.pub PACKAGE...     PACKAGE: dure-node, dure-coordinator, dure-guardian, dure-client
# The key must have come to you on another way than the archive. Nothing is installed unless the signature and every checksum hold.
set -eu
usage() { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 64; }
key=
[ "${1:-}" = --key ] && [ $# -ge 3 ] || usage
key=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
command -v openssl >/dev/null || { echo "openssl is needed to check the signature: install Debian's package openssl." >&2; exit 69; }
openssl pkeyutl -verify -rawin -pubin -inkey "$key" -in "$here/SHA256SUMS" -sigfile "$here/SHA256SUMS.sig" >/dev/null 2>&1 || {
  echo "The signature does not hold. Nothing was installed." >&2
  exit 11
}
(cd "$here" && sha256sum --quiet --strict -c SHA256SUMS) || { echo "A file was changed. Nothing was installed." >&2; exit 11; }
# Files that nobody signed would be seen by apt too.
unsigned=$(cd "$here" && find . -type f ! -name 'SHA256SUMS*' | sort | while read -r file; do
  grep -qF "  $file" SHA256SUMS || echo "$file"
done)
[ -z "$unsigned" ] || { echo "Not in the signed list: $unsigned. Nothing was installed." >&2; exit 11; }
echo "The signature and the checksums hold."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial"
# Trusted, because every file of it was just checked.
echo "deb [trusted=yes] file:$here ./" > "$work/sources.list"
offline="-o Dir::Etc::sourcelist=$work/sources.list -o Dir::Etc::sourceparts=/nonexistent -o Dir::State::lists=$work/lists
  -o Dir::Cache::archives=$work/archives -o APT::Sandbox::User=root"
# shellcheck disable=SC2086
apt-get $offline -qq update
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get $offline -y -qq --no-install-recommends install "$@"
