"""Peers by Python packages of PyPI, at addresses of loopback.

artnet_peer.py send HOST PORT: sends by stupidArtnet what it is told; a line is {"universe", "levels"}.
artnet_peer.py receive PORT UNIVERSE: prints "ready", then the first four levels of each frame that
stupidArtnet hears.
artnet_peer.py node HOST: by python-artnet a node that answers polls; prints "ready", then the first
four levels of universe 0 whenever they change.
"""
import json
import sys
import time

if sys.argv[1] == "send":
    from stupidArtnet import StupidArtnet

    peers = {}
    for line in sys.stdin:
        said = json.loads(line)
        universe = said["universe"]
        if universe not in peers:
            peers[universe] = StupidArtnet(sys.argv[2], universe, 512, port=int(sys.argv[3]))
        levels = bytearray(512)
        levels[:len(said["levels"])] = bytes(said["levels"])
        peers[universe].set(levels)
        peers[universe].show()
elif sys.argv[1] == "receive":
    from stupidArtnet import StupidArtnetServer

    server = StupidArtnetServer(port=int(sys.argv[2]))
    server.register_listener(universe=int(sys.argv[3]), callback_function=lambda data: print(data[:4], flush=True))
    while server.socket_server is None:
        time.sleep(0.01)
    time.sleep(0.05)
    print("ready", flush=True)
    sys.stdin.read()
else:
    from python_artnet import python_artnet

    node = python_artnet.Artnet(BINDIP=sys.argv[2], SYSIP=sys.argv[2], PORT=6454)
    print("ready", flush=True)
    last = None
    while True:
        data = node.readBuffer()[0].data
        levels = list(data[:4]) if data is not None else None
        if levels is not None and levels != last:
            print(json.dumps(levels), flush=True)
            last = levels
        time.sleep(0.005)
