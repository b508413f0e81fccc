//! FNV-1a of 64 bits (Fowler, Noll and Vo).

/// A hash, to which text is added.
#[derive(Clone, Copy)]
pub(super) struct Fnv(u64);

impl Fnv {
    /// The hash of no data.
    pub(super) const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    /// The 64 bits of the hash.
    pub(super) fn finish(self) -> u64 {
        self.0
    }
}

/// Adds the bytes of the text.
impl std::fmt::Write for Fnv {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        self.0 = text.bytes().fold(self.0, add);
        Ok(())
    }
}
