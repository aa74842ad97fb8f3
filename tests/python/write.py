"""Writes what the Python SDK can write, one of each: write.py URL

In this order: a param of every type, an event with and without a payload, a stream, a gesture
from start to end, a bundle. Ends once the router has closed, that is after it has read it all.
"""

import asyncio
import sys

from clasp import Clasp


async def main(url: str) -> None:
    client = Clasp(url, name="sdk writer", reconnect=False)
    await client.connect()
    # All in one go: the SDK cannot read an ACK, and after the first one it sends nothing more.
    await asyncio.gather(
        client.set("/sdk/null", None),
        client.set("/sdk/bool", True),
        client.set("/sdk/int", -42),
        client.set("/sdk/float", 0.5),
        client.set("/sdk/string", "héllo"),
        client.set("/sdk/bytes", b"\x01\x02\xff"),
        client.set("/sdk/array", [1, "two", 3.5]),
        client.set("/sdk/map", {"r": 255}),
        client.emit("/sdk/event", {"scene": 2}),
        client.emit("/sdk/bare"),
        client.stream("/sdk/stream", 0.25),
        client.gesture("/sdk/gesture", 7, "start", {"x": 0.0}),
        client.gesture("/sdk/gesture", 7, "end", {"x": 1.0}),
        client.bundle([{"set": ["/sdk/bundled", 1.5]}, {"emit": ["/sdk/cue", "go"]}]),
    )
    await client.close()


asyncio.run(main(sys.argv[1]))
