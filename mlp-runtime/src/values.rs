//! Inputs, outputs and targets as numbers, for code that is generic over networks.

use core::fmt;

use super::batch::{BatchError, rows_from_flat, rows_from_flat_mut};
use super::class::Class;
use super::scalar::Scalar;

/// The inputs or the outputs of a sample: an array of numbers, `[S; N]`.
///
/// Generic code reads and writes them as slices, makes them from slices, and takes flat data as rows without a copy.
///
/// ```
/// use mlp_runtime::{Batch, Network, Values, WrongLength};
///
/// /// The outputs for numbers whose count is known only when the program runs.
/// fn outputs<N: Network>(network: &N, input: &[N::Scalar]) -> Result<N::Output, WrongLength> {
///     let mut output = N::Output::ZERO;
///     network.forward_into(&N::Input::from_slice(input)?, &mut N::Workspace::default(), &mut output);
///     Ok(output)
/// }
///
/// /// The number of the greatest output.
/// fn greatest<N: Network>(output: &N::Output) -> usize {
///     let numbers = output.as_ref().iter().enumerate();
///     numbers.fold((0, N::Scalar::ZERO), |best, (n, y)| if n == 0 || *y > best.1 { (n, *y) } else { best }).0
/// }
/// # use mlp_runtime::Scalar;
/// ```
pub trait Values<S: Scalar>:
    Copy + fmt::Debug + PartialEq + AsRef<[S]> + AsMut<[S]> + Send + Sync + 'static
{
    /// How many numbers there are.
    const COUNT: usize;
    /// All numbers are 0.
    const ZERO: Self;

    /// A copy of these numbers.
    ///
    /// # Errors
    /// [`WrongLength`] if there are more or fewer than [`COUNT`](Self::COUNT).
    fn from_slice(numbers: &[S]) -> Result<Self, WrongLength>;

    /// Numbers, sample after sample, as rows of [`COUNT`](Self::COUNT) numbers, in place; none if there are no numbers.
    ///
    /// # Errors
    /// [`BatchError::Columns`] if the length is not a multiple of it.
    fn rows(flat: &[S]) -> Result<&[Self], BatchError>;

    /// The same, mutable.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    fn rows_mut(flat: &mut [S]) -> Result<&mut [Self], BatchError>;

    /// The numbers of rows, one after another, in place.
    fn flat(rows: &[Self]) -> &[S];
}

impl<S: Scalar, const N: usize> Values<S> for [S; N] {
    const COUNT: usize = N;
    const ZERO: Self = [S::ZERO; N];

    fn from_slice(numbers: &[S]) -> Result<Self, WrongLength> {
        // A standalone file may have the edition 2018, whose prelude lacks the trait.
        <Self as core::convert::TryFrom<&[S]>>::try_from(numbers)
            .map_err(|_| WrongLength { length: numbers.len(), expected: N })
    }

    fn rows(flat: &[S]) -> Result<&[Self], BatchError> {
        rows_from_flat(flat)
    }

    fn rows_mut(flat: &mut [S]) -> Result<&mut [Self], BatchError> {
        rows_from_flat_mut(flat)
    }

    fn flat(rows: &[Self]) -> &[S] {
        rows.as_flattened()
    }
}

/// The target of a sample: an array of numbers, one number, or one of several classes.
///
/// ```
/// use mlp_runtime::{Class, TargetError, Targets};
///
/// let label: Class<10> = Targets::<f32>::from_numbers(&[7.0])?;
/// assert_eq!(label.index(), 7);
/// let wrong = <Class<10> as Targets<f32>>::from_numbers(&[7.5]);
/// assert_eq!(wrong, Err(TargetError::NoClass { number: 7.5, classes: 10 }));
/// # Ok::<(), TargetError>(())
/// ```
pub trait Targets<S: Scalar>: Copy + fmt::Debug + PartialEq + Send + Sync + 'static {
    /// How many numbers tell it: those of a vector, and 1 for a class.
    const COUNT: usize;

    /// The target that these numbers tell. A class is told by its number, counted from 0.
    ///
    /// # Errors
    /// [`TargetError`] if there are more or fewer numbers than [`COUNT`](Self::COUNT), or no class has the number.
    fn from_numbers(numbers: &[S]) -> Result<Self, TargetError>;

    /// Writes the numbers that tell it.
    ///
    /// # Errors
    /// [`WrongLength`] if `into` has not [`COUNT`](Self::COUNT) numbers; then nothing is written.
    fn write_numbers(&self, into: &mut [S]) -> Result<(), WrongLength>;
}

