"""What `trefoil clasp set` does, with the Python SDK: set_once.py URL ADDRESS VALUE

Connects, sets, and ends once the router has read it: the SDK cannot read the ACK, so what tells
is the router's answer to the WebSocket close behind it.
"""

import asyncio
import json
import sys

from clasp import Clasp


async def main(url: str, address: str, value: str) -> None:
    client = Clasp(url, name="sdk", reconnect=False)
    await client.connect()
    await client.set(address, json.loads(value))
    await client.close()


asyncio.run(main(*sys.argv[1:]))
