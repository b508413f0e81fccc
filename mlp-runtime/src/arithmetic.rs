//! How a product and its addition to something are rounded: the one thing in which the functions of networks
//! with `arithmetic fused` differ from those of others.

use super::isa::Isa;
use super::scalar::Scalar;

/// What elementary functions are computed with.
pub trait Arithmetic: Copy {
    /// a b + c.
    fn multiply_add<T: Scalar>(self, a: T, b: T, c: T) -> T;
}

/// A product and a sum are rounded each by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Separate;

impl Arithmetic for Separate {
    #[inline(always)]
    fn multiply_add<T: Scalar>(self, a: T, b: T, c: T) -> T {
        a * b + c
    }
}

/// A product and its addition to something are rounded once, by the machine's own operation if it has one.
#[derive(Clone, Copy, Debug)]
pub struct Fused<M>(pub M);

impl<M: Isa> Arithmetic for Fused<M> {
    #[inline(always)]
    fn multiply_add<T: Scalar>(self, a: T, b: T, c: T) -> T {
        self.0.multiply_add(a, b, c)
    }
}
