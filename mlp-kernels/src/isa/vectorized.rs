//! The methods of an [`Isa`](super::traits::Isa), and the products that are compiled with this crate, from the vector
//! registers of an instruction set.

use super::super::scalar::Scalar;

/// Whether numbers of type `T` are of type `U`. There are two types of number, and their sizes differ.
#[inline(always)]
pub(super) const fn is<T: Scalar, U: Scalar>() -> bool {
    size_of::<T>() == size_of::<U>()
}

/// A number of type `T` as a number of type `U`, which is the same type; see [`is`].
#[inline(always)]
pub(super) fn same<T: Scalar, U: Scalar>(x: T) -> U {
    assert!(is::<T, U>());
    // SAFETY: `Scalar` is closed to all but two types of number, and only one of them has this size: T is U.
    unsafe { core::mem::transmute_copy(&x) }
}

/// Evaluates an expression with `$vector` as the register of numbers of type `$T`. The constant condition keeps the
/// other type's code from being compiled.
///
/// A type that `Scalar` maps to a register would say it in one word, but the safe standalone text has `Scalar` and no
/// registers.
macro_rules! with_vector {
    ($T:ty, $f32:ty, $f64:ty, |$vector:ident| $value:expr) => {
        if const { is::<$T, f32>() } {
            type $vector = $f32;
            $value
        } else {
            type $vector = $f64;
            $value
        }
    };
}

