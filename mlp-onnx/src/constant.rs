//! Tensors of the file, and what is computed from them alone.

use mlp_tensors::widen;

use crate::{
    Error,
    bounds::torn,
    proto::{self, element},
};

/// The type of the numbers of a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Single,
    Double,
    Whole,
}

/// A tensor with its numbers, row by row. All are exact in `f64`, but for whole numbers above 2⁵³, which no operator that is read needs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Constant {
    pub(crate) kind: Kind,
    pub(crate) shape: Vec<usize>,
    pub(crate) numbers: Vec<f64>,
}

impl Constant {
    pub(crate) fn of(tensor: &proto::Tensor) -> Result<Self, Error> {
        if tensor.data_location == Some(1) || !tensor.external_data.is_empty() {
            return Err(Error::new(
                "the numbers are in another file",
                "save the model with its tensors inside: `onnx.save(onnx.load(\"model.onnx\"), \"whole.onnx\")`",
            ));
        }
        let shape = sizes(&tensor.dims)?;
        let (kind, numbers) = numbers(tensor)?;
        if shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size)) != Some(numbers.len()) {
            return Err(torn());
        }
        Ok(Constant { kind, shape, numbers })
    }

    pub(crate) fn whole(numbers: impl IntoIterator<Item = i64>) -> Self {
        let numbers: Vec<f64> = numbers.into_iter().map(|number| number as f64).collect();
        Constant { kind: Kind::Whole, shape: vec![numbers.len()], numbers }
    }

    pub(crate) fn scalar(number: f64, kind: Kind) -> Self {
        Constant { kind, shape: Vec::new(), numbers: vec![number] }
    }

    /// The one number.
    pub(crate) fn single(&self) -> Option<f64> {
        if let [number] = self.numbers[..] { Some(number) } else { None }
    }

    /// The sizes without ones before them.
    pub(crate) fn trimmed(&self) -> &[usize] {
        let ones = self.shape.iter().take_while(|size| **size == 1).count();
        self.shape.get(ones..).unwrap_or_default()
    }

    /// Element by element.
    pub(crate) fn map(&self, function: impl Fn(f64) -> f64) -> Self {
        let numbers = self.numbers.iter().map(|number| self.rounded(function(*number))).collect();
        Constant { numbers, ..self.clone() }
    }

    /// Two constants of one shape, or one of them a number.
    pub(crate) fn with(&self, other: &Self, function: impl Fn(f64, f64) -> f64) -> Option<Self> {
        let (shape, count) = match (self.numbers.len(), other.numbers.len()) {
            (a, b) if a == b && self.trimmed() == other.trimmed() => (&self.shape, a),
            (a, 1) => (&self.shape, a),
            (1, b) => (&other.shape, b),
            _ => return None,
        };
        let at = |constant: &Self, index: usize| {
            constant
                .numbers
                .get(if constant.numbers.len() == 1 { 0 } else { index })
                .copied()
                .unwrap_or(f64::NAN)
        };
        let numbers =
            (0..count).map(|index| self.rounded(function(at(self, index), at(other, index)))).collect();
        Some(Constant { kind: self.kind, shape: shape.clone(), numbers })
    }

    /// Rows and columns exchanged.
    pub(crate) fn transposed(&self) -> Option<Self> {
        let [rows, columns] = self.shape[..] else { return None };
        let places = (0..columns).flat_map(|column| (0..rows).map(move |row| row * columns + column));
        let numbers = places.map(|place| self.numbers.get(place).copied().unwrap_or(f64::NAN)).collect();
        Some(Constant { kind: self.kind, shape: vec![columns, rows], numbers })
    }

    fn rounded(&self, number: f64) -> f64 {
        match self.kind {
            Kind::Single => f64::from(number as f32),
            Kind::Double => number,
            // Division is towards 0.
            Kind::Whole => number.trunc(),
        }
    }
}

/// The sizes of a tensor.
fn sizes(dims: &[i64]) -> Result<Vec<usize>, Error> {
    dims.iter().map(|size| usize::try_from(*size).map_err(|_| torn())).collect()
}

/// The numbers, which are in one of the fields.
fn numbers(tensor: &proto::Tensor) -> Result<(Kind, Vec<f64>), Error> {
    let raw = tensor.raw_data.as_deref();
    let halves = |widen: fn(u16) -> f32| match raw {
        Some(raw) => of_bytes(raw, |bytes| f64::from(widen(u16::from_le_bytes(bytes)))),
        None => Ok(tensor.int32_data.iter().map(|bits| f64::from(widen(*bits as u16))).collect()),
    };
    let small = |of: fn([u8; 1]) -> f64| match raw {
        Some(raw) => of_bytes(raw, of),
        None => Ok(tensor.int32_data.iter().map(|number| f64::from(*number)).collect()),
    };
    Ok(match tensor.data_type.unwrap_or(0) {
        element::FLOAT => (
            Kind::Single,
            match raw {
                Some(raw) => of_bytes(raw, |bytes| f64::from(f32::from_le_bytes(bytes)))?,
                None => tensor.float_data.iter().map(|number| f64::from(*number)).collect(),
            },
        ),
        element::DOUBLE => (
            Kind::Double,
            match raw {
                Some(raw) => of_bytes(raw, f64::from_le_bytes)?,
                None => tensor.double_data.clone(),
            },
        ),
        element::FLOAT16 => (Kind::Single, halves(widen::f16)?),
        element::BFLOAT16 => (Kind::Single, halves(widen::bf16)?),
        element::INT64 => (
            Kind::Whole,
            match raw {
                Some(raw) => of_bytes(raw, |bytes| i64::from_le_bytes(bytes) as f64)?,
                None => tensor.int64_data.iter().map(|number| *number as f64).collect(),
            },
        ),
        element::INT32 => (
            Kind::Whole,
            match raw {
                Some(raw) => of_bytes(raw, |bytes| f64::from(i32::from_le_bytes(bytes)))?,
                None => tensor.int32_data.iter().map(|number| f64::from(*number)).collect(),
            },
        ),
        element::INT8 => (Kind::Whole, small(|[byte]| f64::from(i8::from_le_bytes([byte])))?),
        element::UINT8 | element::BOOL => (Kind::Whole, small(|[byte]| f64::from(byte))?),
        other => {
            return Err(Error::new(
                format!("a tensor has elements of the type {other} of ONNX, which is not read"),
                "floats of 16, 32 and 64 bits and whole numbers are",
            ));
        }
    })
}

fn of_bytes<const N: usize>(raw: &[u8], number: impl Fn([u8; N]) -> f64) -> Result<Vec<f64>, Error> {
    let (numbers, rest) = raw.as_chunks::<N>();
    if rest.is_empty() { Ok(numbers.iter().map(|bytes| number(*bytes)).collect()) } else { Err(torn()) }
}
