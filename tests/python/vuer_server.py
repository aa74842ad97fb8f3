"""A real Vuer server: vuer_server.py PORT [CERT KEY]

Prints every event it gets as a JSON line, and answers those that the handlers below know. Which of
the sessions a client gets depends on what its INIT says. From a client Vuer takes 4 MiB at a time,
the default of the library below it; with LIFT=1 it takes as much as it says, 256 MiB.
"""

import hashlib
import json
import os
import sys

from aiohttp import web
from vuer import Vuer, VuerSession
from vuer.events import ServerEvent
from vuer.schemas import Box, DefaultScene, group

if os.environ.get("LIFT"):
    web.WebSocketResponse.__init__.__kwdefaults__["max_msg_size"] = 2**28
port, *tls = sys.argv[1:]
cert, key = tls or (None, None)
app = Vuer(host="127.0.0.1", port=int(port), cert=cert, key=key)


def plain(value):
    """What JSON cannot say of a value, in words of this script's own."""
    if isinstance(value, bytes):
        return {"bytes": len(value), "sha256": hashlib.sha256(value).hexdigest()}
    return repr(value)


def log(**event):
    print(json.dumps(event, default=plain), flush=True)


def answer(etype, data):
    return type("Answer", (ServerEvent,), {"etype": etype})(data)


@app.add_handler("HELLO")
async def hello(event, session: VuerSession):
    log(etype="HELLO", value=event.value)
    session.upsert @ Box(args=[0.3, 0.3, 0.3], key="box", position=[0, 0.5, 0])


@app.add_handler("MOVE_BOX")
async def move(event, session: VuerSession):
    log(etype="MOVE_BOX", value=event.value)
    session.upsert @ Box(args=[0.3, 0.3, 0.3], key="box", position=event.value["position"])


@app.add_handler("SET_POSITION")
async def position(event, session: VuerSession):
    log(etype="SET_POSITION", value=event.value)


@app.add_handler("KEYS")
async def keys(event, session: VuerSession):
    log(etype="KEYS", value=event.value, ts=event.ts, camera=event.camera)


@app.add_handler("ECHO")
async def echo(event, session: VuerSession):
    log(etype="ECHO", value=event.value)
    session @ answer("ECHOED", event.value)


@app.add_handler("ASK")
async def ask(event, session: VuerSession):
    session @ answer("ANSWER", "somebody else's")
    session @ answer(event.rtype, {"twice": 2 * event.value})


@app.add_handler("ASK_BY_UUID")
async def ask_by_uuid(event, session: VuerSession):
    session @ answer("ANSWER", {"uuid": "somebody else's"})
    session @ answer("ANSWER", {"uuid": event.uuid, "twice": 2 * event.value})


@app.add_handler("REMOVE_BOX")
async def remove_box(event, session: VuerSession):
    session.remove @ "box"


@app.spawn(client="python")
async def python(session: VuerSession):
    log(session="python")
    await session.forever()


@app.spawn(client="*", machine="toaster")
async def toaster(session: VuerSession):
    log(session="toaster")
    await session.forever()


@app.spawn
async def anyone(session: VuerSession):
    session.set @ DefaultScene(group(Box(key="inner", args=[0.1, 0.1, 0.1]), key="outer"))
    log(session="any")
    await session.forever()


app.start()
