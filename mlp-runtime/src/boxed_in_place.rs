//! Values on the heap, for code that is generic over networks.

use alloc::{boxed::Box, vec::Vec};

use super::tensors::Tensors;

/// A type whose values are made on the heap, in place: all types of a network. `Box::new(T::default())` makes the value on
/// the stack first in a build without optimization, and a large one overflows it.
///
/// ```
/// use mlp_runtime::{Boxed, Trainable};
///
/// fn parts<N: Trainable>() -> (Box<N>, Box<N::Optimizer>, Box<N::Workspace>, Box<N::Gradients>) {
///     (N::boxed(), N::Optimizer::boxed(), N::Workspace::boxed(), N::Gradients::boxed())
/// }
/// ```
pub trait Boxed: Sized + Send + Sync + 'static {
    /// The value of `new()` on the heap: a network with the start values of its specification, an optimizer before the
    /// first step, gradients of 0.
    fn boxed() -> Box<Self>;

    /// A copy on the heap, in place: tensors, the number of steps and the settings of a rule.
    fn boxed_copy(&self) -> Box<Self>
    where
        Self: Tensors,
    {
        let mut copy = Self::boxed();
        copy.copy_all(self);
        copy.copy_settings(self);
        if let (Some(steps), Some(own)) = (self.steps(), copy.steps_mut()) {
            *own = steps;
        }
        copy
    }

    /// Copies what is neither a tensor nor the number of steps.
    #[doc(hidden)]
    fn copy_settings(&mut self, _from: &Self) {}
}

/// A network on the heap.
pub trait BoxedWithSeed: Boxed {
    /// A network on the heap whose random start values are drawn from `seed`, initialized in place.
    fn boxed_with_seed(seed: u64) -> Box<Self>;
}

// Workspaces of networks that are written by hand.
impl Boxed for () {
    fn boxed() -> Box<Self> {
        Box::new(())
    }
}

impl<T: Send + Sync + 'static> Boxed for Vec<T> {
    fn boxed() -> Box<Self> {
        Box::new(Vec::new())
    }
}
