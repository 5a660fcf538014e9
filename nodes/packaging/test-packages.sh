#!/bin/bash
# The guided installation of nodes/INSTALL.md, as a test: on a bare Debian 12 with systemd and no network, from the signed archive
# to an answered question, then backup, reload, removal and purge. Needs root, debootstrap and a Debian mirror for the bare system.
#   test-packages.sh ARCHIVE KEY WORK     ARCHIVE: dure-offline-*.tar; KEY: dure-release.pub; WORK: a folder that is kept
set -euo pipefail
archive=$(realpath "$1")
key=$(realpath "$2")
mkdir -p "$3"
work=$(realpath "$3")
base=$work/debian-12
began=$SECONDS

step() { printf '%4d s  %s\n' $((SECONDS - began)) "$*" >&2; }
fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# The bare system, made once. openssl checks the archive's signature; iproute2 lists listeners.
if [ ! -e "$base/.complete" ]; then
  # A run that was cut may have left its /proc mounted there.
  rm -rf --one-file-system "$base"
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sort -u | grep -v security | head -1)
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,openssl,iproute2 bookworm "$base" "$mirror" >"$work/debootstrap.log"
  touch "$base/.complete"
fi

# One machine: a copy of it in namespaces of its own, without any network but loopback, with systemd as process 1.
upper=$(mktemp -d)
root=$upper/root
cat > "$upper/boot" <<'BOOT'
#!/bin/bash
set -e
upper=$1 base=$2
mount -t tmpfs tmpfs "$upper/layer"
mkdir "$upper/layer/up" "$upper/layer/work"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$upper/layer/up,workdir=$upper/layer/work" "$upper/root"
cd "$upper/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs tmpfs sys/fs/cgroup
if grep -qw cgroup2 /proc/filesystems; then mkdir sys/fs/cgroup/unified; mount -t cgroup2 cgroup2 sys/fs/cgroup/unified; fi
mkdir sys/fs/cgroup/systemd
mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mount --rbind /dev dev
ip link set lo up
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . /lib/systemd/systemd --log-target=console
BOOT
mkdir "$upper/layer" "$upper/root"
unshare --mount --pid --fork --net --ipc --uts --cgroup --kill-child bash "$upper/boot" "$upper" "$base" \
  >"$work/machine.log" 2>&1 </dev/null &
outer=$!
stop() {
  [ -z "${init:-}" ] || kill -s RTMIN+14 "$init" 2>/dev/null || true
  kill "$outer" 2>/dev/null || true
  wait "$outer" 2>/dev/null || true
  rm -rf "$upper"
}
trap stop EXIT
init=
for _ in $(seq 100); do
  init=$(pgrep -P "$outer" || true)
  if [ -n "$init" ] && grep -q systemd "/proc/$init/comm" 2>/dev/null; then break; fi
  sleep 0.2
done
[ -n "$init" ] || { cat "$work/machine.log" >&2; fail "the machine did not start"; }
inside() { nsenter -t "$init" -m -p -n -u -i -r -w -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root "$@"; }
for _ in $(seq 100); do inside systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded' && break; sleep 0.3; done
step "a bare Debian $(cat "$base/etc/debian_version") is up: $(inside dpkg -l | grep -c '^ii') packages, no network"

# What a person carries in: the archive, and on another way the key.
inside mkdir -p /root/in
tar -C "$upper/root/root/in" -xf "$archive" 2>/dev/null || nsenter -t "$init" -m -r -w -- tar -C /root/in -xf - < "$archive"
nsenter -t "$init" -m -r -w -- tee /root/in/dure-release.pub < "$key" >/dev/null
folder=/root/in/$(basename "$archive" .tar)

# Changed on the way: nothing is installed.
inside sh -c "cp $folder/SHA256SUMS /root/sums && sed -i '1s/^./x/' $folder/SHA256SUMS"
if inside "$folder/install.sh" --key /root/in/dure-release.pub dure-node >/dev/null 2>&1; then fail "a changed archive was installed"; fi
inside sh -c "cp /root/sums $folder/SHA256SUMS && echo x >> $folder/INSTALL.md"
if inside "$folder/install.sh" --key /root/in/dure-release.pub dure-node >/dev/null 2>&1; then fail "a changed file was installed"; fi
inside sed -i '$d' "$folder/INSTALL.md"
if inside dpkg -s dure-node >/dev/null 2>&1; then fail "something was installed"; fi

