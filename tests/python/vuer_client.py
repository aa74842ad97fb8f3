"""The Python client doing what `trefoil vuer send` does: vuer_client.py URL ETYPE, or URL - for lines
from stdin. Done when its connection is closed with the full handshake."""

import asyncio
import json
import sys

from vuer import VuerClient
from vuer.events import ClientEvent

url, etype = sys.argv[1:]


class Given(ClientEvent):
    pass


Given.etype = etype


async def main():
    async with VuerClient(uri=url) as client:
        if etype != "-":
            await client.send(Given(value={"position": [1, 0.5, 0]}))
            return
        for line in sys.stdin:
            event = json.loads(line)
            Given.etype = event["etype"]
            await client.send(Given(value=event["value"]))


asyncio.run(main())
