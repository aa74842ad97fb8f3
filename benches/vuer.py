#!/usr/bin/env python3
"""Measures `trefoil vuer` beside the Python client and a raw pump, and prints one Markdown table.

    benches/vuer.py                     everything, a few minutes; needs chromium
    benches/vuer.py --quick             a tenth of it, to see that it works
    benches/vuer.py --trefoil PATH      this binary, instead of building

Both sides of a row run in turns against the same Vuer server, the one of the tests' pinned
tests/python/vuer-requirements.txt. The pump writes frames that were made before the clock started,
so that its rate is the server's own. Standard library only, beside those requirements.
"""

import argparse
import base64
import contextlib
import json
import os
import pathlib
import socket
import statistics
import struct
import subprocess
import tempfile
import time

from compare import ROOT, TARGET, Bench, Failed, Server
from compare import build, existing, free_port, listening, machine, milliseconds
from compare import python_with, times_as

EVENT = {"etype": "SET_POSITION", "value": {"position": [0.25, 0.5, -1.0], "n": 0}}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quick", action="store_true", help="a tenth of the repetitions")
    arguments.add_argument("--trefoil", type=pathlib.Path, help="this binary, instead of building")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="vuer-", dir=existing(TARGET / "tmp")) as folder:
        bench = Bench(options.trefoil or build(), 10 if options.quick else 1, folder)
        python = python_with("python-vuer", "vuer-requirements.txt", "the Vuer server")
        print(f"{machine()}\n")
        print("| what | trefoil | beside it | ratio | wanted |")
        print("|---|---|---|---|---|", flush=True)
        with server(bench, python) as vuer:
            for row in (*one_shot(bench, python, vuer), *many(bench, python, vuer)):
                print(f"| {' | '.join(row)} |", flush=True)
        for row in (*coalesced(bench), *moving(bench, python)):
            print(f"| {' | '.join(row)} |", flush=True)


def server(bench: Bench, python: str) -> Server:
    """A Vuer server that only counts what it reads, and prints the count when a client has gone: if
    it answered the Close frame too early, the time would be too short."""
    port = free_port()
    script = bench.folder / "server.py"
    script.write_text(
        "import pathlib, sys\n"
        "from vuer import Vuer, VuerSession\n"
        "app = Vuer(host='127.0.0.1', port=int(sys.argv[1]))\n"
        "count, total = 0, pathlib.Path(sys.argv[2])\n"
        "@app.add_handler('SET_POSITION')\n"
        "async def position(event, session):\n"
        "    global count\n"
        "    count += 1\n"
        "@app.add_handler('TOTAL')\n"
        "async def tell(event, session):\n"
        "    total.write_text(str(count))\n"
        "@app.spawn\n"
        "async def anyone(session: VuerSession):\n"
        "    await session.forever()\n"
        "app.start()\n"
    )
    return listening([python, script, str(port), bench.folder / "total"], port)


def one_shot(bench: Bench, python: str, vuer: Server) -> list[tuple]:
    url = f"ws://{vuer.address}"
    value = json.dumps({"position": [1, 0.5, 0]})
    ours = [bench.trefoil, "vuer", "send", "MOVE_BOX", value, "--url", url]
    theirs = [python, ROOT / "tests/python/vuer_client.py", url, "MOVE_BOX"]
    a, b = bench.in_turns(40, ours, theirs)
    ratio = f"{times_as(b, a):.0f} times as fast"
    return [("one-shot `send`, the Python client", milliseconds(a), milliseconds(b), ratio, "≥ 50")]


def many(bench: Bench, python: str, vuer: Server) -> list[tuple]:
    count = 100_000 // bench.divide
    url = f"ws://{vuer.address}"
    lines = bench.folder / "lines"
    with lines.open("w") as out:
        for n in range(count):
            EVENT["value"]["n"] = n
            out.write(json.dumps(EVENT) + "\n")
    frames = pump_frames(python, lines)
    ours = [bench.trefoil, "vuer", "send", "-", "--url", url]
    theirs = [python, str(ROOT / "tests/python/vuer_client.py"), url, "-"]
    a, b, raw, ours_cpu, theirs_cpu = [], [], [], [], []
    for _ in range(bench.times(10)):
        raw.append(pump(vuer, frames))
        seconds, cpu = weighed(bench, ours, lines, f'"read":{count},')
        a.append(seconds)
        ours_cpu.append(cpu)
    for _ in range(bench.times(5)):
        seconds, cpu = weighed(bench, theirs, lines, "")
        b.append(seconds)
        theirs_cpu.append(cpu)
    check(bench, url, count * (len(raw) + len(a) + len(b)))
    memory = []
    for command in (ours, theirs):
        with lines.open() as stdin:
            memory.append(bench.resident(command, stdin))

    def rate(seconds: list[float]) -> str:
        return f"{count / statistics.median(seconds):,.0f}/s"

    ratio = statistics.median(raw) / statistics.median(a)
    share = statistics.median(ours_cpu) / statistics.median(theirs_cpu)
    held = memory[0] / memory[1]
    return [
        (f"{count:,} events from stdin, all read; a raw pump", rate(a), rate(raw), f"{ratio:.1%}", "≥ 95 %"),
        ("… the Python client", rate(a), rate(b), f"{times_as(b, a):.2f} times as fast", "> 1"),
        (
            "… processor time",
            f"{statistics.median(ours_cpu) * 1e3:.0f} ms",
            f"{statistics.median(theirs_cpu) * 1e3:.0f} ms",
            f"{share:.0%}",
            "≤ 25 %",
        ),
        (
            "… resident at most",
            f"{memory[0] / 1024:.1f} MiB",
            f"{memory[1] / 1024:.1f} MiB",
            f"{held:.0%}",
            "≤ 25 %",
        ),
    ]


