#!/usr/bin/env python3
"""Measures a cluster of three routers beside its engine, as Markdown.

    benches/cluster.py --trefoil target/release/trefoil --nats target/python-nats/bin/nats-server
    benches/cluster.py … --nodes 3        over an engine of three nodes
    benches/cluster.py … --params 20000   fewer of everything
    benches/cluster.py … --only latency   only write to watch; or only fan-out

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


def raw_stream(client, replicas):
    """A stream as the routers make it."""
    stream = {
        "name": "RAW", "subjects": ["raw.s.>"], "retention": "limits", "storage": "file",
        "discard": "new", "num_replicas": replicas, "max_msgs_per_subject": 1,
        "allow_msg_ttl": True, "allow_atomic": True, "subject_delete_marker_ttl": 3_600_000_000_000,
        "republish": {"src": "raw.s.>", "dest": "raw.r.>"},
    }
    made = client.ask("$JS.API.STREAM.CREATE.RAW", stream)
    assert "error" not in made, made


BODY = b"x" * 100


def raw(port, replicas, count):
    """Compare-and-set of new subjects a second."""
    client = Nats(port)
    raw_stream(client, replicas)
    expected = b"Nats-Expected-Last-Subject-Sequence: 0"
    batches = [
        b"".join(
            headers(b"raw.s.%d" % n, b"ack", [expected], BODY) for n in range(at, min(at + 500, count))
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
    client.ask("$JS.API.STREAM.DELETE.RAW", None)
    return rate


class Watch:
    """Writes of one subject of the engine, and who watches them."""

    def __init__(self, ports):
        self.ports = ports
        self.client = Nats(ports[0])
        self.client.say(b"SUB ack 1\r\n")
        raw_stream(self.client, len(ports))
        self.last = 0
        self.watchers = []

    def watch(self, count):
        """So many watch from now on, at the first server as routers do."""
        while len(self.watchers) < count:
            watcher = Nats(self.ports[0])
            watcher.say(b"SUB raw.r.watch 1\r\nPING\r\n")
            watcher.until(b"PONG\r\n")
            self.watchers.append(watcher)
        while len(self.watchers) > count:
            self.watchers.pop().socket.close()

    def times(self, rounds, is_checked):
        """From a write to the first of the watchers, in seconds. A checked write is a compare-and-set that is
        acknowledged."""
        times = []
        for _ in range(rounds):
            if is_checked:
                expected = b"Nats-Expected-Last-Subject-Sequence: %d" % self.last
                write = headers(b"raw.s.watch", b"ack", [expected], BODY)
            else:
                write = b"PUB raw.s.watch 100\r\n" + BODY + b"\r\n"
            at = time.perf_counter()
            self.client.say(write)
            self.watchers[0].until(BODY)
            times.append(time.perf_counter() - at)
            for watcher in self.watchers[1:]:
                watcher.until(BODY)
            self.last += 1
            if is_checked:
                self.client.until(b'"seq":%d' % self.last)
            time.sleep(0.001)
        return times

    def end(self):
        self.client.ask("$JS.API.STREAM.DELETE.RAW", None)


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


class Audience:
    """Subscribers of one router, and a writer there."""

    def __init__(self, address, count):
        self.writer = Clasp(address)
        self.all = select.epoll()
        self.all.register(self.writer.socket, select.EPOLLIN)
        self.sockets = {self.writer.socket.fileno(): self.writer.socket}
        self.hearers = []
        pattern = b"/fan/**"
        for _ in range(count):
            hearer = Clasp(address)
            hearer.say(b"\x10\0\0\0\x01" + struct.pack(">H", len(pattern)) + pattern + b"\xff\0")
            hearer.say(b"\x41")
            while hearer.frame()[4] != 0x42:
                pass
            self.hearers.append(hearer)
            self.sockets[hearer.socket.fileno()] = hearer.socket
            self.all.register(hearer.socket, select.EPOLLIN)

    def rate(self, kind, count):
        """Deliveries a second of `count` messages to all of them, from the first write to the last delivery."""
        address, messages = b"/fan/%05d", []
        for n in range(count):
            text = struct.pack(">H", 10) + address % n
            value = struct.pack(">q", n)
            if kind == "SET":
                body = b"\x21\x05" + text + value
            else:
                body = b"\x20\x20" + text + b"\x01\x05" + value
            frame = b"\x53\x80" + struct.pack(">H", len(body)) + body
            messages.append(b"\x82" + bytes([0x80 | len(frame)]) + b"\0\0\0\0" + frame)
        # A frame for a subscriber has two bytes of WebSocket header; that of a SET has its revision, too.
        size = 2 + len(frame) + (8 if kind == "SET" else 0)
        waiting = b"".join(messages)
        due = {hearer.socket.fileno(): count * size for hearer in self.hearers}
        own = self.writer.socket.fileno()
        began = time.perf_counter()
        while due:
            # In parts that no buffer of the system is too small for; the answers are read meanwhile.
            if waiting:
                self.writer.socket.sendall(waiting[:4096])
                waiting = waiting[4096:]
            for ready, _ in self.all.poll(0 if waiting else 20):
                data = self.sockets[ready].recv(1 << 18)
                assert data, "a session was ended"
                if ready != own:
                    due[ready] -= len(data)
                    assert due[ready] >= 0, "longer than expected"
                    if due[ready] == 0:
                        del due[ready]
        return count * len(self.hearers) / (time.perf_counter() - began)

    def close(self):
        for one in self.sockets.values():
            one.close()


def fan_out(inside, alone, hearers=500, count=1_000, rounds=5):
    """Rows: deliveries a second to the subscribers of a router in a cluster, beside those of one alone."""
    audiences = [Audience(inside, hearers), Audience(alone, hearers)]
    rows = []
    for kind, name in (("SET", "SETs"), ("PUBLISH", "events")):
        rates = [[], []]
        for _ in range(rounds):
            for place, audience in enumerate(audiences):
                rates[place].append(audience.rate(kind, count))
        inside_rate, alone_rate = (statistics.median(each) for each in rates)
        rows += [
            (f"{name} to {hearers} subscribers of the same router, deliveries", f"{inside_rate:,.0f}/s ({inside_rate / alone_rate:.2f})"),
            ("the same without a cluster", f"{alone_rate:,.0f}/s"),
        ]
    for audience in audiences:
        audience.close()
    return rows


def latencies(ports, inside, alone, rounds=10):
    """Rows: from a write to who watches, side by side."""
    watch = Watch(ports)
    plain, checked, across, same, single = [], [], [], [], []
    for _ in range(rounds):
        watch.watch(1)
        plain += watch.times(100, False)
        across += latency(inside[0], inside[1], 100)
        same += latency(inside[0], inside[0], 100)
        single += latency(alone, alone, 100)
        watch.watch(3)
        checked += watch.times(100, True)
    watch.end()
    base = statistics.median(plain)

    def row(what, times):
        return what, f"{milliseconds(times)} ({statistics.median(times) / base:.1f})"

    return [
        ("write to watch, the engine itself, p50 / p99", milliseconds(plain)),
        row("the same, checked and acknowledged, first of three watchers", checked),
        row("SET at one router to a subscriber of another", across),
        row("SET to a subscriber of the same router", same),
        row("the same without a cluster", single),
    ]


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
    parser.add_argument("--only", choices=["latency", "fan-out"])
    arguments = parser.parse_args()
    home = tempfile.mkdtemp()
    processes = []
    try:
        ports, nodes = engine(arguments, home)
        processes += nodes
        rows = []
        if not arguments.only:
            rate = raw(ports[0], arguments.nodes, arguments.params)
        urls = ",".join(f"nats://127.0.0.1:{port}" for port in ports)
        addresses, started = routers(arguments.trefoil, 3, urls)
        processes += started
        alone, more = routers(arguments.trefoil, 1, None)
        processes += more
        if arguments.only != "fan-out":
            rows += latencies(ports, addresses, alone[0])
        if arguments.only != "latency":
            rows += fan_out(addresses[0], alone[0])
        if not arguments.only:
            single = flood(arguments.trefoil, addresses, arguments.params)
            began = time.perf_counter()
            late, more = routers(arguments.trefoil, 1, urls)
            processes += more
            Clasp(late[0])
            start = time.perf_counter() - began
            flood(arguments.trefoil, alone, arguments.params)
            copied, own = snapshot(late[0]), snapshot(alone[0])
            rows = [
                ("compare-and-set, the engine itself", f"{rate:,.0f}/s"),
                ("acknowledged SETs through three routers", f"{single:,.0f}/s ({single / rate:.2f})"),
                *rows,
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
