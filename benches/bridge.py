#!/usr/bin/env python3
"""Measures what `trefoil clasp bridge` adds to a message, as a Markdown table.

    benches/bridge.py                       with the newest release build below target/
    benches/bridge.py --trefoil FILE        with another one
    benches/bridge.py --seconds 2           shorter

A datagram goes in at one bridge and comes out of another, both at one `trefoil clasp serve`: so a
figure is two bridges and the router, all over loopback. Beside it is the same datagram by way of a
bare UDP echo, in Python as the measurement is, and through two bridges within the router. Of 16 messages
that are sent at once the last waits for the others, also in the echo.

fader      OSC in, 1,000 messages a second, OSC out
universes  sACN in, 16 universes at 44 frames a second, each with one channel changed, OSC out
lights     OSC in, 16 messages 40 times a second, sACN out: 16 universes
Both are measured with Art-Net, too.

"waited" is how long the bridges and the router together were ready to run but were not run (Linux
counts it): on a machine that does other work a p99 of tens of ms is that, and not theirs.

Standard library only.
"""

import argparse
import json
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

TARGET = pathlib.Path(__file__).resolve().parent.parent / "target"
UNIVERSES = range(1, 17)


def newest_build():
    """The newest optimized binary; .cargo/config.toml names the target, so there is a folder for it."""
    found = [*TARGET.glob("*/release/trefoil"), *TARGET.glob("*/dist/trefoil"), *TARGET.glob("release/trefoil")]
    if not found:
        sys.exit("no release build: cargo build --release")
    return max(found, key=lambda path: path.stat().st_mtime)


