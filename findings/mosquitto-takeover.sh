#!/usr/bin/env bash
# mosquitto 2.0.11 closes the connection of a client whose id another client uses without a word, also in MQTT 5: no
# DISCONNECT 0x8E (session taken over).
#
# Guess before the run: MQTT 5 (3.1.4-3) wants a DISCONNECT with reason code 0x8E before the connection is closed, so a client
# can tell this from a broken network, and need not connect again, which would take the session back.
# Seen: both versions get the end of the stream and nothing before it. Two clients with one id that reconnect take turns for
# ever, and neither learns why: a client has to count connections that end soon after their CONNACK.
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

cat > takeover.py <<'EOF'
import socket
import struct
import sys
import time


def text(data):
    return struct.pack(">H", len(data)) + data


def connect(version, client_id):
    for _ in range(100):
        try:
            sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    properties = b"\0" if version == 5 else b""
    hello = text(b"MQTT") + bytes([version, 2]) + b"\0\x3c" + properties + text(client_id)
    sock.sendall(bytes([0x10, len(hello)]) + hello)
    assert sock.recv(200)[3] == 0, "connected"
    return sock


for version in 4, 5:
    first, second = connect(version, b"desk"), connect(version, b"desk")
    print(f"protocol level {version}: {first.recv(200)}")
EOF
python3 takeover.py "$port" | tee said
diff said - <<'EOF'
protocol level 4: b''
protocol level 5: b''
EOF
