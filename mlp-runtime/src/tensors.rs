//! The numbers of a network, of its gradients and of its optimizer as a list of named tensors.

use core::fmt;

use super::network::Parameter;
use super::scalar::{Scalar, all_numbers};
use super::values::{WrongLength, exactly};

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
    #[must_use]
    fn tensor(&self, number: usize) -> Option<&[Self::Scalar]>;

    /// The elements of the tensor with this number, mutable; as [`tensor`](Self::tensor).
    fn tensor_mut(&mut self, number: usize) -> Option<&mut [Self::Scalar]>;

    /// The number of steps so far; `None` if it is not counted. An optimizer counts steps where its rule or a schedule
    /// depends on them.
    #[must_use]
    fn steps(&self) -> Option<u64> {
        None
    }

    /// The number of steps so far, mutable; as [`steps`](Self::steps).
    fn steps_mut(&mut self) -> Option<&mut u64> {
        None
    }

    /// Whether all elements are numbers: none is infinite or NaN.
    #[must_use]
    fn is_finite(&self) -> bool {
        (0..Self::TENSORS.len()).filter_map(|number| self.tensor(number)).all(all_numbers)
    }

    /// How many elements all tensors have.
    const ELEMENTS: usize = elements(Self::TENSORS);

    /// The elements of the tensor called `name` in row-major order; `None` if there is no such tensor.
    #[must_use]
    fn named(&self, name: &str) -> Option<&[Self::Scalar]> {
        self.tensor(numbered(Self::TENSORS, name)?)
    }

    /// The elements of the tensor called `name`, mutable; as [`named`](Self::named).
    fn named_mut(&mut self, name: &str) -> Option<&mut [Self::Scalar]> {
        self.tensor_mut(numbered(Self::TENSORS, name)?)
    }

    /// Writes all elements to one slice: tensor after tensor in the order of [`TENSORS`](Self::TENSORS), each in row-major
    /// order.
    ///
    /// # Errors
    /// [`WrongLength`] if the slice has not [`ELEMENTS`](Self::ELEMENTS) elements; then nothing is written.
    fn copy_to_slice(&self, into: &mut [Self::Scalar]) -> Result<(), WrongLength> {
        exactly(into.len(), Self::ELEMENTS)?;
        let mut rest = into;
        for tensor in (0..Self::TENSORS.len()).filter_map(|number| self.tensor(number)) {
            let count = tensor.len().min(rest.len());
            let (own, behind) = rest.split_at_mut(count);
            copy(own, tensor);
            rest = behind;
        }
        Ok(())
    }

    /// Sets all elements to those of one slice, which has the order of [`copy_to_slice`](Self::copy_to_slice).
    ///
    /// # Errors
    /// [`WrongLength`] if the slice has not [`ELEMENTS`](Self::ELEMENTS) elements; then nothing is changed.
    fn copy_from_slice(&mut self, from: &[Self::Scalar]) -> Result<(), WrongLength> {
        exactly(from.len(), Self::ELEMENTS)?;
        let mut rest = from;
        for number in 0..Self::TENSORS.len() {
            let Some(tensor) = self.tensor_mut(number) else { continue };
            let (own, behind) = rest.split_at_checked(tensor.len()).unwrap_or((rest, &[]));
            copy(tensor, own);
            rest = behind;
        }
        Ok(())
    }

    /// Sets all elements to those of another value of the type.
    fn copy_all(&mut self, from: &Self) {
        for number in 0..Self::TENSORS.len() {
            if let (Some(to), Some(from)) = (self.tensor_mut(number), from.tensor(number)) {
                copy(to, from);
            }
        }
    }

    /// Sets the tensors that `from` has to its elements, by their names: gradients have those of the trained parameters of
    /// a network, and two networks may have layers in common.
    ///
    /// # Errors
    /// [`TensorMismatch`] if a tensor of `from` is not here, or has another shape; then nothing is changed.
    fn copy_named<T: Tensors<Scalar = Self::Scalar>>(&mut self, from: &T) -> Result<(), TensorMismatch> {
        each_named(self, from, |to, from| *to = from)
    }

    /// Adds `factor` times each element of `other`, tensor by tensor, by their names; each product and each sum is rounded
    /// by itself. `network.add_scaled(-rate, &gradients)` is a step of descent.
    ///
    /// # Errors
    /// As [`copy_named`](Self::copy_named).
    fn add_scaled<T: Tensors<Scalar = Self::Scalar>>(
        &mut self,
        factor: Self::Scalar,
        other: &T,
    ) -> Result<(), TensorMismatch> {
        each_named(self, other, |to, from| *to = *to + factor * from)
    }

    /// Multiplies each element by a factor.
    fn scale(&mut self, factor: Self::Scalar) {
        for number in 0..Self::TENSORS.len() {
            let tensor = self.tensor_mut(number).unwrap_or_default();
            tensor.iter_mut().for_each(|element| *element = *element * factor);
        }
    }

    /// Sets each element to one number.
    fn fill(&mut self, value: Self::Scalar) {
        for number in 0..Self::TENSORS.len() {
            self.tensor_mut(number).unwrap_or_default().fill(value);
        }
    }

    /// The Euclidean norm of all elements: the square root of the sum of their squares. Squares are added in 64 bits, in one
    /// sum in the order of [`TENSORS`](Self::TENSORS), each tensor in row-major order; each operation is rounded by itself.
    /// So every machine gives the same bits. The norm of `clip_norm` is computed in the number type of the network.
    #[must_use]
    fn norm(&self) -> f64 {
        let mut sum = 0.0;
        for tensor in (0..Self::TENSORS.len()).filter_map(|number| self.tensor(number)) {
            for element in tensor {
                let element = element.to_f64();
                sum += element * element;
            }
        }
        Scalar::sqrt(sum)
    }
}

