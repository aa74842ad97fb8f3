"""What the real Vuer page makes of scene operations: vuer_page.py > tests/data/vuer_page.ndjson

Opens the page of the installed `vuer` package in headless Chromium, sends the operations of each
case below over a WebSocket, and reads the page's scene out of its React tree by the DevTools
protocol. Prints a line a case: {"name", "operations", "scene"}. src/vuer/scene/mod.rs checks our
fold against these lines. Takes about three minutes:

    target/python-vuer/bin/python tests/python/vuer_page.py > tests/data/vuer_page.ndjson
"""

import asyncio
import json
import pathlib
import subprocess
import sys
import tempfile

import msgpack
import vuer
from aiohttp import ClientSession, web

PAGE = pathlib.Path(vuer.__file__).parent / "client_build"
CHROMIUM = [
    "chromium",
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--remote-debugging-port=0",
]

# Every object in the React tree that looks like a scene. Old states are among them; the newest one
# has the marker that is added last.
READ_SCENE = """(() => {
  const found = [], seen = new Set();
  const look = (value, depth) => {
    if (!value || typeof value !== 'object' || depth > 6 || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Node || value === window || value.$$typeof) return;
    if (Array.isArray(value.children) && 'bgChildren' in value && 'rawChildren' in value)
      found.push(value);
    for (const key of Object.keys(value)) {
      if (['return', 'child', 'sibling', 'alternate', 'stateNode', 'parent'].includes(key)) continue;
      try { look(value[key], depth + 1); } catch (error) {}
    }
  };
  const is_root = key => key.startsWith('__reactContainer');
  const element = [...document.querySelectorAll('*')].find(e => Object.keys(e).some(is_root));
  const walk = fiber => {
    for (; fiber; fiber = fiber.sibling) {
      look(fiber.memoizedProps, 0);
      for (let hook = fiber.memoizedState, n = 0; hook && hook.next !== undefined && n < 100; n++) {
        look(hook.memoizedState, 0);
        hook = hook.next;
      }
      walk(fiber.child);
    }
  };
  walk(element[Object.keys(element).find(is_root)]);
  const plain = (key, value) => typeof value === 'function' ? undefined : value;
  return JSON.stringify(found.map(scene => JSON.parse(JSON.stringify(scene, plain))));
})()"""
MARK = {"key": "newest", "tag": "Box"}
# Fields that the page sets itself.
ITS_OWN = {"position", "rotation", "scale", "up", "ops"}


def box(key, **fields):
    return {"key": key, "tag": "Box", **fields}


def group(key, *children, **fields):
    return {"key": key, "tag": "group", "children": list(children), **fields}


def put(etype, *nodes, **data):
    return {"etype": etype, "data": {"nodes": list(nodes), **data}}


def upsert(*nodes, **data):
    return put("UPSERT", *nodes, **data)


def add(*nodes, **data):
    return put("ADD", *nodes, **data)


def update(*nodes):
    return put("UPDATE", *nodes)


def remove(*keys):
    return {"etype": "REMOVE", "data": {"keys": list(keys)}}


def scene(**data):
    lists = dict.fromkeys(["children", "rawChildren", "bgChildren", "htmlChildren"], [])
    return {"etype": "SET", "data": {"tag": "Scene", "key": "1", **lists, **data}}


def more(**data):
    return {"etype": "SET", "data": data}


