//! The kernels in vector registers, and the choice of the processor's kind.
//!
//! One source for all: `vector::Vector` names the few instructions they are made of. What is `unsafe` here
//! reads and writes through pointers; each function says what must hold, and the safe methods of the
//! machines, which take arrays, see to it. A machine can be had only where the processor has its
//! instructions. Where there are no such registers, as in kernels with soft floats, the portable
//! machine runs.
#![allow(unsafe_code, reason = "registers are loaded and stored through pointers")]
#![deny(clippy::undocumented_unsafe_blocks)]
#![cfg_attr(
    not(any(
        all(target_arch = "x86_64", target_feature = "sse2"),
        all(target_arch = "aarch64", target_feature = "neon", target_endian = "little")
    )),
    allow(dead_code, unused_imports, unused_macros, reason = "there are no registers")
)]

#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
mod neon;
mod product;
mod sample;
#[cfg(feature = "rayon")]
mod threads;
mod tile;
mod vector;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod x86;

use super::isa::WithIsa;
#[cfg(not(any(
    all(target_arch = "x86_64", target_feature = "sse2"),
    all(target_arch = "aarch64", target_feature = "neon", target_endian = "little")
)))]
use super::isa::dispatch as dispatch_best;
use super::scalar::Scalar;
#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
pub use neon::Neon;
#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
use neon::dispatch as dispatch_best;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use x86::dispatch as dispatch_best;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
pub use x86::{Avx2, Avx512, Sse2};

/// Runs on the best machine that the processor has: found out when the program runs where there is the
/// standard library, else when it is compiled.
#[inline(always)]
pub fn dispatch<W: WithIsa>(with: W) -> W::Output {
    dispatch_best(with)
}

/// Whether numbers of type `T` are of type `U`: there are two types of number, of different size.
#[inline(always)]
const fn is<T: Scalar, U: Scalar>() -> bool {
    size_of::<T>() == size_of::<U>()
}

/// A number as the type that it has; see [`is`].
#[inline(always)]
fn same<T: Scalar, U: Scalar>(x: T) -> U {
    assert!(is::<T, U>());
    // SAFETY: of the two types of number, and `Scalar` is closed to more, only one has this size: T is U.
    unsafe { core::mem::transmute_copy(&x) }
}

/// Multiply-adds from which a kernel for one sample is a function of its own: the code of many layers in
/// one function takes a compiler much longer than the code of each.
const APART: usize = 512;

