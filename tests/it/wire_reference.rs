//! Our codec against the reference codec (`clasp-core` 4.5.0): each reads what the other writes,
//! for every message, and the bytes are the same.
//!
//! Exempt, because the reference loses or changes them:
//!
//! - feature bits that it has no name for (our `keeps-time`); in WELCOME, federation is one of them;
//! - type masks without a known type, or with unknown ones (it keeps a list of types, and writes
//!   the empty list as `FF`);
//! - the empty token, which is no token on the wire;
//! - `Sliding(0)`, which it writes as "for ever" and we refuse;
//! - keys given twice in a map, which it keeps once, and the order of keys, which it forgets: with
//!   two or more keys the bytes may differ;
//! - lengths over 65,535, whose count it cuts short, and bodies over 65,535, which both refuse;
//! - keyframes, for which the wire has no place and we no field.

use std::borrow::Cow;
use std::collections::HashMap;

use clasp_core as theirs;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use trefoil::clasp::wire::*;

type Text = Cow<'static, str>;

fn text() -> BoxedStrategy<Text> {
    prop_oneof![
        4 => "[ -~]{0,12}",
        1 => any::<String>(),
        1 => Just("x".repeat(300)),
    ]
    .prop_map(Cow::Owned)
    .boxed()
}

fn some_text() -> BoxedStrategy<Text> {
    "[a-z0-9_]{1,12}".prop_map(Cow::Owned).boxed()
}

/// Any value, three levels deep, without a key given twice.
pub fn value() -> BoxedStrategy<Value<'static>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<u64>().prop_map(|bits| Value::Float(f64::from_bits(bits))),
        (-1e6..1e6).prop_map(Value::Float),
        prop_oneof![
            Just(f64::NAN),
            Just(f64::INFINITY),
            Just(f64::NEG_INFINITY),
            Just(-0.0)
        ]
        .prop_map(Value::Float),
        text().prop_map(Value::String),
        vec(any::<u8>(), 0..20).prop_map(|bytes| Value::Bytes(bytes.into())),
    ];
    let key = prop_oneof![8 => text(), 1 => Just(Cow::Borrowed("$bytes"))];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::Array),
            proptest::collection::btree_map(key.clone(), inner, 0..6)
                .prop_map(|map| Value::Map(map.into_iter().collect())),
        ]
    })
    .boxed()
}

fn signal_type() -> impl Strategy<Value = SignalType> {
    prop_oneof![
        Just(SignalType::Param),
        Just(SignalType::Event),
        Just(SignalType::Stream),
        Just(SignalType::Gesture),
        Just(SignalType::Timeline),
    ]
}

fn types() -> impl Strategy<Value = TypeMask> {
    prop_oneof![Just(TypeMask::ALL), (1..=0x1F_u8).prop_map(TypeMask)]
}

fn features(known: u8) -> impl Strategy<Value = Features> {
    any::<u8>().prop_map(move |bits| Features(bits & known))
}

fn ttl() -> impl Strategy<Value = Ttl> {
    prop_oneof![
        Just(Ttl::Never),
        (1..=TTL_MAX_SECONDS).prop_map(Ttl::Sliding),
        (0..=TTL_MAX_SECONDS).prop_map(Ttl::Absolute),
    ]
}

fn set() -> BoxedStrategy<Message<'static>> {
    (
        text(),
        value(),
        option::of(any::<u64>()),
        any::<bool>(),
        any::<bool>(),
        option::of(ttl()),
    )
        .prop_map(|(address, value, revision, lock, unlock, ttl)| {
            Message::Set(Set {
                address,
                value,
                revision,
                lock,
                unlock,
                ttl,
            })
        })
        .boxed()
}

fn publish() -> BoxedStrategy<Message<'static>> {
    let body = prop_oneof![
        Just((None, None)),
        value().prop_map(|value| (Some(value), None)),
        vec(any::<f64>(), 0..20).prop_map(|samples| (None, Some(samples))),
    ];
    let phase = prop_oneof![
        Just(Phase::Start),
        Just(Phase::Move),
        Just(Phase::End),
        Just(Phase::Cancel)
    ];
    (
        text(),
        signal_type(),
        body,
        option::of(any::<u64>()),
        option::of(any::<u32>()),
        phase,
        option::of(any::<u32>()),
    )
        .prop_map(
            |(address, signal, (value, samples), timestamp, id, phase, rate)| {
                Message::Publish(Publish {
                    address,
                    signal,
                    value,
                    samples,
                    timestamp,
                    id,
                    phase: (signal == SignalType::Gesture).then_some(phase),
                    rate,
                })
            },
        )
        .boxed()
}

