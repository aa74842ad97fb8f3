#!/usr/bin/env bash
# The server of the PyPI package vuer 0.1.6 closes a client's connection at the first message of more than 4 MiB,
# whatever WEBSOCKET_MAX_SIZE says.
#
# Guess before the run: the variable, with which the same package's client takes messages of up to 256 MiB, sets the
# server's limit as well; 5 MB pass.
# Seen: 4,000,000 bytes arrive and the connection stays open; 5,000,000 bytes end it with Close code 1009, with the
# variable at 268435456.
#
# Needs: Python 3.11 or later with venv.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check vuer==0.1.6 websockets==17.4
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat > server.py <<PYTHON
import asyncio
from vuer import Vuer

app = Vuer(host="127.0.0.1", port=$port)

@app.add_handler("SIZED")
async def sized(event, session):
    print("arrived", len(event.value), flush=True)

@app.spawn(start=True)
async def main(session):
    await asyncio.sleep(60)
PYTHON
WEBSOCKET_MAX_SIZE=268435456 env/bin/python server.py > server.log 2>&1 &
cat > client.py <<PYTHON
import asyncio, msgpack, websockets

async def send(size):
    for _ in range(200):
        try:
            ws = await websockets.connect("ws://127.0.0.1:$port", max_size=None, compression=None)
            break
        except OSError:
            await asyncio.sleep(0.1)
    async def read():
        await ws.send(msgpack.packb({"etype": "SIZED", "ts": 0.0, "value": b"x" * size}))
        async for _ in ws:
            pass
    try:
        await asyncio.wait_for(read(), 3)
    except asyncio.TimeoutError:
        await ws.close()
        return "open"
    except websockets.ConnectionClosed:
        pass
    return ws.close_code

async def main():
    seen = [await send(4_000_000), await send(5_000_000)]
    print("seen:", seen)
    assert seen == ["open", 1009]

asyncio.run(main())
PYTHON
env/bin/python client.py
grep arrived server.log
[ "$(grep -c arrived server.log)" = 1 ] && grep -q 'arrived 4000000' server.log