guided=$SECONDS
inside "$folder/install.sh" --key /root/in/dure-release.pub dure-node dure-coordinator dure-client >"$work/install.log" 2>&1 \
  || { tail -20 "$work/install.log" >&2; fail "install.sh"; }
step "installed from the archive: $(inside dpkg -l 'dure-*' | grep -c '^ii') packages of Dure, $(inside dpkg -l | grep -c '^ii') in all"
inside sh -c 'ldd /usr/bin/dure-node /usr/bin/dure-coordinator /usr/bin/dure | grep -c "not found"' && fail "a library is missing"
for unit in dure-node dure-coordinator; do
  inside systemd-analyze verify "/lib/systemd/system/$unit.service" || fail "systemd-analyze verify $unit"
done
[ "$(inside systemctl is-enabled dure-node 2>/dev/null)" = disabled ] || fail "the node was enabled before it was configured"

# Some sandboxes let nobody make a user namespace below theirs: there, and only there, the units do without.
if ! inside systemd-run --quiet --wait -p PrivateUsers=yes -p User=nobody true 2>/dev/null; then
  for unit in dure-node dure-coordinator; do
    nsenter -t "$init" -m -r -w -- sh -c "mkdir -p /etc/systemd/system/$unit.service.d &&
      printf '[Service]\nPrivateUsers=no\n' > /etc/systemd/system/$unit.service.d/test.conf"
  done
  inside systemctl daemon-reload
  step "this machine has no user namespaces to give: PrivateUsers= is not tested"
fi

# The consortium's side.
as_coordinator() { inside runuser -u dure-coordinator -- dure-coordinator "$@" --state-dir /var/lib/dure-coordinator; }
inside sh -c 'umask 077; openssl rand -hex 12 > /root/admin; openssl rand -hex 12 > /root/researcher'
nsenter -t "$init" -m -r -w -- sh -c 'install -m 0600 -o dure-coordinator /root/admin /root/researcher /tmp'
as_coordinator init --consortium-id C-TEST --name-en Test --password-file /tmp/admin >/dev/null
as_coordinator user add kim --role researcher --password-file /tmp/researcher >/dev/null
as_coordinator project add P-0001 --title-en Test --organisation ORG-0001 --until 2099-12-31 --member kim --hospital KR-H-0012 \
  --purpose "A question over invented data, asked by the test of the packages, to see that a machine that was set up by the page answers." >/dev/null
inside systemctl enable --now --quiet dure-coordinator || { inside journalctl -u dure-coordinator --no-pager >&2; fail "the coordinator does not start"; }
[ "$(inside systemctl show -p StatusText --value dure-coordinator)" = "serving nodes and people" ] || fail "no readiness of the coordinator"
step "the coordinator runs"

# The hospital's side, as the page says it.
as_node() { inside runuser -u dure-node -- dure-node "$@"; }
inside install -d -m 0750 -o dure-node -g dure-node /srv/omop
as_node synthesise --hospital KR-H-0012 --persons 2000 --to /srv/omop/omop.sqlite --quiet
inside dure-node init --config /etc/dure-node/node.yaml --state /var/lib/dure-node --hospital KR-H-0012 \
  --store /srv/omop/omop.sqlite --coordinator https://localhost:7444 >/dev/null
inside sh -c 'chown -R dure-node: /var/lib/dure-node && chgrp dure-node /etc/dure-node/*.yaml && chmod 0640 /etc/dure-node/*.yaml'
inside sed -i 's/^projects: \[\]/projects: [{ id: "P-0001" }]/' /etc/dure-node/policy.yaml
inside dure-node policy lint /etc/dure-node/policy.yaml >/dev/null
as_node index build >/dev/null 2>&1
as_coordinator enrol-code --hospital KR-H-0012 2>/dev/null | inside runuser -u dure-node -- dure-node enrol --code-file - >/dev/null 2>&1
as_node doctor >"$work/doctor.txt" || { cat "$work/doctor.txt" >&2; fail "doctor finds something"; }
inside systemctl enable --now --quiet dure-node || { inside journalctl -u dure-node --no-pager >&2; fail "the node does not start"; }
inside dure-node status >"$work/status.txt" || { cat "$work/status.txt" >&2; fail "status"; }
step "the node runs: $(head -1 "$work/status.txt")"

