//! The format of one log file: batches of records, each complete or absent.
//!
//! ```text
//! "trefoil state 1\n"                        16 bytes
//! u32 length, u32 CRC-32 of data, data       a batch of records
//! u32 length, u32 CRC-32 of data, data       …
//! ```
//!
//! Takes the bytes of a file. Gives its batches, and the offset of the first incomplete one: a
//! crash leaves such a batch at the end.

/// The first bytes of a file: its kind and version.
pub const MAGIC: &[u8; 16] = b"trefoil state 1\n";

/// The length of the header of a batch.
pub const BATCH_HEAD: usize = 8;

/// The header of a batch.
pub fn head(data: &[u8]) -> [u8; BATCH_HEAD] {
    let mut head = [0; BATCH_HEAD];
    head[..4].copy_from_slice(&(data.len() as u32).to_be_bytes());
    head[4..].copy_from_slice(&crc32fast::hash(data).to_be_bytes());
    head
}

/// The batches of a file, in order, up to the first incomplete one.
#[derive(Debug)]
pub struct Batches<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Batches<'a> {
    /// Reads a file; `None` if it does not begin with `magic`.
    pub fn of(bytes: &'a [u8], magic: &[u8; 16]) -> Option<Batches<'a>> {
        bytes.starts_with(magic).then_some(Batches {
            bytes,
            at: magic.len(),
        })
    }

    /// Continues at an offset that [`position`](Self::position) has given.
    pub fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The offset of the next batch; after the last one, the end of the valid part.
    pub fn position(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Batches<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..)?;
        let (head_bytes, rest) = rest.split_at_checked(BATCH_HEAD)?;
        let length = u32::from_be_bytes(head_bytes[..4].try_into().ok()?);
        let data = rest.get(..usize::try_from(length).ok()?)?;
        // Empty batches are never written; a crash may leave zeros.
        if data.is_empty() || head(data) != *head_bytes {
            return None;
        }
        self.at += BATCH_HEAD + data.len();
        Some(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(batches: &[&[u8]]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for batch in batches {
            bytes.extend_from_slice(&head(batch));
            bytes.extend_from_slice(batch);
        }
        bytes
    }

    #[test]
    fn wherever_it_was_torn_the_batches_before_are_there() {
        let whole = file(&[b"one", b"three", b"x"]);
        let ends = [16, 27, 40, 49];
        for length in MAGIC.len()..=whole.len() {
            let mut batches = Batches::of(&whole[..length], MAGIC).expect("its beginning is whole");
            let count = batches.by_ref().count();
            let end = ends.iter().rposition(|end| *end <= length);
            assert_eq!(Some(count), end, "{length}");
            assert_eq!(batches.position(), ends[count]);
        }
    }

    #[test]
    fn a_changed_bit_is_seen_wherever_it_is() {
        let whole = file(&[b"one", b"two"]);
        for bit in MAGIC.len() * 8..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let good: Vec<&[u8]> = Batches::of(&bytes, MAGIC).expect("not there").collect();
            let first: &[&[u8]] = &[b"one"];
            let expected = if bit / 8 < 27 { &[] } else { first };
            assert_eq!(good, expected, "{bit}");
        }
        assert!(Batches::of(b"trefoil", MAGIC).is_none());
        let mut zeros = whole;
        zeros.extend([0; 4096]);
        let mut batches = Batches::of(&zeros, MAGIC).expect("it is one");
        assert_eq!(batches.by_ref().count(), 2);
        assert_eq!(batches.position(), 38);
    }
}
