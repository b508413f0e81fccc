//! The number type of a network and how its products are added.

/// The number type of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// 32-bit floats.
    F32,
    /// 64-bit floats.
    F64,
}

impl Precision {
    /// The Rust type.
    pub fn rust(self) -> &'static str {
        match self {
            Precision::F32 => "f32",
            Precision::F64 => "f64",
        }
    }

    /// The samples of a batch that are added in this type, in order; the sums of such groups are added in 64 bits. None
    /// where all samples are added in this type.
    pub fn group(self) -> Option<usize> {
        match self {
            Precision::F32 => Some(GROUP),
            Precision::F64 => None,
        }
    }

    /// Bytes of one number.
    pub fn bytes(self) -> usize {
        match self {
            Precision::F32 => 4,
            Precision::F64 => 8,
        }
    }
}

/// The samples of a group: see [`Precision::group`].
pub const GROUP: usize = 256;

/// How products are added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// Products and sums are rounded by themselves.
    #[default]
    Separate,
    /// A product and its addition to the value at its left are rounded once.
    Fused,
}
