//! Random start values: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014), with
//! a stream for each parameter.

use super::functions::f64::{ln, sqrt};
use super::hash::Fnv;
use super::scalar::Scalar;

/// The increment of the state: 2^64 over the golden ratio, made odd.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// A pseudorandom sequence of 64-bit numbers.
///
/// With `next(state) = mix(state + GAMMA)`, SplitMix64's first output from a state, a stream
/// starts in the state
///
/// ```text
/// next(next(next(seed) ^ salt) ^ fnv1a(name))
/// ```
///
/// where fnv1a is the 64-bit FNV-1a hash of the name's UTF-8 bytes. So the parameters of a network draw independently: a
/// parameter keeps its values when others are added or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    state: u64,
}

impl Stream {
    /// The stream of the parameter `name` of the network that `salt` identifies.
    pub fn new(seed: u64, salt: u64, name: &str) -> Self {
        let seeded = Self { state: seed }.next_u64();
        let salted = Self { state: seeded ^ salt }.next_u64();
        let named = Self { state: salted ^ Fnv::EMPTY.with_bytes(name.as_bytes()).finish() }.next_u64();
        Self { state: named }
    }

    /// The next number of the stream, uniform over `u64`.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GAMMA);
        mix(self.state)
    }

    /// low + (high - low) u, where u in [0, 1) is a multiple of 2^-53. It takes one number of the stream.
    ///
    /// Rounding can give `high` itself if the interval is narrow compared to its bounds.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        const SPACING: f64 = 1.0 / (1_u64 << 53) as f64;
        let unit = (self.next_u64() >> 11) as f64 * SPACING;
        low + (high - low) * unit
    }

    /// A normally distributed number, by Marsaglia's polar method (1964): pairs u and v of `uniform(-1, 1)` until
    /// s = u² + v² is above 0 and below 1; then mean + deviation u √(-2 ln s / s). The second number of the pair is not
    /// used.
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        loop {
            let (u, v) = (self.uniform(-1.0, 1.0), self.uniform(-1.0, 1.0));
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                return mean + deviation * (u * sqrt(-2.0 * ln(s) / s));
            }
        }
    }

    /// [`normal`](Self::normal), rounded once to `T`.
    pub fn normal_scalar<T: Scalar>(&mut self, mean: f64, deviation: f64) -> T {
        T::from_f64(self.normal(mean, deviation))
    }

    /// Draws each element of x, in order.
    pub fn normal_vector<T: Scalar, const N: usize>(&mut self, mean: f64, deviation: f64, x: &mut [T; N]) {
        for x in x {
            *x = self.normal_scalar(mean, deviation);
        }
    }

    /// Draws each element of x, row after row.
    pub fn normal_matrix<T: Scalar, const N: usize, const M: usize>(
        &mut self,
        mean: f64,
        deviation: f64,
        x: &mut [[T; M]; N],
    ) {
        for row in x {
            self.normal_vector(mean, deviation, row);
        }
    }

    /// [`uniform`](Self::uniform), rounded once to `T`.
    pub fn uniform_scalar<T: Scalar>(&mut self, low: f64, high: f64) -> T {
        T::from_f64(self.uniform(low, high))
    }

    /// Draws each element of x, in order.
    pub fn uniform_vector<T: Scalar, const N: usize>(&mut self, low: f64, high: f64, x: &mut [T; N]) {
        for x in x {
            *x = self.uniform_scalar(low, high);
        }
    }

    /// Draws each element of x, row after row.
    pub fn uniform_matrix<T: Scalar, const N: usize, const M: usize>(
        &mut self,
        low: f64,
        high: f64,
        x: &mut [[T; M]; N],
    ) {
        for row in x {
            self.uniform_vector(low, high, row);
        }
    }
}

/// SplitMix64's finalizer (David Stafford's variant 13 of MurmurHash3's).
fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
