use proptest::prelude::*;

use super::*;

fn encoded(packet: &Packet<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    encode(packet, &mut out);
    out
}

/// Each type as the specification draws it; liblo and python-osc read and write the same bytes
/// (tests/it/bridge_osc.rs).
#[test]
fn every_type_has_the_bytes_of_the_specification() {
    let table: [(&[u8], Argument<'_>); 16] = [
        (b",i\0\0\xFF\xFF\xFF\xFE", Argument::Int(-2)),
        (b",f\0\0\x3F\x80\0\0", Argument::Float(1.0)),
        (b",s\0\0abc\0", Argument::String("abc")),
        (b",s\0\0abcd\0\0\0\0", Argument::String("abcd")),
        (b",s\0\0\0\0\0\0", Argument::String("")),
        (b",b\0\0\0\0\0\x05abcde\0\0\0", Argument::Blob(b"abcde")),
        (b",b\0\0\0\0\0\0", Argument::Blob(b"")),
        (b",h\0\0\0\0\0\x01\0\0\0\0", Argument::Long(1 << 32)),
        (b",d\0\0\x3F\xF0\0\0\0\0\0\0", Argument::Double(1.0)),
        (
            b",t\0\0\0\0\0\0\0\0\0\x01",
            Argument::Time(TimeTag::IMMEDIATELY),
        ),
        (b",S\0\0x\0\0\0", Argument::Symbol("x")),
        (b",c\0\0\0\0\0a", Argument::Char('a'.into())),
        (b",r\0\0\x01\x02\x03\xFF", Argument::Color([1, 2, 3, 255])),
        (b",m\0\0\0\x90\x3C\x7F", Argument::Midi([0, 0x90, 60, 127])),
        (b",I\0\0", Argument::Impulse),
        (b",N\0\0", Argument::Nil),
    ];
    for (bytes, argument) in table {
        let bytes = [b"/x\0\0", bytes].concat();
        let packet = Packet::Message(Message {
            address: "/x",
            arguments: vec![argument],
        });
        assert_eq!(decode(&bytes).as_ref(), Ok(&packet));
        assert_eq!(encoded(&packet), bytes);
    }
    let nested = b"/x\0\0,T[i[F]]\0\0\0\0\0\0\0\x07";
    let packet = Packet::Message(Message {
        address: "/x",
        arguments: vec![
            Argument::Bool(true),
            Argument::Array(vec![
                Argument::Int(7),
                Argument::Array(vec![Argument::Bool(false)]),
            ]),
        ],
    });
    assert_eq!(decode(nested).as_ref(), Ok(&packet));
    assert_eq!(encoded(&packet), nested);
}

#[test]
fn what_is_no_packet_says_why() {
    let deep = [b"/x\0\0,".to_vec(), vec![b'['; 9], vec![b']'; 9], vec![0]].concat();
    let table: [(&[u8], Malformed); 13] = [
        (b"", Malformed::Size(0)),
        (b"/x\0", Malformed::Size(3)),
        (b"/abc", Malformed::Truncated("its address")),
        (b"x\0\0\0", Malformed::NoSlash),
        (b"/\xFF\0\0", Malformed::Text("its address")),
        (b"/x\0\0abc\0", Malformed::NoTags),
        (b"/x\0\0,i\0\0", Malformed::Truncated("an argument")),
        (b"/x\0\0,z\0\0", Malformed::Tag(b'z')),
        (b"/x\0\0,[\0\0", Malformed::Arrays),
        (b"/x\0\0,]\0\0", Malformed::Arrays),
        (b"/x\0\0,\0\0\0abcd", Malformed::Trailing(4)),
        (
            b"/x\0\0,b\0\0\xFF\xFF\xFF\xFF",
            Malformed::Truncated("a blob"),
        ),
        (
            b"#bundle\0\0\0\0\0\0\0\0\x01\0\0\0\x08/x\0\0",
            Malformed::Truncated("a bundle's element"),
        ),
    ];
    for (bytes, why) in table {
        assert_eq!(decode(bytes), Err(why), "{}", bytes.escape_ascii());
    }
    assert_eq!(decode(&deep), Err(Malformed::TooDeep));
}

#[test]
fn bundles_nest_as_deep_as_the_limit_and_no_deeper() {
    let nested = |depth| {
        let mut packet = Packet::Bundle {
            time: TimeTag::IMMEDIATELY,
            packets: Vec::new(),
        };
        for _ in 1..depth {
            packet = Packet::Bundle {
                time: TimeTag::IMMEDIATELY,
                packets: vec![packet],
            };
        }
        encoded(&packet)
    };
    assert!(decode(&nested(DEPTH_MAX)).is_ok());
    assert_eq!(decode(&nested(DEPTH_MAX + 1)), Err(Malformed::TooDeep));
    // As deep as a datagram has room for: refused, and not followed.
    assert_eq!(decode(&nested(3_000)), Err(Malformed::TooDeep));
}

#[test]
fn a_message_without_type_tags_has_no_arguments() {
    let packet = Packet::Message(Message {
        address: "/x",
        arguments: Vec::new(),
    });
    assert_eq!(decode(b"/x\0\0"), Ok(packet));
}

#[test]
fn time_tags_are_exact_to_the_microsecond() {
    for micros in [
        1_795_166_091_829_001,
        1_795_166_091_999_999,
        4_102_444_800_000_000,
    ] {
        assert_eq!(TimeTag::at(micros).micros(), Some(micros), "{micros}");
    }
    assert_eq!(TimeTag(0).micros(), None);
    assert_eq!(TimeTag(1).micros(), None);
    // The first half second of 1970.
    assert_eq!(
        TimeTag((2_208_988_800 << 32) | (1 << 31)).micros(),
        Some(500_000)
    );
    // Over the edge of 2036.
    assert_eq!(TimeTag(5 << 32).micros(), Some(2_085_978_501_000_000));
}

/// Any argument, nested up to the limit.
fn argument() -> impl Strategy<Value = Argument<'static>> {
    let text = "[^\0]{0,9}".prop_map(|text| &*text.leak());
    let leaf = prop_oneof![
        any::<i32>().prop_map(Argument::Int),
        any::<i64>().prop_map(Argument::Long),
        any::<f32>()
            .prop_filter("one NaN equals no other", |f| !f.is_nan())
            .prop_map(Argument::Float),
        any::<f64>()
            .prop_filter("one NaN equals no other", |f| !f.is_nan())
            .prop_map(Argument::Double),
        text.clone().prop_map(Argument::String),
        text.prop_map(Argument::Symbol),
        any::<Vec<u8>>().prop_map(|bytes| Argument::Blob(bytes.leak())),
        any::<u64>().prop_map(|time| Argument::Time(TimeTag(time))),
        any::<u32>().prop_map(Argument::Char),
        any::<[u8; 4]>().prop_map(Argument::Color),
        any::<[u8; 4]>().prop_map(Argument::Midi),
        any::<bool>().prop_map(Argument::Bool),
        Just(Argument::Nil),
        Just(Argument::Impulse),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        proptest::collection::vec(inner, 0..4).prop_map(Argument::Array)
    })
}

/// Any packet.
pub fn packet() -> impl Strategy<Value = Packet<'static>> {
    let message = ("/[a-z/]{1,9}", proptest::collection::vec(argument(), 0..4));
    let message = message.prop_map(|(address, arguments)| {
        let address = &*address.leak();
        Packet::Message(Message { address, arguments })
    });
    message.prop_recursive(3, 12, 4, |inner| {
        (any::<u64>(), proptest::collection::vec(inner, 0..4)).prop_map(|(time, packets)| {
            Packet::Bundle {
                time: TimeTag(time),
                packets,
            }
        })
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(packet in packet()) {
        let bytes = encoded(&packet);
        prop_assert_eq!(decode(&bytes), Ok(packet));
    }

    #[test]
    fn no_damage_makes_the_decoder_fall_over(
        packet in packet(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = encoded(&packet);
        if bytes.is_empty() { return Ok(()); }
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        if let Ok(read) = decode(&bytes) {
            // Padding and a missing tag string may differ; what they say may not.
            let written = encoded(&read);
            prop_assert_eq!(format!("{:?}", decode(&written)), format!("{:?}", Ok::<_, Malformed>(read)));
        }
    }
}