def check(bench: Bench, url: str, expected: int) -> None:
    """Returns whether the server's handler has received every event of every run."""
    total = bench.folder / "total"
    bench.run([bench.trefoil, "vuer", "send", "TOTAL", "--url", url])
    for _ in range(500):
        with contextlib.suppress(OSError, ValueError):
            if int(total.read_text()) == expected:
                return
        time.sleep(0.01)
        bench.run([bench.trefoil, "vuer", "send", "TOTAL", "--url", url])
    raise Failed(f"the handler saw {total.read_text()} of {expected} events")


def weighed(bench: Bench, command: list, lines: pathlib.Path, said: str) -> tuple[float, float]:
    """Returns the seconds from spawn to end, and the seconds of processor time."""
    with lines.open() as stdin, tempfile.TemporaryFile(dir=bench.folder) as stdout:
        actions = [(os.POSIX_SPAWN_DUP2, stdin.fileno(), 0)]
        actions.append((os.POSIX_SPAWN_DUP2, stdout.fileno(), 1))
        start = time.perf_counter()
        pid = os.posix_spawnp(command[0], command, bench.environment, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - start
        stdout.seek(0)
        printed = stdout.read().decode()
    if status != 0 or said not in printed:
        raise Failed(f"{' '.join(command)[:80]} ended with {status}: {printed[:200]}")
    return seconds, usage.ru_utime + usage.ru_stime


def boxes(round_: int) -> list[dict]:
    """A thousand boxes, each moved a little further in every round."""
    return [
        {
            "tag": "Box",
            "key": f"box-{n}",
            "args": [0.05, 0.05, 0.05],
            "position": [n % 32 * 0.1 - 1.6, round_ * 0.01, n // 32 * 0.1 - 1.6],
        }
        for n in range(1_000)
    ]


def coalesced(bench: Bench) -> list[tuple]:
    """Lines per second that the hub reads from a file, with one client that reads."""
    count = 1_000_000 // bench.divide
    lines = bench.folder / "operations"
    with lines.open("w") as out:
        for at in range(0, count, 1_000):
            for box in boxes(at // 1_000):
                out.write(json.dumps(box) + "\n")
    port = free_port()
    serve = [bench.trefoil, "vuer", "serve", lines, "--exit-on-eof", "--page", "builtin"]
    rates = [count / bench.run([*serve, "--bind", f"127.0.0.1:{port}"]) for _ in range(bench.times(5))]
    return [(f"{count:,} operations from a file, coalesced", f"{statistics.median(rates):,.0f}/s", "", "", "≥ 500,000/s")]


# A flow, not a burst: whatever its length, a change that arrives alone is sent at once.
ROUNDS = 60

# What users of the Python server write: a list of elements that is upserted again and again. The
# screenshot after it is answered when the page has processed everything.
MOVING = """
import asyncio, json, sys, time
from vuer import Vuer, VuerSession
from vuer.schemas import Box, DefaultScene, GrabRender
app = Vuer(host='127.0.0.1', port=int(sys.argv[1]))
rounds = json.load(open(sys.argv[2]))
@app.spawn
async def main(session: VuerSession):
    def put(round_):
        session.upsert @ [Box(**{k: v for k, v in box.items() if k != 'tag'}) for box in round_]
    session.set @ DefaultScene(bgChildren=[GrabRender()])
    put(rounds[0])
    await asyncio.sleep(float(sys.argv[3]))
    await session.grab_render(ttl=120)
    began = time.perf_counter()
    for round_ in rounds[1:]:
        put(round_)
        await asyncio.sleep(0.001)
    await session.grab_render(ttl=300)
    print(time.perf_counter() - began, flush=True)
    await session.forever()
app.start()
"""

# How long a page may take to load and draw its first scene.
SETTLE = 12


def moving(bench: Bench, python: str) -> list[tuple]:
    """A thousand moving boxes in the page of the Python package in headless Chromium: the seconds
    from the first operation to the screenshot that was requested after the last one."""
    rounds = [boxes(n) for n in range(ROUNDS + 1)]
    count = ROUNDS * 1_000
    page = pathlib.Path(python).parent.parent
    page = next(page.glob("lib/python3*/site-packages/vuer/client_build"))

    script, data = bench.folder / "moving.py", bench.folder / "rounds.json"
    script.write_text(MOVING)
    data.write_text(json.dumps(rounds))
    port = free_port()
    theirs = subprocess.Popen(
        [python, script, str(port), data, str(SETTLE)], stdout=subprocess.PIPE, text=True
    )
    time.sleep(3)
    with browser(bench, f"http://127.0.0.1:{port}/?ws=ws://127.0.0.1:{port}"):
        # Its log messages are not numbers.
        lines = iter(theirs.stdout.readline, "")
        slow = next(float(line) for line in lines if line.replace(".", "", 1).strip().isdigit())
    theirs.kill()

    port = free_port()
    ours = subprocess.Popen(
        [bench.trefoil, "vuer", "serve", "-", "--bind", f"127.0.0.1:{port}", "--page", page],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )

    def write(lines: list[dict]) -> None:
        ours.stdin.write("".join(json.dumps(line) + "\n" for line in lines).encode())
        ours.stdin.flush()

    def picture(name: str) -> None:
        grab = {"etype": "GRAB_RENDER", "uuid": name, "rtype": name, "key": "DEFAULT", "data": {}}
        write([grab])
        while json.loads(ours.stdout.readline())["etype"] != name:
            pass

    time.sleep(0.5)
    write(rounds[0])
    with browser(bench, f"http://127.0.0.1:{port}/"):
        time.sleep(SETTLE)
        picture("ready")
        start = time.perf_counter()
        for round_ in rounds[1:]:
            write(round_)
        picture("done")
        quick = time.perf_counter() - start
    ours.kill()
    return [
        (
            f"1,000 moving boxes, {ROUNDS} rounds, all in the page; the Python server",
            f"{quick:.2f} s, {count / quick:,.0f}/s",
            f"{slow:.2f} s, {count / slow:,.0f}/s",
            f"{slow / quick:.0f} times as many",
            "≥ 20",
        )
    ]


@contextlib.contextmanager
def browser(bench: Bench, link: str):
    """Headless Chromium that shows a URL."""
    with tempfile.TemporaryDirectory(dir=bench.folder, ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader",
                "--ignore-gpu-blocklist",
                "--window-size=400,300",
                f"--user-data-dir={profile}",
                link,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def frame(opcode: int, payload: bytes) -> bytes:
    """A masked frame; all frames have the same mask, which makes no difference to a server."""
    mask = b"\x5a\xc3\x17\x99"
    size = len(payload)
    head = struct.pack("!BB", 0x80 | opcode, 0x80 | min(size, 126))
    if size > 125:
        head += struct.pack("!H", size)
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return head + mask + masked


def pump_frames(python: str, lines: pathlib.Path) -> bytes:
    """INIT and the same events, packed by the Python package, as the bytes of their frames."""
    packer = (
        "import json,msgpack,struct,sys\n"
        "init={'etype':'INIT','ts':1,'value':{'client':'pump'}}\n"
        "for e in (init,*map(json.loads,sys.stdin)):\n"
        "    e.setdefault('ts',1795167037359)\n"
        "    b=msgpack.packb(e)\n"
        "    sys.stdout.buffer.write(struct.pack('!I',len(b))+b)\n"
    )
    with lines.open() as stdin:
        packed = subprocess.run([python, "-c", packer], stdin=stdin, stdout=subprocess.PIPE, check=True)
    frames, at, data = [], 0, packed.stdout
    while at < len(data):
        (size,) = struct.unpack_from("!I", data, at)
        frames.append(frame(2, data[at + 4 : at + 4 + size]))
        at += 4 + size
    return b"".join(frames) + frame(8, b"\x03\xe8")


def pump(vuer: Server, frames: bytes) -> float:
    """Returns the seconds from connecting to the reply to the Close frame, which follows all events."""
    host, port = vuer.address.split(":")
    key = base64.b64encode(b"0123456789abcdef").decode()
    start = time.perf_counter()
    with socket.create_connection((host, int(port))) as stream:
        stream.sendall(
            f"GET / HTTP/1.1\r\nHost: {vuer.address}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        if not stream.recv(4096).startswith(b"HTTP/1.1 101"):
            raise Failed("the server does not upgrade")
        stream.sendall(frames)
        with contextlib.suppress(ConnectionResetError):
            while stream.recv(65536):
                pass
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
