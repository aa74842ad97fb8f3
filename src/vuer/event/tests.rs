//! What goes in comes out: JSON to MessagePack to JSON.

use proptest::prelude::*;

use super::*;

fn packed(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    from_json(text, Floats::Double, &mut out).unwrap_or_else(|error| panic!("{text}: {error}"));
    out
}

fn shown(bytes: &[u8]) -> String {
    let value = Value::check(bytes).unwrap_or_else(|error| panic!("{bytes:02x?}: {error}"));
    serde_json::to_string(&value).expect("sound")
}

/// What another library reads of it, in its own words.
fn repacked(bytes: &[u8]) -> Vec<u8> {
    let value = rmpv::decode::read_value(&mut &bytes[..]).expect("sound");
    let mut again = Vec::new();
    rmpv::encode::write_value(&mut again, &value).expect("memory");
    again
}

fn refusal(text: &str) -> String {
    let mut out = vec![7];
    let error = from_json(text, Floats::Double, &mut out).expect_err(text);
    assert_eq!(out, [7], "the buffer is as it was");
    error.to_string()
}

#[test]
fn json_and_back_is_the_same_text() {
    for text in [
        "null",
        "true",
        "-9223372036854775808",
        "18446744073709551615",
        "9223372036854775808",
        "1.0",
        "-0.0",
        "1e+300",
        "5e-324",
        r#""h\u0001\n\"é""#,
        "[]",
        "{}",
        r#"[1,"two",3.0,null,[],{}]"#,
        r#"{"b":1,"a":[{"x":null}],"b":2}"#,
        r#"{"$bytes":"AQL/"}"#,
        r#"{"$float":"NaN"}"#,
        r#"[{"$float":"-Infinity"},{"$float":"Infinity"}]"#,
        r#"{"$ext":[-1,"AAAA"]}"#,
        r#"{"$ext":[127,""]}"#,
        r#"{"$map":[[1,2],[null,{"$map":[[true,{"$bytes":"AQL/"}]]}]]}"#,
        r#"{"$map":[["$bytes",1]]}"#,
        r#"{"$map":[["$map",{"$map":[["$ext",[1,2]]]}]]}"#,
        r#"{"$bytes":"no base64","more":1}"#,
        r#"{"more":1,"$map":5}"#,
    ] {
        assert_eq!(shown(&packed(text)), text);
    }
    // An empty map is an object however it is asked for.
    assert_eq!(shown(&packed(r#"{"$map":[]}"#)), "{}");
}

#[test]
fn counts_of_any_size_find_their_room() {
    for count in [0, 1, 15, 16, 17, 65_535, 65_536, 70_000] {
        let text = format!("[[{}],1]", vec!["0"; count].join(","));
        assert_eq!(shown(&packed(&text)), text, "{count} items");
        assert_eq!(repacked(&packed(&text)), packed(&text), "{count} items");
        let entries: Vec<_> = (0..count).map(|n| format!("\"{n}\":{n}")).collect();
        let text = format!("{{\"a\":{{{}}},\"b\":1}}", entries.join(","));
        assert_eq!(shown(&packed(&text)), text, "{count} entries");
        assert_eq!(repacked(&packed(&text)), packed(&text), "{count} entries");
    }
}

#[test]
fn what_cannot_be_sent_says_why() {
    let table = [
        (r#"{"$bytes":1}"#, "$bytes takes a string"),
        (r#"{"$bytes":"?"}"#, "which \"?\" is not"),
        (r#"{"$float":"nan"}"#, "is one of"),
        (r#"{"$ext":[128,""]}"#, "from -128 to 127"),
        (r#"{"$ext":[1]}"#, "$ext takes"),
        (r#"{"$map":[[1]]}"#, "$map takes"),
        (r#"{"$map":{"a":1}}"#, "$map takes"),
        ("[1,", "EOF"),
        ("1 2", "trailing"),
        ("18446744073709551616", "does not fit 64 bits"),
        ("[1e300,-9223372036854775809]", "does not fit 64 bits"),
    ];
    for (text, why) in table {
        assert!(refusal(text).contains(why), "{text}: {}", refusal(text));
    }
    assert_eq!(shown(&packed("100000000000000000000.0")), "1e+20");
}

#[test]
fn depth_is_bounded_both_ways() {
    let nested = |open: &str, close: &str, n: usize| open.repeat(n) + &close.repeat(n);
    for (open, close) in [("[", "]"), ("{\"a\":[", "]}"), ("{\"$map\":[[1,", "]]}")] {
        let levels = if open.starts_with("{\"a") { 2 } else { 1 };
        // Something stands in the innermost.
        let filled = |n| open.repeat(n) + "1" + &close.repeat(n);
        let text = filled(DEPTH_MAX / levels);
        assert_eq!(shown(&packed(&text)), text);
        assert!(refusal(&filled(DEPTH_MAX / levels + 1)).contains("deeper than"));
    }
    assert!(refusal(&nested("[", "]", 1_000_000)).contains("deeper than"));
    assert!(refusal(&"{\"$map\":".repeat(1_000_000)).contains("deeper than"));
    let bytes = [vec![0x91; DEPTH_MAX], vec![0xc0]].concat();
    assert!(Value::check(&bytes).is_ok());
    let bytes = [vec![0x91; 10_000_000], vec![0xc0]].concat();
    assert_eq!(Value::check(&bytes), Err(ReadError::TooDeep));
}

#[test]
fn damage_is_named_and_takes_no_memory() {
    let table: [(&[u8], ReadError); 9] = [
        (b"", ReadError::Truncated(0)),
        (b"\xc1", ReadError::Reserved(0)),
        (b"\x92\x01\xc1", ReadError::Reserved(2)),
        (b"\xa2a", ReadError::Truncated(2)),
        (b"\xdd\xff\xff\xff\xff", ReadError::Truncated(5)),
        (b"\xdf\xff\xff\xff\xff", ReadError::Truncated(5)),
        (b"\xc6\xff\xff\xff\xff\x00", ReadError::Truncated(6)),
        (b"\xa2\xff\xfe", ReadError::NotUtf8(0)),
        (b"\x01\x02\x03", ReadError::Trailing(2)),
    ];
    for (bytes, error) in table {
        assert_eq!(Value::check(bytes), Err(error), "{bytes:02x?}");
    }
    for (message, error) in [
        (packed("[1]"), EventError::NoType),
        (packed(r#"{"etype":1}"#), EventError::NoType),
        (packed(r#"{"type":"SET"}"#), EventError::NoType),
    ] {
        assert_eq!(Event::read(&message).expect_err("no event"), error);
    }
}

#[test]
fn an_event_needs_its_etype_and_gets_a_time() {
    let event = |text: &str| {
        let mut out = Vec::new();
        event_from_json(text, Floats::Single, 7, &mut out).map(|()| shown(&out))
    };
    let table = [
        (
            r#"{"etype":"A","value":0.3}"#,
            r#"{"etype":"A","value":0.3,"ts":7}"#,
        ),
        (r#"{"etype":"A","ts":1}"#, r#"{"etype":"A","ts":1}"#),
        (
            r#"{"ts":1,"etype":"A","data":{}}"#,
            r#"{"ts":1,"etype":"A","data":{}}"#,
        ),
    ];
    for (text, expected) in table {
        assert_eq!(event(text).expect(text), expected);
    }
    for text in [
        "{}",
        r#"{"etype":1}"#,
        r#"["etype"]"#,
        "1",
        r#"{"value":1}"#,
    ] {
        event(text).expect_err(text);
    }
    let draft = Draft::new("A", 7).value("value", &packed("[1]"));
    let sent = draft.text("uuid", "x").finish();
    assert_eq!(
        shown(&sent),
        r#"{"etype":"A","ts":7,"value":[1],"uuid":"x"}"#
    );
}

#[test]
fn a_path_leads_through_maps_and_arrays() {
    let bytes = packed(r#"{"data":{"nodes":[{"image":{"$bytes":"AQL/"}}],"0":5}}"#);
    let value = Value::check(&bytes).expect("sound");
    let at = |path: &str| {
        let steps: Vec<String> = path.split('.').map(str::to_owned).collect();
        value.at(&steps)
    };
    assert_eq!(
        at("data.nodes.0.image").and_then(Value::as_bin),
        Some(&[1, 2, 255][..])
    );
    assert!(at("data.0").is_some(), "a key that is a number");
    assert_eq!(at("data.nodes.1"), None);
    assert_eq!(at("data.nodes.x"), None);
}

/// JSON texts as they are printed here, special forms included.
fn json() -> impl Strategy<Value = String> {
    let string = "[a-z$\"\\\\é\u{1f600}\n]{0,40}".prop_map(|s| serde_json::to_string(&s).unwrap());
    let base64 = prop::collection::vec(any::<u8>(), 0..300)
        .prop_map(|bytes| serde_json::to_string(&packed_base64(&bytes)).unwrap());
    let scalar = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|b| b.to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<u64>().prop_map(|n| n.to_string()),
        (-200_i64..200).prop_map(|n| n.to_string()),
        any::<f64>()
            .prop_filter("JSON has none", |n| n.is_finite())
            .prop_map(|n| serde_json::to_string(&n).unwrap()),
        any::<f32>()
            .prop_filter("JSON has none", |n| n.is_finite())
            .prop_map(|n| shown(&[&[0xca][..], &n.to_be_bytes()].concat())),
        prop_oneof![Just("NaN"), Just("Infinity"), Just("-Infinity")]
            .prop_map(|name| format!("{{\"$float\":\"{name}\"}}")),
        string.clone(),
        base64.clone().prop_map(|b| format!("{{\"$bytes\":{b}}}")),
        (any::<i8>(), base64).prop_map(|(n, b)| format!("{{\"$ext\":[{n},{b}]}}")),
    ];
    scalar.prop_recursive(6, 200, 40, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..40)
                .prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(("[a-z]{0,20}", inner.clone()), 0..40).prop_map(|entries| {
                let entries: Vec<_> = entries
                    .iter()
                    .map(|(k, v)| format!("\"{k}\":{v}"))
                    .collect();
                format!("{{{}}}", entries.join(","))
            }),
            // The first key is no string, so that it can have no other form.
            (
                any::<i32>(),
                prop::collection::vec((inner.clone(), inner.clone()), 0..5),
                inner
            )
                .prop_map(|(key, pairs, value)| {
                    let more: String = pairs.iter().map(|(k, v)| format!(",[{k},{v}]")).collect();
                    format!("{{\"$map\":[[{key},{value}]{more}]}}")
                }),
        ]
    })
}

fn packed_base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

proptest! {
    #[test]
    fn json_to_messagepack_to_json_is_the_identity(text in json()) {
        prop_assert_eq!(shown(&packed(&text)), text);
    }

    #[test]
    fn another_library_packs_the_same(text in json()) {
        let bytes = packed(&text);
        prop_assert_eq!(repacked(&bytes), bytes);
    }

    #[test]
    fn an_f32_keeps_its_digits_and_comes_back_as_itself(number in any::<f32>()) {
        prop_assume!(number.is_finite());
        let bytes = [&[0xca][..], &number.to_be_bytes()].concat();
        let text = shown(&bytes);
        prop_assert_eq!(text.parse::<f32>().unwrap().to_bits(), number.to_bits());
        let shortest: f64 = number.to_string().parse().unwrap();
        prop_assert_eq!(&text, &serde_json::to_string(&shortest).unwrap());
        let mut out = Vec::new();
        from_json(&text, Floats::Single, &mut out).unwrap();
        prop_assert_eq!(out, bytes);
    }

    #[test]
    fn any_bytes_are_refused_or_printed(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(value) = Value::check(&bytes) {
            let text = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(shown(&packed(&text)), text);
        }
    }
}