BASE = scene(
    children=[group("g", box("in", args=[1])), group("e"), box("dup", list="children")],
    rawChildren=[box("r"), group("rg"), group("rr", box("deep"))],
    bgChildren=[box("grid"), group("bg"), box("dup", list="bg")],
    htmlChildren=[box("h"), group("hg"), box("dup", list="html")],
)
NESTED = scene(
    children=[
        box("a", children=[box("b", children=[box("x", at=1)]), box("x", at=2)]),
        group("c", box("x", at=3), bgChildren=[box("y", at=4)]),
        box("t", children=["text", box("z")]),
    ],
    rawChildren=[box("only-raw"), box("y", at=5)],
    bgChildren=[box("x", at=6), box("y", at=7)],
)
GROUPS = scene(
    children=[
        group("o", group("p", group("q"))),
        {"key": "no-children", "tag": "group"},
        {"key": "capital", "tag": "Group"},
        {"key": "text", "tag": "group", "children": ["text"]},
        box("box", children=[group("inner")], bgChildren=[group("stays")]),
        group("bg-only", bgChildren=[box("gone-with-it")]),
    ],
    rawChildren=[group("raw"), box("rb", children=[group("raw-inner")])],
    bgChildren=[group("bg"), box("bb", children=[group("bg-inner")])],
    htmlChildren=[group("html")],
)
CASES = {
    "SET": [BASE],
    "SET of nothing": [BASE, more()],
    "SET of a field": [BASE, more(tag="Other", note=1)],
    "SET of one list": [BASE, more(bgChildren=[])],
    "SET of two lists": [BASE, more(children=[box("n")], rawChildren=[])],
    "SET without a map": [BASE, {"etype": "SET"}],
    "UPSERT finds a key in any list: children": [BASE, upsert(box("dup", a=1))],
    "UPSERT finds a key in any list: raw": [BASE, upsert(box("r", a=1), to=None)],
    "UPSERT finds a key in any list: bg": [BASE, upsert(box("grid", a=1))],
    "UPSERT finds a key in any list: html": [BASE, upsert(box("h", a=1), to="")],
    "UPSERT finds a key at any depth": [BASE, upsert(box("in", a=1), box("deep", a=1))],
    "UPSERT takes parents and lists in order": [NESTED, upsert(box("x", a=1), box("y", a=1))],
    "UPSERT prefers raw to bg": [NESTED, more(children=[]), upsert(box("y", a=1))],
    "UPSERT appends an unknown key": [BASE, upsert(box("n"), box("n", a=1), box("m"))],
    "UPSERT replaces children": [BASE, upsert(group("g", box("other")))],
    "UPSERT of null": [BASE, upsert({"key": "in", "args": None})],
    "UPSERT knows no $delete": [BASE, upsert({"key": "in", "value": "$delete"})],
    "UPSERT to a list looks only there": [BASE, upsert(box("in", a=1), to="bgChildren")],
    "UPSERT to a list": [BASE, upsert(box("grid", a=1), box("n"), to="bgChildren")],
    "UPSERT to children": [BASE, upsert(box("grid", a=1), box("in", a=1), to="children")],
    "UPSERT to raw and html": [
        BASE,
        upsert(box("deep", a=1), box("n"), to="rawChildren"),
        upsert(box("h", a=1), box("m"), to="htmlChildren"),
    ],
    "UPSERT to a node looks only below it": [BASE, upsert(box("r", a=1), box("in", a=1), to="g")],
    "UPSERT to a node finds the node itself": [BASE, upsert({"key": "g", "a": 1}, to="g")],
    "UPSERT to a node without children": [BASE, upsert(box("n"), to="in")],
    "UPSERT to a node of another list": [BASE, upsert(box("n"), to="grid")],
    "UPSERT to an unknown node": [BASE, upsert(box("n"), box("in", a=1), to="nobody")],
    "UPSERT to the scene's own key": [BASE, upsert(box("n"), to="1")],
    "UPSERT of the scene's own key": [BASE, upsert(box("1", a=1))],
    "UPSERT without a key": [BASE, upsert({"tag": "Other", "args": [3]})],
    "UPSERT without a key to a list": [BASE, upsert({"tag": "Other"}, to="bgChildren")],
    "UPSERT without a key to a node": [BASE, upsert({"tag": "Box", "a": 1}, to="g")],
    "UPSERT to a null list": [BASE, more(htmlChildren=None), upsert(box("n"), box("m"), to="htmlChildren")],
    "UPSERT with a null list": [BASE, more(htmlChildren=None), upsert(box("n"), box("in", a=1))],
    "ADD appends": [BASE, add(box("n"), box("n"))],
    "ADD appends a second node of a key": [BASE, add(box("g"))],
    "ADD to lists": [BASE, add(box("n"), to="bgChildren"), add(box("m"), to="rawChildren")],
    "ADD to nodes": [BASE, add(box("n"), to="in"), add(box("m"), to="h"), add(box("o"), to="g")],
    "ADD to the first node of a key": [NESTED, add(box("n"), to="x")],
    "ADD to an unknown node": [BASE, add(box("n"), to="nobody"), add(box("n"), to=3)],
    "ADD to a null list": [BASE, more(htmlChildren=None), add(box("n"), to="htmlChildren")],
    "ADD without a key": [BASE, add({"tag": "Box"})],
    "UPDATE": [BASE, update(box("grid", a=1), box("in", a=2), box("dup", a=3), box("deep", a=4))],
    "UPDATE of an unknown key": [BASE, update(box("nobody", a=1))],
    "UPDATE knows no $delete": [BASE, update({"key": "grid", "value": "$delete"})],
    "UPDATE without a key": [BASE, update({"a": 1})],
    "UPDATE in a list of a node, beside a text": [NESTED, update(box("z", a=1))],
    "REMOVE takes the first": [BASE, remove("dup")],
    "REMOVE takes the first of raw, bg, html": [BASE, remove("dup", "dup")],
    "REMOVE takes all in turn": [BASE, remove("dup", "dup", "dup")],
    "REMOVE below": [BASE, remove("in", "deep")],
    "REMOVE takes the shallowest of a list": [NESTED, remove("x")],
    "REMOVE takes a deep one of an earlier list": [NESTED, remove("x", "x")],
    "REMOVE goes on through the lists": [NESTED, remove("x", "x", "x", "x"), remove("y")],
    "REMOVE finds the lists of a node": [NESTED, remove("y", "y", "y")],
    "REMOVE of an unknown key drops empty groups": [GROUPS, remove("nobody")],
    "REMOVE of no key drops empty groups": [GROUPS, remove()],
    "REMOVE of the scene's own key": [BASE, remove("1")],
    "REMOVE with a key that is not in a list": [BASE, {"etype": "REMOVE", "data": {"keys": "in"}}],
}


