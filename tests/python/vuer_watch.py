"""The Python client as a viewer and a writer: vuer_watch.py URL prints the first event and its first
child, sends an event and an element, and closes with the full handshake."""

import asyncio
import sys

from vuer import VuerClient
from vuer.events import ClientEvent


class Hello(ClientEvent):
    etype = "HELLO"


class Upsert(ClientEvent):
    etype = "UPSERT"


async def main():
    async with VuerClient(uri=sys.argv[1]) as client:
        event = await asyncio.wait_for(client.recv(), 10)
        data = event["data"] if isinstance(event, dict) else event.data
        etype = event["etype"] if isinstance(event, dict) else event.etype
        print(etype, data["children"][0]["key"])
        await client.send(Hello(value={"x": 1.5}))
        await client.send(Upsert(value={"nodes": [{"tag": "Box", "key": "from-python"}], "to": None}))


asyncio.run(main())
