//! The number types of files.

use crate::widen;

/// A number type of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dtype {
    /// `f64`.
    F64,
    /// `f32`.
    F32,
    /// IEEE's binary16.
    F16,
    /// bfloat16, the upper half of an `f32`.
    Bf16,
    /// `i64`.
    I64,
    /// `i32`.
    I32,
    /// `i16`.
    I16,
    /// `i8`.
    I8,
    /// `u64`.
    U64,
    /// `u32`.
    U32,
    /// `u16`.
    U16,
    /// `u8`.
    U8,
    /// 0 or 1 in a byte.
    Bool,
}

/// All of them, with their names in safetensors.
const NAMES: [(Dtype, &str); 13] = [
    (Dtype::F64, "F64"),
    (Dtype::F32, "F32"),
    (Dtype::F16, "F16"),
    (Dtype::Bf16, "BF16"),
    (Dtype::I64, "I64"),
    (Dtype::I32, "I32"),
    (Dtype::I16, "I16"),
    (Dtype::I8, "I8"),
    (Dtype::U64, "U64"),
    (Dtype::U32, "U32"),
    (Dtype::U16, "U16"),
    (Dtype::U8, "U8"),
    (Dtype::Bool, "BOOL"),
];

impl Dtype {
    /// The name in safetensors: `F32`.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(dtype, _)| *dtype == self).map_or("", |(_, name)| name)
    }

    /// The type of this name in safetensors. There are more, such as `F8_E4M3`, whose numbers are not read.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, found)| *found == name).map(|(dtype, _)| *dtype)
    }

    /// The bytes of a number.
    pub fn bytes(self) -> usize {
        match self {
            Dtype::F64 | Dtype::I64 | Dtype::U64 => 8,
            Dtype::F32 | Dtype::I32 | Dtype::U32 => 4,
            Dtype::F16 | Dtype::Bf16 | Dtype::I16 | Dtype::U16 => 2,
            Dtype::I8 | Dtype::U8 | Dtype::Bool => 1,
        }
    }

    /// Whether each of its numbers is also one of `f32`.
    pub fn is_exact_in_f32(self) -> bool {
        match self {
            Dtype::F64 | Dtype::I64 | Dtype::I32 | Dtype::U64 | Dtype::U32 => false,
            Dtype::F32
            | Dtype::F16
            | Dtype::Bf16
            | Dtype::I16
            | Dtype::I8
            | Dtype::U16
            | Dtype::U8
            | Dtype::Bool => true,
        }
    }

    /// The number of these bytes, little-endian. `None` if there are too few, or if it is a whole number that no `f64` equals.
    pub fn number(self, bytes: &[u8]) -> Option<f64> {
        Some(match self {
            Dtype::F64 => f64::from_le_bytes(*bytes.first_chunk()?),
            Dtype::F32 => f32::from_le_bytes(*bytes.first_chunk()?).into(),
            Dtype::F16 => widen::f16(u16::from_le_bytes(*bytes.first_chunk()?)).into(),
            Dtype::Bf16 => widen::bf16(u16::from_le_bytes(*bytes.first_chunk()?)).into(),
            Dtype::I64 => {
                let whole = i64::from_le_bytes(*bytes.first_chunk()?);
                let number = whole as f64;
                // 2^63, which is not an `i64`, would be cut to the largest one.
                return (number as i128 == i128::from(whole)).then_some(number);
            }
            Dtype::U64 => {
                let whole = u64::from_le_bytes(*bytes.first_chunk()?);
                let number = whole as f64;
                return (number as u128 == u128::from(whole)).then_some(number);
            }
            Dtype::I32 => i32::from_le_bytes(*bytes.first_chunk()?).into(),
            Dtype::U32 => u32::from_le_bytes(*bytes.first_chunk()?).into(),
            Dtype::I16 => i16::from_le_bytes(*bytes.first_chunk()?).into(),
            Dtype::U16 => u16::from_le_bytes(*bytes.first_chunk()?).into(),
            Dtype::I8 => i8::from_le_bytes(*bytes.first_chunk()?).into(),
            Dtype::U8 => f64::from(*bytes.first()?),
            Dtype::Bool => f64::from(u8::from(*bytes.first()? != 0)),
        })
    }
}
