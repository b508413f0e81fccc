//! The numbers of a network, of its gradients and of its optimizer as a list of named tensors.

use super::network::Parameter;
use super::scalar::{Scalar, all_numbers};

/// A type that consists of named tensors: a network of its parameters, gradients of one for each trained parameter, an
/// optimizer of the states of its rule.
///
/// Code that is generic over it saves, compares or changes all numbers without knowing their names. Settings of a rule,
/// such as its rate, are fields of an optimizer and no tensors.
///
/// ```
/// use mlp_runtime::{Scalar, Tensors};
///
/// /// The largest absolute value, with the name of its tensor.
/// fn largest<T: Tensors>(of: &T) -> Option<(&'static str, f64)> {
///     let tensors = T::TENSORS.iter().enumerate();
///     let numbers = tensors.flat_map(|(number, tensor)| {
///         let numbers = of.tensor(number).unwrap_or_default();
///         numbers.iter().map(|number| (tensor.name, number.to_f64().abs()))
///     });
///     numbers.max_by(|(_, a), (_, b)| a.total_cmp(b))
/// }
/// ```
pub trait Tensors {
    /// The type of all numbers.
    type Scalar: Scalar;

    /// The names and shapes of the tensors in order: of a network, all parameters; of gradients, the trained parameters;
    /// of an optimizer, the states of each of them. A state is called after its parameter, `m_W`, and has its kind.
    const TENSORS: &'static [Parameter];

    /// The elements of the tensor with this number in row-major order; `None` if there are fewer tensors. Tensors are
    /// counted from 0 in the order of [`TENSORS`](Self::TENSORS).
    fn tensor(&self, number: usize) -> Option<&[Self::Scalar]>;

    /// The elements of the tensor with this number, mutable; as [`tensor`](Self::tensor).
    fn tensor_mut(&mut self, number: usize) -> Option<&mut [Self::Scalar]>;

    /// The number of steps so far; `None` if it is not counted. An optimizer counts steps where its rule or a schedule
    /// depends on them.
    fn steps(&self) -> Option<u64> {
        None
    }

    /// The number of steps so far, mutable; as [`steps`](Self::steps).
    fn steps_mut(&mut self) -> Option<&mut u64> {
        None
    }

    /// Whether all elements are numbers: none is infinite or NaN.
    fn is_finite(&self) -> bool {
        (0..Self::TENSORS.len()).filter_map(|number| self.tensor(number)).all(all_numbers)
    }
}

/// The number of the tensor called `name`.
pub(crate) fn numbered(tensors: &[Parameter], name: &str) -> Option<usize> {
    tensors.iter().position(|tensor| tensor.name == name)
}
