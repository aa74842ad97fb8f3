//! The checker: random writers and readers on three routers over an engine of three, while nodes and
//! routers die, freeze and come back. What happened is recorded, and then judged: the history of every
//! address is that of one register, and every event was heard once by everybody, or a loss was told.
//!
//! A few seconds long; `TREFOIL_CLUSTER_CHECK=300 cargo test --test it -- cluster_check` is five minutes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::engine::Engine;
use crate::support::{Driver, Msg, Router, Val, wire};

const ADDRESSES: usize = 5;
const CLIENTS: usize = 6;

/// What one client asked for.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Set(i64),
    /// A SET on top of a revision.
    On(u64, i64),
    Get,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    /// It was written, with this revision.
    Written(u64),
    /// It was refused, because another revision was there.
    Conflict,
    /// It was not done, and that was said.
    Refused,
    /// Value and revision; 0 for none.
    Read(i64, u64),
    /// The session ended without an answer.
    Unknown,
}

#[derive(Debug, Clone, Copy)]
struct Operation {
    address: usize,
    asked: Asked,
    came: Came,
    began: Instant,
    ended: Instant,
}

/// What one subscriber heard over one connection, in order.
#[derive(Debug, Default)]
struct Heard {
    params: Vec<(String, i64, u64)>,
    events: Vec<(String, i64)>,
}

/// What all threads share.
struct Stage {
    /// Where the routers listen.
    places: Vec<String>,
    stop: AtomicBool,
    next_value: AtomicI64,
    operations: Mutex<Vec<Operation>>,
    heard: Mutex<Vec<Heard>>,
    /// The events of each emitter that nothing says were not sent.
    emitted: Mutex<HashMap<String, Vec<i64>>>,
    connections: AtomicUsize,
}

/// Numbers without a library; any will do.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

#[test]
fn every_address_is_one_register() {
    let Some(mut engine) = Engine::three_or_skip("the checker of a cluster") else {
        return;
    };
    let seconds = std::env::var("TREFOIL_CLUSTER_CHECK");
    let seconds = seconds.map_or(20, |text| text.parse().expect("seconds"));
    let url = engine.url();
    let mut routers: Vec<Router> = (0..3).map(|_| Router::own(&["--cluster", &url])).collect();
    let stage = Stage {
        places: routers.iter().map(Router::address).collect(),
        stop: AtomicBool::new(false),
        next_value: AtomicI64::new(1),
        operations: Mutex::default(),
        heard: Mutex::default(),
        emitted: Mutex::default(),
        connections: AtomicUsize::new(0),
    };
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let stage = &stage;
            scope.spawn(move || stage.write(client));
        }
        for router in 0..3 {
            let stage = &stage;
            scope.spawn(move || stage.emit(router));
            scope.spawn(move || stage.listen(router));
        }
        inject(&mut engine, &mut routers, Duration::from_secs(seconds));
        stage.stop.store(true, Ordering::SeqCst);
    });
    let last = stage.read_all();
    let operations = stage.operations.into_inner().expect("no panic");
    let written = |o: &&Operation| matches!(o.came, Came::Written(_));
    let unknown = |o: &&Operation| o.came == Came::Unknown;
    println!(
        "{} operations, {} written, {} unknown, {} connections of subscribers",
        operations.len(),
        operations.iter().filter(written).count(),
        operations.iter().filter(unknown).count(),
        stage.connections.load(Ordering::SeqCst),
    );
    assert!(operations.iter().filter(written).count() > 100);
    let heard = stage.heard.into_inner().expect("no panic");
    for address in 0..ADDRESSES {
        judge(address, &operations, &heard, &last);
    }
    judge_events(&heard, &stage.emitted.into_inner().expect("no panic"));
}

/// One fault after the other.
fn inject(engine: &mut Engine, routers: &mut [Router], length: Duration) {
    let until = Instant::now() + length;
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut fault = 0;
    let pause = |seconds: u64| std::thread::sleep(Duration::from_secs(seconds));
    pause(1);
    while Instant::now() < until {
        let place = dice.roll(3) as usize;
        match fault % 3 {
            0 => {
                engine.kill(place);
                pause(3);
                engine.start(place);
                engine.wait(place);
            }
            1 => {
                routers[place].kill();
                pause(1);
                routers[place].restart();
            }
            _ => {
                engine.freeze(place, true);
                pause(3);
                engine.freeze(place, false);
            }
        }
        fault += 1;
        pause(3);
    }
}

