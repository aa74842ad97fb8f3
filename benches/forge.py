#!/usr/bin/env python3
"""Measures `trefoil forge upload` beside `curl -F` to the same server, and prints a Markdown table.

    benches/forge.py                    8 GiB, five times each, in turns
    benches/forge.py --gib 1 --rounds 3
    benches/forge.py --trefoil PATH     this binary, instead of building

The server is a process that reads, counts and answers; the file is a real one, in the page cache.
What is compared is a whole process as a shell would start it. The memory is the high-water mark of
what was resident, from /proc. Standard library only; curl comes from the system.
"""

import argparse
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from compare import ROOT, TARGET, cargo, existing, machine

PIECE = 1 << 20
TOKEN = "cf_bench"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--gib", type=float, default=8, help="the size of the file")
    arguments.add_argument("--rounds", type=int, default=5, help="how often each uploads it")
    arguments.add_argument("--trefoil", type=pathlib.Path, help="this binary, instead of building")
    options = arguments.parse_args()
    trefoil = options.trefoil or cargo(
        ROOT, "--profile", "dist", "--bin", "trefoil", "--target-dir", TARGET
    )[0]
    trefoil = trefoil.resolve()
    curl = shutil.which("curl") or sys.exit("curl is not installed")
    size = int(options.gib * (1 << 30))
    with tempfile.TemporaryDirectory(prefix="forge-", dir=existing(TARGET / "tmp")) as folder:
        path = pathlib.Path(folder) / "big.bin"
        fill(path, size)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            server = os.fork()
            if server == 0:
                serve(listener)
            try:
                table(commands(trefoil, curl, url, path), size, options.rounds)
            finally:
                os.kill(server, 9)
                os.waitpid(server, 0)


def fill(path: pathlib.Path, size: int) -> None:
    """Writes real data, because a file system may read a sparse file faster."""
    piece = os.urandom(PIECE)
    with path.open("wb") as file:
        for _ in range(size // PIECE):
            file.write(piece)
        file.write(piece[: size % PIECE])


def commands(trefoil: pathlib.Path, curl: str, url: str, path: pathlib.Path) -> dict[str, list]:
    form = ["-F", "ttl_secs=3600", "-F", f"file=@{path};type=application/octet-stream"]
    header = ["-H", f"Authorization: Bearer {TOKEN}"]
    return {
        "trefoil forge upload": [trefoil, "forge", "upload", "--url", url, path],
        "curl -F": [curl, "-sS", "--fail", *header, *form, f"{url}/files"],
    }


def serve(listener: socket.socket) -> None:
    """Answers every upload with the number of bytes that it has received, until it is killed."""
    room = bytearray(PIECE)
    while True:
        connection, _ = listener.accept()
        with connection:
            upload(connection, room)


def upload(connection: socket.socket, room: bytearray) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        count = connection.recv_into(room)
        if count == 0:
            return
        head += room[:count]
    head, _, body = head.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().lower().split("\r\n")[1:])
    if "expect" in headers:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    announced, came = int(headers["content-length"]), len(body)
    beginning = bytes(body)
    while came < announced:
        count = connection.recv_into(room)
        if count == 0:
            return
        if b"\r\n\r\n" not in beginning.partition(b'name="file"')[2]:
            beginning += bytes(room[:count])
        came += count
    boundary = headers["content-type"].partition("boundary=")[2]
    around = beginning.index(b"\r\n\r\n", beginning.index(b'name="file"')) + 4 + len(boundary) + 8
    reply = f'{{"file_token":"ff_1","ttl_secs":3600,"size":{came - around}}}'
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(reply)}\r\nconnection: close\r\n\r\n"
    connection.sendall(f"{head}{reply}".encode())


def table(commands: dict[str, list], size: int, rounds: int) -> None:
    seconds = {name: [] for name in commands}
    resident = {name: 0 for name in commands}
    # The first round is for warming up.
    for number in range(rounds + 1):
        for name, command in commands.items():
            taken, most = run(command, size)
            if number > 0:
                seconds[name].append(taken)
            resident[name] = max(resident[name], most)
    print(f"{machine()}; {size / (1 << 30):g} GiB, {rounds} times each, in turns\n")
    print("| what | MB/s (median; least to most) | most resident |")
    print("|---|---|---|")
    for name, taken in seconds.items():
        rates = [size / one / 1e6 for one in taken]
        median = statistics.median(rates)
        print(
            f"| `{name}` | {median:.0f} ({min(rates):.0f} to {max(rates):.0f})"
            f" | {resident[name] / 1024:.1f} MiB |"
        )
    ours, theirs = (statistics.median(taken) for taken in seconds.values())
    print(f"\n{theirs / ours:.2f} times curl's speed (wanted: 0.90)")


def run(command: list, size: int) -> tuple[float, int]:
    """Returns the seconds from start to end, and the peak resident memory in KiB."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "CLAWDFORGE_TOKEN": TOKEN}
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    most = 0
    while process.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        except FileNotFoundError:
            continue
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                most = int(line.split()[1])
        # Polled rarely, because polling takes processor time from both.
        time.sleep(0.02)
    taken = time.perf_counter() - start
    reply = process.stdout.read().decode()
    if process.returncode != 0 or f'"size":{size}' not in reply:
        sys.exit(f"{command[0]} ended with {process.returncode}: {reply}")
    return taken, most


if __name__ == "__main__":
    main()
