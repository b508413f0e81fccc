//! A dense layer of constant size. Its columns lie in panels of as many as registers hold, so
//! that every product runs over memory in order; unused columns of the last panel stay 0.

use std::array::from_fn;

use super::functions::Real;
use super::rules::Rule;

/// One sample's numbers, in panels.
pub type Row<T, const N: usize, const L: usize> = [[T; L]; N];

/// I inputs, O outputs in N panels of L.
pub struct Dense<T: Real, U: Rule<T>, const I: usize, const O: usize, const N: usize, const L: usize> {
    weights: Box<[[[T; L]; I]; N]>,
    biases: Row<T, N, L>,
    weight_states: Box<[[U::State<L>; I]; N]>,
    bias_states: [U::State<L>; N],
}

impl<T: Real, U: Rule<T>, const I: usize, const O: usize, const N: usize, const L: usize>
    Dense<T, U, I, O, N, L>
{
    pub fn new() -> Self {
        Self {
            weights: boxed([[T::ZERO; L]; I]),
            biases: [[T::ZERO; L]; N],
            weight_states: boxed([U::state(); I]),
            bias_states: [U::state(); N],
        }
    }

    /// Takes its parameters, weights row by row and then biases.
    pub fn load(&mut self, values: &mut impl Iterator<Item = f64>) {
        *self = Self::new();
        for i in 0..I {
            for (o, value) in (0..O).zip(&mut *values) {
                self.weights[o / L][i][o % L] = T::of(value);
            }
        }
        for (o, value) in (0..O).zip(values) {
            self.biases[o / L][o % L] = T::of(value);
        }
    }

    pub fn save(&self, values: &mut Vec<f64>) {
        for i in 0..I {
            values.extend((0..O).map(|o| self.weights[o / L][i][o % L].to_f64()));
        }
        values.extend((0..O).map(|o| self.biases[o / L][o % L].to_f64()));
    }

    /// y = f(x W + b), four samples at a time.
    #[inline(always)]
    pub fn forward<const XN: usize, const XL: usize, const B: usize>(
        &self,
        x: &[Row<T, XN, XL>; B],
        y: &mut [Row<T, N, L>; B],
        f: impl Fn(T) -> T + Copy,
    ) {
        for p in 0..N {
            let (x_blocks, x_rest) = x.as_chunks::<4>();
            let (y_blocks, y_rest) = y.as_chunks_mut::<4>();
            for (x, y) in x_blocks.iter().zip(y_blocks) {
                self.forward_panel(p, x, y, f);
            }
            for (x, y) in x_rest.as_chunks::<1>().0.iter().zip(y_rest.as_chunks_mut::<1>().0) {
                self.forward_panel(p, x, y, f);
            }
        }
    }

    #[inline(always)]
    fn forward_panel<const XN: usize, const XL: usize, const S: usize>(
        &self,
        p: usize,
        x: &[Row<T, XN, XL>; S],
        y: &mut [Row<T, N, L>; S],
        f: impl Fn(T) -> T,
    ) {
        let terms = self.weights[p].iter().enumerate();
        let terms = terms.map(|(i, weights)| (from_fn(|s| x[s].as_flattened()[i]), weights));
        let sums = tile([self.biases[p]; S], terms);
        for (y, sums) in y.iter_mut().zip(sums) {
            y[p] = sums.map(&f);
        }
    }

    /// dx = delta Wᵀ.
    #[inline(always)]
    pub fn backward<const XN: usize, const XL: usize, const B: usize>(
        &self,
        delta: &[Row<T, N, L>; B],
        dx: &mut [Row<T, XN, XL>; B],
    ) {
        if B == 1 {
            for (i, dx) in dx.as_flattened_mut().as_flattened_mut()[..I].iter_mut().enumerate() {
                *dx = self.dot(i, &delta[0]);
            }
            return;
        }
        for i in (0..I / XL * XL).step_by(XL) {
            self.backward_inputs(i, XL, delta, dx);
        }
        if !I.is_multiple_of(XL) {
            self.backward_inputs(I / XL * XL, I % XL, delta, dx);
        }
    }

    /// The product of a row of weights, alone in its panels, with `delta`.
    #[inline(always)]
    fn dot(&self, i: usize, delta: &Row<T, N, L>) -> T {
        let mut sums = [T::ZERO; L];
        for (weights, delta) in self.weights.iter().zip(delta) {
            for ((sum, &w), &d) in sums.iter_mut().zip(&weights[i]).zip(delta) {
                *sum = d.fused(w, *sum);
            }
        }
        total(sums)
    }

    /// Transposes `count` rows of weights, to go on as forward: four samples at a time.
    #[inline(always)]
    fn backward_inputs<const XN: usize, const XL: usize, const B: usize>(
        &self,
        i: usize,
        count: usize,
        delta: &[Row<T, N, L>; B],
        dx: &mut [Row<T, XN, XL>; B],
    ) {
        let mut transposed = [[[T::ZERO; XL]; L]; N];
        for (transposed, weights) in transposed.iter_mut().zip(&*self.weights) {
            for (r, row) in weights[i..][..count].iter().enumerate() {
                for (l, &w) in row.iter().enumerate() {
                    transposed[l][r] = w;
                }
            }
        }
        let (blocks, rest) = delta.as_chunks::<4>();
        let (dx_blocks, dx_rest) = dx.as_chunks_mut::<4>();
        for (delta, dx) in blocks.iter().zip(dx_blocks) {
            backward_samples(transposed.as_flattened(), delta, dx, i / XL);
        }
        for (delta, dx) in rest.as_chunks::<1>().0.iter().zip(dx_rest.as_chunks_mut::<1>().0) {
            backward_samples(transposed.as_flattened(), delta, dx, i / XL);
        }
    }

    /// A step along the gradients xᵀ delta, four inputs at a time.
    #[inline(always)]
    pub fn update<const XN: usize, const XL: usize, const B: usize>(
        &mut self,
        x: &[Row<T, XN, XL>; B],
        delta: &[Row<T, N, L>; B],
        rule: &U,
    ) {
        for p in 0..N {
            for i in (0..I / 4 * 4).step_by(4) {
                self.update_inputs::<XN, XL, B, 4>(x, delta, rule, p, i);
            }
            for i in I / 4 * 4..I {
                self.update_inputs::<XN, XL, B, 1>(x, delta, rule, p, i);
            }
            let [sums] = tile([[T::ZERO; L]], delta.iter().map(|delta| ([T::ONE], &delta[p])));
            rule.step(&mut self.biases[p], &mut self.bias_states[p], &sums);
        }
    }

    #[inline(always)]
    fn update_inputs<const XN: usize, const XL: usize, const B: usize, const R: usize>(
        &mut self,
        x: &[Row<T, XN, XL>; B],
        delta: &[Row<T, N, L>; B],
        rule: &U,
        p: usize,
        i: usize,
    ) {
        let terms = x.iter().zip(delta);
        let terms = terms.map(|(x, delta)| (from_fn(|r| x.as_flattened()[i + r]), &delta[p]));
        let sums = tile([[T::ZERO; L]; R], terms);
        for (r, sums) in sums.iter().enumerate() {
            rule.step(&mut self.weights[p][i + r], &mut self.weight_states[p][i + r], sums);
        }
    }
}

