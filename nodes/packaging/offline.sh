#!/bin/bash
# One signed archive for a machine without a network: the packages, the libraries that they need, checksums and a signature.
#   offline.sh DEBS OUT KEY     DEBS: folder with Dure's packages; KEY: an Ed25519 private key, PEM
# Make a key once, and keep it off the build machine when it is not in use: openssl genpkey -algorithm ed25519 -out release.pem
set -euo pipefail
debs=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
key=$(realpath "$3")
here=$(dirname "$(realpath "$0")")
root=$(dirname "$(dirname "$here")")
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
version=$(dpkg-deb -f "$debs"/dure-node_*.deb Version)
name=dure-offline-$version-$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
mkdir -p "$work/$name/packages"
cp "$debs"/*.deb "$work/$name/packages/"

# Everything that the packages need on a machine with nothing installed, as apt resolves it against an empty status.
: > "$work/status"
mkdir -p "$work/archives/partial"
apt-get install -y -qq --no-install-recommends --download-only -o Dir::State::status="$work/status" \
  -o Dir::Cache::archives="$work/archives" -o APT::Sandbox::User=root "$debs"/*.deb >/dev/null
# Debian's own base is on every machine: it is not carried along.
find "$work/archives" -maxdepth 1 -name '*.deb' | while read -r deb; do
  [ "$(dpkg-deb -f "$deb" Essential)" = yes ] || [ "$(dpkg-deb -f "$deb" Priority)" = required ] || cp "$deb" "$work/$name/packages/"
done
(cd "$work/$name" && dpkg-scanpackages --multiversion packages 2>/dev/null | gzip -9n > Packages.gz)
install -m 0755 "$here/install.sh" "$work/$name/install.sh"
cp "$root/nodes/INSTALL.md" "$work/$name/"
(cd "$work/$name" && find . -type f ! -name 'SHA256SUMS*' | sort | xargs sha256sum > SHA256SUMS)
openssl pkeyutl -sign -rawin -inkey "$key" -in "$work/$name/SHA256SUMS" -out "$work/$name/SHA256SUMS.sig"
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf "$out/$name.tar" "$name"
openssl pkey -in "$key" -pubout -out "$out/dure-release.pub"
echo "$out/$name.tar"
echo "public key $out/dure-release.pub: $(openssl pkey -in "$key" -pubout -outform DER | sha256sum | cut -c1-64)"
