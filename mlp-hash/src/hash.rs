//! FNV-1a of 64 bits (Fowler, Noll and Vo), in constants, too.

/// A hash, to which data are added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fnv(u64);

impl Fnv {
    /// The hash of no data.
    pub const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    /// The hash after one more number. FNV-1a adds bytes.
    pub const fn with(self, number: u64) -> Self {
        Self((self.0 ^ number).wrapping_mul(0x0000_0100_0000_01b3))
    }

    /// The hash after these bytes.
    pub const fn with_bytes(self, bytes: &[u8]) -> Self {
        let (mut hash, mut index) = (self, 0);
        while index < bytes.len() {
            hash = hash.with(bytes[index] as u64);
            index += 1;
        }
        hash
    }

    /// The 64 bits of the hash.
    pub const fn finish(self) -> u64 {
        self.0
    }
}

/// Adds the bytes of the text.
impl core::fmt::Write for Fnv {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        *self = self.with_bytes(text.as_bytes());
        Ok(())
    }
}

/// How many bytes of a file its hash covers, at most. In constants, a byte takes rustc about a microsecond.
pub const SAMPLED: u64 = 1 << 13;

/// The hash of a file: of its length, and of bytes spread evenly over it, or of all bytes if there are few.
pub const fn of_file(bytes: &[u8]) -> u64 {
    let length = bytes.len() as u64;
    let count = if length < SAMPLED { length } else { SAMPLED };
    let (mut hash, mut index) = (Fnv::EMPTY.with(length), 0);
    while index < count {
        hash = hash.with(bytes[(index * length / count) as usize] as u64);
        index += 1;
    }
    hash.finish()
}
