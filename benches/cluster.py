#!/usr/bin/env python3
"""Measures a cluster of three routers beside its engine, as Markdown.

    benches/cluster.py --trefoil target/release/trefoil --nats target/python-nats/bin/nats-server
    benches/cluster.py … --nodes 3        over an engine of three nodes
    benches/cluster.py … --params 20000   fewer of everything

The engine's own figures are taken by a client that sends what was written beforehand and counts the
answers, so that they are the engine's and not Python's. Standard library only.
"""

import argparse
import base64
import json
import os
import pathlib
import select
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from compare import free_port  # noqa: E402


class Nats:
    """A bare client."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.bytes = b""
        hello = {"verbose": False, "headers": True, "no_responders": True, "echo": True}
        self.say(b"CONNECT " + json.dumps(hello).encode() + b"\r\nPING\r\n")
        self.until(b"PONG\r\n")

    def say(self, data):
        self.socket.sendall(data)

    def until(self, text):
        while text not in self.bytes:
            self.bytes += self.socket.recv(1 << 16)
        _, _, self.bytes = self.bytes.partition(text)

    def ask(self, subject, request):
        body = json.dumps(request).encode() if request else b""
        self.say(b"SUB ask 9\r\nPUB %s ask %d\r\n%s\r\n" % (subject.encode(), len(body), body))
        self.until(b"MSG ask 9 ")
        while self.bytes.count(b"\r\n") < 2:
            self.bytes += self.socket.recv(1 << 16)
        _, answer, self.bytes = self.bytes.split(b"\r\n", 2)
        self.say(b"UNSUB 9\r\n")
        return json.loads(answer)


def headers(subject, reply, lines, body):
    head = b"NATS/1.0\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"
    sizes = b"%d %d" % (len(head), len(head) + len(body))
    return b"HPUB %s %s %s\r\n%s%s\r\n" % (subject, reply, sizes, head, body)


def engine(arguments, home):
    """Starts the nodes; their ports and processes."""
    ports = [(free_port(), free_port()) for _ in range(arguments.nodes)]
    routes = ",".join(f"nats://127.0.0.1:{route}" for _, route in ports)
    processes = []
    for n, (port, route) in enumerate(ports):
        command = [arguments.nats, "-js", "-a", "127.0.0.1", "-p", str(port)]
        command += ["-sd", f"{home}/node{n}", "-n", f"node{n}"]
        if arguments.nodes > 1:
            command += ["--cluster_name", "bench", "--cluster", f"nats://127.0.0.1:{route}"]
            command += ["--routes", routes]
        processes.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
    for port, _ in ports:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
    time.sleep(4 if arguments.nodes > 1 else 0.5)
    return [port for port, _ in ports], processes


def raw(port, replicas, count):
    """Compare-and-set of new subjects a second, and write to watch in seconds."""
    client = Nats(port)
    stream = {
        "name": "RAW", "subjects": ["raw.s.>"], "retention": "limits", "storage": "file",
        "discard": "new", "num_replicas": replicas, "max_msgs_per_subject": 1,
        "allow_msg_ttl": True, "allow_atomic": True, "subject_delete_marker_ttl": 3_600_000_000_000,
        "republish": {"src": "raw.s.>", "dest": "raw.r.>"},
    }
    made = client.ask("$JS.API.STREAM.CREATE.RAW", stream)
    assert "error" not in made, made
    body = b"x" * 100
    expected = b"Nats-Expected-Last-Subject-Sequence: 0"
    batches = [
        b"".join(
            headers(b"raw.s.%d" % n, b"ack", [expected], body) for n in range(at, min(at + 500, count))
        )
        for at in range(0, count, 500)
    ]
    client.say(b"SUB ack 1\r\n")
    acked, sent, rest = 0, 0, b""
    began = time.perf_counter()
    while acked < count:
        # As many under way as a router has.
        while sent < len(batches) and sent * 500 - acked < 2_000:
            client.say(batches[sent])
            sent += 1
        data = rest + client.socket.recv(1 << 18)
        acked += data.count(b'"seq":')
        rest = data[-5:] if b'"seq":' not in data[-10:] else b""
    rate = count / (time.perf_counter() - began)
    watcher = Nats(port)
    watcher.say(b"SUB raw.r.watch 1\r\nPING\r\n")
    watcher.until(b"PONG\r\n")
    times = []
    for _ in range(1_000):
        at = time.perf_counter()
        client.say(b"PUB raw.s.watch 100\r\n" + body + b"\r\n")
        watcher.until(body)
        times.append(time.perf_counter() - at)
        time.sleep(0.001)
    client.ask("$JS.API.STREAM.DELETE.RAW", None)
    return rate, times


class Clasp:
    """A bare client of a router."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET / HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: clasp\r\n\r\n".encode()
        )
        self.bytes = b""
        while b"\r\n\r\n" not in self.bytes:
            self.bytes += self.socket.recv(4096)
        self.bytes = self.bytes.partition(b"\r\n\r\n")[2]
        self.say(b"\x01\x01\xf9\x00\x05bench\x00\x00")
        assert self.frame()[4] == 0x02

    def say(self, message):
        frame = b"\x53\x80" + struct.pack(">H", len(message)) + message
        size = bytes([0x80 | len(frame)]) if len(frame) < 126 else b"\xfe" + struct.pack(">H", len(frame))
        self.socket.sendall(b"\x82" + size + b"\0\0\0\0" + frame)

    def frame(self):
        while True:
            data = self.bytes
            if len(data) >= 2:
                size, head = data[1] & 127, 2
                if size == 126 and len(data) >= 4:
                    size, head = struct.unpack(">H", data[2:4])[0], 4
                if size < 126 or head == 4:
                    if len(data) >= head + size:
                        self.bytes = data[head + size:]
                        return data[head:head + size]
            self.bytes += self.socket.recv(1 << 16)


