//! The bounds of generated types for programs without a heap: none.
#![allow(missing_docs, reason = "with the feature `alloc` they have methods")]

pub trait Boxed: Sized {}
impl<T> Boxed for T {}

pub trait BoxedWithSeed: Sized {}
impl<T> BoxedWithSeed for T {}
