#!/usr/bin/env bash
# The PyPI package jq 1.10.0 changes integers beyond 2^53 even with the filter `.`, and makes 1.0 the integer 1.
#
# Guess before the run: integers come back exact, because jq 1.7 and later keep the digits of a number that no
# filter has calculated with, and 1.0 comes back as the float 1.0.
# Seen: 9007199254740993 comes back as 9007199254740992, whether it went in as text or as a Python int, from
# first() as from text(); 1.0 comes back as the int 1. The filter `tojson` gives the exact digits of both: jq has
# kept them, and the package's way out of jq loses them.
#
# Needs: Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check jq==1.10.0
env/bin/python - <<'PYTHON'
import jq

same = jq.compile(".")
exact = 9007199254740993
seen = [
    same.input_text(str(exact)).first(),
    same.input_text(str(exact)).text(),
    same.input_value(exact).first(),
    same.input_text("1.0").first(),
    jq.compile("tojson").input_text(str(exact)).first(),
    jq.compile("tojson").input_text("1.0").first(),
]
print("seen:", seen)
assert seen == [exact - 1, str(exact - 1), exact - 1, 1, str(exact), "1.0"]
assert type(seen[3]) is int
PYTHON
