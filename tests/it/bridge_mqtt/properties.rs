//! What MQTT 5 says of a publication beside its payload: user properties, content type, response topic,
//! correlation data.

use serde_json::json;

use super::*;

/// What a device in version 5 says beside the payload: from one broker to another by the router.
#[test]
fn properties_arrive_at_another_broker_as_they_were_sent() {
    let Some(python) = python::paho_or_skip("properties of MQTT 5") else {
        return;
    };
    let brokers = (Mosquitto::start_or_skip(), Mosquitto::start_or_skip());
    let (Some(first), Some(second)) = brokers else {
        return;
    };
    // The reference router does not keep the order of a map.
    let router = Router::own(&[]);
    let mut driver = Driver::subscribed(&router, "/mqtt/**");
    let bridges = [&first, &second].map(|broker| bridge(&router, broker, &["--properties"]));
    let mut sender = Paho::connect(python, "5", &first);
    let receiver = Paho::connect(python, "5", &second);
    let properties = json!({
        "user": [["unit", "C"], ["tag", "a"], ["tag", "b"], ["by", ""]],
        "content_type": "application/json",
        "response_topic": "replies/7",
        "correlation_data": "\u{ff}\0",
    });
    let map = "Map([(\"value\", Float(21.5)), (\"properties\", Map([(\"unit\", Str(\"C\")), \
               (\"tag\", Array([Str(\"a\"), Str(\"b\")])), (\"by\", Str(\"\"))])), \
               (\"content_type\", Str(\"application/json\")), \
               (\"response_topic\", Str(\"replies/7\")), \
               (\"correlation_data\", Bytes([255, 0]))])";
    for retain in [true, false] {
        sender.publish(
            &json!({"topic": "t", "payload": "21.5", "retain": retain, "properties": properties}),
        );
        let expected = format!("/mqtt/t = {map}");
        assert_eq!(heard(&mut driver), expected);
        let heard = receiver.hears("t");
        assert_eq!(heard["properties"], properties, "retained: {retain}");
        assert_eq!(heard["payload"], "21.5");
    }
    // An event without a payload, and one that looks as if it had properties.
    let no_properties = json!({"user": []});
    for (payload, properties) in [
        ("", &properties),
        (r#"{"value":1,"properties":{"a":"b"}}"#, &no_properties),
        (r#"{"value":1}"#, &no_properties),
    ] {
        sender.publish(&json!({"topic": "e", "payload": payload, "properties": properties}));
        let heard = receiver.hears("e");
        assert_eq!(
            (&heard["payload"], &heard["properties"]),
            (&json!(payload), properties)
        );
    }
    // What somebody else writes, and what cannot be sent.
    for (value, expected) in [
        (
            r#"{"value":"on","properties":{"by":"me"},"correlation_data":"7"}"#,
            json!({"user": [["by", "me"]], "correlation_data": "7"}),
        ),
        (
            r#"{"value":"on","properties":{"by":7}}"#,
            no_properties.clone(),
        ),
        (r#"{"value":"on","properties":{"by":"\n"}}"#, no_properties),
    ] {
        router.clasp(&["set", "/mqtt/own", value]).run().done();
        router
            .clasp(&["set", "/mqtt/plain", value, "--string"])
            .run()
            .done();
        if expected["user"] != json!([]) {
            let heard = receiver.hears("own");
            assert_eq!(heard["properties"], expected);
        }
        assert_eq!(receiver.hears("plain")["payload"], value);
    }
    sender.finish();
    receiver.finish();
    for bridge in bridges {
        let dropped = &bridge.finish()["dropped"];
        assert_eq!(dropped, &json!({"properties that MQTT does not have": 2}));
    }
}

#[test]
fn properties_that_are_not_asked_for_are_counted_and_named() {
    let Some(python) = python::paho_or_skip("properties of MQTT 5") else {
        return;
    };
    let Some(broker) = Mosquitto::start_or_skip() else {
        return;
    };
    let router = Router::start();
    let mut driver = Driver::subscribed(&router, "/mqtt/**");
    let plain = bridge(&router, &broker, &["-v"]);
    let mut paho = Paho::connect(python, "5", &broker);
    let properties = json!({"user": [["a", "1"], ["b", "2"]], "content_type": "text/plain"});
    paho.publish(&json!({"topic": "t", "payload": "1", "properties": properties}));
    assert_eq!(heard(&mut driver), "/mqtt/t event Some(Int(1))");
    broker.publish(&["-t", "t", "-m", "2"]);
    assert_eq!(heard(&mut driver), "/mqtt/t event Some(Int(2))");
    plain
        .running
        .wait_says("t: without its content type, 2 user properties (--properties passes them on)");
    let counts = plain.finish();
    assert_eq!(
        (&counts["without_properties"], &counts["dropped"]),
        (&json!(1), &json!({}))
    );
    // A deletion is null in CLASP: it has no room for properties.
    let keeping = bridge(&router, &broker, &["--properties", "-v"]);
    paho.publish(&json!({"topic": "t", "payload": "", "retain": true, "properties": properties}));
    assert_eq!(heard(&mut driver), "/mqtt/t = Null");
    keeping.running.wait_says("(a deletion has none in CLASP)");
    assert_eq!(keeping.finish()["without_properties"], 1);
    router
        .clasp(&[
            "bridge",
            "mqtt",
            "127.0.0.1:1",
            "--properties",
            "--protocol",
            "3.1.1",
        ])
        .run()
        .exits(2)
        .says(&["--properties needs MQTT 5"]);
}
