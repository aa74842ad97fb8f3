#!/usr/bin/env python3
"""Measures `trefoil clasp serve` side by side with the reference router, as one Markdown table.

    benches/router.py                     everything, about two minutes
    benches/router.py --quick             a tenth of it, to see that it works
    benches/router.py --only deliver      rows whose name contains this

The driver is the same for both (tests/reference-router/src/bin/measure.rs) and so are its bytes.
Each figure is the median of several runs, the routers in turns, a new router for each run.
Standard library only.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from compare import PEERS, Failed, Server, announced, build, machine  # noqa: E402

ROUNDS = 3


def own(trefoil: pathlib.Path) -> Server:
    server = announced([trefoil, "clasp", "serve", "--bind", "127.0.0.1:0", "-o", "json"])
    server.address = json.loads(server.address)["url"].removeprefix("ws://")
    return server


def reference(_: pathlib.Path) -> Server:
    return announced([PEERS / "reference-router", "127.0.0.1:0"], NO_RATE_LIMIT="1", UNLIMITED="1")


def measure(server: Server, what: str, *args: object) -> list[float]:
    command = [PEERS / "measure", what, server.address, *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise Failed(done.stderr.strip().splitlines()[-1])
    return [float(number) for number in done.stdout.split()]


def memory(server: Server) -> float:
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def deliver(kind: str, count: int, subscribers: int):
    def row(server: Server, divide: int) -> tuple[float, str]:
        delivered, lost, seconds = measure(server, "deliver", kind, count // divide, subscribers)
        share = f"{lost / (delivered + lost):.1%}" if lost else "none"
        return delivered / seconds, f"{{:,.0f}}/s, {share} lost"

    return row


def latency(part: int):
    def row(server: Server, divide: int) -> tuple[float, str]:
        return measure(server, "latency", 10_000 // divide, 1_000)[part], "{:.0f} µs"

    return row


def snapshot(count: int):
    def row(server: Server, divide: int) -> tuple[float, str]:
        measure(server, "fill", count // divide)
        params, seconds = measure(server, "snapshot")
        return seconds * 1e3, f"{{:.1f}} ms, {params:,.0f} params"

    return row


def params_memory(server: Server, divide: int) -> tuple[float, str]:
    before = memory(server)
    measure(server, "fill", 100_000 // divide)
    return memory(server) - before, "{:.1f} MB"


def sessions_memory(server: Server, divide: int) -> tuple[float, str]:
    before = memory(server)
    command = [PEERS / "measure", "sessions", server.address, str(1_000 // divide)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as holding:
        holding.stdout.readline()
        used = memory(server) - before
        holding.stdin.close()
    return used, "{:.1f} MB"


def bulk(trefoil: pathlib.Path):
    def row(server: Server, divide: int) -> tuple[float, str]:
        count = 1_000_000 // divide
        lines = "".join(f'{{"address":"/bulk/{i % 100}","value":{i}}}\n' for i in range(count))
        environment = {"CLASP_URL": f"ws://{server.address}", "PATH": os.environ["PATH"]}
        began = time.monotonic()
        done = subprocess.run(
            [trefoil, "clasp", "set", "-"],
            input=lines.encode(),
            env=environment,
            capture_output=True,
        )
        seconds = time.monotonic() - began
        if done.returncode or json.loads(done.stdout)["acknowledged"] != count:
            raise Failed(done.stderr.decode().strip())
        return seconds, "{:.2f} s"

    return row


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quick", action="store_true", help="a tenth of everything")
    arguments.add_argument("--only", default="", help="only rows whose name contains this")
    arguments.add_argument("--trefoil", type=pathlib.Path, help="this binary, instead of building")
    options = arguments.parse_args()
    trefoil = options.trefoil or build()
    rows = [
        ("deliver events to one subscriber", deliver("event", 2_000_000, 1)),
        ("deliver stream messages to one subscriber", deliver("stream", 2_000_000, 1)),
        ("deliver SETs to one subscriber", deliver("set", 2_000_000, 1)),
        ("deliver events to 100 subscribers", deliver("event", 20_000, 100)),
        ("deliver events to 1,000 subscribers", deliver("event", 2_000, 1_000)),
        ("latency of SET to subscriber at 1,000/s, p50", latency(0)),
        ("latency of SET to subscriber at 1,000/s, p99", latency(1)),
        ("snapshot of 9,000 params", snapshot(9_000)),
        ("snapshot of 100,000 params", snapshot(100_000)),
        ("memory of 100,000 params", params_memory),
        ("memory of 1,000 sessions", sessions_memory),
        ("a million SETs from `trefoil clasp set -`", bulk(trefoil)),
    ]
    print(f"{machine()}\n")
    print("| what | trefoil | reference router |")
    print("|---|---|---|", flush=True)
    for name, row in rows:
        if options.only in name:
            print(f"| {name} | {' | '.join(both(row, trefoil, options.quick))} |", flush=True)


def both(row, trefoil: pathlib.Path, quick: bool) -> list[str]:
    """The median of each router with what its run said; the routers take turns."""
    found: dict = {own: [], reference: []}
    for _ in range(1 if quick else ROUNDS):
        for start, runs in found.items():
            try:
                with start(trefoil) as server:
                    runs.append(row(server, 10 if quick else 1))
            except (Failed, subprocess.TimeoutExpired) as why:
                return [f"not measured: {why}", ""]
    cells = []
    for runs in found.values():
        middle = statistics.median_low(figure for figure, _ in runs)
        form = next(form for figure, form in runs if figure == middle)
        cells.append(form.format(middle))
    return cells


if __name__ == "__main__":
    main()
