//! An instruction set that is chosen when the program runs, with products whose sizes are known only then: the same
//! kernels as those of [`Isa`], and the same bits.

use super::super::arithmetic::Arithmetic;
use super::super::gemm::epilogue::{Descent, Epilogue};
use super::super::gemm::product::{self, Product, Sizes};
use super::super::gemm::sized;
use super::super::kernels::Mean;
use super::super::scalar::Scalar;
#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
use super::neon::Neon;
use super::portable::Portable;
use super::traits::{Isa, WithIsa};
use super::vector::Vector;
use super::vectorized::{Products, is, same};
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use super::x86::sets::{Avx2, Avx512, Sse2};

/// An instruction set of the processor.
#[derive(Clone, Copy, Debug)]
pub struct Machine(Kind);

#[derive(Clone, Copy, Debug)]
enum Kind {
    Portable,
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    Sse2(Sse2),
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    Avx2(Avx2),
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    Avx512(Avx512),
    #[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
    Neon(Neon),
}

/// A product and its addition to a sum are rounded once, in loops of large functions.
#[derive(Clone, Copy, Debug)]
pub struct InLoop<I>(pub I);

impl<I: Isa> Arithmetic for InLoop<I> {
    #[inline(always)]
    fn multiply_add<T: Scalar>(self, a: T, b: T, c: T) -> T {
        self.0.multiply_add_in_loop(a, b, c)
    }
}

/// Samples, and elements of the vectors of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lengths {
    /// How many samples there are.
    pub samples: usize,
    /// Elements of the vectors that are multiplied, or of the first factor.
    pub inner: usize,
    /// Elements of the results, or of the second factor.
    pub outer: usize,
}

impl Lengths {
    #[inline]
    fn fit(self, inner: usize, outer: usize, matrix: usize) -> Option<()> {
        let fits = self.samples.checked_mul(self.inner)? == inner
            && self.samples.checked_mul(self.outer)? == outer
            && self.inner.checked_mul(self.outer)? == matrix;
        fits.then_some(())
    }
}

/// Rounding of a product and its addition to a sum: once, or each by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Once.
    Fused,
    /// Each by itself.
    Separate,
}

/// A sum of outer products, and what is done to it.
#[derive(Debug)]
pub struct Sum<'s, S> {
    /// Whether the total counts as 0 before.
    pub first: bool,
    /// What the sum is divided by.
    pub count: Option<S>,
    /// The sum so far, and after the call unless there is a descent.
    pub total: &'s mut [S],
    /// The matrix w that becomes w − rate · total, and the rate. The contents of the total are unspecified then.
    pub descent: Option<(&'s mut [S], S)>,
}

impl Machine {
    /// Plain Rust, on any processor.
    pub const PORTABLE: Machine = Machine(Kind::Portable);

    /// The best instruction set of the processor.
    pub fn best() -> Self {
        Machine::all().into_iter().flatten().last().unwrap_or(Machine::PORTABLE)
    }

