#!/usr/bin/env python3
"""Measures trefoil side by side with what people use today, and prints one Markdown table.

    benches/compare.py                  everything, a few minutes
    benches/compare.py --quick          a tenth of it, to see that it works
    benches/compare.py --only bulk      rows whose name contains this

Both sides of a row run in turns within one run, so that other load on the machine affects both.
It compares whole processes as a shell would start them, from posix_spawn to their end.
Standard library only. The peers come from Debian
(mosquitto, mosquitto-clients, redis-server, redis-tools, a C compiler) and from the pinned
tests/python/requirements.txt; a peer that is missing leaves a row that says so.
"""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PEERS = TARGET / "reference-router" / "release"
DEVNULL = os.open(os.devnull, os.O_RDWR)


class Missing(Exception):
    """A peer is not installed: its row says so, and the other rows are measured."""


class Failed(Exception):
    """A program ran but did not do its work, so its time means nothing."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quick", action="store_true", help="a tenth of the repetitions")
    arguments.add_argument("--only", default="", help="only rows whose name contains this")
    arguments.add_argument("--trefoil", type=pathlib.Path, help="this binary, instead of building")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="compare-", dir=existing(TARGET / "tmp")) as folder:
        table(Bench(options.trefoil or build(), 10 if options.quick else 1, folder), options.only)


def table(bench: "Bench", only: str) -> None:
    print(f"{machine()}\n")
    print("| what | trefoil | beside it | ratio | wanted |")
    print("|---|---|---|---|---|", flush=True)
    for row in ROWS:
        name = row.__name__.replace("_", " ")
        if only not in name:
            continue
        try:
            lines = row(bench)
        except (Missing, Failed) as why:
            lines = [(name, "", "", f"not measured: {why}", "")]
        for line in lines:
            print(f"| {' | '.join(line)} |", flush=True)


def build() -> pathlib.Path:
    """Builds trefoil as it is packaged, and the peers. The peers are built from /, so that our
    .cargo/config.toml has no effect on them."""
    peers = ["--manifest-path", ROOT / "tests/reference-router/Cargo.toml"]
    cargo("/", "--release", *peers, "--target-dir", TARGET / "reference-router")
    return cargo(ROOT, "--profile", "dist", "--bin", "trefoil", "--target-dir", TARGET)[0]


def cargo(folder: pathlib.Path | str, *options: str | pathlib.Path) -> list[pathlib.Path]:
    """Runs cargo build and returns the executables that it reports."""
    command = [os.environ.get("CARGO", "cargo"), "build", "--locked", "--quiet", *options]
    command += ["--message-format", "json-render-diagnostics"]
    built = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    messages = map(json.loads, built.stdout.splitlines())
    return [pathlib.Path(message["executable"]) for message in messages if message.get("executable")]


def machine() -> str:
    cpuinfo = pathlib.Path("/proc/cpuinfo").read_text()
    models = [line.split(":")[1].strip() for line in cpuinfo.splitlines() if "model name" in line]
    cores = len(os.sched_getaffinity(0))
    model = models[0] if models else platform.machine()
    return f"{model}, {cores} cores, {platform.system()} {platform.release()}"


class Bench:
    """The binary under test, a directory for files, and by how much to reduce the repetitions."""

    def __init__(self, trefoil: pathlib.Path, divide: int, folder: str) -> None:
        self.trefoil = str(trefoil.resolve())
        self.divide = divide
        self.folder = pathlib.Path(folder)
        # As in the tests, without the developer's own settings.
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "TZ": "UTC"}

    def times(self, full: int) -> int:
        return max(full // self.divide, 3)

    def clasp(self, router: "Server", *args: str) -> list[str]:
        verb, *rest = args
        return [self.trefoil, "clasp", verb, "--url", f"ws://{router.address}", *rest]

    def run(self, command: list, stdin=DEVNULL, stdout=DEVNULL) -> float:
        """Returns the seconds from spawn to end."""
        command = [str(part) for part in command]
        actions = [
            (os.POSIX_SPAWN_DUP2, stdin, 0),
            (os.POSIX_SPAWN_DUP2, stdout, 1),
        ]
        start = time.perf_counter()
        pid = os.posix_spawnp(command[0], command, self.environment, file_actions=actions)
        _, status = os.waitpid(pid, 0)
        seconds = time.perf_counter() - start
        if status != 0:
            code = os.waitstatus_to_exitcode(status)
            raise Failed(f"{' '.join(command)[:80]} ended with {code}")
        return seconds

    def resident(self, command: list, stdin) -> int:
        """Returns the peak resident memory in KiB, measured in a run of its own. It is polled,
        because wait4's ru_maxrss begins with the memory of the parent process at the spawn, and
        that is more than trefoil ever needs."""
        process = subprocess.Popen(
            command, env=self.environment, stdin=stdin, stdout=subprocess.DEVNULL
        )
        most = 0
        while process.poll() is None:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            for line in status.splitlines():
                # This is the peak so far: rare polling misses only the time after the last poll.
                if line.startswith("VmHWM:"):
                    most = int(line.split()[1])
            time.sleep(0.002)
        return most

    def in_turns(self, rounds: int, *commands: list) -> list[list[float]]:
        """Runs each command once per round; returns the seconds of each. The first round is not
        measured."""
        seconds = [[] for _ in commands]
        for number in range(self.times(rounds) + 1):
            for taken, command in zip(seconds, commands):
                taken.append(self.run(command))
        return [taken[1:] for taken in seconds]


def existing(folder: pathlib.Path) -> pathlib.Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Server:
    """A server process; killed when the row is done."""

    def __init__(self, process: subprocess.Popen, address: str) -> None:
        self.process = process
        self.address = address

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.wait()


def announced(command: list, **env: str) -> Server:
    """A server of this project, which prints its address once it listens."""
    process = subprocess.Popen(
        [str(part) for part in command],
        env=env,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        # The reference router logs an error when a client disconnects.
        stderr=subprocess.DEVNULL,
        text=True,
    )
    address = process.stdout.readline().strip()
    if not address:
        raise Failed(f"{command[0]} does not listen")
    return Server(process, address)


def own_router(bench: "Bench") -> Server:
    port = free_port()
    return listening([bench.trefoil, "clasp", "serve", "--bind", f"127.0.0.1:{port}"], port)


def router(**env: str) -> Server:
    return announced([PEERS / "reference-router", "127.0.0.1:0"], **env)


def installed(name: str, package: str) -> str:
    # Debian installs servers in directories that are not in a user's PATH.
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise Missing(f"{name} is not installed (Debian: {package})")
    return found


def listening(command: list, port: int) -> Server:
    """A server of another project, which is ready when its port accepts a connection."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Server(process, f"127.0.0.1:{port}")
    for _ in range(500):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return server
        time.sleep(0.01)
    server.__exit__()
    raise Failed(f"{command[0]} does not listen")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def mosquitto(bench: Bench) -> Server:
    port = free_port()
    config = bench.folder / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n")
    return listening([installed("mosquitto", "mosquitto"), "-c", str(config)], port)


