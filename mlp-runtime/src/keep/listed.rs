//! Tensors whose names and shapes are a value: those of networks that are compiled, and of networks that are not.

use crate::network::Parameter;
use crate::scalar::Scalar;
use crate::tensors::Tensors;

/// Named tensors, as files keep them. All [`Tensors`] are; a program whose network is known only when it runs implements it
/// for its own type, and so reads and writes the files of compiled networks.
pub trait Listed {
    /// The type of all numbers.
    type Scalar: Scalar;

    /// Names and shapes in order, as [`TENSORS`](Tensors::TENSORS).
    fn list(&self) -> &'static [Parameter];

    /// The elements of the tensor with this number in row-major order; `None` if there are fewer tensors.
    fn numbers(&self, number: usize) -> Option<&[Self::Scalar]>;

    /// The same, mutable.
    fn numbers_mut(&mut self, number: usize) -> Option<&mut [Self::Scalar]>;

    /// The number of steps so far; `None` if it is not counted.
    fn counted(&self) -> Option<u64>;

    /// Sets the number of steps, if it is counted.
    fn set_counted(&mut self, steps: u64);
}

impl<T: Tensors> Listed for T {
    type Scalar = T::Scalar;

    fn list(&self) -> &'static [Parameter] {
        T::TENSORS
    }

    fn numbers(&self, number: usize) -> Option<&[T::Scalar]> {
        self.tensor(number)
    }

    fn numbers_mut(&mut self, number: usize) -> Option<&mut [T::Scalar]> {
        self.tensor_mut(number)
    }

    fn counted(&self) -> Option<u64> {
        self.steps()
    }

    fn set_counted(&mut self, steps: u64) {
        if let Some(place) = self.steps_mut() {
            *place = steps;
        }
    }
}
