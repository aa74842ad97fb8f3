#!/usr/bin/env bash
# The Python package stupidArtnet 1.6.0 counts its Art-Net packets, and never sends the number.
#
# Guess before the run, from Art-Net 4 (ArtDmx, Sequence): 1, 2, 3, … 255, 1: it has an attribute
# `sequence` that grows with each frame.
# Seen: every frame carries 0, "the sequence feature is disabled", as long as nothing else is set; and
# after set_universe the number that was due then, for ever: a receiver that keeps the order, as the
# standard asks it to, then drops every frame but the first, because it takes them for the same one.
# A receiver that wants to hear such a sender must take 0 for "no order", and the same number again for
# a newer packet, as our bridge does.
#
# Needs: Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install stupidArtnet==1.6.0
cat > send.py <<'PY'
import socket
from stupidArtnet import StupidArtnet

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
receiver.settimeout(5)
sender = StupidArtnet("127.0.0.1", 0, 4, port=receiver.getsockname()[1])

def numbers(count):
    for _ in range(count):
        sender.show()
    return [receiver.recv(1024)[12] for _ in range(count)]

seen = numbers(3)
print("sequence numbers:", seen, "while it counts to", sender.sequence)
sender.set_universe(1)
later = numbers(3)
print("after set_universe:", later, "while it counts to", sender.sequence)
assert (seen, later) == ([0, 0, 0], [3, 3, 3]), "stupidArtnet behaves differently"
PY
timeout 60 venv/bin/python send.py
