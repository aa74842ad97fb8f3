#!/usr/bin/env bash
# mosquitto_pub 2.0.11 exits with 0 when the broker has refused the message, at every QoS and in both
# versions of MQTT.
#
# Guess before the run: with QoS 1 and MQTT 5 the PUBACK carries a reason code, so a refusal makes the
# exit status nonzero; MQTT 3.1.1 has no such code, so there it is 0.
# Seen: 0 everywhere. MQTT 5 with QoS 1 and 2 prints "Not authorized" as a warning and exits with 0;
# MQTT 3.1.1 prints nothing. A script cannot tell a refused message from a delivered one by the exit
# status.
#
# Needs: Debian's apt-get and dpkg-deb (the packages are unpacked in a temporary folder, not installed).
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
for package in mosquitto mosquitto-clients libmosquitto1; do
  version=$(apt-cache madison "$package" | awk '$3 ~ /^2\.0\.11-/ {print $3; exit}')
  [ -n "$version" ] || { echo "Debian has no $package 2.0.11 here" >&2; exit 2; }
  apt-get download -qq -o APT::Sandbox::User=root "$package=$version"
done
for package in libcjson1 libdlt2 libev4 libuv1 libwebsockets17; do
  apt-get download -qq -o APT::Sandbox::User=root "$package"
done
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH=$PWD/root/usr/lib/$(uname -m)-linux-gnu
PATH=$PWD/root/usr/bin:$PWD/root/usr/sbin:$PATH

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf 'topic write allowed/#\ntopic read #\n' > acl
printf 'listener %s 127.0.0.1\nallow_anonymous true\nacl_file %s\n' "$port" "$PWD/acl" > broker.conf
chmod -R a+rX "$folder"
mosquitto -c broker.conf > broker.log 2>&1 &
until mosquitto_pub -p "$port" -t allowed/ready -m 1 2> /dev/null; do sleep 0.1; done
mosquitto_sub -p "$port" -t '#' -v > received &
until [ -s received ]; do mosquitto_pub -p "$port" -t allowed/first -m 1; sleep 0.1; done

statuses=""
for protocol in 311 5; do
  for qos in 0 1 2; do
    status=0
    mosquitto_pub -V "$protocol" -p "$port" -q "$qos" -t refused/topic -m 1 2>> warnings || status=$?
    statuses+="$status "
  done
done
mosquitto_pub -p "$port" -q 1 -t allowed/last -m 1
until grep -q allowed/last received; do sleep 0.1; done
echo "exit statuses of six refused messages: $statuses"
echo "delivered: $(grep -c refused/ received || true); warnings: $(sort warnings | uniq -c | xargs)"
[ "$statuses" = "0 0 0 0 0 0 " ]
! grep -q refused/ received
[ "$(grep -c 'Not authorized' warnings)" = 2 ] && [ "$(wc -l < warnings)" = 2 ]