impl Stage {
    fn is_over(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// A connection to any router that lets us in.
    fn connect(&self, first: usize) -> Option<Driver> {
        (0..3).find_map(|n| Driver::try_connect_to(&self.places[(first + n) % 3]))
    }

    fn write(&self, client: usize) {
        let mut dice = Dice(0xDEAD_BEEF + client as u64);
        let mut known = [0; ADDRESSES];
        let mut driver = None;
        while !self.is_over() {
            let Some(open) = driver.as_mut() else {
                driver = self.connect(client);
                std::thread::sleep(Duration::from_millis(50));
                continue;
            };
            let address = dice.roll(ADDRESSES as u64) as usize;
            let value = self.next_value.fetch_add(1, Ordering::SeqCst);
            let asked = match dice.roll(3) {
                0 => Asked::Set(value),
                1 => Asked::On(known[address], value),
                _ => Asked::Get,
            };
            let began = Instant::now();
            let came = ask(open, address, asked);
            let ended = Instant::now();
            match came {
                Came::Written(revision) | Came::Read(_, revision) => known[address] = revision,
                Came::Unknown => driver = None,
                Came::Conflict | Came::Refused => {}
            }
            // An answer that is lost with its connection would be known only to the router.
            let operation = Operation {
                address,
                asked,
                came,
                began,
                ended,
            };
            self.operations.lock().expect("no panic").push(operation);
            std::thread::sleep(Duration::from_millis(dice.roll(20)));
        }
    }

    /// Numbered events, fenced one by one.
    fn emit(&self, router: usize) {
        let (mut driver, mut generation, mut number) = (None::<Driver>, 0, 0);
        while !self.is_over() {
            std::thread::sleep(Duration::from_millis(20));
            let Some(open) = driver.as_mut() else {
                generation += 1;
                number = 0;
                driver = Driver::try_connect_to(&self.places[router]);
                continue;
            };
            number += 1;
            let address = format!("/event/{router}/{generation}");
            let sent = open.try_send(&wire::event(&address, Some(&Val::Int(number))))
                && open.try_send(wire::PING);
            let mut was_refused = false;
            let mut is_done = false;
            while sent && !is_done {
                match open.try_receive() {
                    Some(Msg::Pong) => is_done = true,
                    Some(Msg::Error { .. }) => was_refused = true,
                    Some(_) => {}
                    None => break,
                }
            }
            if is_done && !was_refused {
                let mut emitted = self.emitted.lock().expect("no panic");
                emitted.entry(address).or_default().push(number);
            }
            if !is_done {
                driver = None;
            }
        }
    }

    fn listen(&self, router: usize) {
        while !self.is_over() {
            std::thread::sleep(Duration::from_millis(20));
            let Some(mut driver) = Driver::try_connect_to(&self.places[router]) else {
                continue;
            };
            self.connections.fetch_add(1, Ordering::SeqCst);
            let mut heard = Heard::default();
            if driver.try_send(&wire::subscribe(1, "/**")) {
                while let Some(message) = driver.try_receive() {
                    heard.take(message);
                    if self.is_over() {
                        break;
                    }
                }
            }
            self.heard.lock().expect("no panic").push(heard);
        }
    }

    /// What every router has at the end: all of them the same.
    fn read_all(&self) -> Vec<(i64, u64)> {
        let all: Vec<Vec<(i64, u64)>> = self
            .places
            .iter()
            .map(|place| {
                let mut driver = Driver::connect_to(place, "");
                let mut read = |address: usize| match ask(&mut driver, address, Asked::Get) {
                    Came::Read(value, revision) => (value, revision),
                    other => panic!("{other:?}"),
                };
                (0..ADDRESSES).map(&mut read).collect()
            })
            .collect();
        assert_eq!(all[0], all[1], "the routers do not agree");
        assert_eq!(all[0], all[2], "the routers do not agree");
        all[0].clone()
    }
}

fn name(address: usize) -> String {
    format!("/register/{address}")
}

fn ask(driver: &mut Driver, address: usize, asked: Asked) -> Came {
    let name = name(address);
    let request = match asked {
        Asked::Set(value) => wire::set(&name, &Val::Int(value)),
        Asked::On(revision, value) => wire::set_if(&name, &Val::Int(value), revision),
        Asked::Get => wire::get(&name),
    };
    if !driver.try_send(&request) {
        return Came::Unknown;
    }
    match driver.try_receive() {
        Some(Msg::Ack {
            revision: Some(revision),
            ..
        }) => Came::Written(revision),
        Some(Msg::Error { code: 400, .. }) => Came::Conflict,
        // The last word of a session that is ended: what became of the request was not said.
        Some(Msg::Error { address: None, .. }) | None => Came::Unknown,
        Some(Msg::Error { .. }) => Came::Refused,
        Some(Msg::Snapshot(params)) => match params.first() {
            Some(param) => Came::Read(int(&param.value), param.revision),
            None => Came::Read(0, 0),
        },
        Some(other) => panic!("{asked:?} was answered with {other:?}"),
    }
}

fn int(value: &Val) -> i64 {
    match value {
        Val::Int(number) => *number,
        other => panic!("{other:?} is no number"),
    }
}

impl Heard {
    fn take(&mut self, message: Msg) {
        match message {
            Msg::Set {
                address,
                value,
                revision: Some(revision),
                ..
            } => self.params.push((address, int(&value), revision)),
            Msg::Snapshot(params) => {
                for param in params {
                    let value = int(&param.value);
                    self.params.push((param.address, value, param.revision));
                }
            }
            Msg::Publish(event) => {
                let number = event.value.as_ref().map_or(0, int);
                self.events.push((event.address, number));
            }
            _ => {}
        }
    }
}

/// Revisions say in which order the writes of an address were done. That order has to agree with the
/// time of every operation, and with everything that anybody saw.
fn judge(address: usize, all: &[Operation], heard: &[Heard], last: &[(i64, u64)]) {
    let operations: Vec<&Operation> = all.iter().filter(|o| o.address == address).collect();
    let at = name(address);
    // Which value each revision has, by everybody who saw it.
    let mut values: BTreeMap<u64, i64> = BTreeMap::new();
    let mut saw = |revision: u64, value: i64| {
        let known = *values.entry(revision).or_insert(value);
        assert_eq!(known, value, "{at}: revision {revision} has two values");
    };
    for operation in &operations {
        match (operation.asked, operation.came) {
            (Asked::Set(value) | Asked::On(_, value), Came::Written(revision)) => {
                saw(revision, value);
            }
            (Asked::Get, Came::Read(value, revision)) if revision > 0 => saw(revision, value),
            _ => {}
        }
    }
    for heard in heard {
        let mut before = 0;
        for (_, value, revision) in heard.params.iter().filter(|(name, ..)| *name == at) {
            saw(*revision, *value);
            // The snapshot may tell again what was told just before it.
            assert!(
                *revision >= before,
                "{at}: {revision} was heard after {before}"
            );
            before = *revision;
        }
    }
    saw(last[address].1, last[address].0);
    let revisions: HashMap<i64, u64> = values.iter().map(|(r, v)| (*v, *r)).collect();
    assert_eq!(
        revisions.len(),
        values.len(),
        "{at}: a value was written twice"
    );
    // When each write began, and until when it was done at the latest: for ever, if nobody knows.
    let mut began: BTreeMap<u64, Instant> = BTreeMap::new();
    for operation in &operations {
        if let Asked::Set(value) | Asked::On(_, value) = operation.asked
            && let Some(revision) = revisions.get(&value)
        {
            assert!(
                !matches!(operation.came, Came::Conflict | Came::Refused),
                "{at}: {operation:?} was refused, and has revision {revision}"
            );
            began.insert(*revision, operation.began);
        }
    }
    // What was surely there: the highest revision that had been told when an operation began.
    let mut told: Vec<(Instant, u64)> = operations
        .iter()
        .filter_map(|operation| match operation.came {
            Came::Written(revision) | Came::Read(_, revision) => Some((operation.ended, revision)),
            _ => None,
        })
        .collect();
    told.sort_unstable();
    let mut highest = 0;
    for (_, revision) in &mut told {
        highest = highest.max(*revision);
        *revision = highest;
    }
    let told_before = |time: Instant| match told.partition_point(|(ended, _)| *ended < time) {
        0 => 0,
        place => told[place - 1].1,
    };
    for operation in &operations {
        let floor = told_before(operation.began);
        match (operation.asked, operation.came) {
            (_, Came::Written(revision)) => {
                assert!(
                    revision > floor,
                    "{at}: {operation:?} after {floor} was told"
                );
                if let Asked::On(expected, _) = operation.asked {
                    let between = values.range(expected + 1..revision).next();
                    assert_eq!(between, None, "{at}: {operation:?} was not the next");
                }
            }
            (_, Came::Read(_, revision)) => {
                assert!(
                    revision >= floor,
                    "{at}: {operation:?} after {floor} was told"
                );
                let written = began.get(&revision);
                assert!(
                    written.is_none_or(|began| *began < operation.ended),
                    "{at}: {operation:?} is from the future"
                );
            }
            (Asked::On(expected, _), Came::Conflict) => {
                let other = began
                    .range(expected + 1..)
                    .any(|(_, b)| *b < operation.ended);
                let never = expected > 0 && !values.contains_key(&expected);
                assert!(other || never, "{at}: {operation:?}, and nobody wrote");
            }
            _ => {}
        }
    }
    assert!(
        last[address].1 >= highest,
        "{at}: {highest} was told and is lost"
    );
}

/// Over one connection, the events of one emitter come once, in order, and none that was sent is left
/// out between two that came.
fn judge_events(heard: &[Heard], emitted: &HashMap<String, Vec<i64>>) {
    let mut count = 0;
    for heard in heard {
        let mut last: HashMap<&str, i64> = HashMap::new();
        for (address, number) in &heard.events {
            count += 1;
            if let Some(before) = last.insert(address, *number) {
                assert!(*number > before, "{address}: {number} after {before}");
                let sent = emitted.get(address).map_or(&[][..], Vec::as_slice);
                let left_out = sent.iter().find(|n| **n > before && **n < *number);
                assert_eq!(left_out, None, "{address}: lost, and nobody said so");
            }
        }
    }
    println!("{count} events heard");
    assert!(count > 100);
}
