#!/usr/bin/env bash
# The PyPI package clasp-to 4.2.0 (CLASP's Python SDK) sends bundles as MessagePack in frames whose header says
# that the payload is binary.
#
# Guess before the run: the header's encoding bits (0 MessagePack, 1 binary) say what the payload is; set() and
# bundle() are both binary.
# Seen: a SET is binary under the flag 1; a BUNDLE is a MessagePack map (first byte 0x83) under the same flag. A
# router has to look at the payload's first byte.
#
# Needs: Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check clasp-to==4.2.0 websockets==17.4
env/bin/python - <<'PYTHON'
import asyncio, struct, time, websockets
from clasp import Clasp

def text(value):
    return struct.pack(">H", len(value)) + value.encode()

# WELCOME: code, version, features, time in microseconds, session, name, token.
welcome = bytes([0x02, 1, 0xF8]) + struct.pack(">Q", int(time.time() * 1e6)) + text("s") + text("router") + text("")
frames = []

async def router(ws):
    async for frame in ws:
        frames.append(frame)
        if frame[4] == 0x01:  # HELLO
            await ws.send(b"\x53\x01" + struct.pack(">H", len(welcome)) + welcome)

async def main():
    async with websockets.serve(router, "127.0.0.1", 0, subprotocols=["clasp"]) as server:
        port = server.sockets[0].getsockname()[1]
        client = Clasp(f"ws://127.0.0.1:{port}", reconnect=False)
        await client.connect()
        await client.set("/a", 1)
        await client.bundle([{"set": ["/b", 2]}])
        for _ in range(100):
            if len(frames) >= 3:
                break
            await asyncio.sleep(0.05)
        await client.close()
    seen = [(frame[1] & 7, hex(frame[4])) for frame in frames[:3]]
    print("encoding bits and first byte of the payload of HELLO, SET, BUNDLE:", seen)
    assert seen == [(1, "0x1"), (1, "0x21"), (1, "0x83")] or seen == [(1, "0x1"), (1, "0x21"), (1, "0x82")]

asyncio.run(main())
PYTHON
