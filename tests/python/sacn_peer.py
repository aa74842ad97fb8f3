"""A peer by the Python package sacn.

sacn_peer.py send HOST: sends what it is told; a line is {"universe", "levels", "priority"?}. At the
end of its input it ends its streams.
sacn_peer.py receive PORT UNIVERSE…: prints "ready", then what it hears as JSON lines: [universe,
priority, source, the first four levels], or [universe, "available" or "timeout"].
"""
import json
import sys

import sacn

if sys.argv[1] == "send":
    sender = sacn.sACNsender(bind_address="127.0.0.1", source_name="python", fps=44, universeDiscovery=False)
    sender.start()
    for line in sys.stdin:
        said = json.loads(line)
        universe = said["universe"]
        if universe not in sender.get_active_outputs():
            sender.activate_output(universe)
            sender[universe].destination = sys.argv[2]
            sender[universe].multicast = False
        sender[universe].priority = said.get("priority", 100)
        sender[universe].dmx_data = tuple(said["levels"])
    for universe in sender.get_active_outputs():
        sender.deactivate_output(universe)
    sender.stop()
else:
    receiver = sacn.sACNreceiver(bind_address="127.0.0.1", bind_port=int(sys.argv[2]))

    def say(said):
        print(json.dumps(said), flush=True)

    def heard(packet):
        say([packet.universe, packet.priority, packet.sourceName.rstrip("\0"), list(packet.dmxData[:4])])

    for universe in sys.argv[3:]:
        receiver.register_listener("universe", heard, universe=int(universe))
    receiver.register_listener("availability", lambda universe, changed: say([universe, changed]))
    receiver.start()
    print("ready", flush=True)
    sys.stdin.read()
    receiver.stop()
