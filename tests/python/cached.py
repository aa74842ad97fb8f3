"""What the Python SDK knows without asking: cached.py URL ADDRESS PATTERN

Connects with the feature names of the SDK's documentation, writes an own param that is never to
expire, and prints as one JSON object the value of ADDRESS from its cache and the addresses of the
signals that match PATTERN.
"""

import asyncio
import json
import sys

from clasp import Clasp


async def main(url: str, address: str, pattern: str) -> None:
    client = Clasp(url, name="sdk cache", features=["state", "events"], reconnect=False)
    await client.connect()
    await client.set("/sdk/forever", 1, ttl=0, absolute=True)
    # Fetching is the fence behind what the router sends unasked.
    await client.get(address)
    signals = await client.query_signals(pattern)
    known = sorted(signal["address"] for signal in signals)
    print(json.dumps({"cached": client.cached(address), "signals": known}))
    await client.close()


asyncio.run(main(*sys.argv[1:]))
