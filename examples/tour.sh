#!/bin/sh
# A tour of trefoil clasp: writes, reads, watches, cues, bundles, a timeline.
#
#     trefoil clasp serve -- sh examples/tour.sh        on a router of its own
#     sh examples/tour.sh                               on whatever CLASP_URL says
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
for built in "$root"/target/debug "$root"/target/*/debug "$root"/target/release "$root"/target/*/release; do
    if [ -x "$built/trefoil" ]; then PATH="$built:$PATH"; fi
done

# Prints a command as it would be typed, then runs it, with words as on a terminal.
run() {
    printf '\n$ trefoil'
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9/.:=,_-]*) printf " '%s'" "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    trefoil "$@" -o table
}

watched=$(mktemp)
trap 'kill "$watcher" 2>/dev/null || true; rm -f "$watched"' EXIT

# A watcher beside all that follows; it says when it is live.
exec 3>"$watched.ready"
trefoil clasp subscribe '/lights/**' '/cues/*' -o table --ready-fd 3 >"$watched" 2>/dev/null &
watcher=$!
exec 3>&-
until [ -s "$watched.ready" ]; do sleep 0.05; done
rm -f "$watched.ready"

run clasp ping
run clasp set /lights/front 0.8
run clasp set /lights/color '{"r":255,"g":100,"b":0}'
run clasp get '/lights/**'
run clasp emit /cues/go '{"scene":2}'
run clasp timeline /lights/front 0s:0 200ms:1:ease-out 600ms:1 800ms:0 --preview
run clasp timeline /lights/front 0s:0 200ms:1:ease-out 600ms:1 800ms:0 --fps 10
run clasp bundle --set /lights/front=0 --set /lights/back=1.0 --emit /cues/blackout --at +300ms
run clasp wait /lights/back --eq 1 --timeout 2s
run clasp query --tree

printf '\nMeanwhile, trefoil clasp subscribe "/lights/**" "/cues/*" saw:\n\n'
cat "$watched"
