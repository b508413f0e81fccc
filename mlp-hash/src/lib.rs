//! The hash that the compiler and the code it generates share: of names for random start values, of weight files, and of
//! specifications.
#![no_std]
#![forbid(unsafe_code)]

mod hash;

pub use hash::{Fnv, SAMPLED, of_file};

/// The text of the module, for programs that do without the crate.
#[cfg(feature = "source")]
pub const SOURCE: &str = include_str!("hash.rs");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        // Test vectors of draft-eastlake-fnv.
        for (text, hash) in
            [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)]
        {
            assert_eq!(Fnv::EMPTY.with_bytes(text.as_bytes()).finish(), hash, "{text}");
        }
    }

    #[test]
    fn the_hash_of_a_file_covers_its_length_and_bytes_spread_over_it() {
        assert_eq!(of_file(b"ab"), Fnv::EMPTY.with(2).with_bytes(b"ab").finish());
        let mut large = [0; 1 << 16];
        let before = of_file(&large);
        large[8 * 77] = 1;
        assert_ne!(of_file(&large), before);
        assert_ne!(of_file(&large[1..]), before);
    }
}
