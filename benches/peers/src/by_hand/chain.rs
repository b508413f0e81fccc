//! A chain of layers: each calls the next, so that all sizes are constants.

use std::marker::PhantomData;

use super::dense::{Dense, Row, boxed};
use super::functions::{Activation, Real};
use super::rules::Rule;

/// A layer and the layers after it, for batches of B samples with XN · XL inputs and O targets.
pub trait Chain<T, U, const XN: usize, const XL: usize, const O: usize, const B: usize> {
    fn new() -> Self;
    fn load(&mut self, parameters: &mut impl Iterator<Item = f64>);
    fn save(&self, parameters: &mut Vec<f64>);
    fn outputs(&self) -> Vec<f64>;
    fn forward(&mut self, x: &[Row<T, XN, XL>; B]);
    /// One step; writes the gradients with respect to `x` where they are needed.
    fn train(
        &mut self,
        x: &[Row<T, XN, XL>; B],
        targets: &[[T; O]; B],
        rule: &U,
        dx: Option<&mut [Row<T, XN, XL>; B]>,
    );
}

pub struct Hidden<
    T: Real,
    U: Rule<T>,
    A,
    const I: usize,
    const H: usize,
    const N: usize,
    const L: usize,
    const B: usize,
    Next,
> {
    dense: Dense<T, U, I, H, N, L>,
    y: Box<[Row<T, N, L>; B]>,
    delta: Box<[Row<T, N, L>; B]>,
    next: Next,
    activation: PhantomData<A>,
}

#[rustfmt::skip]
impl<T: Real, U: Rule<T>, A: Activation<T>, Next: Chain<T, U, N, L, O, B>, const XN: usize, const XL: usize,
    const I: usize, const H: usize, const N: usize, const L: usize, const O: usize, const B: usize>
    Chain<T, U, XN, XL, O, B> for Hidden<T, U, A, I, H, N, L, B, Next>
{
    fn new() -> Self {
        let zero = [[T::ZERO; L]; N];
        Self { dense: Dense::new(), y: boxed(zero), delta: boxed(zero), next: Next::new(), activation: PhantomData }
    }

    fn load(&mut self, parameters: &mut impl Iterator<Item = f64>) {
        self.dense.load(parameters);
        self.next.load(parameters);
    }

    fn save(&self, parameters: &mut Vec<f64>) {
        self.dense.save(parameters);
        self.next.save(parameters);
    }

    fn outputs(&self) -> Vec<f64> {
        self.next.outputs()
    }

    #[inline(always)]
    fn forward(&mut self, x: &[Row<T, XN, XL>; B]) {
        self.dense.forward(x, &mut self.y, A::of);
        self.next.forward(&self.y);
    }

    #[inline(always)]
    fn train(
        &mut self,
        x: &[Row<T, XN, XL>; B],
        targets: &[[T; O]; B],
        rule: &U,
        dx: Option<&mut [Row<T, XN, XL>; B]>,
    ) {
        self.dense.forward(x, &mut self.y, A::of);
        self.next.train(&self.y, targets, rule, Some(&mut self.delta));
        for (delta, y) in self.delta.iter_mut().zip(&*self.y) {
            for (delta, &y) in delta.as_flattened_mut().iter_mut().zip(y.as_flattened()) {
                *delta = *delta * A::slope(y);
            }
        }
        if let Some(dx) = dx {
            self.dense.backward(&self.delta, dx);
        }
        self.dense.update(x, &self.delta, rule);
    }
}

/// The output's function together with the loss.
pub trait Ending<T> {
    /// From net inputs, all panels of one sample, to outputs.
    fn finish<const O: usize>(row: &mut [T]);
    /// The gradient of the loss with respect to the net inputs.
    fn delta<const O: usize>(y: &[T], target: &[T; O], delta: &mut [T]);
}