def redis(bench: Bench) -> Server:
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    command = [installed("redis-server", "redis-server"), *options, "--dir", str(bench.folder)]
    return listening(command, port)


def python_sdk() -> str:
    return python_with("python", "requirements.txt", "the Python SDK")


def python_with(name: str, requirements: str, what: str) -> str:
    """The interpreter of the environment that the tests build, or of one built the same way."""
    home = TARGET / name
    python = home / "bin" / "python"
    if not python.exists():
        home = TARGET / f"{name}-bench"
        python = home / "bin" / "python"
    if not python.exists():
        pip = [python, "-m", "pip", "install", "--quiet", "--no-deps"]
        try:
            subprocess.run([sys.executable, "-m", "venv", home], check=True)
            subprocess.run([*pip, "-r", ROOT / "tests/python" / requirements], check=True)
        except subprocess.CalledProcessError as error:
            shutil.rmtree(home, ignore_errors=True)
            raise Missing(f"{what} cannot be installed ({error})") from None
    return str(python)


def milliseconds(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    slow = ordered[int(len(ordered) * 0.95)]
    return f"{statistics.median(ordered) * 1e3:.2f} ms (p95 {slow * 1e3:.2f})"


def times_as(slower: list[float], faster: list[float]) -> float:
    return statistics.median(slower) / statistics.median(faster)


def one_shot_set(bench: Bench) -> list[tuple]:
    """Both wait for the acknowledgement: SET's ACK, PUBACK of QoS 1."""
    rows = []
    with router() as clasp:
        ours = bench.clasp(clasp, "set", "/bench/a", "0.5")
        try:
            pub = installed("mosquitto_pub", "mosquitto-clients")
            with mosquitto(bench) as broker:
                port = broker.address.split(":")[1]
                theirs = [pub, "-h", "127.0.0.1", "-p", port, "-q", "1", "-t", "bench/a", "-m", "0.5"]
                a, b = bench.in_turns(400, ours, theirs)
            ratio = f"{times_as(b, a):.2f} times as fast"
            rows.append(("one-shot `set` with ACK, `mosquitto_pub -q 1`", milliseconds(a), milliseconds(b), ratio, "> 1"))
        except Missing as why:
            rows.append(("one-shot `set`, `mosquitto_pub -q 1`", "", "", f"not measured: {why}", "> 1"))
        try:
            script = ROOT / "tests/python/set_once.py"
            theirs = [python_sdk(), script, f"ws://{clasp.address}", "/bench/b", "0.5"]
            a, b = bench.in_turns(40, ours, theirs)
            ratio = f"{times_as(b, a):.0f} times as fast"
            rows.append(("one-shot `set`, the Python SDK", milliseconds(a), milliseconds(b), ratio, "≥ 50"))
        except Missing as why:
            rows.append(("one-shot `set`, the Python SDK", "", "", f"not measured: {why}", "≥ 50"))
    return rows


def get_absent(bench: Bench) -> list[tuple]:
    """The SDKs wait 5 s for a value that is not there. --default, so that both end with 0."""
    with router() as clasp:
        bench.run(bench.clasp(clasp, "set", "/bench/a", "0.5"))
        present = bench.clasp(clasp, "get", "/bench/a", "--default", "0")
        absent = bench.clasp(clasp, "get", "/bench/none", "--default", "0")
        a, b = bench.in_turns(400, absent, present)
    ratio = f"{times_as(a, b):.2f} times as long"
    return [("`get` of an absent value, of a present one", milliseconds(a), milliseconds(b), ratio, "≤ 1.2")]


def bulk(bench: Bench) -> list[tuple]:
    """A million SETs each, of 1,000 addresses, to the reference router, which keeps its rate limit, and to ours."""
    count = 1_000_000 // bench.divide
    lines, commands = bench.folder / "lines", bench.folder / "commands"
    with lines.open("w") as ours, commands.open("w", newline="") as theirs:
        for i in range(count):
            key, value = f"/bench/{i % 1000}", str(i)
            ours.write(f'{{"address":"{key}","value":{value}}}\n')
            theirs.write(f"*3\r\n$3\r\nSET\r\n${len(key)}\r\n{key}\r\n${len(value)}\r\n{value}\r\n")

    def pipe(command: list, source: pathlib.Path) -> tuple[float, str]:
        with source.open() as stdin, tempfile.TemporaryFile(dir=bench.folder) as stdout:
            seconds = bench.run(command, stdin.fileno(), stdout.fileno())
            stdout.seek(0)
            return seconds, stdout.read().decode()

    ours, to_our_router, theirs = [], [], []
    why = None
    with contextlib.ExitStack() as servers:
        clasp = servers.enter_context(router())
        command = bench.clasp(clasp, "set", "-", "-q")
        own = bench.clasp(servers.enter_context(own_router(bench)), "set", "-", "-q")
        try:
            cli = installed("redis-cli", "redis-tools")
            port = servers.enter_context(redis(bench)).address.split(":")[1]
        except Missing as missing:
            why = missing
        for _ in range(5):
            for seconds_of, to in ((ours, command), (to_our_router, own)):
                seconds, summary = pipe(to, lines)
                if f'"acknowledged":{count}' not in summary:
                    raise Failed(f"not all acknowledged: {summary.strip()}")
                seconds_of.append(seconds)
            if why is None:
                seconds, said = pipe([cli, "-p", port, "--pipe"], commands)
                if f"replies: {count}" not in said:
                    raise Failed(f"redis-cli: {said.strip()}")
                theirs.append(seconds)
        with lines.open() as stdin:
            resident = bench.resident(command, stdin)
    rate = count / statistics.median(ours)
    shown = f"{rate / 1e6:.2f} M lines/s"
    rows = [
        (f"{count:,} lines into `set -`, rate limit on, all acknowledged", shown, "", "", "≥ 1 M/s"),
        ("… resident at most", f"{resident / 1024:.1f} MiB", "", "", "≤ 16 MiB"),
    ]
    if theirs:
        beside = f"{count / statistics.median(theirs) / 1e6:.2f} M SETs/s"
        ratio = f"{times_as(theirs, ours):.2f} times as fast"
        rows.append(("… beside `redis-cli --pipe`", shown, beside, ratio, "> 1 (moonshot)"))
        shown = f"{count / statistics.median(to_our_router) / 1e6:.2f} M lines/s"
        ratio = f"{times_as(theirs, to_our_router):.2f} times as fast"
        rows.append(("… to our own router", shown, beside, ratio, "≥ 1.5"))
    else:
        rows.append(("… beside `redis-cli --pipe`", shown, "", f"not measured: {why}", "> 1 (moonshot)"))
    return rows


def subscribe_flood(bench: Bench) -> list[tuple]:
    count = 2_000_000 // bench.divide
    printed = bench.folder / "printed"

    def lines_of(command: list) -> tuple[float, int]:
        with printed.open("wb") as stdout:
            seconds = bench.run(command, stdout=stdout.fileno())
        with printed.open("rb") as result:
            return seconds, sum(block.count(b"\n") for block in iter(lambda: result.read(1 << 20), b""))

    # A router that only sends: everything that it writes reaches the socket.
    rates = []
    for _ in range(3):
        with announced([PEERS / "flood", "serve", count]) as flood:
            command = bench.clasp(flood, "subscribe", "/flood/*", "--count", str(count))
            seconds, lines = lines_of(command + ["--timeout", "60s"])
        rates.append(count / seconds)
        if lines != count:
            raise Failed(f"{count - lines} of {count} lines lost")
    rows = [
        (
            f"`subscribe` printing a raw flood of {count:,}, none lost",
            f"{statistics.median(rates):,.0f} lines/s",
            "",
            "",
            "≥ 300,000",
        )
    ]
    # The reference router drops messages that its subscriber does not read in time: the tap counts
    # the ones that it delivered.
    with router(NO_RATE_LIMIT="1") as clasp:
        with announced([PEERS / "flood", "tap", clasp.address]) as tap:
            command = bench.clasp(tap, "subscribe", "/flood/*", "--type", "stream", "--idle", "1s")
            with printed.open("wb") as stdout:
                subscriber = subprocess.Popen(
                    command + ["--ready-fd", "2"],
                    env=bench.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=stdout,
                    stderr=subprocess.PIPE,
                )
                subscriber.stderr.readline()
                bench.run([PEERS / "flood", "publish", clasp.address, count])
                subscriber.stderr.read()
                subscriber.wait()
            delivered = int(tap.process.stdout.readline())
    with printed.open("rb") as result:
        lines = sum(1 for _ in result)
    rows.append(
        (
            "… of what the reference router delivered in a flood",
            f"{lines:,} printed",
            f"{delivered:,} delivered",
            f"{delivered - lines:,} lost",
            "0",
        )
    )
    return rows


def version(bench: Bench) -> list[tuple]:
    compiler = installed("cc", "gcc")
    source, program = bench.folder / "empty.c", bench.folder / "empty"
    source.write_text("int main(void) { return 0; }\n")
    subprocess.run([compiler, "-O2", "-o", program, source], check=True)
    a, b = bench.in_turns(1000, [bench.trefoil, "--version"], [program])
    ratio = f"{times_as(a, b):.2f} times as long"
    return [("`trefoil --version`, an empty C program", milliseconds(a), milliseconds(b), ratio, "≤ 3")]


def size(bench: Bench) -> list[tuple]:
    mebibytes = os.path.getsize(bench.trefoil) / 2**20
    return [("the stripped binary", f"{mebibytes:.2f} MiB", "", "", "≤ 8 MiB")]


ROWS = [one_shot_set, get_absent, bulk, subscribe_flood, version, size]

if __name__ == "__main__":
    main()
