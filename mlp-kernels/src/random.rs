//! Random start values: a stream of numbers for each parameter.

use super::draws::{Generator, Grid};
use super::functions::f64::{ln, sqrt};
use super::scalar::Scalar;

/// The random numbers of a parameter, from a generator. The parameters of a network draw independently: a
/// parameter keeps its values when others are added or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    generator: Generator,
    grid: Option<Grid>,
}

impl Stream {
    /// The stream of the parameter `name` of the network that `salt` identifies.
    pub fn new(seed: u64, salt: u64, name: &str) -> Self {
        Self { generator: Generator::new(seed, salt, name), grid: None }
    }

    /// The stream whose start values are the nearest multiples of a step.
    pub fn on(self, grid: Grid) -> Self {
        Self { grid: Some(grid), ..self }
    }

    /// The next number of the stream, uniform over `u64`.
    pub fn next_u64(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// The start value of a drawn number: the nearest multiple of the step, if there is one, rounded once to `T`.
    fn start<T: Scalar>(&self, drawn: f64) -> T {
        T::from_f64(match self.grid {
            Some(grid) => grid.nearest(drawn),
            None => drawn,
        })
    }

    /// low + (high - low) u, where u in [0, 1) is a multiple of 2^-53. It takes one number of the stream.
    ///
    /// Rounding can give `high` itself if the interval is narrow compared to its bounds.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        self.generator.uniform(low, high)
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

    /// [`normal`](Self::normal) as a start value.
    pub fn normal_scalar<T: Scalar>(&mut self, mean: f64, deviation: f64) -> T {
        let drawn = self.normal(mean, deviation);
        self.start(drawn)
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

    /// [`uniform`](Self::uniform) as a start value.
    pub fn uniform_scalar<T: Scalar>(&mut self, low: f64, high: f64) -> T {
        let drawn = self.uniform(low, high);
        self.start(drawn)
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
