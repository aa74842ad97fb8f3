#!/usr/bin/env bash
# The Python package sacn 1.11.0 (E1.31 over UDP) receives several sources of one universe as if they
# were one.
#
# Guess before the run, from E1.31 6.2: each source has sequence numbers of its own; "terminated" ends
# the source that says so; data that is marked as preview is not given to the live output.
# Seen:
# - The sequence number is compared with the last packet of whichever source came before: a second
#   source of the same priority is dropped for as long as its number is up to 20 behind.
# - A source of lower priority, whose data was not shown, ends the universe for everybody by saying
#   that it terminates: the callback hears "timeout".
# - Preview data arrives at the callback like any other; only `option_PreviewData` tells.
# A bridge that sends to such a receiver keeps one source (CID) a universe, and never marks its data as
# preview.
#
# Needs: Python 3 with venv, and the loopback address 127.0.0.9.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install sacn==1.11.0
cat > receive.py <<'PY'
import socket, time
import sacn
from sacn.messages.data_packet import DataPacket

HOST = "127.0.0.9"
heard = []
receiver = sacn.sACNreceiver(bind_address=HOST)
receiver.register_listener("universe", lambda packet: heard.append(packet.dmxData[0]), universe=1)
receiver.register_listener("availability", lambda universe, changed: heard.append(changed))
receiver.start()
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

def after(source, sequence, value, priority=100, preview=False, terminated=False):
    """What the receiver says of one packet."""
    heard.clear()
    packet = DataPacket((source,) * 16, "source", 1, (value,) + (0,) * 511, priority, sequence)
    packet.option_PreviewData = preview
    packet.option_StreamTerminated = terminated
    sender.sendto(bytes(packet.getBytes()), (HOST, 5568))
    time.sleep(0.2)
    return list(heard)

try:
    seen = {
        "first source, number 20": after(1, 20, 10),
        "second source of the same priority, number 5": after(2, 5, 11),
        "second source, number 21": after(2, 21, 12),
        "first source, marked as preview": after(1, 22, 13, preview=True),
        "third source of lower priority terminates": after(3, 23, 14, priority=50, terminated=True),
    }
finally:
    receiver.stop()
for case, result in seen.items():
    print(f"{case}: {result}")
assert list(seen.values()) == [["available", 10], [], [12], [13], ["timeout"]], "sacn behaves differently"
PY
timeout 60 venv/bin/python receive.py
