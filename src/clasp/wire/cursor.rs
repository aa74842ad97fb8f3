//! A cursor over untrusted bytes: checks every read, and checks announced counts before memory is
//! allocated for them.
//!
//! Takes a byte slice. Gives numbers and parts of the slice, or [`DecodeError::Truncated`], which
//! names what was being read.

use std::borrow::Cow;

use super::error::DecodeError;

/// The bytes that are left to read, and how many of them are claimed.
///
/// A frame that announces 65,535 items in its last three bytes must not cause an allocation for
/// them, and neither may 64 nested arrays that each announce the whole rest of the frame. So
/// [`Cursor::claim`] reserves the least number of bytes that the announced items can take. All
/// claims together never exceed the input, so the memory allocated for them never exceeds a fixed
/// multiple of the input.
pub(super) struct Cursor<'a> {
    rest: &'a [u8],
    claimed: usize,
}

impl<'a> Cursor<'a> {
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        Cursor {
            rest: bytes,
            claimed: 0,
        }
    }

    /// How many bytes are left.
    #[inline]
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// Reserves `size` bytes for each of the next `count` items.
    #[inline]
    pub fn claim(
        &mut self,
        count: usize,
        size: usize,
        what: &'static str,
    ) -> Result<(), DecodeError> {
        // `count` comes from a u16 or u32 and `size` is a small constant: no overflow in 64 bits,
        // and saturation keeps 32 bits safe.
        let claimed = self.claimed.saturating_add(count.saturating_mul(size));
        if claimed > self.rest.len() {
            return Err(DecodeError::Truncated { what });
        }
        self.claimed = claimed;
        Ok(())
    }

    /// Ends the reservation of the next claimed item, so that it can be read.
    #[inline]
    pub fn redeem(&mut self, size: usize) {
        self.claimed -= size;
    }

    #[inline]
    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], DecodeError> {
        match self.rest.split_first_chunk::<N>() {
            Some((head, rest)) => {
                self.rest = rest;
                Ok(*head)
            }
            None => Err(DecodeError::Truncated { what }),
        }
    }

    #[inline]
    pub fn u8(&mut self, what: &'static str) -> Result<u8, DecodeError> {
        Ok(self.array::<1>(what)?[0])
    }

    #[inline]
    pub fn u16(&mut self, what: &'static str) -> Result<u16, DecodeError> {
        Ok(u16::from_be_bytes(self.array(what)?))
    }

    #[inline]
    pub fn u32(&mut self, what: &'static str) -> Result<u32, DecodeError> {
        Ok(u32::from_be_bytes(self.array(what)?))
    }

    #[inline]
    pub fn u64(&mut self, what: &'static str) -> Result<u64, DecodeError> {
        Ok(u64::from_be_bytes(self.array(what)?))
    }

    #[inline]
    pub fn i64(&mut self, what: &'static str) -> Result<i64, DecodeError> {
        Ok(i64::from_be_bytes(self.array(what)?))
    }

    #[inline]
    pub fn f32(&mut self, what: &'static str) -> Result<f32, DecodeError> {
        Ok(f32::from_be_bytes(self.array(what)?))
    }

    #[inline]
    pub fn f64(&mut self, what: &'static str) -> Result<f64, DecodeError> {
        Ok(f64::from_be_bytes(self.array(what)?))
    }

    /// The next `length` bytes.
    #[inline]
    pub fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        match self.rest.split_at_checked(length) {
            Some((head, rest)) => {
                self.rest = rest;
                Ok(head)
            }
            None => Err(DecodeError::Truncated { what }),
        }
    }

    /// The next `length` bytes, to be read by another cursor. They may not overlap claimed bytes,
    /// because both cursors would then count the same bytes.
    #[inline]
    pub fn part(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        if length > self.rest.len() - self.claimed.min(self.rest.len()) {
            return Err(DecodeError::Truncated { what });
        }
        self.take(length, what)
    }

    /// A byte string: u16 length, bytes.
    #[inline]
    pub fn bytes(&mut self, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let length = self.u16(what)?;
        self.take(usize::from(length), what)
    }

    /// A string: u16 length, UTF-8.
    #[inline]
    pub fn str(&mut self, what: &'static str) -> Result<&'a str, DecodeError> {
        utf8(self.bytes(what)?, what)
    }

    /// A string as a borrowed [`Cow`].
    #[inline]
    pub fn text(&mut self, what: &'static str) -> Result<Cow<'a, str>, DecodeError> {
        self.str(what).map(Cow::Borrowed)
    }
}

/// Checks that bytes are UTF-8.
#[inline]
pub(super) fn utf8<'a>(bytes: &'a [u8], what: &'static str) -> Result<&'a str, DecodeError> {
    std::str::from_utf8(bytes).map_err(|e| DecodeError::malformed(what, e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_cannot_be_claimed_again() {
        let mut cursor = Cursor::new(&[0; 10]);
        cursor.claim(5, 1, "outer").unwrap();
        assert_eq!(
            cursor.claim(6, 1, "inner"),
            Err(DecodeError::Truncated { what: "inner" })
        );
        cursor.claim(5, 1, "inner").unwrap();
        cursor.redeem(1);
        cursor.claim(1, 1, "inner").unwrap();
    }

    #[test]
    fn a_part_cannot_reach_into_a_claim() {
        let mut cursor = Cursor::new(&[0; 10]);
        cursor.claim(2, 3, "items").unwrap();
        assert!(cursor.part(5, "item").is_err());
        assert_eq!(cursor.part(4, "item").unwrap().len(), 4);
        // The claimed bytes are missing: reading on fails and does not wrap around.
        cursor.take(6, "rest").unwrap();
        assert!(cursor.part(1, "item").is_err());
    }
}
