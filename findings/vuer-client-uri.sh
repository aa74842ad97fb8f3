#!/usr/bin/env bash
# VuerClient of the PyPI package vuer 0.1.6 takes any keyword and ignores the ones that it does not know:
# VuerClient(URI=...) is a client of ws://localhost:8012.
#
# Guess before the run: TypeError, because the parameter is called `uri` (the environment variable is
# VUER_CLIENT_URI).
# Seen: no error and no warning; the URI is the default. A program with this slip talks to whatever server runs
# on the default port of its own machine.
#
# Needs: Python 3.11 or later with venv.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check vuer==0.1.6
env -u VUER_CLIENT_URI env/bin/python -W error - <<'PYTHON'
from vuer.client import VuerClient

seen = [VuerClient(uri="ws://192.0.2.1:9").uri, VuerClient(URI="ws://192.0.2.1:9").uri]
print("seen:", seen)
assert seen == ["ws://192.0.2.1:9", "ws://localhost:8012"]
PYTHON