    /// All instruction sets that the processor has, plain Rust first.
    pub fn all() -> [Option<Self>; 4] {
        #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
        let more =
            [Sse2::new().map(Kind::Sse2), Avx2::new().map(Kind::Avx2), Avx512::new().map(Kind::Avx512)];
        #[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
        let more = [Neon::new().map(Kind::Neon), None, None];
        #[cfg(not(any(
            all(target_arch = "x86_64", target_feature = "sse2"),
            all(target_arch = "aarch64", target_feature = "neon", target_endian = "little")
        )))]
        let more = [None, None, None];
        let [a, b, c] = more;
        [Some(Kind::Portable), a, b, c].map(|kind| kind.map(Machine))
    }

    /// Its name: `portable`, `sse2`, `avx2`, `avx512` or `neon`.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Portable => "portable",
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Sse2(_) => "sse2",
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Avx2(_) => "avx2",
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Avx512(_) => "avx512",
            #[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
            Kind::Neon(_) => "neon",
        }
    }

    /// Runs a computation on this instruction set; code that is inlined into it is compiled for it.
    #[inline(always)]
    pub fn run<W: WithIsa>(self, with: W) -> W::Output {
        match self.0 {
            Kind::Portable => with.with_isa(Portable),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Sse2(isa) => isa.vectorize(with),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Avx2(isa) => isa.vectorize(with),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Avx512(isa) => isa.vectorize(with),
            #[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
            Kind::Neon(isa) => isa.vectorize(with),
        }
    }

    /// y = x W + b for each sample: W has `inner` rows, and the bias, if there is one, `outer` elements. Nothing if a
    /// length does not fit.
    pub fn vectors_matrix<S: Scalar>(
        self,
        rounding: Rounding,
        lengths: Lengths,
        x: &[S],
        w: &[S],
        bias: Option<&[S]>,
        y: &mut [S],
    ) -> Option<()> {
        let forward = Forward::new(lengths, false, [x, w], bias, y)?;
        self.forward(rounding, forward)
    }

    /// y = W x + b for each sample: W has `outer` rows, and the bias, if there is one, as many elements. Nothing if a
    /// length does not fit.
    pub fn matrix_vectors<S: Scalar>(
        self,
        rounding: Rounding,
        lengths: Lengths,
        w: &[S],
        x: &[S],
        bias: Option<&[S]>,
        y: &mut [S],
    ) -> Option<()> {
        let forward = Forward::new(lengths, true, [x, w], bias, y)?;
        self.forward(rounding, forward)
    }

    #[inline]
    fn forward<S: Scalar>(self, rounding: Rounding, forward: Forward<'_, S>) -> Option<()> {
        match self.0 {
            Kind::Portable => forward.portable(rounding),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Sse2(isa) => forward.on(isa, rounding),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Avx2(isa) => forward.on(isa, rounding),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Avx512(isa) => forward.on(isa, rounding),
            #[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
            Kind::Neon(isa) => forward.on(isa, rounding),
        }
        Some(())
    }

    /// Adds a bᵀ for each sample in order: a has `inner` elements, b has `outer`, the total `inner` rows. Nothing if a
    /// length does not fit.
    pub fn add_outers<S: Scalar>(
        self,
        rounding: Rounding,
        lengths: Lengths,
        sum: Sum<'_, S>,
        a: &[S],
        b: &[S],
    ) -> Option<()> {
        lengths.fit(a.len(), b.len(), sum.total.len())?;
        let outer = Outer { lengths, sum, a, b };
        outer.sum.descent.iter().try_for_each(|(w, _)| (w.len() == outer.sum.total.len()).then_some(()))?;
        if lengths.samples == 1 {
            self.run(One { rounding, outer });
            return Some(());
        }
        match self.0 {
            Kind::Portable => outer.portable(rounding),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Sse2(isa) => outer.on(isa, rounding),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Avx2(isa) => outer.on(isa, rounding),
            #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
            Kind::Avx512(isa) => outer.on(isa, rounding),
            #[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
            Kind::Neon(isa) => outer.on(isa, rounding),
        }
        Some(())
    }
}

/// The register of an instruction set for a type of number.
trait Registers<E> {
    type Register: Vector<Element = E>;
}

macro_rules! registers {
    ($($isa:ident: $f32:ty, $f64:ty);*) => {$(
        impl Registers<f32> for $isa {
            type Register = $f32;
        }
        impl Registers<f64> for $isa {
            type Register = $f64;
        }
    )*};
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use core::arch::x86_64::{__m128, __m128d, __m256, __m256d, __m512, __m512d};
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
registers!(Sse2: __m128, __m128d; Avx2: __m256, __m256d; Avx512: __m512, __m512d);
#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
registers!(Neon: core::arch::aarch64::float32x4_t, core::arch::aarch64::float64x2_t);

/// A sum, rounded as asked for.
#[inline(always)]
fn add_product<S: Scalar>(isa: impl Isa, rounding: Rounding, sum: S, a: S, b: S) -> S {
    match rounding {
        Rounding::Fused => isa.multiply_add_in_loop(a, b, sum),
        Rounding::Separate => sum + a * b,
    }
}

/// Products of samples with a matrix. All lengths fit.
struct Forward<'p, S> {
    lengths: Lengths,
    by_rows: bool,
    x: &'p [S],
    w: &'p [S],
    bias: Option<&'p [S]>,
    y: &'p mut [S],
}

