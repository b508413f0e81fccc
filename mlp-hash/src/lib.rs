//! What the compiler and the code it generates share: the hash of names for random start values, of weight files, and of
//! specifications, and the generator of random numbers.
#![no_std]
#![forbid(unsafe_code)]

mod draws;
mod hash;

pub use draws::{Generator, Grid, Masks};
pub use hash::{Fnv, SAMPLED, of_file};

/// The text of the module of hashes, for programs that do without the crate.
#[cfg(feature = "source")]
pub const SOURCE: &str = include_str!("hash.rs");

/// The text of the module of random numbers.
#[cfg(feature = "source")]
pub const DRAWS: &str = include_str!("draws.rs");

#[cfg(test)]
extern crate std;

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[test]
    fn multiples_are_the_floats_of_their_decimals() {
        let twentieths = Grid::new(5, 100, -20, 20);
        for (x, nearest) in [
            (0.351, 0.35),
            (-0.33, -0.35),
            (0.974, 0.95),
            (0.975, 1.0),
            (7.0, 1.0),
            (-7.0, -1.0),
            (-0.01, 0.0),
        ] {
            assert_eq!(twentieths.nearest(x).to_bits(), f64::to_bits(nearest), "{x}");
        }
        // 3 · 0.1 is 0.30000000000000004.
        assert_eq!(Grid::new(1, 10, 0, 10).nearest(0.3001).to_bits(), 0.3_f64.to_bits());
        assert_eq!(Grid::new(250, 1, -8, 8).nearest(-1100.0).to_bits(), (-1000.0_f64).to_bits());
    }

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

    /// Rates within four standard deviations over 10⁶ draws, and correlations between neighbours in each direction.
    #[test]
    fn masks_have_their_rate_and_are_independent() {
        const STEPS: u64 = 40;
        const SAMPLES: u64 = 50;
        const UNITS: usize = 500;
        let count = (STEPS * SAMPLES * UNITS as u64) as f64;
        for rate in [0.2, 0.5] {
            let masks = [Masks::new(0, "h1", rate), Masks::new(0, "h2", rate), Masks::new(1, "h1", rate)];
            let of = |masks: Masks, step: u64, sample: u64| {
                let mask = masks.kept(step, sample).take(UNITS);
                mask.map(|kept| f64::from(u8::from(kept)) - (1.0 - rate)).collect::<Vec<f64>>()
            };
            let variance = rate * (1.0 - rate);
            let (mut sum, mut products) = (0.0, [0.0; 5]);
            for (step, sample) in
                (0..STEPS).flat_map(|step| (0..SAMPLES).map(move |sample| (step + 1, sample)))
            {
                let own = of(masks[0], step, sample);
                sum += own.iter().sum::<f64>();
                let mut shifted = own.clone();
                shifted.rotate_left(1);
                let others = [
                    shifted,
                    of(masks[0], step + 1, sample),
                    of(masks[0], step, sample + 1),
                    of(masks[1], step, sample),
                    of(masks[2], step, sample),
                ];
                for (product, other) in products.iter_mut().zip(others) {
                    *product += own.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
                }
            }
            let off = sum / (count * variance).sqrt();
            assert!(off.abs() < 4.0, "{rate}: {off} standard deviations");
            for product in products {
                let off = product / (count.sqrt() * variance);
                assert!(off.abs() < 4.0, "{rate}: {off} standard deviations");
            }
        }
    }

    #[test]
    fn a_mask_is_a_function_of_its_numbers() {
        let masks = Masks::new(7, "h", 0.5);
        assert_eq!(Masks::from_numbers(masks.numbers()), masks);
        let mask =
            |step, sample| masks.kept(step, sample).take(8).fold(0, |bits, kept| bits << 1 | u8::from(kept));
        // Computed by `mask` of tests/trajectories/trajectories.py.
        assert_eq!([mask(1, 0), mask(1, 1), mask(2, 0), mask(u64::MAX, 3)], [29, 249, 55, 230]);
    }
}
