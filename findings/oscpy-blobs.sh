#!/usr/bin/env bash
# The Python package oscpy 0.6.0 cannot read the blobs, doubles and 64-bit integers of other OSC programs,
# and sends True as the integer 1.
#
# Guess before the run: blobs (`b`) are one of the four types of OSC 1.0, so every library reads them; a
# library that reads `T` and `F` also writes them.
# Seen: a blob of 3 bytes, as python-osc writes it, raises struct.error, because 8 bytes an element are
# expected; `d` and `h` raise ValueError; True and False are read from `T` and `F`, and written as `i`.
# A bridge that serves such a device sends numbers as `f` and `i`, and takes 0 and 1 for false and true.
#
# Needs: Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install oscpy==0.6.0 python-osc==1.10.2
cat > osc_types.py <<'PY'
import struct
from oscpy import parser
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

def read(value, kind):
    builder = OscMessageBuilder("/a")
    builder.add_arg(value, kind)
    try:
        return parser.read_packet(builder.build().dgram)[0][2]
    except (struct.error, ValueError) as error:
        return type(error).__name__

seen = {kind: read(value, kind) for kind, value in
        [("i", 5), ("f", 0.5), ("s", "x"), ("T", True), ("b", b"abc"), ("d", 0.5), ("h", 2**40)]}
written = parser.format_message(b"/a", [True])[0]
print("oscpy reads:", seen)
print("oscpy writes True as:", written, "which python-osc reads as", OscMessage(written).params)
assert seen == {"i": [5], "f": [0.5], "s": [b"x"], "T": [True],
                "b": "error", "d": "ValueError", "h": "ValueError"}, "oscpy behaves differently"
assert OscMessage(written).params == [1], "oscpy behaves differently"
PY
venv/bin/python osc_types.py