impl<S: Scalar, const N: usize> Targets<S> for [S; N] {
    const COUNT: usize = N;

    fn from_numbers(numbers: &[S]) -> Result<Self, TargetError> {
        Ok(Self::from_slice(numbers)?)
    }

    fn write_numbers(&self, into: &mut [S]) -> Result<(), WrongLength> {
        exactly(into.len(), N)?;
        into.copy_from_slice(self);
        Ok(())
    }
}

impl<S: Scalar, const N: usize> Targets<S> for Class<N> {
    const COUNT: usize = 1;

    fn from_numbers(numbers: &[S]) -> Result<Self, TargetError> {
        let [number] = <[S; 1]>::from_slice(numbers)?;
        let number = number.to_f64();
        // Of a number that is no index the conversion gives another number.
        let index = number as usize;
        let class = if index as f64 == number { Self::new(index) } else { None };
        class.ok_or(TargetError::NoClass { number, classes: N })
    }

    fn write_numbers(&self, into: &mut [S]) -> Result<(), WrongLength> {
        exactly(into.len(), 1)?;
        into.fill(S::from_f64(self.index() as f64));
        Ok(())
    }
}

macro_rules! one_number {
    ($($scalar:ident)*) => {$(
        impl Targets<$scalar> for $scalar {
            const COUNT: usize = 1;

            fn from_numbers(numbers: &[$scalar]) -> Result<Self, TargetError> {
                let [number] = <[$scalar; 1]>::from_slice(numbers)?;
                Ok(number)
            }

            fn write_numbers(&self, into: &mut [$scalar]) -> Result<(), WrongLength> {
                [*self].write_numbers(into)
            }
        }
    )*};
}
one_number!(f32 f64);

/// The next of the `numbers` as a target, which are then those after it.
#[doc(hidden)]
pub fn next_target<S: Scalar, T: Targets<S>>(numbers: &mut &[S]) -> Result<T, TargetError> {
    let all = *numbers;
    let (own, rest) = all.split_at_checked(T::COUNT).unwrap_or((all, &[]));
    *numbers = rest;
    T::from_numbers(own)
}

/// Writes a target to the next of the `numbers`, which are then those after it.
#[doc(hidden)]
pub fn put_next_target<S: Scalar, T: Targets<S>>(
    target: &T,
    numbers: &mut &mut [S],
) -> Result<(), WrongLength> {
    let all = core::mem::take(numbers);
    let count = T::COUNT.min(all.len());
    let (own, rest) = all.split_at_mut(count);
    *numbers = rest;
    target.write_numbers(own)
}

/// Checks the length of a slice.
///
/// # Errors
/// [`WrongLength`] if it is another one.
pub fn exactly(length: usize, expected: usize) -> Result<(), WrongLength> {
    if length == expected { Ok(()) } else { Err(WrongLength { length, expected }) }
}

/// The error of a slice that has more or fewer numbers than are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongLength {
    /// The length of the slice.
    pub length: usize,
    /// The length that is needed.
    pub expected: usize,
}

impl fmt::Display for WrongLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the slice has length {}, but length {} is needed", self.length, self.expected)
    }
}

impl core::error::Error for WrongLength {}

/// The error of numbers that tell no target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TargetError {
    /// There are more or fewer numbers than tell a target.
    Length(WrongLength),
    /// A class has another number: classes are whole numbers from 0 on.
    NoClass {
        /// The number.
        number: f64,
        /// How many classes there are.
        classes: usize,
    },
}

impl From<WrongLength> for TargetError {
    fn from(error: WrongLength) -> Self {
        Self::Length(error)
    }
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(error) => error.fmt(f),
            Self::NoClass { number, classes } => write!(
                f,
                "there is no class {number}; classes are whole numbers from 0 on and there are {classes}"
            ),
        }
    }
}

impl core::error::Error for TargetError {}
