//! What is hard for a router: readers of every speed, other clients' work, damaged frames, many
//! that say nothing.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::{CHUNK, Client, PONG, PUBLISH, SILENCE, body, fill, put, put_text};

/// No snapshot of everything is wanted: the reference router knows that by the param that is not
/// named, ours by a bit of its own.
const SPARED: u8 = 0x79;

/// An event of about a kilobyte.
fn bulky(address: &str, number: u64) -> Vec<u8> {
    let mut body = vec![PUBLISH, 0x20];
    put_text(&mut body, address);
    body.extend([1, 8, 0x04, 0x00]);
    body.extend(format!("{number:01024}").as_bytes());
    body
}

pub fn beside(address: &str, count: u64, rates: &str) -> io::Result<()> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut slow = Vec::new();
    for rate in rates.split(',').filter(|rate| !rate.is_empty()) {
        let rate: f64 = rate.parse().expect("MB/s");
        let mut client = Client::connect(address, SPARED, 64 * 1024)?;
        client.subscribe("/flood/**")?;
        client.fence()?;
        let stop = stop.clone();
        slow.push(thread::spawn(move || {
            let (began, mut read) = (Instant::now(), 0_u64);
            let mut buffer = vec![0; 64 * 1024];
            while !stop.load(Ordering::Relaxed) {
                #[allow(clippy::cast_precision_loss)]
                let ahead = read as f64 / 1e6 > rate * began.elapsed().as_secs_f64();
                if rate == 0.0 || ahead {
                    thread::sleep(Duration::from_millis(1));
                } else if let Ok(count @ 1..) = client.stream.read(&mut buffer) {
                    read += count as u64;
                } else {
                    return;
                }
            }
        }));
    }
    let mut fast = Client::connect(address, SPARED, CHUNK)?;
    fast.subscribe("/flood/**")?;
    fast.fence()?;
    fast.stream.set_read_timeout(Some(SILENCE))?;
    let reading = thread::spawn(move || {
        let (mut own, mut last) = (0, Instant::now());
        while own < count && fast.next().is_ok_and(|message| message[0] == PUBLISH) {
            own += 1;
            if own % 64 == 0 || own == count {
                last = Instant::now();
            }
        }
        (own, last)
    });
    let mut publisher = Client::connect(address, SPARED, CHUNK)?;
    let mut raw = publisher.stream.try_clone()?;
    let began = Instant::now();
    let mut chunk = Vec::with_capacity(CHUNK + 2_048);
    for i in 0..count {
        put(&mut chunk, &bulky(&format!("/flood/{}", i % 100), i), 0);
        if chunk.len() >= CHUNK {
            raw.write_all(&chunk)?;
            chunk.clear();
        }
    }
    raw.write_all(&chunk)?;
    publisher.fence()?;
    let (own, last) = reading.join().expect("no panic");
    stop.store(true, Ordering::Relaxed);
    for thread in slow {
        thread.join().expect("no panic");
    }
    let seconds = last.duration_since(began).as_secs_f64();
    println!("{own} {} {seconds}", count - own);
    Ok(())
}

/// PINGs until `stop`; how long each took, in µs, sorted.
fn pings(address: &str, stop: &AtomicBool) -> io::Result<Vec<u128>> {
    let mut client = Client::connect(address, SPARED, 16 * 1024)?;
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let began = Instant::now();
        client.fence()?;
        times.push(began.elapsed().as_micros());
        thread::sleep(Duration::from_millis(1));
    }
    times.sort_unstable();
    Ok(times)
}

fn percent(times: &[u128], part: usize) -> u128 {
    times[(times.len() - 1) * part / 100]
}

