use proptest::prelude::*;

use super::*;

fn publication() -> Publish {
    Publish {
        topic: "a/b".into(),
        payload: b"x".to_vec(),
        qos: 1,
        retain: true,
        dup: false,
        id: 7,
        expiry: None,
        properties: Properties::default(),
    }
}

#[test]
fn the_bytes_are_those_of_the_specification() {
    let hello = Connect {
        client_id: "me".into(),
        keepalive: 60,
        user: Some("u".into()),
        password: Some("p".into()),
        will: Some(Publish {
            topic: "w".into(),
            ..publication()
        }),
    };
    assert_eq!(
        connect(&hello, Version::V3),
        b"\x10\x1a\0\x04MQTT\x04\xee\0\x3c\0\x02me\0\x01w\0\x01x\0\x01u\0\x01p"
    );
    assert_eq!(
        connect(&hello, Version::V5),
        b"\x10\x1c\0\x04MQTT\x05\xee\0\x3c\0\0\x02me\0\0\x01w\0\x01x\0\x01u\0\x01p"
    );
    assert_eq!(
        publish(&publication(), Version::V3),
        b"\x33\x08\0\x03a/b\0\x07x"
    );
    let expiring = Publish {
        expiry: Some(5),
        ..publication()
    };
    let bytes = publish(&expiring, Version::V5);
    assert_eq!(bytes, b"\x33\x0e\0\x03a/b\0\x07\x05\x02\0\0\0\x05x");
    assert_eq!(decode(&bytes, Version::V5), Ok(Packet::Publish(expiring)));
    let with_properties = Publish {
        expiry: Some(5),
        properties: Properties {
            content_type: Some("t".into()),
            response_topic: Some("r".into()),
            correlation_data: Some(vec![0xff]),
            user: vec![
                ("k".into(), "1".into()),
                ("j".into(), "".into()),
                ("k".into(), "2".into()),
            ],
        },
        ..publication()
    };
    let bytes = publish(&with_properties, Version::V5);
    assert_eq!(
        bytes,
        b"\x33\x2e\0\x03a/b\0\x07\x25\x02\0\0\0\x05\x03\0\x01t\x08\0\x01r\x09\0\x01\xff\
          \x26\0\x01k\0\x011\x26\0\x01j\0\0\x26\0\x01k\0\x012x"
    );
    assert_eq!(
        decode(&bytes, Version::V5),
        Ok(Packet::Publish(with_properties.clone()))
    );
    assert!((bytes.len()..bytes.len() + 12).contains(&with_properties.size()));
    // The bridge asks for none of the others, but a broker may send them.
    let aliased = b"\x30\x0b\0\x01a\x06\x23\0\x01\x0b\xff\x01x";
    let Ok(Packet::Publish(read)) = decode(aliased, Version::V5) else {
        panic!("a publication");
    };
    assert_eq!(
        (read.properties, read.payload),
        (Properties::default(), b"x".to_vec())
    );
    assert_eq!(acknowledge(Step::Rel, 258), b"\x62\x02\x01\x02");
    let filters = ["#".to_owned()];
    assert_eq!(
        subscribe(1, &filters, 1, Version::V3, Wanted::Live),
        b"\x82\x06\0\x01\0\x01#\x01"
    );
    assert_eq!(
        subscribe(1, &filters, 2, Version::V5, Wanted::All),
        b"\x82\x07\0\x01\0\0\x01#\x0e"
    );
}

#[test]
fn a_second_subscription_does_not_ask_for_what_is_retained() {
    let bytes = subscribe(1, &["#".to_owned()], 1, Version::V5, Wanted::Live);
    assert_eq!(bytes.last(), Some(&0x2d));
}