/// Calls a kernel of N × M, small ones in place.
macro_rules! apart {
    (sample::$kernel:ident::<$vector:ty, FUSED, N, M>($($argument:expr),*) $(, $feature:tt)*) => {{
        #[inline(never)]
        $(#[target_feature(enable = $feature)])*
        unsafe fn apart<const FUSED: bool, const N: usize, const M: usize>(
            operands: sample::Operands<<$vector as Vector>::Element>,
        ) {
            // SAFETY: as for the caller.
            unsafe { sample::$kernel::<$vector, FUSED, N, M>(operands) }
        }
        let operands = sample::Operands::$kernel($($argument),*);
        // `const`, here and below: what is not taken is not compiled.
        if const { N * M > APART } {
            apart::<FUSED, N, M>(operands)
        } else {
            sample::$kernel::<$vector, FUSED, N, M>(operands)
        }
    }};
}

/// The methods of a machine, from its vectors.
macro_rules! machine {
    ($machine:ident, $f32:ty, $f64:ty $(, $feature:tt)*) => {
        impl $machine {
            /// # Safety
            /// The operands must be there in their sizes.
            #[inline(always)]
            pub(super) unsafe fn f32<const FUSED: bool>(self, product: Product<f32>) {
                // SAFETY: as for the caller.
                unsafe { if FUSED { self.f32_fused(product) } else { self.f32_separate(product) } }
            }

            /// # Safety
            /// The operands must be there in their sizes.
            #[inline(always)]
            pub(super) unsafe fn f64<const FUSED: bool>(self, product: Product<f64>) {
                // SAFETY: as for the caller.
                unsafe { if FUSED { self.f64_fused(product) } else { self.f64_separate(product) } }
            }
        }

        impl Isa for $machine {
            const FUSES: bool = <$f32 as Vector>::FUSES;

            // Not `always`: what is inlined before it is simplified takes LLVM minutes in unrolled code.
            #[inline]
            fn multiply_add<T: Scalar>(self, a: T, b: T, c: T) -> T {
                // SAFETY: a machine is made only where the processor has its instructions. Which branch is
                // taken is known when this is compiled; in the other `same` would stop.
                unsafe {
                    if const { is::<T, f32>() } {
                        same(<$f32>::multiply_add_one(same(a), same(b), same(c)))
                    } else {
                        same(<$f64>::multiply_add_one(same(a), same(b), same(c)))
                    }
                }
            }

            #[inline(always)]
            fn sqrt<T: Scalar>(self, x: T) -> T {
                // SAFETY: as above.
                unsafe {
                    if const { is::<T, f32>() } {
                        same(<$f32>::sqrt_one(same(x)))
                    } else {
                        same(<$f64>::sqrt_one(same(x)))
                    }
                }
            }

            #[inline(always)]
            fn vector_matrix<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
                self,
                x: &[T; N],
                w: &[[T; M]; N],
                bias: Option<&[T; M]>,
                y: &mut [T; M],
            ) {
                let (x, w, y) = (x.as_ptr(), w.as_ptr(), y.as_mut_ptr());
                let bias = bias.map_or(core::ptr::null(), |bias| bias.as_ptr());
                // SAFETY: the arrays have the sizes that are said, the bias too if there is one, and no result overlaps an operand; T is the
                // type that is cast to; the machine is there, hence its instructions.
                unsafe {
                    if const { is::<T, f32>() } {
                        apart!(sample::vector_matrix::<$f32, FUSED, N, M>(x.cast(), w.cast(), bias.cast(), y.cast()) $(, $feature)*);
                    } else {
                        apart!(sample::vector_matrix::<$f64, FUSED, N, M>(x.cast(), w.cast(), bias.cast(), y.cast()) $(, $feature)*);
                    }
                }
            }

            #[inline(always)]
            fn matrix_vector<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
                self,
                w: &[[T; M]; N],
                x: &[T; M],
                bias: Option<&[T; N]>,
                y: &mut [T; N],
            ) {
                let (x, w, y) = (x.as_ptr(), w.as_ptr(), y.as_mut_ptr());
                let bias = bias.map_or(core::ptr::null(), |bias| bias.as_ptr());
                // SAFETY: as above.
                unsafe {
                    if const { is::<T, f32>() } {
                        apart!(sample::matrix_vector::<$f32, FUSED, N, M>(w.cast(), x.cast(), bias.cast(), y.cast()) $(, $feature)*);
                    } else {
                        apart!(sample::matrix_vector::<$f64, FUSED, N, M>(w.cast(), x.cast(), bias.cast(), y.cast()) $(, $feature)*);
                    }
                }
            }

            #[inline(always)]
            fn add_outer<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
                self,
                first: bool,
                total: &mut [[T; M]; N],
                a: &[T; N],
                b: &[T; M],
            ) {
                let (total, a, b) = (total.as_mut_ptr(), a.as_ptr(), b.as_ptr());
                // SAFETY: as above.
                unsafe {
                    if const { is::<T, f32>() } {
                        apart!(sample::add_outer::<$f32, FUSED, N, M>(first, total.cast(), a.cast(), b.cast()) $(, $feature)*);
                    } else {
                        apart!(sample::add_outer::<$f64, FUSED, N, M>(first, total.cast(), a.cast(), b.cast()) $(, $feature)*);
                    }
                }
            }

            #[inline(always)]
            fn descend_outer<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
                self,
                rate: T,
                w: &mut [[T; M]; N],
                a: &[T; N],
                b: &[T; M],
            ) {
                let (w, a, b) = (w.as_mut_ptr(), a.as_ptr(), b.as_ptr());
                // SAFETY: as above.
                unsafe {
                    if const { is::<T, f32>() } {
                        apart!(sample::descend_outer::<$f32, FUSED, N, M>(same(-rate), w.cast(), a.cast(), b.cast()) $(, $feature)*);
                    } else {
                        apart!(sample::descend_outer::<$f64, FUSED, N, M>(same(-rate), w.cast(), a.cast(), b.cast()) $(, $feature)*);
                    }
                }
            }

            #[inline(always)]
            fn vectors_matrix<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
                self,
                x: &[[T; N]],
                w: &[[T; M]; N],
                bias: Option<&[T; M]>,
                y: &mut [[T; M]],
            ) {
                let bias = bias.map_or(core::ptr::null(), |bias| bias.as_ptr());
                let rows = x.len().min(y.len());
                let (x, w, y) = (x.as_ptr(), w.as_ptr(), y.as_mut_ptr());
                let sizes = Sizes { rows, depth: N, columns: M };
                // SAFETY: as above; there are `rows` samples of both, perhaps none.
                unsafe {
                    if const { is::<T, f32>() } {
                        self.f32::<FUSED>(product::forward(x.cast(), w.cast(), bias.cast(), y.cast(), sizes));
                    } else {
                        self.f64::<FUSED>(product::forward(x.cast(), w.cast(), bias.cast(), y.cast(), sizes));
                    }
                }
            }

            #[inline(always)]
            fn matrix_vectors<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
                self,
                w: &[[T; M]; N],
                x: &[[T; M]],
                bias: Option<&[T; N]>,
                y: &mut [[T; N]],
            ) {
                let bias = bias.map_or(core::ptr::null(), |bias| bias.as_ptr());
                let rows = x.len().min(y.len());
                let (x, w, y) = (x.as_ptr(), w.as_ptr(), y.as_mut_ptr());
                let sizes = Sizes { rows, depth: M, columns: N };
                // SAFETY: as above.
                unsafe {
                    if const { is::<T, f32>() } {
                        self.f32::<FUSED>(product::backward(w.cast(), x.cast(), bias.cast(), y.cast(), sizes));
                    } else {
                        self.f64::<FUSED>(product::backward(w.cast(), x.cast(), bias.cast(), y.cast(), sizes));
                    }
                }
            }

            #[inline(always)]
            fn add_outers<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
                self,
                first: bool,
                count: Option<T>,
                total: &mut [[T; M]; N],
                a: &[[T; N]],
                b: &[[T; M]],
            ) {
                let depth = a.len().min(b.len());
                let (total, a, b) = (total.as_mut_ptr(), a.as_ptr(), b.as_ptr());
                let sizes = Sizes { rows: N, depth, columns: M };
                // SAFETY: as above; there are `depth` samples of both.
                unsafe {
                    if const { is::<T, f32>() } {
                        let end = End::Mean(Mean::over(count.map(same)));
                        let product = product::outer(first, end, total.cast(), a.cast(), b.cast(), sizes);
                        self.f32::<FUSED>(product);
                    } else {
                        let end = End::Mean(Mean::over(count.map(same)));
                        let product = product::outer(first, end, total.cast(), a.cast(), b.cast(), sizes);
                        self.f64::<FUSED>(product);
                    }
                }
            }

            #[inline(always)]
            fn descend_outers<const FUSED: bool, T: Scalar, const N: usize, const M: usize>(
                self,
                first: bool,
                count: Option<T>,
                rate: T,
                w: &mut [[T; M]; N],
                total: &mut [[T; M]; N],
                a: &[[T; N]],
                b: &[[T; M]],
            ) {
                let depth = a.len().min(b.len());
                let (w, total, a, b) = (w.as_mut_ptr(), total.as_mut_ptr(), a.as_ptr(), b.as_ptr());
                let sizes = Sizes { rows: N, depth, columns: M };
                // SAFETY: as above; there are `depth` samples of both, and w has the size of the total.
                unsafe {
                    if const { is::<T, f32>() } {
                        let descent = Descent { factor: same(-rate), y: total.cast(), w: w.cast() };
                        let end = End::Descent(Mean::over(count.map(same)), descent);
                        let product = product::outer(first, end, total.cast(), a.cast(), b.cast(), sizes);
                        self.f32::<FUSED>(product);
                    } else {
                        let descent = Descent { factor: same(-rate), y: total.cast(), w: w.cast() };
                        let end = End::Descent(Mean::over(count.map(same)), descent);
                        let product = product::outer(first, end, total.cast(), a.cast(), b.cast(), sizes);
                        self.f64::<FUSED>(product);
                    }
                }
            }
        }
    };
}
use {apart, machine};