def started(*command):
    """A command that prints a line of JSON when it is ready."""
    child = subprocess.Popen([*map(str, command), "-o", "json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    line = child.stdout.readline()
    if not line:
        sys.exit(f"{command} has ended: {child.wait()}")
    return child, json.loads(line)


def ended(child):
    """Ends it; the counts that it prints."""
    child.send_signal(signal.SIGINT)
    last = child.stdout.read().strip().splitlines()[-1:]
    child.wait()
    return json.loads(last[0]) if last else {}


def waited(children):
    """How long threads of these processes were ready to run but were not run, in ms; none without Linux."""
    files = [file for child in children for file in pathlib.Path(f"/proc/{child.pid}/task").glob("*/schedstat")]
    return sum(int(file.read_text().split()[1]) for file in files) / 1e6


def udp():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    sock.bind(("127.0.0.1", 0))
    return sock


def padded(data):
    return data + b"\0" * (4 - len(data) % 4)


def osc(address, value):
    return padded(address.encode()) + b",i\0\0" + struct.pack(">i", value)


def read_osc(data):
    end = data.index(b"\0")
    return data[:end].decode(), struct.unpack(">i", data[-4:])[0]


def sacn(universe, sequence, levels):
    def length(rest):
        return struct.pack(">H", 0x7000 | (rest + 1 + len(levels)))

    return b"".join([
        b"\0\x10\0\0ASC-E1.17\0\0\0", length(109), b"\0\0\0\x04", bytes([9] * 16),
        length(87), b"\0\0\0\x02", b"bench".ljust(64, b"\0"), b"\x64\0\0", bytes([sequence, 0]),
        struct.pack(">H", universe), length(10), b"\x02\xa1\0\0\0\x01", struct.pack(">H", 1 + len(levels)), b"\0",
        levels,
    ])


def read_sacn(data):
    """The universe and the level of its first channel; None for what is no levels."""
    if data[18:22] != b"\0\0\0\x04" or data[112] & 0x40:
        return None
    return f"/{struct.unpack('>H', data[113:115])[0]}", data[126]


def artnet(universe, sequence, levels):
    head = b"Art-Net\0\0\x50\0\x0e" + bytes([sequence, 0, universe & 255, universe >> 8])
    return head + struct.pack(">H", len(levels)) + levels


def read_artnet(data):
    """The universe and the level of its first channel; None for what is no levels."""
    if data[8:10] != b"\0\x50":
        return None
    return f"/{data[14] | data[15] << 8}", data[18]


def drain(sock):
    """Takes what comes until nothing more does: how many datagrams, and how long it took in s."""
    count, begin, last = 0, time.perf_counter(), 0.0
    sock.settimeout(0.5)
    while True:
        try:
            sock.recv(2048)
        except TimeoutError:
            return count, last
        count, last = count + 1, time.perf_counter() - begin


def measured(send, read, sock, seconds, rate):
    """Sends `rate` groups a second, and takes what comes. Latencies in s, sent, lost, and whether the
    last values came.

    One group goes before: the first frame of a universe changes all its 512 channels, so that of 16
    universes is 8,192 datagrams, for which this receiver needs longer than the bridges do."""
    for _, packet, to in send(-1):
        sock.sendto(packet, to)
    count, took = drain(sock)
    if count > 100:
        print(f"the first frame of all universes: {count:,} channels in {took * 1e3:.0f} ms", file=sys.stderr)
    sent, latencies, last, over = {}, [], {}, threading.Event()

    def take():
        sock.settimeout(0.2)
        while True:
            try:
                data = sock.recv(2048)
            except TimeoutError:
                if over.is_set():
                    return
                continue
            now = time.perf_counter()
            if (got := read(data)) is None:
                continue
            last[got[0]] = got[1]
            if (begun := sent.pop(got, None)) is not None:
                latencies.append(now - begun)

    taker = threading.Thread(target=take)
    taker.start()
    count, newest = 0, {}
    begin = time.perf_counter()
    for n in range(int(seconds * rate)):
        while (left := begin + n / rate - time.perf_counter()) > 0:
            time.sleep(left)
        for key, packet, to in send(n):
            sent[key] = time.perf_counter()
            newest[key[0]] = key[1]
            sock.sendto(packet, to)
            count += 1
    time.sleep(0.5)
    over.set()
    taker.join()
    return latencies, count, len(sent), all(last.get(key) == value for key, value in newest.items())


def row(name, latencies, count, lost, newest, waits=None):
    latencies.sort()
    at = lambda part: latencies[min(len(latencies) - 1, int(len(latencies) * part))] * 1e3  # noqa: E731
    return f"| {name} | {count:,} | {lost:,} | {'yes' if newest else 'NO'} | {at(0.5):.3f} | {at(0.99):.3f} | " + (
        "" if waits is None else f"{waits:.0f}") + " |"


def echo(name, send, seconds, rate):
    """The same way without anything in it. `send` is told where the echo listens."""
    mirror, sock, over = udp(), udp(), threading.Event()

    def back():
        mirror.settimeout(0.2)
        while not over.is_set():
            try:
                data, who = mirror.recvfrom(2048)
            except TimeoutError:
                continue
            mirror.sendto(data, who)

    thread = threading.Thread(target=back)
    thread.start()
    to = mirror.getsockname()
    result = measured(lambda n: send(n, to), read_osc, sock, seconds, rate)
    over.set()
    thread.join()
    return row(name, *result)


def address(ready):
    host, port = ready["listening"][0].split(" ")[1].rsplit(":", 1)
    return host, int(port)


def bridged(trefoil, router, url, first, second, send, read, seconds, rate):
    """From a bridge with these options to another. `send` is told where the first listens."""
    sock = udp()
    target = "%s:%d" % sock.getsockname()
    out, _ = started(trefoil, "clasp", "bridge", *second, "--send", target, "--url", url)
    into, ready = started(trefoil, "clasp", "bridge", *first, "--url", url)
    to = address(ready)
    before = waited([router, out, into])
    result = measured(lambda n: send(n, to), read, sock, seconds, rate)
    result = *result, waited([router, out, into]) - before
    counts = [ended(into), ended(out)]
    for count in counts:
        if count.get("dropped"):
            print(f"dropped: {count['dropped']}", file=sys.stderr)
    return result


def within(trefoil, seconds):
    """The fader through two bridges within the router: no socket between them and it."""
    sock = udp()
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write('[[osc]]\nlisten = "127.0.0.1:0"\n[[osc]]\nsend = "%s:%d"\n' % sock.getsockname())
        file.flush()
        router, ready = started(trefoil, "clasp", "serve", "--bind", "127.0.0.1:0", "--bridge-config", file.name)
    # The bridges connect after the router is ready.
    time.sleep(0.5)
    to = address(ready["bridges"][0])
    before = waited([router])
    result = measured(lambda n: fader(n, to), read_osc, sock, seconds, 1_000)
    result = *result, waited([router]) - before
    ended(router)
    return result


def fader(n, to):
    yield ("/fader", n), osc("/fader", n), to


def sixteen(n, to):
    for universe in UNIVERSES:
        yield (f"/{universe}/1", n), osc(f"/{universe}/1", n), to


def universes(packet):
    """16 universes at once, each in a packet like this."""
    def frame(n, to):
        for universe in UNIVERSES:
            level = n % 255 + 1
            yield (f"/{universe}/1", level), packet(universe, n % 256, bytes([level]) + bytes(511)), to
    return frame


def lights(n, to):
    for universe in UNIVERSES:
        level = n % 255 + 1
        yield (f"/{universe}", level), osc(f"/{universe}/1", level), to


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trefoil", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=10)
    args = parser.parse_args()
    trefoil, seconds = args.trefoil or newest_build(), args.seconds
    router, ready = started(trefoil, "clasp", "serve", "--bind", "127.0.0.1:0")
    url = ready["url"]
    any_port = ["--listen", "127.0.0.1:0"]
    print("| way | messages | not heard | newest value heard | p50 ms | p99 ms | waited ms |")
    print("|---|---|---|---|---|---|---|")
    print(echo("UDP echo, 1,000/s", fader, seconds, 1_000))
    result = bridged(trefoil, router, url, ["osc", *any_port], ["osc"], fader, read_osc, seconds, 1_000)
    print(row("fader: OSC, router, OSC, 1,000/s", *result), flush=True)
    print(row("fader: OSC, OSC within the router, 1,000/s", *within(trefoil, seconds)), flush=True)
    print(echo("UDP echo, 16 at 44 Hz", sixteen, seconds, 44), flush=True)
    for protocol, name, packet, read in [("sacn", "sACN", sacn, read_sacn), ("artnet", "Art-Net", artnet, read_artnet)]:
        some = [protocol, *any_port, "--universe", "1-16"]
        into, out = [*some, "--receive-only"], ["osc", "--namespace", f"/{protocol}"]
        result = bridged(trefoil, router, url, into, out, universes(packet), read_osc, seconds, 44)
        print(row(f"universes: 16 of {name} at 44 Hz, router, OSC", *result), flush=True)
        into, out = ["osc", "--namespace", f"/{protocol}", *any_port], [*some, "--namespace", f"/{protocol}"]
        result = bridged(trefoil, router, url, into, out, lights, read, seconds, 40)
        print(row(f"lights: OSC, router, 16 of {name} at 40 Hz", *result), flush=True)
    ended(router)


if __name__ == "__main__":
    main()
