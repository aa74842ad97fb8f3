#!/usr/bin/env bash
# Installs the packages of dist/package.py in a clean Debian and uses them there; fails if anything
# does not work. Takes the Debian release (default: bookworm). Needs root and debootstrap; outside CI.
set -euo pipefail
cd "$(dirname "$0")/.."
release=${1:-bookworm}
root=$(mktemp -d)
trap 'rm -rf "$root" "$root.log"' EXIT

debootstrap --variant=minbase "$release" "$root" >"$root.log" 2>&1 || { tail "$root.log" >&2; exit 1; }
cp target/packages/trefoil_*.deb target/packages/trefoil-*.tar.gz "$root/tmp/"
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 sh -euc "$1"; }

echo "== the .deb"
inside 'dpkg -i /tmp/trefoil_*.deb'
inside 'trefoil --version; trefoil'
inside 'trefoil clasp serve -- sh -c "trefoil clasp set /lights/front 0.8 && test \$(trefoil clasp get /lights/front) = 0.8"'
inside 'echo "127.0.0.1 stage.example" >> /etc/hosts
  trefoil clasp serve --bind 127.0.0.1:7330 & sleep 1
  trefoil clasp ping --url ws://stage.example:7330 -q; kill $!; wait $! || true'
inside 'test -s /usr/share/man/man1/trefoil-clasp-set.1.gz'
inside 'test -s /usr/share/bash-completion/completions/trefoil'
inside 'test -s /usr/share/doc/trefoil/copyright'
inside 'dpkg --verify trefoil'
inside 'dpkg -r trefoil; test ! -e /usr/bin/trefoil'

echo "== the tar.gz"
inside 'cd /usr/local; tar xzf /tmp/trefoil-*.tar.gz --strip-components=1; trefoil --version'
inside 'trefoil clasp serve -- trefoil clasp set /a 1'
echo "both packages work on $release"
