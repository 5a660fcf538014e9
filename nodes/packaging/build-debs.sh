#!/bin/bash
# Builds Dure's .deb packages from programs that are built already.
#   build-debs.sh PROGRAMS OUT     PROGRAMS: folder with dure, dure-node, dure-node-console, dure-coordinator, dure-guardian
# The same programs and the same SOURCE_DATE_EPOCH make the same packages, byte for byte.
set -euo pipefail
programs=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
root=$(dirname "$(dirname "$here")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
export TZ=UTC LC_ALL=C.UTF-8
umask 022
version=$("$programs/dure-node" --version)
architecture=$(dpkg --print-architecture)

# What a package depends on, from the libraries that its programs name.
dependencies() {
  mkdir -p "$work/shlibs/debian"
  printf 'Source: dure\nPackage: x\nArchitecture: any\n' > "$work/shlibs/debian/control"
  (cd "$work/shlibs" && dpkg-shlibdeps -O "${@/#/-e}" 2>/dev/null) | sed -n 's/^shlibs:Depends=//p'
}

# A manual page from the program's own help.
manual() { # PROGRAM SUMMARY FOLDER
  help2man --no-info --section=1 --name="$2" --version-string="$version" "$programs/$1" | gzip -9n > "$3/$1.1.gz"
}

# package NAME SUMMARY DESCRIPTION EXTRA_DEPENDS RECOMMENDS PROGRAM...
package() {
  local name=$1 summary=$2 description=$3 extra=$4 recommends=$5 program
  shift 5
  local stage=$work/$name
  mkdir -p "$stage/usr/bin" "$stage/DEBIAN" "$stage/usr/share/man/man1" "$stage/usr/share/doc/$name"
  for program in "$@"; do
    install -m 0755 "$programs/$program" "$stage/usr/bin/$program"
    strip --strip-unneeded "$stage/usr/bin/$program"
    manual "$program" "$summary" "$stage/usr/share/man/man1"
  done
  local depends
  depends=$(dependencies "${@/#/$stage/usr/bin/}")
  [ -n "$depends" ] || { echo "dpkg-shlibdeps found nothing for $name" >&2; exit 1; }
  if [ "$name" != dure-client ]; then service "$name" "$stage"; fi
  documents "$name" "$stage"
  cat > "$stage/DEBIAN/control" <<CONTROL
Package: $name
Version: $version
Architecture: $architecture
Maintainer: The Dure maintainers <dure@localhost>
Section: science
Priority: optional
Installed-Size: $(du -sk --exclude=DEBIAN "$stage" | cut -f1)
Depends: $depends${extra:+, $extra}${recommends:+
Recommends: $recommends}
Description: $summary
$(fold -s -w 76 <<< "$description" | sed 's/ *$//; s/^/ /')
CONTROL
  (cd "$stage" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | sort | xargs md5sum > DEBIAN/md5sums)
  find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group -Zxz --build "$stage" "$out/${name}_${version}_${architecture}.deb" >/dev/null
  echo "$out/${name}_${version}_${architecture}.deb"
}

# Units and the scripts that make the user, and remove nothing of the state but on purge.
service() { # NAME STAGE
  local name=$1 stage=$2 script
  mkdir -p "$stage/lib/systemd/system"
  install -m 0644 "$root/nodes/$name"*.service "$stage/lib/systemd/system/"
  for script in postinst prerm postrm; do
    sed "s/@NAME@/$name/g" "$here/debian/$script" > "$stage/DEBIAN/$script"
    chmod 0755 "$stage/DEBIAN/$script"
  done
}

documents() { # NAME STAGE
  local folder=$2/usr/share/doc/$1
  cp "$here/debian/copyright" "$folder/copyright"
  printf 'dure (%s) stable; urgency=medium\n\n  * See the release notes.\n\n -- The Dure maintainers <dure@localhost>  %s\n' \
    "$version" "$(date -Rud "@$SOURCE_DATE_EPOCH")" | gzip -9n > "$folder/changelog.gz"
  case $1 in
    dure-node)
      mkdir -p "$folder/examples"
      cp "$root"/nodes/{INSTALL,DISCLOSURE,STORES}.md "$folder/"
      cp "$root"/nodes/{node,policy}.yaml "$folder/examples/" ;;
    dure-guardian) cp "$root/nodes/GUARDIAN.md" "$folder/" ;;
    dure-coordinator)
      mkdir -p "$folder/examples"
      cp "$root"/nodes/roster.*-example.yaml "$folder/examples/" ;;
    dure-client)
      mkdir -p "$folder/examples"
      cp "$root"/nodes/workloads/*.json "$folder/examples/" ;;
  esac
  chmod -R a+rX,go-w "$folder"
}

package dure-node "answers cohort counts from a hospital's OMOP store" \
  "The node of a hospital: it takes signed questions from its consortium's coordinator, answers them from the hospital's own data under the hospital's own policy, and sends disclosed counts alone. It listens on no port. The desk in a browser, dure-node-console, listens on loopback only while somebody runs it." \
  adduser systemd dure-node dure-node-console
package dure-coordinator "asks the hospitals of a consortium and adds up their counts" \
  "The coordinator of a consortium: projects, people and enrolled nodes, a durable queue of signed questions, and totals as intervals. It never sees a patient or an exact count." \
  adduser systemd dure-coordinator
package dure-guardian "opens consortium totals without seeing a hospital's number" \
  "The guardian of secure totals, run by a party that is neither the coordinator nor its operator. It dials out and listens nowhere." \
  adduser systemd dure-guardian
package dure-client "asks a consortium how many patients fit" \
  "The command line of researchers and of those who lead a consortium: questions, results, projects, courier files and audits." \
  "" "" dure