async def main():
    sockets = asyncio.Queue()

    async def root(request):
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return web.FileResponse(PAGE / "index.html")
        socket = web.WebSocketResponse(max_msg_size=2**28)
        await socket.prepare(request)
        await sockets.put(socket)
        async for _ in socket:
            pass
        return socket

    app = web.Application()
    app.router.add_get("/", root)
    app.router.add_static("/", PAGE)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        browser = subprocess.Popen(
            [*CHROMIUM, f"--user-data-dir={home}", "about:blank"], stderr=subprocess.DEVNULL
        )
        try:
            await follow(sockets, port, pathlib.Path(home))
        finally:
            browser.terminate()
            browser.wait()


async def follow(sockets, port, home):
    while not (home / "DevToolsActivePort").exists():
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.2)
    devtools = (home / "DevToolsActivePort").read_text().split()[0]
    async with ClientSession() as http:
        targets = await (await http.get(f"http://127.0.0.1:{devtools}/json")).json()
        target = next(target for target in targets if target["type"] == "page")
        async with http.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=2**28) as page:

            async def call(method, **params):
                await page.send_json({"id": 1, "method": method, "params": params})
                while (reply := await page.receive_json()).get("id") != 1:
                    pass
                return reply

            for name, operations in CASES.items():
                await call("Page.navigate", url="about:blank")
                await call(
                    "Page.navigate", url=f"http://127.0.0.1:{port}/?ws=ws://127.0.0.1:{port}"
                )
                socket = await asyncio.wait_for(sockets.get(), 40)
                await asyncio.sleep(1.2)
                for operation in [*operations, add(MARK, to="children")]:
                    await socket.send_bytes(msgpack.packb({"ts": 1.0, **operation}))
                    await asyncio.sleep(0.2)
                for _ in range(50):
                    await asyncio.sleep(0.1)
                    reply = await call("Runtime.evaluate", expression=READ_SCENE, returnByValue=True)
                    scenes = json.loads(reply["result"]["result"]["value"])
                    newest = next((scene for scene in scenes if MARK in scene["children"]), None)
                    if newest:
                        break
                else:
                    print(f"{name}: the page does not show the marker", file=sys.stderr)
                    continue
                newest["children"].remove(MARK)
                shown = {key: value for key, value in newest.items() if key not in ITS_OWN}
                line = {"name": name, "operations": operations, "scene": shown}
                print(json.dumps(line, separators=(",", ":")), flush=True)


asyncio.run(main())