/// ½ Σ (t − o)², or with MEAN Σ (t − o)² / n.
pub struct Squared<A, const MEAN: bool>(PhantomData<A>);

impl<T: Real, A: Activation<T>, const MEAN: bool> Ending<T> for Squared<A, MEAN> {
    #[inline(always)]
    fn finish<const O: usize>(row: &mut [T]) {
        for y in row {
            *y = A::of(*y);
        }
    }

    #[inline(always)]
    fn delta<const O: usize>(y: &[T], target: &[T; O], delta: &mut [T]) {
        let factor = if MEAN { T::of(2.0 / O as f64) } else { T::ONE };
        for ((delta, &y), &t) in delta.iter_mut().zip(y).zip(target) {
            *delta = factor * (y - t) * A::slope(y);
        }
    }
}

/// Softmax and cross-entropy.
pub struct CrossEntropy;

impl<T: Real> Ending<T> for CrossEntropy {
    #[inline(always)]
    fn finish<const O: usize>(row: &mut [T]) {
        let row = &mut row[..O];
        let mut greatest = row[0];
        for &z in &*row {
            greatest = if z > greatest { z } else { greatest };
        }
        let mut sum = T::ZERO;
        for y in &mut *row {
            *y = (*y - greatest).exp();
        }
        for &y in &*row {
            sum += y;
        }
        let scale = T::ONE / sum;
        for y in row {
            *y = *y * scale;
        }
    }

    #[inline(always)]
    fn delta<const O: usize>(y: &[T], target: &[T; O], delta: &mut [T]) {
        for ((delta, &y), &t) in delta.iter_mut().zip(y).zip(target) {
            *delta = y - t;
        }
    }
}

pub struct Last<
    T: Real,
    U: Rule<T>,
    E,
    const I: usize,
    const O: usize,
    const N: usize,
    const L: usize,
    const B: usize,
> {
    dense: Dense<T, U, I, O, N, L>,
    y: Box<[Row<T, N, L>; B]>,
    delta: Box<[Row<T, N, L>; B]>,
    ending: PhantomData<E>,
}

#[rustfmt::skip]
impl<T: Real, U: Rule<T>, E: Ending<T>, const XN: usize, const XL: usize,
    const I: usize, const O: usize, const N: usize, const L: usize, const B: usize>
    Chain<T, U, XN, XL, O, B> for Last<T, U, E, I, O, N, L, B>
{
    fn new() -> Self {
        let zero = [[T::ZERO; L]; N];
        Self { dense: Dense::new(), y: boxed(zero), delta: boxed(zero), ending: PhantomData }
    }

    fn load(&mut self, parameters: &mut impl Iterator<Item = f64>) {
        self.dense.load(parameters);
    }

    fn save(&self, parameters: &mut Vec<f64>) {
        self.dense.save(parameters);
    }

    fn outputs(&self) -> Vec<f64> {
        self.y.iter().flat_map(|y| y.as_flattened()[..O].iter().map(|y| y.to_f64())).collect()
    }

    #[inline(always)]
    fn forward(&mut self, x: &[Row<T, XN, XL>; B]) {
        self.dense.forward(x, &mut self.y, |net| net);
        for y in &mut *self.y {
            E::finish::<O>(y.as_flattened_mut());
        }
    }

    #[inline(always)]
    fn train(
        &mut self,
        x: &[Row<T, XN, XL>; B],
        targets: &[[T; O]; B],
        rule: &U,
        dx: Option<&mut [Row<T, XN, XL>; B]>,
    ) {
        Chain::<T, U, XN, XL, O, B>::forward(self, x);
        for ((delta, y), target) in self.delta.iter_mut().zip(&*self.y).zip(targets) {
            E::delta(y.as_flattened(), target, delta.as_flattened_mut());
        }
        if let Some(dx) = dx {
            self.dense.backward(&self.delta, dx);
        }
        self.dense.update(x, &self.delta, rule);
    }
}
