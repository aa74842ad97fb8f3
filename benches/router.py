#!/usr/bin/env python3
"""Measures `trefoil clasp serve` side by side with the reference router, nats-server and
redis-server, as Markdown tables.

    benches/router.py                     everything, half an hour
    benches/router.py --rounds 1 --frames 1000000       in a third of that
    benches/router.py --quick             a tenth of it, to see that it works
    benches/router.py --only deliver      rows whose name contains this
    benches/router.py --before FILE       beside another trefoil instead of the reference router

The driver is the same for both routers (tests/reference-router/src/bin/measure.rs) and so are its
bytes; for nats-server and redis-server (Debian) it floods in their own protocol, as bare as ours.
Each figure is the median of several runs, the servers in turns, a new server for each run.
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
from compare import (  # noqa: E402
    PEERS,
    Failed,
    Missing,
    Server,
    announced,
    build,
    free_port,
    installed,
    listening,
    machine,
)


def own(trefoil: pathlib.Path) -> Server:
    server = announced([trefoil, "clasp", "serve", "--bind", "127.0.0.1:0", "-o", "json"])
    server.address = json.loads(server.address)["url"].removeprefix("ws://")
    return server


def reference(_: pathlib.Path) -> Server:
    return announced([PEERS / "reference-router", "127.0.0.1:0"], NO_RATE_LIMIT="1", UNLIMITED="1")


def nats(_: pathlib.Path) -> Server:
    return other("nats-server", "-a", "127.0.0.1", "-p")


def redis(_: pathlib.Path) -> Server:
    # Its own limits for slow subscribers would close our subscriber during the measurement.
    limits = ["--client-output-buffer-limit", "pubsub 0 0 0"]
    return other("redis-server", "--save", "", *limits, "--port")


def other(name: str, *arguments: str) -> Server:
    port = free_port()
    return listening([installed(name, name), *arguments, str(port)], port)


def measure(server: Server, what: str, *args: object, limit: int = 60) -> list[float]:
    command = [PEERS / "measure", what, server.address, *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
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


def beside(rates: str):
    """Events per second of a fast reader next to slow ones, as a fraction of what it gets alone."""

    def row(server: Server, divide: int) -> tuple[float, str]:
        count = 400_000 // divide
        alone = measure(server, "beside", count, "")
        shared = measure(server, "beside", count, rates)
        part = (shared[0] / shared[2]) / (alone[0] / alone[2])
        lost = f", {shared[1]:,.0f} lost" if shared[1] else ", none lost"
        return part, f"{{:.2f}} of {alone[0] / alone[2]:,.0f}/s{lost}"

    return row


def bystander(load: str):
    def row(server: Server, divide: int) -> tuple[float, str]:
        p50, p99, worst = measure(server, "bystander", max(5 // divide, 2), load)
        return p99 / 1e3, f"p50 {p50 / 1e3:.2f}, p99 {{:.2f}}, worst {worst / 1e3:.1f} ms"

    return row


def mutated(count: int):
    def row(server: Server, divide: int) -> tuple[float, str]:
        frames, p99, worst = measure(server, "mutated", count // divide, limit=1_800)
        form = f"{frames:,.0f} frames, a PING p99 {{:.2f}}, worst {worst / 1e3:.1f} ms"
        return p99 / 1e3, f"{form}, {memory(server):.0f} MB"

    return row


def held(what: str, *args: int):
    """Memory of the server while the driver keeps its connections or values."""

    def row(server: Server, divide: int) -> tuple[float, str]:
        before = memory(server)
        command = [PEERS / "measure", what, server.address, *[str(n // divide) for n in args]]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, **pipes) as holding:
            holding.stdout.readline()
            used = memory(server) - before
            holding.stdin.close()
        return used, "{:.1f} MB"

    return row


def foreign(kind: str, count: int, subscribers: int):
    def row(server: Server, divide: int) -> tuple[float, str]:
        delivered, lost, seconds = measure(server, kind, count // divide, subscribers)
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
    arguments.add_argument("--rounds", type=int, default=3, help="the median of so many runs")
    arguments.add_argument("--frames", type=int, default=10_000_000, help="so many damaged ones")
    arguments.add_argument("--before", type=pathlib.Path, help="another trefoil to compare with")
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
        ("a PING, idle", bystander("idle")),
        ("a PING beside snapshots of 100,000 params", bystander("snapshot")),
        ("a PING beside 3,000 QUERYs over 100,000 params", bystander("queries")),
        ("a PING beside 10,000 subscriptions added", bystander("subscriptions")),
        ("a PING beside 24 MB of timed bundles due", bystander("timed")),
        ("a PING beside 1,000 connects a second", bystander("connects")),
        ("a PING beside 1,000 slow upgrades", bystander("loris")),
        ("a PING beside the longest patterns and addresses", bystander("longest")),
        ("a fast reader beside ones at 1, 5, 20, 50 MB/s and a stalled one", beside("1,5,20,50,0")),
        ("memory of 10,000 idle sessions", held("idle", 10_000)),
        ("memory of ten stalled readers after 400 MB", held("stalled", 10, 400_000)),
        ("a million SETs from `trefoil clasp set -`", bulk(trefoil)),
    ]
    other = (lambda _: own(options.before)) if options.before else reference
    print(f"{machine()}\n")
    print(f"| what | trefoil | {'before' if options.before else 'reference router'} |")
    print("|---|---|---|", flush=True)
    for name, row in rows:
        if options.only in name:
            cells = in_turns({own: row, other: row}, trefoil, options)
            print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print("\n| what | trefoil | nats-server | redis-server |")
    print("|---|---|---|---|", flush=True)
    for count, subscribers in ((2_000_000, 1), (20_000, 100), (2_000, 1_000)):
        name = f"deliver events to {subscribers:,}"
        if options.only in name:
            servers = {
                own: deliver("event", count, subscribers),
                nats: foreign("nats", count, subscribers),
                redis: foreign("redis", count, subscribers),
            }
            cells = in_turns(servers, trefoil, options)
            print(f"| {name} | {' | '.join(cells)} |", flush=True)
    # Alone and only once: it takes long, and makes tasks of the reference router panic.
    name = f"{options.frames:,} damaged frames"
    if options.only in name:
        options.rounds = 1
        cells = in_turns({own: mutated(options.frames)}, trefoil, options)
        print(f"\n| what | trefoil |\n|---|---|\n| {name} | {cells[0]} |", flush=True)


def in_turns(rows: dict, trefoil: pathlib.Path, options: argparse.Namespace) -> list[str]:
    """Returns the median of each server with the output of that run; the servers run in turns."""
    quick = options.quick
    found: dict = {start: [] for start in rows}
    failed: dict = {}
    for _ in range(1 if quick else options.rounds):
        for start, runs in found.items():
            if start in failed:
                continue
            try:
                with start(trefoil) as server:
                    runs.append(rows[start](server, 10 if quick else 1))
            except (Failed, Missing, subprocess.TimeoutExpired) as why:
                failed[start] = f"not measured: {why}"
    cells = []
    for start, runs in found.items():
        if start in failed:
            cells.append(failed[start])
            continue
        middle = statistics.median_low(figure for figure, _ in runs)
        form = next(form for figure, form in runs if figure == middle)
        cells.append(form.format(middle))
    return cells


if __name__ == "__main__":
    main()
