//! What a step does to a row of parameters, given the sum of its gradients over the batch.

use super::functions::Real;

pub trait Rule<T> {
    /// What is kept for L parameters.
    type State<const L: usize>: Copy;

    fn new(rate: f64, batch: usize) -> Self;
    fn state<const L: usize>() -> Self::State<L>;
    /// Before each step.
    fn begin(&mut self);
    fn step<const L: usize>(&self, w: &mut [T; L], state: &mut Self::State<L>, g: &[T; L]);
}

pub struct Sgd<T> {
    rate: T,
}

impl<T: Real> Rule<T> for Sgd<T> {
    type State<const L: usize> = ();

    fn new(rate: f64, batch: usize) -> Self {
        Self { rate: T::of(rate / batch as f64) }
    }

    fn state<const L: usize>() {}

    #[inline(always)]
    fn begin(&mut self) {}

    #[inline(always)]
    fn step<const L: usize>(&self, w: &mut [T; L], _: &mut (), g: &[T; L]) {
        for (w, &g) in w.iter_mut().zip(g) {
            *w = (-self.rate).fused(g, *w);
        }
    }
}

pub struct Adam<T> {
    rate: f64,
    mean: T,
    steps: i32,
    /// rate / (1 − β₁ⁿ)
    scale: T,
    /// 1 / (1 − β₂ⁿ)
    widen: T,
}

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

impl<T: Real> Rule<T> for Adam<T> {
    type State<const L: usize> = [[T; L]; 2];

    fn new(rate: f64, batch: usize) -> Self {
        Self { rate, mean: T::of(1.0 / batch as f64), steps: 0, scale: T::ZERO, widen: T::ZERO }
    }

    fn state<const L: usize>() -> Self::State<L> {
        [[T::ZERO; L]; 2]
    }

    #[inline(always)]
    fn begin(&mut self) {
        self.steps += 1;
        self.scale = T::of(self.rate / (1.0 - BETA_1.powi(self.steps)));
        self.widen = T::of(1.0 / (1.0 - BETA_2.powi(self.steps)));
    }

    #[inline(always)]
    fn step<const L: usize>(&self, w: &mut [T; L], [m, v]: &mut Self::State<L>, g: &[T; L]) {
        let (keep_1, keep_2, epsilon) = (T::of(BETA_1), T::of(BETA_2), T::of(EPSILON));
        for l in 0..L {
            let g = g[l] * self.mean;
            m[l] = keep_1.fused(m[l], (T::ONE - keep_1) * g);
            v[l] = keep_2.fused(v[l], (T::ONE - keep_2) * g * g);
            w[l] -= self.scale * m[l] / ((v[l] * self.widen).root() + epsilon);
        }
    }
}
