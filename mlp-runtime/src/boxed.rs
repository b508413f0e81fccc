//! The bounds of generated types for programs without a heap: none.
#![allow(missing_docs, reason = "with the feature `alloc` they have methods")]

pub trait Boxed {}
impl<T: ?Sized> Boxed for T {}

pub trait BoxedWithSeed {}
impl<T: ?Sized> BoxedWithSeed for T {}
