#!/usr/bin/env python3
"""Measures `trefoil forge serve` beside what it stands on, and prints a Markdown table.

    benches/forge_serve.py                       20 rounds, 200 clients, 1 GiB
    benches/forge_serve.py --trefoil PATH        this binary, instead of building

- a run through the service beside `claude -p` of the same prompt, in turns
- a later turn of a session beside `claude -p --resume`, in turns
- memory for clients that wait in the queue
- an upload by curl beside `cp` of the same file on the same disk, and beside the same upload to a
  server that throws everything away: no service behind a socket can be faster than that

`claude` is the pinned npm package that the tests install below target/, and its API is the tests'
stand-in (tests/python/messages_api.py): what is measured is what this machine does, never a model.
"""

import argparse
import contextlib
import http.client
import json
import multiprocessing
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
from forge import fill, serve

CLAUDE = TARGET / "claude/node_modules/.bin/claude"
PROMPT = "three words for rain"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=20, help="how often each pair is timed")
    arguments.add_argument("--clients", type=int, default=200, help="how many wait")
    arguments.add_argument("--mib", type=int, default=1024, help="the size of the upload")
    arguments.add_argument("--trefoil", type=pathlib.Path, help="this binary, instead of building")
    options = arguments.parse_args()
    if not CLAUDE.exists():
        sys.exit("no pinned claude: cargo test --test it forge_serve_real installs it")
    trefoil = options.trefoil or cargo(
        ROOT, "--profile", "dist", "--bin", "trefoil", "--target-dir", TARGET
    )[0]
    with tempfile.TemporaryDirectory(prefix="serve-", dir=existing(TARGET / "tmp")) as folder:
        folder = pathlib.Path(folder)
        print(f"{machine()}; medians of {options.rounds} rounds in turns\n")
        print("| | trefoil | beside it | |\n|---|---|---|---|")
        with Api(folder) as api:
            env = api.environment(folder)
            with Service(trefoil, folder / "a", CLAUDE, env) as service:
                runs(service, env, options.rounds)
                turns(service, env, options.rounds)
        fake = ROOT / "tests/python/fake_claude.py"
        with Service(trefoil, folder / "b", fake, dict(os.environ), "--max-running", "1",
                     "--max-waiting", str(options.clients)) as service:
            waiting(service, options.clients)
            uploads(service, folder, options.mib, min(options.rounds, 5))


