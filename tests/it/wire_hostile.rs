//! A million damaged frames: none may cause a panic, or more memory than its length justifies.
//!
//! The whole test binary runs on a counting allocator. It counts for each thread by itself, so
//! that the tests running beside this one do not disturb it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use trefoil::clasp::wire::{self, DEPTH_MAX, DecodeError, EncodeError};

use crate::wire_vectors::{frames, legacy_frames};

/// Frames tried, all threads together.
const FRAMES: usize = 1_000_000;

/// Bytes allocated for a frame, at most: this often its own length…
///
/// A null in an array takes one byte on the wire and 32 in a `Value`; a PING in a bundle takes
/// three and 120 in a `Message`. Vectors that grow by doubling (legacy messages) cost twice.
const MULTIPLE: usize = 64;
/// … and this for an error's text.
const ALLOWANCE: usize = 1_024;

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counting the bytes that this thread has asked for.
struct Counting;

// SAFETY: every call goes to the system's allocator unchanged; the counter is a `Cell` without a
// destructor in a `const` thread-local, which allocates nothing and is there as long as the thread.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: usize) {
    ALLOCATED.set(ALLOCATED.get() + bytes);
}

/// What `run` allocates on this thread, in bytes.
fn allocated<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATED.get();
    let result = run();
    (result, ALLOCATED.get() - before)
}

/// xorshift64*: small, seeded, the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 16) as usize % end
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// Makes the header's length true, so that what was done to the payload is looked at.
fn mend(frame: &mut [u8]) {
    if let Ok(length) = u16::try_from(frame.len().saturating_sub(4))
        && frame.len() >= 4
    {
        frame[2..4].copy_from_slice(&length.to_be_bytes());
    }
}

/// Damages a frame in one to four ways.
fn mutate(frame: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Random) {
    const NASTY: [u8; 12] = [
        0, 1, 2, 0x0A, 0x0B, 0x30, 0x7F, 0x80, 0x91, 0xDD, 0xFE, 0xFF,
    ];
    for _ in 0..=random.below(4) {
        // The header is hit now and then, the payload most of the time.
        let first = if random.one_in(16) { 0 } else { 4 };
        if frame.len() <= first {
            frame.push(random.next() as u8);
            continue;
        }
        let at = first + random.below(frame.len() - first);
        match random.below(7) {
            0 => frame[at] ^= 1 << random.below(8),
            1 => frame[at] = NASTY[random.below(NASTY.len())],
            2 => frame.truncate(at),
            3 => frame.insert(at, NASTY[random.below(NASTY.len())]),
            4 => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len());
                frame.truncate(at);
                frame.extend_from_slice(&other[from..]);
            }
            5 => {
                let end = (at + 1 + random.below(8)).min(frame.len());
                let piece = frame[at..end].to_vec();
                for _ in 0..random.below(16) {
                    frame.splice(at..at, piece.iter().copied());
                }
            }
            _ => {
                let end = (at + 2).min(frame.len());
                frame[at..end].fill(0xFF);
            }
        }
    }
    if !random.one_in(16) {
        mend(frame);
    }
}

/// Decodes; checks memory; and if it is a frame after all, that it survives being encoded.
fn try_frame(frame: &[u8], again: bool) -> bool {
    let (decoded, bytes) = allocated(|| wire::decode(frame));
    assert!(
        bytes <= MULTIPLE * frame.len() + ALLOWANCE,
        "{bytes} bytes were allocated for {} of {frame:02x?}",
        frame.len()
    );
    let Ok(decoded) = decoded else { return false };
    if again {
        let mut out = Vec::new();
        match wire::encode_with(&decoded.message, decoded.qos, decoded.timestamp, &mut out) {
            // By the bytes: a NaN among the samples does not equal itself.
            Ok(()) => {
                let read = wire::decode(&out).expect("what we have written");
                let mut again = Vec::new();
                wire::encode_with(&read.message, read.qos, read.timestamp, &mut again)
                    .expect("what we have read");
                assert_eq!(again, out, "{frame:02x?}");
            }
            // Legacy numbers take less room than ours.
            Err(EncodeError::TooLong { .. }) => {}
            Err(error) => panic!("{error}: {decoded:?}"),
        }
    }
    true
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = frames();
    seeds.extend(legacy_frames());
    // Arrays, maps, bundles and MessagePack arrays in one another.
    for nest in [
        &[0x0A, 0, 1][..],
        &[0x0B, 0, 1, 0, 0],
        &[0x30, 0, 0, 1, 0xFF, 0xFF],
        &[0x91],
    ] {
        let head: &[u8] = match nest[0] {
            0x30 => &[0x53, 1, 0, 0],
            0x91 => b"\x53\x01\0\0\x82\xA4type\xA3SET\xA5value",
            _ => &[0x53, 1, 0, 0, 0x20, 0x20, 0, 2, b'/', b'a', 1],
        };
        let mut seed = head.to_vec();
        seed.extend(nest.repeat(40));
        mend(&mut seed);
        seeds.push(seed);
    }
    seeds
}