impl<'p, S: Scalar> Forward<'p, S> {
    fn new(
        lengths: Lengths,
        by_rows: bool,
        [x, w]: [&'p [S]; 2],
        bias: Option<&'p [S]>,
        y: &'p mut [S],
    ) -> Option<Self> {
        lengths.fit(x.len(), y.len(), w.len())?;
        bias.iter().try_for_each(|bias| (bias.len() == lengths.outer).then_some(()))?;
        Some(Self { lengths, by_rows, x, w, bias, y })
    }

    fn portable(self, rounding: Rounding) {
        let Self { lengths: Lengths { inner, outer, .. }, by_rows, x, w, bias, y } = self;
        for (x, y) in x.chunks_exact(inner.max(1)).zip(y.chunks_exact_mut(outer.max(1))) {
            if by_rows {
                for (y, row) in y.iter_mut().zip(w.chunks_exact(inner.max(1))) {
                    let mut factors = row.iter().zip(x);
                    let first = factors.next().map_or(S::ZERO, |(&a, &b)| a * b);
                    *y = factors.fold(first, |sum, (&a, &b)| add_product(Portable, rounding, sum, a, b));
                }
            } else {
                let mut rows = x.iter().zip(w.chunks_exact(outer.max(1)));
                if let Some((&x, row)) = rows.next() {
                    y.iter_mut().zip(row).for_each(|(y, &w)| *y = x * w);
                }
                for (&x, row) in rows {
                    y.iter_mut().zip(row).for_each(|(y, &w)| *y = add_product(Portable, rounding, *y, x, w));
                }
            }
            if let Some(bias) = bias {
                y.iter_mut().zip(bias).for_each(|(y, &bias)| *y = *y + bias);
            }
        }
    }

    fn on<I>(self, isa: I, rounding: Rounding)
    where
        I: Registers<f32> + Registers<f64> + Products<f32> + Products<f64>,
    {
        if const { is::<S, f32>() } {
            self.of_type::<f32, I>(isa, rounding);
        } else {
            self.of_type::<f64, I>(isa, rounding);
        }
    }

    /// `E` is the type of the numbers.
    fn of_type<E: Scalar, I: Registers<E> + Products<E>>(self, isa: I, rounding: Rounding) {
        assert!(is::<S, E>());
        let Self { lengths: Lengths { samples, inner, outer }, by_rows, x, w, bias, y } = self;
        let bias = bias.map_or(core::ptr::null(), |bias| bias.as_ptr().cast());
        let (x, w, y): (*const E, *const E, *mut E) =
            (x.as_ptr().cast(), w.as_ptr().cast(), y.as_mut_ptr().cast());
        let sizes = Sizes { rows: samples, depth: inner, columns: outer };
        // SAFETY: the slices have these lengths, and so has the bias if there is one; no result overlaps an operand; S is
        // the type that pointers are cast to; an instruction set is made only where the processor has it.
        unsafe {
            if samples == 1 {
                match (by_rows, rounding) {
                    (true, Rounding::Fused) => {
                        sized::matrix_vector::<I::Register, true>(w, x, bias, y, [outer, inner]);
                    }
                    (true, Rounding::Separate) => {
                        sized::matrix_vector::<I::Register, false>(w, x, bias, y, [outer, inner]);
                    }
                    (false, Rounding::Fused) => {
                        sized::vector_matrix::<I::Register, true>(x, w, bias, y, [inner, outer]);
                    }
                    (false, Rounding::Separate) => {
                        sized::vector_matrix::<I::Register, false>(x, w, bias, y, [inner, outer]);
                    }
                }
                return;
            }
            let product = if by_rows {
                product::backward(w, x, bias, y, sizes)
            } else {
                product::forward(x, w, bias, y, sizes)
            };
            compute(isa, rounding, product);
        }
    }
}

/// # Safety
/// The operands are valid in their sizes.
unsafe fn compute<E: Scalar, I: Products<E>>(isa: I, rounding: Rounding, product: Product<E>) {
    // SAFETY: as for the caller.
    unsafe {
        match rounding {
            Rounding::Fused => isa.compute::<true>(product),
            Rounding::Separate => isa.compute::<false>(product),
        }
    }
}

/// Sums of outer products. All lengths fit.
struct Outer<'p, S> {
    lengths: Lengths,
    sum: Sum<'p, S>,
    a: &'p [S],
    b: &'p [S],
}

