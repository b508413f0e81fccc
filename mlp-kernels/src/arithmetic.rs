//! The rounding of a product and its addition: the only difference between the functions of networks with
//! `arithmetic fused` and those of others. The fused arithmetic is [`Fused`](super::isa::traits::Fused).

use super::scalar::Scalar;

/// The multiply-add that elementary functions are computed with.
pub trait Arithmetic: Copy {
    /// a b + c.
    fn multiply_add<T: Scalar>(self, a: T, b: T, c: T) -> T;
}

/// Product and sum are each rounded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Separate;

impl Arithmetic for Separate {
    #[inline(always)]
    fn multiply_add<T: Scalar>(self, a: T, b: T, c: T) -> T {
        a * b + c
    }
}
