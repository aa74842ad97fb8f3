"""Prints what it hears, by python-osc, as JSON lines; the first line is the port it listens at."""
import json
import sys

from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import BlockingOSCUDPServer


def heard(address, *arguments):
    shown = [list(a) if isinstance(a, (bytes, tuple)) else a for a in arguments]
    print(json.dumps([address, *shown]), flush=True)


dispatcher = Dispatcher()
dispatcher.set_default_handler(heard)
server = BlockingOSCUDPServer(("127.0.0.1", 0), dispatcher)
print(server.server_address[1], flush=True)
server.serve_forever()