class Api:
    """The stand-in for the API of the model."""

    def __init__(self, folder: pathlib.Path) -> None:
        script = ROOT / "tests/python/messages_api.py"
        self.process = subprocess.Popen([sys.executable, script, folder / "api.log"],
                                        stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def environment(self, folder: pathlib.Path) -> dict[str, str]:
        return dict(os.environ, ANTHROPIC_BASE_URL=self.url, ANTHROPIC_API_KEY="sk-dummy",
                    CLAUDE_CONFIG_DIR=str(folder / "config"), CLAUDE_CODE_MAX_RETRIES="0",
                    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1", DISABLE_AUTOUPDATER="1")

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.wait()


class Service:
    """A running `trefoil forge serve` with an app token."""

    def __init__(self, trefoil, state, claude, env, *more) -> None:
        self.state = state
        line = [trefoil, "forge", "serve", "-o", "json", "-q", "--bind", "127.0.0.1:0",
                "--state", state, "--claude", claude, *more]
        env = env | {"ANTHROPIC_API_KEY": "sk-dummy"}
        self.process = subprocess.Popen(line, stdout=subprocess.PIPE, env=env, text=True)
        url = json.loads(self.process.stdout.readline())["url"]
        self.address = url.removeprefix("http://")
        self.token = (state / "admin-token").read_text().strip()
        self.token = self.ask("POST", "/admin/tokens", {"name": "bench"})["token"]

    def ask(self, method: str, path: str, body: dict | None = None) -> dict:
        connection = http.client.HTTPConnection(self.address, timeout=120)
        connection.request(method, path, json.dumps(body) if body else None,
                           {"Authorization": f"Bearer {self.token}",
                            "Content-Type": "application/json"})
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        if reply.status != 200:
            sys.exit(f"{method} {path}: {reply.status} {text.decode()}")
        return json.loads(text)

    def memory(self) -> int:
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        time.sleep(0.2)
        self.process.send_signal(2)
        self.process.wait()


def timed(work) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def in_turns(rounds: int, *works) -> list[list[float]]:
    for work in works:
        work()
    times = [[] for _ in works]
    for _ in range(rounds):
        for taken, work in zip(times, works):
            taken.append(timed(work))
    return times


def bare(env: dict[str, str], *more: str) -> dict:
    """`claude -p`, as a caller without the service would run it."""
    line = [CLAUDE, "-p", "--output-format", "json", "--model", "sonnet", "--tools", "",
            "--setting-sources", "", "--strict-mcp-config", *more]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.run(line, input=PROMPT, env=env, cwd=folder, capture_output=True,
                                 text=True, check=True)
    return json.loads(process.stdout)


def row(what: str, ours: str, theirs: str, verdict: str) -> None:
    print(f"| {what} | {ours} | {theirs} | {verdict} |", flush=True)


def runs(service: Service, env: dict[str, str], rounds: int) -> None:
    body = {"prompt": PROMPT, "model": "sonnet", "timeout_secs": 60}
    ours, theirs = in_turns(rounds, lambda: service.ask("POST", "/run", body),
                            lambda: bare(env, "--no-session-persistence"))
    added = statistics.median(ours) - statistics.median(theirs)
    row("a run, and `claude -p`", ms(ours), ms(theirs), f"{added * 1000:+.0f} ms")


def turns(service: Service, env: dict[str, str], rounds: int) -> None:
    session = service.ask("POST", "/sessions", {"agent": "claude"})["session_id"]
    first = bare(env)["session_id"]
    body = {"prompt": PROMPT, "timeout_secs": 60}
    ours, theirs = in_turns(
        rounds, lambda: service.ask("POST", f"/sessions/{session}/turn", body),
        lambda: bare(env, "--resume", first))
    share = statistics.median(ours) / statistics.median(theirs)
    row("a later turn, and `--resume`", ms(ours), ms(theirs), f"{share:.2f} of it")


def ms(times: list[float]) -> str:
    return f"{statistics.median(times) * 1000:.0f} ms"


def waiting(service: Service, clients: int) -> None:
    """What clients cost that wait behind a run which does not end."""
    service.ask("POST", "/run", {"prompt": "hello", "timeout_secs": 60})
    before = service.memory()
    body = json.dumps({"prompt": "sleep 60", "timeout_secs": 120})
    head = (f"POST /run HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
    host, port = service.address.split(":")
    sockets = []
    for _ in range(clients + 1):
        sockets.append(socket.create_connection((host, int(port))))
        sockets[-1].sendall((head + body).encode())
    while service.ask("GET", "/healthz")["waiting"] < clients:
        time.sleep(0.05)
    after = service.memory()
    for one in sockets:
        one.close()
    added = (after - before) / (1 << 20)
    row(f"{clients} clients in the queue", f"{added:.1f} MiB", "", f"{after / (1 << 20):.1f} MiB in all")
    while service.ask("GET", "/healthz")["waiting"] > 0:
        time.sleep(0.05)


def uploads(service: Service, folder: pathlib.Path, mib: int, rounds: int) -> None:
    path = folder / "big.bin"
    fill(path, mib << 20)
    curl = shutil.which("curl") or sys.exit("curl is not installed")

    def upload() -> None:
        line = [curl, "-sf", "-H", f"Authorization: Bearer {service.token}", "-F", f"file=@{path}",
                f"http://{service.address}/files"]
        subprocess.run(line, check=True, capture_output=True)
        for kept in (service.state / "files").iterdir():
            kept.unlink()

    def copy() -> None:
        subprocess.run(["cp", "--reflink=never", path, folder / "copy"], check=True)
        (folder / "copy").unlink()

    with counting_server() as url:
        def throw_away() -> None:
            subprocess.run([curl, "-sf", "-F", f"file=@{path}", f"{url}/files"], check=True,
                           capture_output=True)

        ours, thrown, copied = in_turns(rounds, upload, throw_away, copy)

    def rate(times: list[float]) -> str:
        return f"{mib / 1024 / statistics.median(times):.2f} GiB/s"

    def share(times: list[float], of: list[float]) -> str:
        return f"{statistics.median(of) / statistics.median(times):.2f} of its rate"

    row("an upload by curl, and `cp`", rate(ours), rate(copied), share(ours, copied))
    row("... and a server that throws it away", rate(ours), rate(thrown), share(ours, thrown))
    row("that server, and `cp`", rate(thrown), rate(copied), share(thrown, copied))


@contextlib.contextmanager
def counting_server():
    """The URL of a server that reads uploads and keeps nothing, in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = multiprocessing.Process(target=serve, args=(listener,), daemon=True)
        server.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.kill()
            server.join()


if __name__ == "__main__":
    main()
