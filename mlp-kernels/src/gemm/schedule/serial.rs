//! A product on the calling thread.

use super::product::Product;

/// Computes the product by `compute`.
///
/// # Safety
/// The conditions of `compute` hold for the product.
#[inline(always)]
pub(in super::super) unsafe fn run<E>(product: Product<E>, compute: unsafe fn(Product<E>)) {
    // SAFETY: as for the caller.
    unsafe { compute(product) }
}
