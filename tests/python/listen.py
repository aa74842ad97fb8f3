"""Hears what the Python SDK hears: listen.py URL PATTERN COUNT

Prints `connected`, and waits for a line on stdin: by then the router must hold a value at /fence that
it did not hold when the client connected. Fetching it is the fence behind SUBSCRIBE; the SDK answers
from its own copy what came in the snapshot at HELLO. Then prints `ready`, COUNT lines of
{"address","value"}, and ends.
"""

import asyncio
import json
import sys

from clasp import Clasp


async def main(url: str, pattern: str, count: int) -> None:
    client = Clasp(url, name="sdk listener", reconnect=False)
    await client.connect()
    print("connected", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    heard: asyncio.Queue = asyncio.Queue()
    client.subscribe(pattern, lambda value, address: heard.put_nowait((address, value)))
    await client.get("/fence")
    print("ready", flush=True)
    for _ in range(count):
        address, value = await heard.get()
        print(json.dumps({"address": address, "value": value}), flush=True)
    await client.close()


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
