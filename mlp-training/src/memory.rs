//! Memory on the heap.

use alloc::boxed::Box;

/// A value on the heap, never on the stack.
#[cfg(feature = "in-place")]
pub(crate) fn in_place<T: Default + mlp_runtime::Boxed>() -> Box<T> {
    T::boxed()
}

/// A value on the heap. A build without optimisation makes it on the stack first.
#[cfg(not(feature = "in-place"))]
pub(crate) fn in_place<T: Default>() -> Box<T> {
    Box::default()
}