def latency(writer, reader, rounds=1_000):
    """From a SET at one router to a subscriber of another, in seconds."""
    write, read = Clasp(writer), Clasp(reader)
    address = b"/bench/latency"
    text = struct.pack(">H", len(address)) + address
    read.say(b"\x10\0\0\0\x01" + text + b"\xff\0")
    read.say(b"\x41")
    while read.frame()[4] != 0x42:
        pass
    times = []
    for n in range(rounds):
        at = time.perf_counter()
        write.say(b"\x21\x05" + text + struct.pack(">q", n))
        while read.frame()[4] != 0x21:
            pass
        times.append(time.perf_counter() - at)
        while select.select([write.socket], [], [], 0)[0]:
            write.frame()
        time.sleep(0.001)
    return times


def snapshot(address):
    """From SUBSCRIBE to the end of the snapshot of all params, in seconds: the shortest of five."""
    times = []
    for _ in range(5):
        client = Clasp(address)
        pattern = b"/p/**"
        at = time.perf_counter()
        client.say(b"\x10\0\0\0\x01" + struct.pack(">H", len(pattern)) + pattern + b"\xff\0")
        client.say(b"\x41")
        while client.frame()[4] != 0x42:
            pass
        times.append(time.perf_counter() - at)
        client.socket.close()
    return min(times)


def routers(trefoil, count, cluster):
    """Starts routers; their addresses and processes."""
    started = []
    for _ in range(count):
        command = [trefoil, "clasp", "serve", "--bind", "127.0.0.1:0", "-o", "json"]
        command += ["--cluster", cluster] if cluster else []
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL))
    urls = [json.loads(process.stdout.readline())["url"] for process in started]
    return [url.removeprefix("ws://") for url in urls], started


def flood(trefoil, addresses, count):
    """Acknowledged SETs a second through these routers at once, of `count` addresses."""
    each = count // len(addresses)
    inputs = [
        "".join(f'{{"address":"/p/{place}/{n}","value":{n}.5}}\n' for n in range(each)).encode()
        for place in range(len(addresses))
    ]
    results = [None] * len(addresses)

    def run(place):
        command = [trefoil, "clasp", "set", "-", "--url", f"ws://{addresses[place]}"]
        done = subprocess.run(command, input=inputs[place], capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        results[place] = json.loads(done.stdout)["acknowledged"]

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(addresses))]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(results) / (time.perf_counter() - began)


def milliseconds(times):
    ordered = sorted(times)
    return f"{statistics.median(ordered) * 1e3:.2f} / {ordered[len(ordered) * 99 // 100] * 1e3:.2f} ms"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--trefoil", required=True)
    parser.add_argument("--nats", required=True)
    parser.add_argument("--nodes", type=int, default=1, choices=[1, 3])
    parser.add_argument("--params", type=int, default=100_000)
    arguments = parser.parse_args()
    home = tempfile.mkdtemp()
    processes = []
    try:
        ports, nodes = engine(arguments, home)
        processes += nodes
        rate, watch = raw(ports[0], arguments.nodes, arguments.params)
        urls = ",".join(f"nats://127.0.0.1:{port}" for port in ports)
        addresses, started = routers(arguments.trefoil, 3, urls)
        processes += started
        one, three = latency(addresses[0], addresses[0]), latency(addresses[0], addresses[1])
        single = flood(arguments.trefoil, addresses, arguments.params)
        began = time.perf_counter()
        late, more = routers(arguments.trefoil, 1, urls)
        processes += more
        Clasp(late[0])
        start = time.perf_counter() - began
        alone, more = routers(arguments.trefoil, 1, None)
        processes += more
        local = latency(alone[0], alone[0])
        flood(arguments.trefoil, alone, arguments.params)
        copied, own = snapshot(late[0]), snapshot(alone[0])
        rows = [
            ("compare-and-set, the engine itself", f"{rate:,.0f}/s"),
            ("acknowledged SETs through three routers", f"{single:,.0f}/s ({single / rate:.2f})"),
            ("write to watch, the engine itself, p50 / p99", milliseconds(watch)),
            ("SET at one router to a subscriber of another", milliseconds(three)),
            ("SET to a subscriber of the same router", milliseconds(one)),
            ("the same without a cluster", milliseconds(local)),
            (f"a router starts with {arguments.params:,} params", f"{start:.2f} s"),
            ("a snapshot of them", f"{copied * 1e3:.0f} ms"),
            ("the same without a cluster", f"{own * 1e3:.0f} ms"),
        ]
        print(f"| nodes: {arguments.nodes}, params: {arguments.params:,} | |\n|---|---|")
        for what, figure in rows:
            print(f"| {what} | {figure} |")
    finally:
        for process in processes:
            process.kill()
            process.wait()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
