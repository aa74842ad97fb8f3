use proptest::prelude::*;

use super::*;
use crate::clasp::wire::from_json;

fn json(text: &str) -> Value<'static> {
    from_json(text).expect("JSON")
}

fn user(list: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
    list.iter().map(owned).collect()
}

/// A value, its properties, and the envelope that holds both.
fn table() -> Vec<(Option<&'static str>, Properties, &'static str)> {
    let none = Properties::default;
    let with = |list: &[(&str, &str)]| Properties {
        user: user(list),
        ..Properties::default()
    };
    vec![
        (Some("21.5"), none(), "21.5"),
        (Some(r#"{"value":21.5}"#), none(), r#"{"value":21.5}"#),
        (
            Some(r#"{"properties":1,"x":1}"#),
            none(),
            r#"{"properties":1,"x":1}"#,
        ),
        (
            Some("21.5"),
            with(&[("unit", "C"), ("b", "2"), ("a", "1")]),
            r#"{"value":21.5,"properties":{"unit":"C","b":"2","a":"1"}}"#,
        ),
        (
            Some("1"),
            with(&[("a", "1"), ("a", ""), ("b", "2")]),
            r#"{"value":1,"properties":{"a":["1",""],"b":"2"}}"#,
        ),
        (
            None,
            Properties {
                content_type: Some("text/plain".into()),
                response_topic: Some("replies/7".into()),
                correlation_data: Some(vec![0xff]),
                user: vec![],
            },
            r#"{"content_type":"text/plain","response_topic":"replies/7","correlation_data":{"$bytes":"/w=="}}"#,
        ),
        // Payloads that look like an envelope.
        (
            Some(r#"{"value":1,"properties":{"a":"1"}}"#),
            none(),
            r#"{"value":{"value":1,"properties":{"a":"1"}},"properties":{}}"#,
        ),
        (
            Some(r#"{"content_type":7}"#),
            none(),
            r#"{"value":{"content_type":7},"properties":{}}"#,
        ),
        (
            Some(r#"{"properties":{}}"#),
            with(&[("a", "1")]),
            r#"{"value":{"properties":{}},"properties":{"a":"1"}}"#,
        ),
    ]
}

#[test]
fn a_value_and_its_properties_are_one_value_and_back() {
    for (value, properties, expected) in table() {
        let value = value.map(json);
        let wrapped = wrap(value.clone(), &properties).expect(expected);
        assert_eq!(serde_json::to_string(&wrapped).expect("JSON"), expected);
        match open(&wrapped).expect(expected) {
            None => assert_eq!((Some(wrapped), Properties::default()), (value, properties)),
            Some(opened) => {
                assert_eq!(
                    (opened.value.cloned(), opened.properties),
                    (value, properties)
                );
            }
        }
    }
    assert_eq!(wrap(None, &Properties::default()), None);
}

#[test]
fn what_somebody_writes_as_an_envelope() {
    let opened = json(r#"{"properties":{"a":[],"b":["x"]},"correlation_data":"7","value":null}"#);
    let opened = open(&opened).expect("an envelope").expect("an envelope");
    let expected = Properties {
        correlation_data: Some(b"7".to_vec()),
        user: user(&[("b", "x")]),
        ..Properties::default()
    };
    assert_eq!(
        (opened.value, opened.properties),
        (Some(&Value::Null), expected)
    );
    for (text, why) in [
        (r#"{"properties":1}"#, "properties: it is int, not a map"),
        (
            r#"{"value":1,"properties":{"a":7}}"#,
            "properties: a: it is int, not a string",
        ),
        (
            r#"{"properties":{"a":["x",null]}}"#,
            "properties: a: it is null, not a string",
        ),
        (
            r#"{"properties":{"a\n":"x"}}"#,
            "properties: a name: brokers refuse control characters",
        ),
        (
            r#"{"properties":{"a":"x\u0000"}}"#,
            "properties: a: brokers refuse control characters",
        ),
        (
            r#"{"content_type":1}"#,
            "content_type: it is int, not a string",
        ),
        (
            r#"{"response_topic":"a/#"}"#,
            "response_topic: '+' and '#' stand for many topics",
        ),
        (
            r#"{"response_topic":""}"#,
            "response_topic: a topic is not empty",
        ),
        (
            r#"{"correlation_data":1}"#,
            "correlation_data: it is int, not bytes or a string",
        ),
    ] {
        assert_eq!(open(&json(text)), Err(why.into()), "{text}");
    }
}

/// JSON with the keys of envelopes, so that many values look like one.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("1".to_owned()),
        Just("\"x\"".into()),
        Just("null".into())
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        let key = prop_oneof![
            Just("value"),
            Just("properties"),
            Just("content_type"),
            Just("other")
        ];
        prop::collection::btree_map(key, inner, 0..3).prop_map(|map| {
            let entries = map.iter().map(|(key, value)| format!("\"{key}\":{value}"));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        })
    })
}

fn properties() -> impl Strategy<Value = Properties> {
    let user = prop::collection::vec(("[a-c]{0,1}", "[xy]{0,2}"), 0..5);
    (
        any::<Option<u8>>(),
        any::<Option<u8>>(),
        any::<Option<Vec<u8>>>(),
        user,
    )
        .prop_map(|(kind, topic, data, user)| Properties {
            content_type: kind.map(|kind| format!("type/{kind}")),
            response_topic: topic.map(|topic| format!("topic/{topic}")),
            correlation_data: data,
            user,
        })
}

proptest! {
    #[test]
    fn nothing_is_lost_but_where_a_repeated_name_was(
        text in prop::option::of(any_json()),
        properties in properties(),
    ) {
        let value = text.map(|text| json(&text));
        let Some(wrapped) = wrap(value.clone(), &properties) else {
            prop_assert_eq!((value, properties), (None, Properties::default()));
            return Ok(());
        };
        let (back, read) = match open(&wrapped).expect("it was wrapped here") {
            None => (Some(&wrapped), Properties::default()),
            Some(opened) => (opened.value, opened.properties),
        };
        prop_assert_eq!(back, value.as_ref());
        let mut expected = properties.clone();
        let first = |name: &String| properties.user.iter().position(|(other, _)| other == name);
        expected.user.sort_by_key(|(name, _)| first(name));
        prop_assert_eq!(read, expected);
    }
}