/// Calls a kernel for one sample with matrices of N × M; large kernels are functions of their own.
macro_rules! outlined {
    (gemv::$kernel:ident::<$vector:ident, FUSED, N, M>($($argument:expr),*) $(, $feature:tt)*) => {{
        #[inline(never)]
        $(#[target_feature(enable = $feature)])*
        unsafe fn outlined<const FUSED: bool, const N: usize, const M: usize>(
            operands: gemv::Operands<<$vector as Vector>::Element>,
        ) {
            // SAFETY: as for the caller.
            unsafe { gemv::$kernel::<$vector, FUSED, N, M>(operands) }
        }
        let operands = gemv::Operands::$kernel($($argument),*);
        // `const`: the other call is not compiled.
        if const { N * M > tuning::OUTLINED } {
            outlined::<FUSED, N, M>(operands)
        } else {
            gemv::$kernel::<$vector, FUSED, N, M>(operands)
        }
    }};
}

/// The products of an instruction set over numbers of type `E`.
pub(in super::super) trait Products<E> {
    /// Computes the product, its sums rounded as `FUSED` says.
    ///
    /// # Safety
    /// The operands are valid in their sizes.
    unsafe fn compute<const FUSED: bool>(self, product: super::super::gemm::product::Product<E>);
}

/// Implements `Isa` for an instruction set, given its registers.
macro_rules! implement_isa {
    ($isa:ident, $f32:ty, $f64:ty $(, $feature:tt)*) => {
        impl Isa for $isa {
            const FUSES: bool = <$f32 as Vector>::FUSES;

            // Not `always`: code that is inlined before it is simplified costs LLVM minutes in unrolled networks.
            #[inline]
            fn multiply_add<T: Scalar>(self, a: T, b: T, c: T) -> T {
                // SAFETY: an instruction set is made only where the processor has it. The branch is chosen at compile
                // time; in the other `same` would panic.
                unsafe {
                    with_vector!(T, $f32, $f64, |V| same(V::multiply_add_one(same(a), same(b), same(c))))
                }
            }

            #[inline(always)]
            fn multiply_add_in_loop<T: Scalar>(self, a: T, b: T, c: T) -> T {
                // SAFETY: as above.
                unsafe {
                    with_vector!(T, $f32, $f64, |V| same(V::multiply_add_one(same(a), same(b), same(c))))
                }
            }

            #[inline(always)]
            fn sqrt<T: Scalar>(self, x: T) -> T {
                // SAFETY: as above.
                unsafe { with_vector!(T, $f32, $f64, |V| same(V::sqrt_one(same(x)))) }
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
                // SAFETY: the arrays have the sizes that the kernel is told, and so has the bias if there is one; no
                // result overlaps an operand; T is the type that pointers are cast to; the processor has the
                // instructions.
                unsafe {
                    with_vector!(T, $f32, $f64, |V| outlined!(
                        gemv::vector_matrix::<V, FUSED, N, M>(x.cast(), w.cast(), bias.cast(), y.cast())
                        $(, $feature)*
                    ))
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
                    with_vector!(T, $f32, $f64, |V| outlined!(
                        gemv::matrix_vector::<V, FUSED, N, M>(w.cast(), x.cast(), bias.cast(), y.cast())
                        $(, $feature)*
                    ))
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
                    with_vector!(T, $f32, $f64, |V| outlined!(
                        gemv::add_outer::<V, FUSED, N, M>(first, total.cast(), a.cast(), b.cast())
                        $(, $feature)*
                    ))
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
                    with_vector!(T, $f32, $f64, |V| outlined!(
                        gemv::descend_outer::<V, FUSED, N, M>(same(-rate), w.cast(), a.cast(), b.cast())
                        $(, $feature)*
                    ))
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
                    with_vector!(T, $f32, $f64, |V| Products::<<V as Vector>::Element>::compute::<FUSED>(
                        self,
                        product::forward(x.cast(), w.cast(), bias.cast(), y.cast(), sizes)
                    ))
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
                    with_vector!(T, $f32, $f64, |V| Products::<<V as Vector>::Element>::compute::<FUSED>(
                        self,
                        product::backward(w.cast(), x.cast(), bias.cast(), y.cast(), sizes)
                    ))
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
                    with_vector!(T, $f32, $f64, |V| {
                        let epilogue = Epilogue::Mean(Mean::over(count.map(same)));
                        let product = product::outer(first, epilogue, total.cast(), a.cast(), b.cast(), sizes);
                        Products::<<V as Vector>::Element>::compute::<FUSED>(self, product)
                    })
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
                    with_vector!(T, $f32, $f64, |V| {
                        let descent = Descent { factor: same(-rate), y: total.cast(), w: w.cast() };
                        let epilogue = Epilogue::Descent(Mean::over(count.map(same)), descent);
                        let product = product::outer(first, epilogue, total.cast(), a.cast(), b.cast(), sizes);
                        Products::<<V as Vector>::Element>::compute::<FUSED>(self, product)
                    })
                }
            }
        }
    };
}

/// Implements [`Products`] for an instruction set. The functions with separate rounding are not generic: they are compiled
/// once, with this crate, and not with every network. Those with fused operations are generic: they are compiled with the
/// crates whose networks declare `arithmetic fused`.
macro_rules! implement_products {
    ($isa:ident, $f32:ty, $f64:ty $(, $feature:tt)*) => {
        implement_products!(@one $isa, $f32 $(, $feature)*);
        implement_products!(@one $isa, $f64 $(, $feature)*);
    };
    (@one $isa:ident, $vector:ty $(, $feature:tt)*) => {
        impl Products<<$vector as Vector>::Element> for $isa {
            #[inline(always)]
            unsafe fn compute<const FUSED: bool>(self, product: Product<<$vector as Vector>::Element>) {
                /// # Safety
                /// The operands are valid in their sizes; the processor has the instructions.
                #[inline(never)]
                unsafe fn separate(product: Product<<$vector as Vector>::Element>) {
                    // SAFETY: as for the caller; all threads have the instructions.
                    unsafe { schedule::run(product, inside::<false>) }
                }
                /// # Safety
                /// As for `separate`.
                $(#[target_feature(enable = $feature)])*
                #[inline(never)] // see `Product::is_empty`
                unsafe fn inside<const FUSED: bool>(product: Product<<$vector as Vector>::Element>) {
                    // SAFETY: as for the caller.
                    unsafe { product.compute::<$vector, FUSED>() }
                }
                if product.is_empty() {
                    return;
                }
                // SAFETY: the instruction set was found, so all threads have its instructions; the operands, and those
                // of parts, are valid as the caller guarantees. `const`: the other call is not compiled.
                unsafe {
                    if const { FUSED } { schedule::run(product, inside::<true>) } else { separate(product) }
                }
            }
        }
    };
}

pub(super) use {implement_isa, implement_products, outlined, with_vector};
