//! Measures encoding and decoding of frames, next to the reference codec (`clasp-core`).
//!
//! `cargo bench --bench codec`

use std::hint::black_box;

use clasp_core as theirs;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::de::DeserializeSeed as _;
use trefoil::clasp::wire::json::ToWire;
use trefoil::clasp::wire::{
    Bundle, BundleWriter, Fit, Message, Pattern, Set, Value, decode, encode,
};

/// SETs in a bundle.
const BUNDLE: usize = 500;

fn set(n: usize) -> Message<'static> {
    Message::Set(Set {
        address: format!("/lights/fixture/{n}").into(),
        value: Value::Float(0.8),
        revision: None,
        lock: false,
        unlock: false,
        ttl: None,
    })
}

fn their_set(n: usize) -> theirs::Message {
    theirs::Message::Set(theirs::SetMessage {
        address: format!("/lights/fixture/{n}"),
        value: theirs::Value::Float(0.8),
        revision: None,
        lock: false,
        unlock: false,
        ttl: None,
    })
}

/// Encodes and decodes one message with both codecs.
fn compare(c: &mut Criterion, name: &str, ours: &Message<'_>, their: &theirs::Message, n: usize) {
    let mut frame = Vec::new();
    encode(ours, &mut frame).unwrap();
    assert_eq!(frame, theirs::encode(their).unwrap());

    let mut group = c.benchmark_group(format!("encode {name}"));
    group.throughput(Throughput::Elements(n as u64));
    group.bench_function("trefoil", |b| {
        let mut out = Vec::new();
        b.iter(|| {
            out.clear();
            encode(black_box(ours), &mut out).unwrap();
            black_box(&out);
        });
    });
    group.bench_function("clasp-core", |b| {
        b.iter(|| black_box(theirs::encode(black_box(their)).unwrap()));
    });
    group.finish();

    let mut group = c.benchmark_group(format!("decode {name}"));
    group.throughput(Throughput::Elements(n as u64));
    group.bench_function("trefoil", |b| {
        b.iter(|| {
            black_box(decode(black_box(&frame)).unwrap());
        });
    });
    group.bench_function("clasp-core", |b| {
        b.iter(|| black_box(theirs::decode(black_box(&frame)).unwrap()));
    });
    group.finish();
}

fn messages(c: &mut Criterion) {
    compare(c, "a SET", &set(1), &their_set(1), 1);
    let ours = Message::Bundle(Bundle {
        timestamp: None,
        messages: (0..BUNDLE).map(set).collect(),
    });
    let theirs = theirs::Message::Bundle(theirs::BundleMessage {
        timestamp: None,
        messages: (0..BUNDLE).map(their_set).collect(),
    });
    compare(c, "a bundle of 500 SETs", &ours, &theirs, BUNDLE);
}

/// The bulk path: encodes the value of a line, and adds it to a bundle.
fn bulk(c: &mut Criterion) {
    let mut group = c.benchmark_group("JSON value to wire");
    for (name, json) in [
        ("float", "0.8"),
        ("map", r#"{"r":255,"g":100,"b":0}"#),
        ("string", r#""twenty-four characters..""#),
    ] {
        group.throughput(Throughput::Elements(1));
        group.bench_function(name, |b| {
            let mut out = Vec::new();
            b.iter(|| {
                out.clear();
                let mut de = serde_json::Deserializer::from_str(black_box(json));
                let encoded = ToWire(&mut out).deserialize(&mut de).unwrap();
                black_box(encoded.code(json).unwrap());
            });
        });
    }
    group.finish();

    let lines: Vec<(String, &str)> = (0..BUNDLE)
        .map(|n| (format!("/lights/fixture/{n}"), "0.8"))
        .collect();
    let mut group = c.benchmark_group("bulk");
    group.throughput(Throughput::Elements(BUNDLE as u64));
    group.bench_function("JSON values into a bundle of 500", |b| {
        let mut writer = BundleWriter::default();
        let mut data = Vec::new();
        b.iter(|| {
            writer.clear();
            for (address, json) in black_box(&lines) {
                data.clear();
                let mut de = serde_json::Deserializer::from_str(json);
                let encoded = ToWire(&mut data).deserialize(&mut de).unwrap();
                let code = encoded.code(json).unwrap();
                let fit = writer.push_set(address, code, &data, None, None);
                assert_eq!(fit, Ok(Fit::Added));
            }
            black_box(writer.finish());
        });
    });
    group.finish();
}

/// Matching against patterns, which a router does for every message that it delivers.
fn patterns(c: &mut Criterion) {
    let mut group = c.benchmark_group("match");
    for pattern in ["/lights/**", "/lights/*/front", "/lights/**/zone5*"] {
        let ours = Pattern::new(pattern).unwrap();
        let their = theirs::address::Pattern::compile(pattern).unwrap();
        let address = "/lights/stage/front";
        group.bench_function(format!("{pattern}, trefoil"), |b| {
            b.iter(|| ours.matches(black_box(address)));
        });
        group.bench_function(format!("{pattern}, clasp-core"), |b| {
            b.iter(|| their.matches(black_box(address)));
        });
    }
    group.finish();
}

criterion_group!(benches, messages, bulk, patterns);
criterion_main!(benches);
