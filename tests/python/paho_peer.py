"""A client by paho: paho_peer.py 3|5 PORT. It prints what it hears as JSON lines, after "ready", and publishes
what it is told: a line is {"topic", "payload", "retain"?, "qos"?, "expiry"?, "properties"?}. Properties are in both
directions {"user": [[name, value]], "content_type"?, "response_topic"?, "correlation_data"?}."""
import json
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

version, port = sys.argv[1], int(sys.argv[2])
protocol = mqtt.MQTTv5 if version == "5" else mqtt.MQTTv311
TEXTS = {"content_type": "ContentType", "response_topic": "ResponseTopic"}
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=protocol)


def connected(client, userdata, flags, reason, properties):
    if version == "5":
        client.subscribe("#", options=SubscribeOptions(qos=2, noLocal=True, retainAsPublished=True))
    else:
        client.subscribe("#", qos=2)


def read(properties):
    said = {key: getattr(properties, name) for key, name in TEXTS.items() if hasattr(properties, name)}
    if hasattr(properties, "CorrelationData"):
        said["correlation_data"] = properties.CorrelationData.decode("latin-1")
    return {"user": getattr(properties, "UserProperty", []), **said}


def written(said):
    properties = Properties(PacketTypes.PUBLISH)
    properties.UserProperty = [tuple(pair) for pair in said.get("user", [["from", "paho"]])]
    for key in TEXTS.keys() & said.keys():
        setattr(properties, TEXTS[key], said[key])
    if "correlation_data" in said:
        properties.CorrelationData = said["correlation_data"].encode("latin-1")
    return properties


def heard(client, userdata, message):
    expiry = getattr(message.properties, "MessageExpiryInterval", None) if version == "5" else None
    said = {"topic": message.topic, "payload": message.payload.decode("latin-1"), "qos": message.qos,
            "retain": message.retain, "expiry": expiry}
    if version == "5":
        said["properties"] = read(message.properties)
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
        properties = written(said.get("properties", {}))
        if "expiry" in said:
            properties.MessageExpiryInterval = said["expiry"]
    client.publish(said["topic"], said["payload"], qos=said.get("qos", 1), retain=said.get("retain", False),
                   properties=properties).wait_for_publish(10)
client.disconnect()
client.loop_stop()