#[test]
fn a_million_damaged_frames_do_no_harm() {
    const THREADS: usize = 2;
    let work = |thread: usize| {
        let seeds = seeds();
        let mut random = Random(0x7EF0_117E_F011 + thread as u64);
        let mut sound = 0;
        let mut frame = Vec::new();
        for n in 0..FRAMES / THREADS {
            frame.clear();
            frame.extend_from_slice(&seeds[random.below(seeds.len())]);
            mutate(&mut frame, &seeds, &mut random);
            sound += usize::from(try_frame(&frame, n % 4 == 0));
        }
        sound
    };
    let threads = [0, 1].map(|thread| {
        // As little stack as any thread of ours has, in a build whose frames are large.
        std::thread::Builder::new()
            .stack_size(1 << 20)
            .spawn(move || work(thread))
            .expect("a thread")
    });
    let sound: usize = threads.map(|t| t.join().expect("no panic")).iter().sum();
    // If nearly none or nearly all were sound, the damage would not be doing its work.
    assert!((FRAMES / 20..FRAMES * 19 / 20).contains(&sound), "{sound}");
}

#[test]
fn a_frame_cut_anywhere_is_truncated_and_never_more() {
    for frame in frames() {
        for end in 0..frame.len() {
            let cut = &frame[..end];
            let error = wire::decode(cut).expect_err("half a frame");
            assert!(matches!(error, DecodeError::Truncated { .. }), "{error}");
            // The same with a header that does not give it away. A cut rate is no rate, and bits
            // of a stream's rate are trailing bytes.
            if end >= 4 {
                let mut cut = cut.to_vec();
                mend(&mut cut);
                match wire::decode(&cut) {
                    Ok(_) => assert_eq!(cut[4], 0x20),
                    Err(DecodeError::Truncated { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
    }
}

#[test]
fn announced_counts_cost_nothing() {
    // Each array announces all that is left; so does each map, each bundle.
    let body = 60_000;
    for (head, nest) in [
        (&[0x20, 0x20, 0, 0, 1][..], &[0x0A, 0xEA, 0x00][..]),
        (&[0x20, 0x20, 0, 0, 1], &[0x0B, 0x4E, 0x00, 0, 0]),
        (&[], &[0x30, 0, 0x4E, 0x00, 0xEA, 0x00]),
        (&[], &[0x23, 0xFF, 0xFF]),
        (&[0x81], &[0xDD, 0, 0, 0xEA, 0x00]),
    ] {
        let mut frame = vec![0x53, 1, 0, 0];
        frame.extend_from_slice(head);
        frame.extend(nest.repeat(DEPTH_MAX / 2));
        frame.resize(body, 0);
        mend(&mut frame);
        try_frame(&frame, false);
    }
}

#[test]
fn the_dearest_frames_stay_within_the_multiple() {
    let dearest = |head: &[u8], item: &[u8]| {
        let count = (65_535 - head.len() - 2) / item.len();
        let mut frame = vec![0x53, 1, 0, 0];
        frame.extend_from_slice(head);
        frame.extend_from_slice(&(count as u16).to_be_bytes());
        frame.extend(item.repeat(count));
        mend(&mut frame);
        assert!(try_frame(&frame, false), "{item:?} is not sound");
    };
    dearest(&[0x20, 0x20, 0, 0, 1, 0x0A], &[0]);
    dearest(&[0x20, 0x20, 0, 0, 1, 0x0A], &[0x0A, 0, 0]);
    dearest(&[0x20, 0x20, 0, 0, 1, 0x0B], &[0, 0, 0]);
    dearest(&[0x30, 0], &[0, 1, 0x41]);
    dearest(&[0x61], &[0, 0, 1, 0]);
    dearest(
        b"\x82\xA4type\xA6BUNDLE\xA8messages\xDC",
        b"\x81\xA4type\xA4PING",
    );
    dearest(
        b"\x82\xA4type\xA6RESULT\xA7signals\xDC",
        b"\x82\xA4type\xA5param\xA7address\xA0",
    );
}