# A question.
inside cp /var/lib/dure-coordinator/keys/ca.pem /root/ca.pem
inside dure login --coordinator https://localhost:7444 --user kim --password-file /root/researcher --ca-file /root/ca.pem >/dev/null 2>&1
inside dure query run /usr/share/doc/dure-client/examples/W6.json --project P-0001 --wait 2m >"$work/answer.txt" 2>&1 \
  || { cat "$work/answer.txt" >&2; fail "the question was not answered"; }
grep -qE '[0-9]' "$work/answer.txt" || fail "no number"
step "a question is answered; from carrying the archive in to here: $((SECONDS - guided)) s"

# Nothing listens outside loopback, and the node listens nowhere.
inside ss -Hltnp >"$work/listeners.txt"
if awk '{print $4}' "$work/listeners.txt" | grep -vE '^(127\.|\[::1\])'; then fail "something listens outside loopback"; fi
if grep -q 'dure-node' "$work/listeners.txt"; then fail "the node listens"; fi

# A reload with a mistake changes nothing, and says so; one without is used.
inside sed -i 's/^version: 1/version: x/' /etc/dure-node/policy.yaml
inside systemctl reload dure-node
for _ in $(seq 50); do inside dure-node status | grep -q CONFIGURATION && break; sleep 0.1; done
inside dure-node status | grep -q CONFIGURATION || fail "a wrong policy was not told"
inside sed -i 's/^version: x/version: 2/' /etc/dure-node/policy.yaml
inside systemctl reload dure-node
for _ in $(seq 100); do inside dure-node status | grep -q ' v2 ' && break; sleep 0.1; done
inside dure-node status | grep -q ' v2 ' || fail "a changed policy was not used"

# Exit code 78 is not restarted.
inside sed -i 's/^version: 2/version: x/' /etc/dure-node/policy.yaml
inside systemctl restart dure-node >/dev/null 2>&1 && fail "a wrong configuration starts"
sleep 6
[ "$(inside systemctl show -p NRestarts --value dure-node)" = 0 ] || fail "a wrong configuration is started again and again"
[ "$(inside systemctl show -p ExecMainStatus --value dure-node)" = 78 ] || fail "not exit code 78"
inside sed -i 's/^version: x/version: 2/' /etc/dure-node/policy.yaml
inside systemctl reset-failed dure-node
inside systemctl start dure-node

# SIGTERM ends it in time.
before=$SECONDS
inside systemctl stop dure-node
[ $((SECONDS - before)) -le 30 ] || fail "it took longer than 30 s to stop"
[ "$(inside systemctl show -p Result --value dure-node)" = success ] || fail "it did not end well"
inside systemctl start dure-node
step "reload, wrong configuration, stop and start"

# Backup while it runs, checked, and restored into a second node's directory.
inside install -d -m 0700 -o dure-node -g dure-node /srv/backup
inside sh -c 'openssl rand -hex 20 > /srv/backup/passphrase && chown dure-node /srv/backup/passphrase'
backup=$(as_node backup create --to /srv/backup --passphrase-file /srv/backup/passphrase 2>/dev/null)
as_node backup check "$backup" --passphrase-file /srv/backup/passphrase >/dev/null
as_node backup restore "$backup" --passphrase-file /srv/backup/passphrase --state /var/lib/dure-node 2>/dev/null && fail "restored under a running daemon"
inside systemctl is-active --quiet dure-node
step "backup made and checked while the node runs"

# Removal keeps the state; purge deletes it.
inside apt-get -y -qq remove dure-node >/dev/null 2>&1
inside test -e /var/lib/dure-node/state.sqlite -a -e /etc/dure-node/policy.yaml || fail "remove deleted state"
if inside pgrep -x dure-node >/dev/null 2>&1; then fail "the daemon runs on after removal"; fi
inside dpkg --purge dure-node >/dev/null 2>&1
if inside test -e /var/lib/dure-node -o -e /etc/dure-node; then fail "purge left something"; fi
if inside getent passwd dure-node >/dev/null; then fail "purge left the user"; fi
inside dpkg --purge dure-coordinator dure-client >/dev/null 2>&1
if inside test -e /var/lib/dure-coordinator; then fail "purge left the coordinator"; fi
step "removed and purged"
echo "packages: passed"
