"""Hears what the Python SDK hears: listen.py URL PATTERN COUNT

Prints `ready` once the subscription is live, then COUNT lines of {"address","value"}, then ends.
The router must hold a value at /ready: fetching it is the fence behind SUBSCRIBE.
"""

import asyncio
import json
import sys

from clasp import Clasp


async def main(url: str, pattern: str, count: int) -> None:
    client = Clasp(url, name="sdk listener", reconnect=False)
    await client.connect()
    heard: asyncio.Queue = asyncio.Queue()
    client.subscribe(pattern, lambda value, address: heard.put_nowait((address, value)))
    await client.get("/ready")
    print("ready", flush=True)
    for _ in range(count):
        address, value = await heard.get()
        print(json.dumps({"address": address, "value": value}), flush=True)
    await client.close()


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
