//! Random numbers: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014), with a
//! stream for each name, and decimals of one step.

use super::hash::Fnv;

/// The increment of the state: 2^64 over the golden ratio, made odd.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// A pseudorandom sequence of 64-bit numbers.
///
/// With `next(state) = mix(state + GAMMA)`, SplitMix64's first output from a state, a generator
/// starts in the state
///
/// ```text
/// next(next(next(seed) ^ salt) ^ fnv1a(name))
/// ```
///
/// where fnv1a is the 64-bit FNV-1a hash of the name's UTF-8 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generator {
    state: u64,
}

impl Generator {
    /// The generator of what is called `name`, in the network that `seed` identifies.
    pub fn new(seed: u64, salt: u64, name: &str) -> Self {
        let seeded = Self { state: seed }.next_u64();
        let salted = Self { state: seeded ^ salt }.next_u64();
        let named = Self { state: salted ^ Fnv::EMPTY.with_bytes(name.as_bytes()).finish() }.next_u64();
        Self { state: named }
    }

    /// The next number, uniform over `u64`.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GAMMA);
        mix(self.state)
    }

    /// low + (high - low) u, where u in [0, 1) is a multiple of 2^-53. It takes one number of the sequence.
    ///
    /// Rounding can give `high` itself if the interval is narrow compared to its bounds.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        const SPACING: f64 = 1.0 / (1_u64 << 53) as f64;
        let unit = (self.next_u64() >> 11) as f64 * SPACING;
        low + (high - low) * unit
    }
}

/// The masks of a layer with dropout. Each bit is a function of the seed, the layer, the number of the step, the number of the
/// sample in its batch and the number of the unit; none depends on the order in which they are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Masks {
    stream: u64,
    /// As many of 2^53 numbers leave a unit out.
    dropped: u64,
}

impl Masks {
    /// The masks of `layer`, in the network that `seed` identifies, which leave out a unit with the probability `rate`.
    pub fn new(seed: u64, layer: &str, rate: f64) -> Self {
        const SALT: u64 = u64::from_be_bytes(*b"dropout\0");
        let exact = rate * (1_u64 << 53) as f64;
        let cut = exact as u64;
        let dropped = if (cut as f64) < exact { cut + 1 } else { cut };
        Self { stream: Generator::new(seed, SALT, layer).state, dropped }
    }

    /// The masks of these [`numbers`](Self::numbers).
    pub const fn from_numbers([stream, dropped]: [u64; 2]) -> Self {
        Self { stream, dropped }
    }

    /// Two numbers that determine the masks.
    pub const fn numbers(self) -> [u64; 2] {
        [self.stream, self.dropped]
    }

    /// For each unit in order whether it is kept, in a step and for a sample of its batch, both counted from any number.
    pub fn kept(self, step: u64, sample: u64) -> impl Iterator<Item = bool> {
        let next = |state: u64| mix(state.wrapping_add(GAMMA));
        let mut units = Generator { state: next(next(self.stream ^ step) ^ sample) };
        core::iter::repeat_with(move || units.next_u64() >> 11 >= self.dropped)
    }
}

/// SplitMix64's finalizer (David Stafford's variant 13 of MurmurHash3's).
fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The multiples of a decimal step, from the least to the greatest: k · numerator / denominator.
///
/// The denominator is a power of ten of at most 10^22, and no k · numerator is above 2^53. So a multiple is one division of exact
/// numbers, and with that the float nearest to the decimal: 0.35, never 0.35000000000000003.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    numerator: i64,
    denominator: i64,
    least: i64,
    greatest: i64,
}

impl Grid {
    /// The multiples of numerator / denominator for k from `least` to `greatest`.
    pub const fn new(numerator: i64, denominator: i64, least: i64, greatest: i64) -> Self {
        Self { numerator, denominator, least, greatest }
    }

    /// The arguments of [`new`](Self::new).
    pub const fn numbers(self) -> [i64; 4] {
        [self.numerator, self.denominator, self.least, self.greatest]
    }

    /// The multiple nearest to `x`, the upper of two.
    pub fn nearest(self, x: f64) -> f64 {
        let (numerator, denominator) = (self.numerator as f64, self.denominator as f64);
        let above = x * denominator / numerator + 0.5;
        let cut = above as i64;
        let floor = if cut as f64 > above { cut.wrapping_sub(1) } else { cut };
        let multiple = if floor < self.least {
            self.least
        } else if floor > self.greatest {
            self.greatest
        } else {
            floor
        };
        multiple as f64 * numerator / denominator
    }
}
