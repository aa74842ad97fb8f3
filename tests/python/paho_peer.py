"""A client by paho: paho_peer.py 3|5 PORT. It prints what it hears as JSON lines, after "ready", and publishes
what it is told: a line is {"topic", "payload", "retain"?, "qos"?, "expiry"?}."""
import json
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

version, port = sys.argv[1], int(sys.argv[2])
protocol = mqtt.MQTTv5 if version == "5" else mqtt.MQTTv311
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=protocol)


def connected(client, userdata, flags, reason, properties):
    if version == "5":
        client.subscribe("#", options=SubscribeOptions(qos=2, noLocal=True, retainAsPublished=True))
    else:
        client.subscribe("#", qos=2)


def heard(client, userdata, message):
    expiry = getattr(message.properties, "MessageExpiryInterval", None) if version == "5" else None
    said = {"topic": message.topic, "payload": message.payload.decode("latin-1"), "qos": message.qos,
            "retain": message.retain, "expiry": expiry}
    print(json.dumps(said), flush=True)


client.on_connect = connected
client.on_subscribe = lambda *_: print("ready", flush=True)
client.on_message = heard
client.connect("127.0.0.1", port)
client.loop_start()
for line in sys.stdin:
    said = json.loads(line)
    properties = None
    if version == "5":
        properties = Properties(PacketTypes.PUBLISH)
        properties.UserProperty = [("from", "paho")]
        if "expiry" in said:
            properties.MessageExpiryInterval = said["expiry"]
    client.publish(said["topic"], said["payload"], qos=said.get("qos", 1), retain=said.get("retain", False),
                   properties=properties).wait_for_publish(10)
client.disconnect()
client.loop_stop()