pub fn bystander(address: &str, seconds: u64, load: &str) -> io::Result<()> {
    if matches!(load, "snapshot" | "queries") {
        fill(address, 100_000)?;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let pinging = {
        let (stop, address) = (stop.clone(), address.to_owned());
        thread::spawn(move || pings(&address, &stop))
    };
    let until = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < until {
        match load {
            "idle" => thread::sleep(Duration::from_millis(100)),
            "snapshot" => drop(Client::connect(address, 0xF8, CHUNK)?),
            "queries" => many(address, 3_000, until, |_| {
                let mut query = vec![0x60];
                put_text(&mut query, "/**/none");
                query
            })?,
            "subscriptions" => many(address, 10_000, until, |i| {
                let mut subscribe = vec![0x10];
                subscribe.extend(u32::try_from(i).expect("few").to_be_bytes());
                put_text(&mut subscribe, &format!("/a/*/b{i}/**"));
                subscribe.extend([0xFF, 0]);
                subscribe
            })?,
            "timed" => timed(address)?,
            "connects" => connects(address, until)?,
            "loris" => loris(address, until)?,
            "longest" => longest(address, until)?,
            other => panic!("no load is called {other}"),
        }
    }
    stop.store(true, Ordering::Relaxed);
    let times = pinging.join().expect("no panic")?;
    let worst = times.last().expect("some");
    println!("{} {} {worst}", percent(&times, 50), percent(&times, 99));
    Ok(())
}

/// So many requests at once, and their answers; the connection ends with the time.
fn many(
    address: &str,
    count: u64,
    until: Instant,
    request: impl Fn(u64) -> Vec<u8>,
) -> io::Result<()> {
    let mut client = Client::connect(address, SPARED, CHUNK)?;
    let mut out = Vec::new();
    (0..count).for_each(|i| put(&mut out, &request(i), 0));
    put(&mut out, &[super::PING], 0);
    client.stream.write_all(&out)?;
    client
        .stream
        .set_read_timeout(Some(Duration::from_millis(100)))?;
    while Instant::now() < until {
        match client.next() {
            Ok(message) if message[0] == PONG => break,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// 24 MB of bundles that are all due in half a second, and ten that would hear of it and stall.
fn timed(address: &str) -> io::Result<()> {
    let mut stalled = Vec::new();
    for _ in 0..10 {
        let mut client = Client::connect(address, SPARED, 16 * 1024)?;
        client.subscribe("/timed/**")?;
        client.fence()?;
        stalled.push(client);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("later");
    let due = u64::try_from(now.as_micros()).expect("soon") + 700_000;
    // One session may have a quarter of what may wait: two share it.
    let mut clients = [
        Client::connect(address, SPARED, CHUNK)?,
        Client::connect(address, SPARED, CHUNK)?,
    ];
    for i in 0..400 {
        let (mut bundle, mut count) = (vec![0x30, 0x80, 0, 0], 0_u16);
        bundle.extend(due.to_be_bytes());
        while bundle.len() < 60_000 {
            let set = body("set", &format!("/timed/{}", count % 500), i);
            bundle.extend(u16::try_from(set.len()).expect("short").to_be_bytes());
            bundle.extend(set);
            count += 1;
        }
        bundle[2..4].copy_from_slice(&count.to_be_bytes());
        clients[usize::try_from(i % 2).expect("two")].send(&bundle, 0)?;
    }
    for client in &mut clients {
        client.fence()?;
    }
    thread::sleep(Duration::from_millis(1_500));
    Ok(())
}

fn connects(address: &str, until: Instant) -> io::Result<()> {
    let began = Instant::now();
    let mut count = 0;
    while Instant::now() < until {
        let due = Duration::from_millis(1) * count;
        thread::sleep(due.saturating_sub(began.elapsed()));
        drop(Client::connect(address, SPARED, 1_024)?);
        count += 1;
    }
    Ok(())
}

/// More upgrades than may wait, each of which says a byte now and then and never ends.
fn loris(address: &str, until: Instant) -> io::Result<()> {
    let mut slow = Vec::new();
    while Instant::now() < until {
        if slow.len() < 1_000 {
            let mut stream = TcpStream::connect(address)?;
            stream.write_all(b"GET / HTTP/1.1\r\nX: ")?;
            slow.push(stream);
        } else {
            // Those that have been let go are replaced.
            slow.retain_mut(|stream| stream.write_all(b"x").is_ok());
            thread::sleep(Duration::from_millis(10));
        }
    }
    Ok(())
}

/// The longest patterns, which match only at their end or not at all, and events to the longest
/// address.
fn longest(address: &str, until: Instant) -> io::Result<()> {
    // 1,024 bytes and 32 segments.
    let long: String = (0..31).map(|_| format!("/{}", "a".repeat(31))).collect();
    let long = format!("{long}/{}", "a".repeat(1_024 - long.len() - 1));
    let mut client = Client::connect(address, SPARED, CHUNK)?;
    for i in 0..1_000_u32 {
        let pattern: String = (0..15).map(|_| format!("/**/*a*{i}a*a*")).collect();
        let mut subscribe = vec![0x10];
        subscribe.extend(i.to_be_bytes());
        put_text(&mut subscribe, &pattern);
        subscribe.extend([0xFF, 0]);
        client.send(&subscribe, 0)?;
    }
    client.fence()?;
    let mut count = 0;
    while Instant::now() < until {
        let mut out = Vec::new();
        for _ in 0..50 {
            // Another address each time: who matches one is remembered.
            count += 1;
            let end = format!("{count:08}");
            let address = format!("{}{end}", &long[..long.len() - end.len()]);
            put(&mut out, &body("event", &address, count), 0);
        }
        client.stream.write_all(&out)?;
        client.fence()?;
    }
    Ok(())
}

/// A small generator: the same damage each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("small")
    }
}

pub fn mutated(address: &str, count: u64) -> io::Result<()> {
    let stop = Arc::new(AtomicBool::new(false));
    let pinging = {
        let (stop, address) = (stop.clone(), address.to_owned());
        thread::spawn(move || pings(&address, &stop))
    };
    let mut seeds: Vec<Vec<u8>> = ["set", "event", "stream"]
        .iter()
        .map(|kind| body(kind, "/a/b", 7))
        .collect();
    let mut subscribe = vec![0x10, 0, 0, 0, 1];
    put_text(&mut subscribe, "/a/**/b*");
    subscribe.extend([0xFF, 3, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0]);
    seeds.push(subscribe);
    let mut query = vec![0x60];
    put_text(&mut query, "/**/b");
    seeds.push(query);
    let mut bundle = vec![0x30, 0, 0, 1];
    bundle.extend(u16::try_from(seeds[0].len()).expect("short").to_be_bytes());
    bundle.extend(&seeds[0]);
    seeds.push(bundle);
    let sent = AtomicU64::new(0);
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    while sent.load(Ordering::Relaxed) < count {
        // The third bad frame ends a session: as many go ahead of it as may be.
        let Ok(mut client) = Client::connect(address, SPARED, 16 * 1024) else {
            continue;
        };
        let mut out = Vec::new();
        for _ in 0..200 {
            let mut damaged = seeds[random.below(seeds.len())].clone();
            for _ in 0..random.below(4) {
                let at = random.below(damaged.len());
                match random.below(3) {
                    0 => damaged[at] ^= 1 << random.below(8),
                    1 => damaged.truncate(at.max(1)),
                    _ => damaged.insert(at, random.below(256) as u8),
                }
            }
            put(
                &mut out,
                &damaged,
                u8::try_from(random.below(3)).expect("small"),
            );
            if random.below(50) == 0 {
                let at = random.below(out.len());
                out[at] ^= 1 << random.below(8);
            }
            sent.fetch_add(1, Ordering::Relaxed);
        }
        let _ = client.stream.write_all(&out);
        client
            .stream
            .set_read_timeout(Some(Duration::from_millis(1)))?;
        let _ = client.next();
    }
    stop.store(true, Ordering::Relaxed);
    let times = pinging.join().expect("no panic")?;
    let worst = times.last().expect("some");
    println!(
        "{} {} {worst}",
        sent.load(Ordering::Relaxed),
        percent(&times, 99)
    );
    Ok(())
}

pub fn idle(address: &str, count: u64) -> io::Result<()> {
    let mut open = Vec::new();
    for _ in 0..count {
        open.push(Client::connect(address, SPARED, 64)?);
    }
    println!("open");
    io::stdin().read_to_end(&mut Vec::new())?;
    drop(open);
    Ok(())
}

pub fn stalled(address: &str, readers: u64, count: u64) -> io::Result<()> {
    let mut open = Vec::new();
    for _ in 0..readers {
        let mut client = Client::connect(address, SPARED, 1_024)?;
        client.subscribe("/flood/**")?;
        client.fence()?;
        open.push(client);
    }
    let mut publisher = Client::connect(address, SPARED, CHUNK)?;
    let mut out = Vec::new();
    for i in 0..count {
        put(&mut out, &bulky(&format!("/flood/{}", i % 100), i), 0);
        if out.len() >= CHUNK {
            publisher.stream.write_all(&out)?;
            out.clear();
        }
    }
    publisher.stream.write_all(&out)?;
    publisher.fence()?;
    println!("done");
    io::stdin().read_to_end(&mut Vec::new())?;
    drop(open);
    Ok(())
}
