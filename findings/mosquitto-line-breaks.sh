#!/usr/bin/env bash
# mosquitto 2.0.11 takes every text as a payload, but ends the connection when a user property or a
# content type of MQTT 5 has a line break or a tab, and says nothing: no DISCONNECT with a reason.
#
# Guess before the run: a user property is any UTF-8 text, such as the message of an error with two
# lines, and is passed on like the payload; a broker that refuses it answers PUBACK 0x99 (payload
# format invalid) or DISCONNECT 0x81 (malformed packet), as it does for a topic with a line break.
# Seen: the socket is closed without a byte. MQTT 5 (1.5.4) only says that such characters should not
# be used and that a receiver may treat the packet as malformed. A client that sends unacknowledged
# messages again after it has reconnected loses the connection again each time.
#
# Needs: Debian's apt-get and dpkg-deb (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT
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
printf 'listener %s 127.0.0.1\nallow_anonymous true\n' "$port" > broker.conf
chmod -R a+rX "$folder"
mosquitto -c broker.conf > broker.log 2>&1 &

cat > publish.py <<'EOF'
import socket
import struct
import sys
import time


def text(data):
    return struct.pack(">H", len(data)) + data


def answer(topic, properties, payload):
    """What the broker answers to a message of QoS 1."""
    for _ in range(100):
        try:
            sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    hello = text(b"MQTT") + b"\5\2\0\x3c\0" + text(b"")
    sock.sendall(bytes([0x10, len(hello)]) + hello)
    assert sock.recv(200)[3] == 0, "connected"
    body = text(topic) + b"\0\1" + bytes([len(properties)]) + properties + payload
    sock.sendall(bytes([0x32, len(body)]) + body)
    said = sock.recv(200)
    return {0x40: "PUBACK", 0xE0: "DISCONNECT %#x" % said[2] if len(said) > 2 else "DISCONNECT"}[said[0]] if said else "closed"


def user(value):
    return b"\x26" + text(b"error") + text(value)


for what, message in {
    "payload": (b"a", b"", b"one\ntwo"),
    "property": (b"a", user(b"one, two"), b"1"),
    "property with a line break": (b"a", user(b"one\ntwo"), b"1"),
    "property with a tab": (b"a", user(b"one\ttwo"), b"1"),
    "content type with a line break": (b"a", b"\3" + text(b"text\n"), b"1"),
    "topic with a line break": (b"a\nb", b"", b"1"),
}.items():
    print(f"{what}: {answer(*message)}")
EOF
python3 publish.py "$port" | tee said
diff said - <<'EOF'
payload: PUBACK
property: PUBACK
property with a line break: closed
property with a tab: closed
content type with a line break: closed
topic with a line break: DISCONNECT 0x81
EOF
