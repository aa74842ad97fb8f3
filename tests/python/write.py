"""Writes what the Python SDK can write, one of each: write.py URL

In this order: a param of every type, an event with and without a payload, a stream, a gesture
from start to end, a bundle. Ends once the router has closed, that is after it has read it all.
"""

import asyncio
import sys

from clasp import Clasp

WRITES = [
    lambda client: client.set("/sdk/null", None),
    lambda client: client.set("/sdk/bool", True),
    lambda client: client.set("/sdk/int", -42),
    lambda client: client.set("/sdk/float", 0.5),
    lambda client: client.set("/sdk/string", "héllo"),
    lambda client: client.set("/sdk/bytes", b"\x01\x02\xff"),
    lambda client: client.set("/sdk/array", [1, "two", 3.5]),
    lambda client: client.set("/sdk/map", {"r": 255}),
    lambda client: client.emit("/sdk/event", {"scene": 2}),
    lambda client: client.emit("/sdk/bare"),
    lambda client: client.stream("/sdk/stream", 0.25),
    lambda client: client.gesture("/sdk/gesture", 7, "start", {"x": 0.0}),
    lambda client: client.gesture("/sdk/gesture", 7, "end", {"x": 1.0}),
    lambda client: client.bundle([{"set": ["/sdk/bundled", 1.5]}, {"emit": ["/sdk/cue", "go"]}]),
]


async def main(url: str) -> None:
    for write in WRITES:
        # A connection each: the SDK cannot read an ACK, and after the first one it sends nothing.
        client = Clasp(url, name="sdk writer", reconnect=False)
        await client.connect()
        await write(client)
        await client.close()


asyncio.run(main(sys.argv[1]))