impl<S: Scalar> Outer<'_, S> {
    fn portable(self, rounding: Rounding) {
        let Self { lengths: Lengths { inner, outer, .. }, sum, a, b } = self;
        let Sum { first, count, total, descent } = sum;
        let samples = a.chunks_exact(inner.max(1)).zip(b.chunks_exact(outer.max(1)));
        for (number, (a, b)) in samples.enumerate() {
            let first = first && number == 0;
            for (row, &a) in total.chunks_exact_mut(outer.max(1)).zip(a) {
                for (total, &b) in row.iter_mut().zip(b) {
                    let before = if first { S::ZERO } else { *total };
                    *total = add_product(Portable, rounding, before, a, b);
                }
            }
        }
        match Mean::over(count) {
            Mean::None => {}
            Mean::Times(factor) => total.iter_mut().for_each(|total| *total = *total * factor),
            Mean::Over(count) => total.iter_mut().for_each(|total| *total = *total / count),
        }
        if let Some((w, rate)) = descent {
            for (w, &total) in w.iter_mut().zip(&*total) {
                *w = add_product(Portable, rounding, *w, -rate, total);
            }
        }
    }

    fn on<I: Products<f32> + Products<f64>>(self, isa: I, rounding: Rounding) {
        if const { is::<S, f32>() } {
            self.of_type::<f32, I>(isa, rounding);
        } else {
            self.of_type::<f64, I>(isa, rounding);
        }
    }

    /// `E` is the type of the numbers.
    fn of_type<E: Scalar, I: Products<E>>(self, isa: I, rounding: Rounding) {
        let Self { lengths: Lengths { samples, inner, outer }, sum, a, b } = self;
        let Sum { first, count, total, descent } = sum;
        let mean = Mean::over(count.map(same::<S, E>));
        let total: *mut E = total.as_mut_ptr().cast();
        let epilogue = match descent {
            Some((w, rate)) => {
                let w = w.as_mut_ptr().cast();
                Epilogue::Descent(mean, Descent { factor: same(-rate), y: total, w })
            }
            None => Epilogue::Mean(mean),
        };
        let sizes = Sizes { rows: inner, depth: samples, columns: outer };
        let product = product::outer(first, epilogue, total, a.as_ptr().cast(), b.as_ptr().cast(), sizes);
        // SAFETY: as in `Forward`; w has the length of the total.
        unsafe { compute(isa, rounding, product) }
    }
}

/// The outer product of one sample: a loop.
struct One<'p, S> {
    rounding: Rounding,
    outer: Outer<'p, S>,
}

impl<S: Scalar> WithIsa for One<'_, S> {
    type Output = ();

    #[inline(always)]
    fn with_isa<I: Isa>(self, isa: I) {
        match self.rounding {
            Rounding::Fused => self.rounded(isa, Rounding::Fused),
            Rounding::Separate => self.rounded(isa, Rounding::Separate),
        }
    }
}

impl<S: Scalar> One<'_, S> {
    // Loops, and no methods of iterators that take closures: those would be functions that are not compiled for the
    // instruction set.
    #[inline(always)]
    fn rounded<I: Isa>(self, isa: I, rounding: Rounding) {
        let Outer { lengths, sum, a, b } = self.outer;
        let outer = lengths.outer.max(1);
        let Sum { first, count, total, descent } = sum;
        let mean = Mean::over(count.filter(|count| *count != S::ONE));
        match (descent, mean, first) {
            (Some((w, rate)), Mean::None, true) => {
                let factor = -rate;
                for (row, &a) in w.chunks_exact_mut(outer).zip(a) {
                    for (w, &b) in row.iter_mut().zip(b) {
                        let gradient = add_product(isa, rounding, S::ZERO, a, b);
                        *w = add_product(isa, rounding, *w, factor, gradient);
                    }
                }
            }
            (None, Mean::None, true) => {
                for (row, &a) in total.chunks_exact_mut(outer).zip(a) {
                    for (total, &b) in row.iter_mut().zip(b) {
                        *total = add_product(isa, rounding, S::ZERO, a, b);
                    }
                }
            }
            (None, Mean::None, false) => {
                for (row, &a) in total.chunks_exact_mut(outer).zip(a) {
                    for (total, &b) in row.iter_mut().zip(b) {
                        *total = add_product(isa, rounding, *total, a, b);
                    }
                }
            }
            (descent, _, first) => {
                let sum = Sum { first, count, total, descent };
                Outer { lengths, sum, a, b }.portable(rounding);
            }
        }
    }
}
