#!/usr/bin/env bash
# python-osc 1.10.2 hands over wrong numbers behind an argument whose type it does not know.
#
# Guess before the run: a symbol (`S`) or character (`c`) of OSC 1.0 is either read, or the whole message is refused,
# as the specification says ("should discard any message whose OSC Type Tag String contains any unrecognized Tags").
# Seen: the argument is left out with a warning, its bytes are not skipped, and what follows is read from them: `,ci`
# with the character a and the integer 7 arrives as the integer 97, `,Si` with the symbol abc and 7 as 1633837824. The
# handler cannot tell. `I`, which has no bytes, is left out and does no harm. liblo's oscsend sends all three.
# A bridge that serves such a program sends strings as `s`, and no characters.
#
# Needs: Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install python-osc==1.10.2
cat > unknown_types.py <<'PY'
import logging
from pythonosc.osc_message import OscMessage

logging.disable()

def read(tags, arguments):
    return OscMessage(b"/a\0\0" + tags + arguments).params

seven = b"\0\0\0\x07"
results = {
    ",ci  'a' 7": read(b",ci\0", b"\0\0\0a" + seven),
    ",Si  abc 7": read(b",Si\0", b"abc\0" + seven),
    ",Ii  7": read(b",Ii\0", seven),
    ",si  abc 7": read(b",si\0", b"abc\0" + seven),
}
for message, params in results.items():
    print(f"{message} arrives as {params}")
assert list(results.values()) == [[97], [0x61626300], [7], ["abc", 7]], results
PY
venv/bin/python unknown_types.py