/// Products of blocks, compiled here once and not with every network.
macro_rules! products {
    ($machine:ident, $f32:ty, $f64:ty $(, $feature:tt)*) => {
        impl $machine {
            products!(@one f32_separate, $f32, false $(, $feature)*);
            products!(@one f32_fused, $f32, true $(, $feature)*);
            products!(@one f64_separate, $f64, false $(, $feature)*);
            products!(@one f64_fused, $f64, true $(, $feature)*);
        }
    };
    (@one $name:ident, $vector:ty, $fused:literal $(, $feature:tt)*) => {
        /// # Safety
        /// The operands must be there in their sizes.
        unsafe fn $name(self, product: Product<<$vector as Vector>::Element>) {
            $(#[target_feature(enable = $feature)])*
            #[inline(never)] // or it would return early
            unsafe fn inside(product: Product<<$vector as Vector>::Element>) {
                // SAFETY: as for the caller.
                unsafe { product.compute::<$vector, $fused>() }
            }
            if product.nothing_to_do() {
                return;
            }
            // SAFETY: the machine is there, hence its features, on all threads; for the operands, and those of
            // parts, as for the caller.
            #[cfg(feature = "rayon")]
            unsafe { super::threads::run(product, inside) }
            // SAFETY: the machine is there, hence its features; for the operands as for the caller.
            #[cfg(not(feature = "rayon"))]
            unsafe { inside(product) }
        }
    };
}
use products;

use product::Sizes;

#[cfg(test)]
mod lanes;
#[cfg(test)]
mod tests;
