"""Sends what it is told, by python-osc: osc_send.py udp|slip|size PORT, then messages as JSON lines.

A line is [ADDRESS, ARGUMENTS…], or {"at": seconds from now, "messages": [[ADDRESS, ARGUMENT], …]}.
"""
import json
import sys
import time

from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.tcp_client import SimpleTCPClient
from pythonosc.udp_client import SimpleUDPClient

transport, port = sys.argv[1], int(sys.argv[2])
if transport == "udp":
    client = SimpleUDPClient("127.0.0.1", port)
else:
    client = SimpleTCPClient("127.0.0.1", port, mode="1.1" if transport == "slip" else "1.0")
for line in sys.stdin:
    said = json.loads(line)
    if isinstance(said, list):
        address, *arguments = said
        client.send_message(address, arguments)
        continue
    at = said["at"]
    bundle = OscBundleBuilder(IMMEDIATELY if at is None else time.time() + at)
    for address, argument in said["messages"]:
        message = OscMessageBuilder(address)
        message.add_arg(argument)
        bundle.add_content(message.build())
    client.send(bundle.build())
