#!/usr/bin/env bash
# mosquitto 2.0.11 drops retained messages for a subscriber of QoS 0 that does not read for a moment, says nothing, and drops
# the answer to its PINGREQ, too. With max_queued_messages 0 it drops none.
#
# Guess before the run: whoever subscribes is sent what is retained, as fast as it reads; max_queued_messages (1,000) is, in
# the manual page, a limit for QoS 1 and 2, so a subscriber of QoS 0 gets everything. 10,000 messages of 10 bytes do arrive.
# Seen: of 10,000 messages of 1 kB, a subscriber that reads at once gets all, and one that begins 1.5 s later about half.
# The rest was behind what the socket took. A client that waits for PINGRESP takes the broker for dead.
#
# Needs: Debian's apt-get and dpkg-deb (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
for package in mosquitto libmosquitto1; do
  version=$(apt-cache madison "$package" | awk '$3 ~ /^2\.0\.11-/ {print $3; exit}')
  [ -n "$version" ] || { echo "Debian has no $package 2.0.11 here" >&2; exit 2; }
  apt-get download -qq -o APT::Sandbox::User=root "$package=$version"
done
for package in libcjson1 libdlt2 libev4 libuv1 libwebsockets17; do
  apt-get download -qq -o APT::Sandbox::User=root "$package"
done
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH=$PWD/root/usr/lib/$(uname -m)-linux-gnu
PATH=$PWD/root/usr/sbin:$PATH

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
chmod -R a+rX "$folder"


cat > retained.py <<'EOF'
import socket
import struct
import sys
import time

COUNT = 10_000


def text(data):
    return struct.pack(">H", len(data)) + data


def packet(kind, body):
    head, length = bytes([kind]), len(body)
    while True:
        length, digit = length // 128, length % 128
        head += bytes([digit | (0x80 if length else 0)])
        if not length:
            return head + body


def connect(client_id):
    for _ in range(100):
        try:
            sock = socket.socket()
            # Small, so that it does not depend on the machine how much waits in the broker.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
            sock.connect(("127.0.0.1", int(sys.argv[1])))
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    sock.sendall(packet(0x10, text(b"MQTT") + b"\4\2\0\x3c" + text(client_id)))
    assert sock.recv(4)[3] == 0, "connected"
    return sock


def read(stream):
    """The kind of the next packet, or None after 3 s of silence."""
    try:
        kind = stream.read(1)[0] >> 4
    except TimeoutError:
        return None
    length = shift = 0
    while True:
        digit = stream.read(1)[0]
        length |= (digit & 127) << shift
        shift += 7
        if digit < 128:
            break
    stream.read(length)
    return kind


def received(pause):
    """How many messages, and whether a PINGREQ was answered."""
    sock = connect(b"subscriber")
    sock.sendall(packet(0x82, b"\0\1" + text(b"t/#") + b"\0"))
    time.sleep(pause)
    sock.sendall(b"\xc0\0")
    sock.settimeout(3)
    stream = sock.makefile("rb")
    count, is_answered = 0, False
    while (kind := read(stream)) is not None:
        count += kind == 3
        is_answered |= kind == 13
    return count, is_answered


publisher = connect(b"publisher")
for number in range(COUNT):
    publisher.sendall(packet(0x31, text(b"t/%d" % number) + b"x" * 1000))
publisher.sendall(b"\xc0\0")
assert publisher.recv(2) == b"\xd0\0", "all were taken"
for pause in 0, 1.5:
    count, is_answered = received(pause)
    print(f"read after {pause} s: {count}, PINGREQ answered: {is_answered}", file=sys.stderr)
    print(f"read after {pause} s: {'all' if count == COUNT else 'fewer'}")
EOF
for limit in '' 'max_queued_messages 0'; do
  printf 'listener %s 127.0.0.1\nallow_anonymous true\n%s\n' "$port" "$limit" > broker.conf
  mosquitto -c broker.conf > broker.log 2>&1 &
  python3 retained.py "$port"
  kill %%
  wait %% || true
done | tee said
diff said - <<'EOF'
read after 0 s: all
read after 1.5 s: fewer
read after 0 s: all
read after 1.5 s: all
EOF