fn meta() -> impl Strategy<Value = Meta<'static>> {
    (
        option::of(text()),
        option::of(any::<(f64, f64)>()),
        option::of(value()),
        option::of(text()),
    )
        .prop_map(|(unit, range, default, description)| Meta {
            unit,
            range,
            default,
            description,
        })
}

fn signals(with_meta: bool) -> impl Strategy<Value = Vec<Signal<'static>>> {
    let signal = (
        text(),
        signal_type(),
        option::of(text()),
        option::of(text()),
        option::of(meta()),
    )
        .prop_map(move |(address, signal, datatype, access, meta)| Signal {
            address,
            signal,
            datatype,
            access,
            meta: meta.filter(|_| with_meta),
        });
    vec(signal, 0..4)
}

fn param() -> impl Strategy<Value = Param<'static>> {
    (
        text(),
        value(),
        any::<u64>(),
        option::of(text()),
        option::of(any::<u64>()),
    )
        .prop_map(|(address, value, revision, writer, timestamp)| Param {
            address,
            value,
            revision,
            writer,
            timestamp,
        })
}

fn message() -> BoxedStrategy<Message<'static>> {
    let number = any::<u32>;
    let time = any::<u64>;
    prop_oneof![
        4 => set(),
        4 => publish(),
        1 => (any::<u8>(), features(0xFC), text(), option::of(some_text())).prop_map(
            |(version, features, name, token)| Message::Hello(Hello { version, features, name, token })
        ),
        1 => (any::<u8>(), features(0xF8), time(), text(), text(), option::of(some_text())).prop_map(
            |(version, features, time, session, name, token)| Message::Welcome(Welcome {
                version, features, time, session, name, token, promises: Promises::default(),
            })
        ),
        1 => (text(), signals(true)).prop_map(
            |(namespace, signals)| Message::Announce(Announce { namespace, signals })
        ),
        1 => (
            (number(), text(), types()),
            (option::of(number()), option::of(any::<f64>()), option::of(number()), option::of(number())),
        ).prop_map(|((id, pattern, types), (max_rate, epsilon, history, window))| {
            Message::Subscribe(Subscribe { id, pattern, types, max_rate, epsilon, history, window })
        }),
        1 => number().prop_map(|id| Message::Unsubscribe { id }),
        1 => text().prop_map(|address| Message::Get { address }),
        1 => vec(param(), 0..4).prop_map(Message::Snapshot),
        1 => (text(), option::of(time()), option::of(time()), option::of(number()), types()).prop_map(
            |(pattern, from, to, limit, types)| Message::Replay(Replay { pattern, from, to, limit, types })
        ),
        2 => (option::of(time()), vec(prop_oneof![set(), publish()], 0..5)).prop_map(
            |(timestamp, messages)| Message::Bundle(Bundle { timestamp, messages })
        ),
        1 => (time(), option::of(time()), option::of(time())).prop_map(
            |(t1, t2, t3)| Message::Sync(Sync { t1, t2, t3 })
        ),
        1 => Just(Message::Ping),
        1 => Just(Message::Pong),
        1 => (
            option::of(text()), option::of(time()), option::of(any::<bool>()),
            option::of(text()), option::of(number()),
        ).prop_map(|(address, revision, locked, holder, correlation_id)| Message::Ack(Ack {
            address, revision, locked, holder, correlation_id,
        })),
        1 => (any::<u16>(), text(), option::of(text()), option::of(number())).prop_map(
            |(code, message, address, correlation_id)| Message::Error(ErrorReply {
                code, message, address, correlation_id,
            })
        ),
        1 => text().prop_map(|pattern| Message::Query { pattern }),
        1 => signals(false).prop_map(Message::Result),
    ]
    .boxed()
}

fn their_value(value: &Value<'_>) -> theirs::Value {
    match value {
        Value::Null => theirs::Value::Null,
        Value::Bool(b) => theirs::Value::Bool(*b),
        Value::Int(i) => theirs::Value::Int(*i),
        Value::Float(f) => theirs::Value::Float(*f),
        Value::String(s) => theirs::Value::String(s.to_string()),
        Value::Bytes(b) => theirs::Value::Bytes(b.to_vec()),
        Value::Array(items) => theirs::Value::Array(items.iter().map(their_value).collect()),
        Value::Map(entries) => theirs::Value::Map(
            entries
                .iter()
                .map(|(key, value)| (key.to_string(), their_value(value)))
                .collect::<HashMap<_, _>>(),
        ),
    }
}

