//! Encodes and decodes what the Python package msgpack packs (tests/python/vuer_vectors.py), byte
//! for byte.

use serde_json::Value as Json;
use trefoil::vuer::event::{Floats, Value, from_json};

#[test]
fn the_python_packages_bytes_are_printed_and_packed_alike() {
    let file: Vec<Json> =
        serde_json::from_str(include_str!("../data/vuer_vectors.json")).expect("the vectors");
    assert!(file.len() > 50, "{} vectors", file.len());
    for vector in file {
        let text = |name: &str| vector[name].as_str().expect("a string").to_owned();
        let (name, json, digits) = (text("name"), text("json"), text("packed"));
        let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex");
        let packed: Vec<u8> = (0..digits.len()).step_by(2).map(byte).collect();

        let value = Value::check(&packed).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            serde_json::to_string(&value).expect("sound"),
            json,
            "{name}"
        );

        let floats = match vector["f32"].as_bool() {
            Some(true) => Floats::Single,
            _ => Floats::Double,
        };
        let mut again = Vec::new();
        from_json(&json, floats, &mut again).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(again == packed, "{name}: {json:.80} is packed otherwise");
    }
}