/// Adds products of S factors with rows of L to sums small enough for registers.
#[inline(always)]
fn tile<'a, T: Real, const S: usize, const L: usize>(
    mut sums: [[T; L]; S],
    terms: impl Iterator<Item = ([T; S], &'a [T; L])>,
) -> [[T; L]; S] {
    for (factors, row) in terms {
        for s in 0..S {
            for l in 0..L {
                sums[s][l] = factors[s].fused(row[l], sums[s][l]);
            }
        }
    }
    sums
}

#[inline(always)]
fn backward_samples<
    T: Real,
    const S: usize,
    const N: usize,
    const L: usize,
    const XN: usize,
    const XL: usize,
>(
    transposed: &[[T; XL]],
    delta: &[Row<T, N, L>; S],
    dx: &mut [Row<T, XN, XL>; S],
    panel: usize,
) {
    let terms = transposed.iter().enumerate();
    let terms = terms.map(|(j, row)| (from_fn(|s| delta[s].as_flattened()[j]), row));
    for (dx, sums) in dx.iter_mut().zip(tile([[T::ZERO; XL]; S], terms)) {
        dx[panel] = sums;
    }
}

/// The sum of the lanes: eight at a time, and these by halves.
#[inline(always)]
fn total<T: Real, const L: usize>(lanes: [T; L]) -> T {
    let (eights, rest) = lanes.as_chunks::<8>();
    let rest = rest.iter().fold(T::ZERO, |sum, &lane| sum + lane);
    let add = |left: [T; 8], right: &[T; 8]| from_fn(|l| left[l] + right[l]);
    match eights.split_first() {
        Some((&first, others)) => {
            let [a, b, c, d, e, f, g, h] = others.iter().fold(first, add);
            ((a + e) + (c + g)) + ((b + f) + (d + h)) + rest
        }
        None => rest,
    }
}

/// Built on the heap: a large array must not pass over the stack.
pub fn boxed<E: Copy, const N: usize>(element: E) -> Box<[E; N]> {
    match vec![element; N].into_boxed_slice().try_into() {
        Ok(array) => array,
        Err(_) => unreachable!("the vector has this length"),
    }
}