fn their_signal_type(signal: SignalType) -> theirs::SignalType {
    match signal {
        SignalType::Param => theirs::SignalType::Param,
        SignalType::Event => theirs::SignalType::Event,
        SignalType::Stream => theirs::SignalType::Stream,
        SignalType::Gesture => theirs::SignalType::Gesture,
        SignalType::Timeline => theirs::SignalType::Timeline,
    }
}

fn their_types(mask: TypeMask) -> Vec<theirs::SignalType> {
    if mask == TypeMask::ALL {
        return Vec::new();
    }
    [
        SignalType::Param,
        SignalType::Event,
        SignalType::Stream,
        SignalType::Gesture,
        SignalType::Timeline,
    ]
    .into_iter()
    .filter(|signal| mask.has(*signal))
    .map(their_signal_type)
    .collect()
}

fn their_features(features: Features) -> Vec<String> {
    features.names().map(str::to_owned).collect()
}

fn their_signals(signals: &[Signal<'_>]) -> Vec<theirs::SignalDefinition> {
    let owned = |text: &Option<Cow<'_, str>>| text.as_deref().map(str::to_owned);
    signals
        .iter()
        .map(|s| theirs::SignalDefinition {
            address: s.address.to_string(),
            signal_type: their_signal_type(s.signal),
            datatype: owned(&s.datatype),
            access: owned(&s.access),
            meta: s.meta.as_ref().map(|meta| theirs::SignalMeta {
                unit: owned(&meta.unit),
                range: meta.range,
                default: meta.default.as_ref().map(their_value),
                description: owned(&meta.description),
            }),
        })
        .collect()
}

fn their_publish(m: &Publish<'_>) -> theirs::PublishMessage {
    theirs::PublishMessage {
        address: m.address.to_string(),
        signal: Some(their_signal_type(m.signal)),
        value: m.value.as_ref().map(their_value),
        payload: None,
        samples: m.samples.clone(),
        rate: m.rate,
        id: m.id,
        // It decodes a phase for everything.
        phase: Some(match m.phase {
            None | Some(Phase::Start) => theirs::GesturePhase::Start,
            Some(Phase::Move) => theirs::GesturePhase::Move,
            Some(Phase::End) => theirs::GesturePhase::End,
            Some(Phase::Cancel) => theirs::GesturePhase::Cancel,
        }),
        timestamp: m.timestamp,
        timeline: None,
    }
}

fn their_subscribe(m: &Subscribe<'_>) -> theirs::SubscribeMessage {
    let options = theirs::SubscribeOptions {
        max_rate: m.max_rate,
        epsilon: m.epsilon,
        history: m.history,
        window: m.window,
    };
    let any =
        m.max_rate.is_some() || m.epsilon.is_some() || m.history.is_some() || m.window.is_some();
    theirs::SubscribeMessage {
        id: m.id,
        pattern: m.pattern.to_string(),
        types: their_types(m.types),
        options: any.then_some(options),
    }
}

fn their_message(message: &Message<'_>) -> theirs::Message {
    let owned = |text: &Option<Cow<'_, str>>| text.as_deref().map(str::to_owned);
    match message {
        Message::Hello(m) => theirs::Message::Hello(theirs::HelloMessage {
            version: m.version,
            name: m.name.to_string(),
            features: their_features(m.features),
            capabilities: None,
            token: owned(&m.token),
        }),
        Message::Welcome(m) => theirs::Message::Welcome(theirs::WelcomeMessage {
            version: m.version,
            session: m.session.to_string(),
            name: m.name.to_string(),
            features: their_features(m.features),
            time: m.time,
            token: owned(&m.token),
        }),
        Message::Announce(m) => theirs::Message::Announce(theirs::AnnounceMessage {
            namespace: m.namespace.to_string(),
            signals: their_signals(&m.signals),
            meta: None,
        }),
        Message::Subscribe(m) => theirs::Message::Subscribe(their_subscribe(m)),
        Message::Unsubscribe { id } => {
            theirs::Message::Unsubscribe(theirs::UnsubscribeMessage { id: *id })
        }
        Message::Publish(m) => theirs::Message::Publish(their_publish(m)),
        Message::Set(m) => theirs::Message::Set(theirs::SetMessage {
            address: m.address.to_string(),
            value: their_value(&m.value),
            revision: m.revision,
            lock: m.lock,
            unlock: m.unlock,
            ttl: m.ttl.map(|ttl| match ttl {
                Ttl::Never => theirs::Ttl::Never,
                Ttl::Sliding(seconds) => theirs::Ttl::Sliding(seconds),
                Ttl::Absolute(seconds) => theirs::Ttl::Absolute(seconds),
            }),
        }),
        Message::Get { address } => theirs::Message::Get(theirs::GetMessage {
            address: address.to_string(),
        }),
        Message::Snapshot(params) => theirs::Message::Snapshot(theirs::SnapshotMessage {
            params: params
                .iter()
                .map(|p| theirs::ParamValue {
                    address: p.address.to_string(),
                    value: their_value(&p.value),
                    revision: p.revision,
                    writer: owned(&p.writer),
                    timestamp: p.timestamp,
                })
                .collect(),
        }),
        Message::Replay(m) => theirs::Message::Replay(theirs::ReplayMessage {
            pattern: m.pattern.to_string(),
            from: m.from,
            to: m.to,
            limit: m.limit,
            types: their_types(m.types),
        }),
        Message::Bundle(m) => theirs::Message::Bundle(theirs::BundleMessage {
            timestamp: m.timestamp,
            messages: m.messages.iter().map(their_message).collect(),
        }),
        Message::Sync(m) => theirs::Message::Sync(theirs::SyncMessage {
            t1: m.t1,
            t2: m.t2,
            t3: m.t3,
        }),
        Message::Ping => theirs::Message::Ping,
        Message::Pong => theirs::Message::Pong,
        Message::Ack(m) => theirs::Message::Ack(theirs::AckMessage {
            address: owned(&m.address),
            revision: m.revision,
            locked: m.locked,
            holder: owned(&m.holder),
            correlation_id: m.correlation_id,
        }),
        Message::Error(m) => theirs::Message::Error(theirs::ErrorMessage {
            code: m.code,
            message: m.message.to_string(),
            address: owned(&m.address),
            correlation_id: m.correlation_id,
        }),
        Message::Query { pattern } => theirs::Message::Query(theirs::QueryMessage {
            pattern: pattern.to_string(),
        }),
        Message::Result(signals) => theirs::Message::Result(theirs::ResultMessage {
            signals: their_signals(signals),
        }),
    }
}

/// Whether the order of some map's keys shows in the bytes.
fn has_order(message: &Message<'_>) -> bool {
    fn ordered(value: &Value<'_>) -> bool {
        match value {
            Value::Map(entries) => entries.len() > 1 || entries.iter().any(|(_, v)| ordered(v)),
            Value::Array(items) => items.iter().any(ordered),
            _ => false,
        }
    }
    match message {
        Message::Set(m) => ordered(&m.value),
        Message::Publish(m) => m.value.as_ref().is_some_and(ordered),
        Message::Snapshot(params) => params.iter().any(|p| ordered(&p.value)),
        Message::Bundle(m) => m.messages.iter().any(has_order),
        Message::Announce(m) => m.signals.iter().any(|s| {
            let default = s.meta.as_ref().and_then(|meta| meta.default.as_ref());
            default.is_some_and(ordered)
        }),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_reads_what_the_other_writes(message in message()) {
        let mut ours = Vec::new();
        encode(&message, &mut ours).unwrap();
        let expected = their_message(&message);
        let theirs = theirs::encode(&expected).unwrap();

        // Theirs to ours.
        let decoded = decode(&theirs).unwrap();
        prop_assert_eq!(&decoded.message, &message);
        prop_assert_eq!(decoded.qos, message.default_qos());

        // Ours to theirs. Compared as text, in which a NaN equals itself, unless the order of
        // their hash maps would show.
        let (read, _) = theirs::decode(&ours).unwrap();
        if has_order(&message) {
            let again = theirs::encode(&read).unwrap();
            prop_assert_eq!(&decode(&again).unwrap().message, &message);
        } else {
            prop_assert_eq!(format!("{read:?}"), format!("{expected:?}"));
            prop_assert_eq!(&ours[..], &theirs[..]);
        }
    }
}

#[test]
fn the_reference_reads_a_welcome_with_our_promises() {
    let plain = Welcome {
        version: 1,
        features: Features(Features::PARAM | Features::KEEPS_TIME),
        time: 7,
        session: "s-1".into(),
        name: "trefoil".into(),
        token: None,
        promises: Promises::default(),
    };
    let promising = Welcome {
        promises: Promises(
            Promises::WHOLE_SNAPSHOTS | Promises::HONEST_BUNDLES | Promises::KEEPS_SESSIONS,
        ),
        ..plain.clone()
    };
    let [plain, promising] = [plain, promising].map(|welcome| {
        let mut frame = Vec::new();
        encode(&Message::Welcome(welcome.clone()), &mut frame).unwrap();
        assert_eq!(decode(&frame).unwrap().message, Message::Welcome(welcome));
        let (read, _) = theirs::decode(&frame).expect("it ignores the byte behind the token");
        (frame.len(), format!("{read:?}"))
    });
    assert_eq!(promising.0, plain.0 + 1);
    assert_eq!(promising.1, plain.1);
}