/// Copies as many elements as both have.
fn copy<S: Copy>(to: &mut [S], from: &[S]) {
    let count = to.len().min(from.len());
    if let (Some(to), Some(from)) = (to.get_mut(..count), from.get(..count)) {
        to.copy_from_slice(from);
    }
}

/// How many elements tensors have.
const fn elements(tensors: &[Parameter]) -> usize {
    let (mut number, mut sum) = (0, 0_usize);
    while number < tensors.len() {
        sum = sum.saturating_add(tensors[number].shape.elements());
        number += 1;
    }
    sum
}

/// Whether each of the tensors `other` is among the tensors `own`.
fn check(own: &'static [Parameter], other: &'static [Parameter]) -> Result<(), TensorMismatch> {
    for tensor in other {
        let found = numbered(own, tensor.name).and_then(|number| own.get(number));
        match found {
            Some(found) if found.shape == tensor.shape => {}
            _ => return Err(TensorMismatch { tensor: *tensor, found: found.copied() }),
        }
    }
    Ok(())
}

/// The error of tensors that are not among those of another type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TensorMismatch {
    /// The tensor.
    pub tensor: Parameter,
    /// The tensor of the other type with its name, which has another shape; `None` if no tensor has the name.
    pub found: Option<Parameter>,
}

impl fmt::Display for TensorMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parameter { name, shape, .. } = self.tensor;
        match self.found {
            Some(found) => write!(f, "`{name}` has the shape {shape}, but {} is needed", found.shape),
            None => write!(f, "`{name}` of shape {shape} has no counterpart: no tensor has its name"),
        }
    }
}

impl core::error::Error for TensorMismatch {}

/// Changes each element of the tensors of `to` that `from` has, with the element of `from`.
fn each_named<T: Tensors + ?Sized, O: Tensors<Scalar = T::Scalar>>(
    to: &mut T,
    from: &O,
    mut change: impl FnMut(&mut T::Scalar, T::Scalar),
) -> Result<(), TensorMismatch> {
    check(T::TENSORS, O::TENSORS)?;
    for (number, tensor) in O::TENSORS.iter().enumerate() {
        let found = numbered(T::TENSORS, tensor.name).and_then(|number| to.tensor_mut(number));
        let (Some(to), Some(from)) = (found, from.tensor(number)) else { continue };
        to.iter_mut().zip(from).for_each(|(to, from)| change(to, *from));
    }
    Ok(())
}

/// The number of the tensor called `name`.
pub(crate) fn numbered(tensors: &[Parameter], name: &str) -> Option<usize> {
    tensors.iter().position(|tensor| tensor.name == name)
}