#[test]
fn what_brokers_send_is_read() {
    let table: [(&[u8], Version, Packet); 6] = [
        (
            b"\x20\x02\0\x05",
            Version::V3,
            Packet::ConnAck {
                code: 5,
                receive_maximum: u16::MAX,
                packet_maximum: None,
            },
        ),
        (
            // With an assigned client id, a receive maximum, and user properties.
            b"\x20\x17\0\0\x14\x12\0\x02ab\x21\0\x14\x26\0\x01k\0\x01v\x22\0\x0a\x29\x01",
            Version::V5,
            Packet::ConnAck {
                code: 0,
                receive_maximum: 20,
                packet_maximum: None,
            },
        ),
        (
            b"\x40\x02\0\x07",
            Version::V5,
            Packet::Acknowledge {
                step: Step::Ack,
                id: 7,
                code: 0,
            },
        ),
        (
            b"\x50\x04\0\x07\x87\0",
            Version::V5,
            Packet::Acknowledge {
                step: Step::Rec,
                id: 7,
                code: 0x87,
            },
        ),
        (
            b"\x90\x04\0\x01\x01\x80",
            Version::V3,
            Packet::SubAck {
                id: 1,
                codes: vec![1, 0x80],
            },
        ),
        (
            b"\xe0\x01\x81",
            Version::V5,
            Packet::Disconnect { code: 0x81 },
        ),
    ];
    for (bytes, version, packet) in table {
        assert_eq!(
            decode(bytes, version),
            Ok(packet),
            "{}",
            bytes.escape_ascii()
        );
    }
    for (bytes, why) in [
        (&b"\x36\x05\0\x01a\0\x01"[..], Malformed::Qos),
        (b"\x30\x03\0\x09a", Malformed::Truncated("a topic")),
        (b"\x30\x03\0\x01\xff", Malformed::Text("a topic")),
        (b"\x30\x09", Malformed::Truncated("its body")),
        (b"\x30\xff\xff\xff\xff\x01", Malformed::Length),
        (b"\x10\x00", Malformed::Type(1)),
    ] {
        assert_eq!(
            decode(bytes, Version::V3),
            Err(why),
            "{}",
            bytes.escape_ascii()
        );
    }
    assert_eq!(
        decode(b"\x30\x06\0\x01a\x02\x7e\0", Version::V5),
        Err(Malformed::Property(0x7e))
    );
}

#[test]
fn the_length_of_a_packet_is_known_before_it_is_there() {
    for (bytes, expected) in [
        (&b""[..], Ok(Head::Incomplete)),
        (b"\x30", Ok(Head::Incomplete)),
        (b"\x30\x80", Ok(Head::Incomplete)),
        (b"\x30\x05", Ok(Head::Packet { head: 2, rest: 5 })),
        (
            b"\x30\xff\xff\xff\x7f",
            Ok(Head::Packet {
                head: 5,
                rest: 268_435_455,
            }),
        ),
        (b"\x30\xff\xff\xff\xff", Err(Malformed::Length)),
    ] {
        assert_eq!(head(bytes), expected, "{}", bytes.escape_ascii());
    }
}

proptest! {
    #[test]
    fn a_publication_reads_as_it_was_written(
        topic in "[^\0]{1,200}",
        payload in any::<Vec<u8>>(),
        qos in 0_u8..3,
        (retain, dup, v5) in any::<(bool, bool, bool)>(),
        id in 1_u16..,
        expiry in any::<Option<u32>>(),
        content_type in any::<Option<String>>(),
        response_topic in any::<Option<String>>(),
        correlation_data in any::<Option<Vec<u8>>>(),
        user in prop::collection::vec(any::<(String, String)>(), 0..4),
    ) {
        let version = if v5 { Version::V5 } else { Version::V3 };
        let publication = Publish {
            topic, payload, qos, retain, dup,
            id: if qos > 0 { id } else { 0 },
            expiry: expiry.filter(|_| v5),
            properties: if v5 {
                Properties { content_type, response_topic, correlation_data, user }
            } else {
                Properties::default()
            },
        };
        let bytes = publish(&publication, version);
        prop_assert!(bytes.len() <= publication.size());
        prop_assert_eq!(decode(&bytes, version), Ok(Packet::Publish(publication)));
    }

    #[test]
    fn no_bytes_make_the_decoder_fall_over(bytes in any::<Vec<u8>>(), kind in 0_u8..16, v5 in any::<bool>()) {
        let mut packet = vec![kind << 4];
        packet.push(bytes.len().min(127) as u8);
        packet.extend(bytes);
        let _ = decode(&packet, if v5 { Version::V5 } else { Version::V3 });
    }
}
