//! A target that is a class.

use core::fmt;

use super::scalar::Scalar;

/// One of N classes, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Class<const N: usize>(usize);

impl<const N: usize> Class<N> {
    /// The class with this index; `None` if the index is N or more.
    #[must_use]
    pub const fn new(index: usize) -> Option<Self> {
        if index < N { Some(Self(index)) } else { None }
    }

    /// The class with this index; the last class if the index is N or more.
    #[must_use]
    pub const fn at_most(index: usize) -> Self {
        const { assert!(N > 0, "there is at least one class") };
        if index < N { Self(index) } else { Self(N - 1) }
    }

    /// The index of the class, less than N.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0
    }

    /// The one-hot vector: 1 for this class, 0 for the others.
    #[must_use]
    pub fn one_hot<T: Scalar>(self) -> [T; N] {
        core::array::from_fn(|class| if class == self.0 { T::ONE } else { T::ZERO })
    }
}

impl<const N: usize> core::convert::TryFrom<usize> for Class<N> {
    type Error = NoSuchClass;

    fn try_from(index: usize) -> Result<Self, NoSuchClass> {
        Self::new(index).ok_or(NoSuchClass { index, classes: N })
    }
}

/// The error of an index that is not less than the number of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchClass {
    /// The index.
    pub index: usize,
    /// The number of classes.
    pub classes: usize,
}

impl fmt::Display for NoSuchClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "there is no class {}; classes are counted from 0 and there are {}",
            self.index, self.classes
        )
    }
}

impl core::error::Error for NoSuchClass {}
