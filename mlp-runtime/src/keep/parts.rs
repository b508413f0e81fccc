//! The tensors of a file: those of one type, or of a network and its optimizer. Code that writes and reads them is compiled
//! once, for all types.

use core::any::Any;

use super::error::TensorName;
use super::listed::Listed;
use super::value::Out;
use crate::network::{Parameter, ParameterShape};
use crate::scalar::Scalar;
use mlp_tensors::{Text, widen};

/// The name of the number of steps in a file.
const STEPS: &str = "steps";

/// The tensors of a type that is not known.
pub(super) trait Stored {
    /// The number type in a file.
    fn dtype(&self) -> Dtype;
    /// The number of steps, if it is counted.
    fn steps(&self) -> Option<u64>;
    fn set_steps(&mut self, steps: u64);
    /// Writes the bytes of a tensor.
    fn put(&self, number: usize, out: Out<'_>) -> bool;
    /// Reads a tensor from its bytes. Of a matrix whose rows and columns are exchanged there it gets them.
    fn take(&mut self, number: usize, dtype: Dtype, bytes: &[u8], turned: Option<(usize, usize)>);
}

impl<T: Listed> Stored for T {
    fn dtype(&self) -> Dtype {
        if size_of::<T::Scalar>() == 4 { Dtype::F32 } else { Dtype::F64 }
    }

    fn steps(&self) -> Option<u64> {
        self.counted()
    }

    fn set_steps(&mut self, steps: u64) {
        self.set_counted(steps);
    }

    fn put(&self, number: usize, out: Out<'_>) -> bool {
        put_numbers(self.numbers(number).unwrap_or_default(), out)
    }

    fn take(&mut self, number: usize, dtype: Dtype, bytes: &[u8], turned: Option<(usize, usize)>) {
        let places = self.numbers_mut(number).unwrap_or_default();
        let single = |number: f32| same(number).unwrap_or_else(|| T::Scalar::from_f64(f64::from(number)));
        match dtype {
            Dtype::F32 => fill(places, bytes, turned, |bytes| single(f32::from_le_bytes(bytes))),
            Dtype::F16 => fill(places, bytes, turned, |bytes| single(widen::f16(u16::from_le_bytes(bytes)))),
            Dtype::Bf16 => {
                fill(places, bytes, turned, |bytes| single(widen::bf16(u16::from_le_bytes(bytes))))
            }
            Dtype::F64 => fill(places, bytes, turned, |bytes| T::Scalar::from_f64(f64::from_le_bytes(bytes))),
            Dtype::U64 => {}
        }
    }
}

/// Writes the numbers of a tensor to their places.
fn fill<S, const SIZE: usize>(
    places: &mut [S],
    bytes: &[u8],
    turned: Option<(usize, usize)>,
    number: impl Fn([u8; SIZE]) -> S,
) {
    let numbers = bytes.as_chunks().0;
    let Some((rows, columns)) = turned else {
        for (place, bytes) in places.iter_mut().zip(numbers) {
            *place = number(*bytes);
        }
        return;
    };
    for (row, places) in places.chunks_mut(columns.max(1)).enumerate() {
        let column = numbers.get(row..).unwrap_or_default().iter().step_by(rows.max(1));
        for (place, bytes) in places.iter_mut().zip(column) {
            *place = number(*bytes);
        }
    }
}

/// The number as one of another type, if it is the same type: every bit, also of a NaN.
fn same<A: 'static, B: Copy + 'static>(number: A) -> Option<B> {
    (&number as &dyn Any).downcast_ref::<B>().copied()
}

/// Writes numbers in little-endian order, some at once.
fn put_numbers<S: Scalar>(numbers: &[S], out: Out<'_>) -> bool {
    const AT_ONCE: usize = 64;
    let mut bytes = [0; 8 * AT_ONCE];
    numbers.chunks(AT_ONCE).all(|part| {
        let size = size_of::<S>();
        let mut used = 0;
        for (number, place) in part.iter().zip(bytes.chunks_exact_mut(size)) {
            match same::<S, f32>(*number) {
                Some(number) => place.copy_from_slice(&number.to_le_bytes()),
                None => place.copy_from_slice(&number.to_f64().to_le_bytes()),
            }
            used += size;
        }
        out(bytes.get(..used).unwrap_or_default())
    })
}

/// A number type of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dtype {
    F32,
    F64,
    F16,
    Bf16,
    U64,
}

impl Dtype {
    pub(super) fn name(self) -> &'static str {
        match self {
            Dtype::F32 => "F32",
            Dtype::F64 => "F64",
            Dtype::F16 => "F16",
            Dtype::Bf16 => "BF16",
            Dtype::U64 => "U64",
        }
    }

    pub(super) fn bytes(self) -> u64 {
        match self {
            Dtype::F16 | Dtype::Bf16 => 2,
            Dtype::F32 => 4,
            Dtype::F64 | Dtype::U64 => 8,
        }
    }

    pub(super) fn read(text: Text<'_>) -> Option<Self> {
        [Dtype::F32, Dtype::F64, Dtype::F16, Dtype::Bf16, Dtype::U64]
            .into_iter()
            .find(|dtype| text == *dtype.name())
    }
}

/// What a file knows of the tensors of a type.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// How the names begin in the file.
    prefix: &'static str,
    list: &'static [Parameter],
    dtype: Dtype,
    has_steps: bool,
}

impl Part {
    pub(super) fn new<T: Listed>(prefix: &'static str, of: &T) -> Self {
        Part { prefix, list: of.list(), dtype: of.dtype(), has_steps: of.counted().is_some() }
    }
}

/// A tensor that a file has, by its place.
#[derive(Clone, Copy)]
pub(super) struct Item {
    /// The number of the part.
    pub(super) part: usize,
    /// The number of the tensor; `None` is the number of steps.
    pub(super) number: Option<usize>,
    pub(super) name: TensorName,
    pub(super) dtype: Dtype,
    pub(super) shape: ParameterShape,
}

/// All tensors of the parts in the order of a file: numbers of steps first, so that all numbers are aligned.
pub(super) fn items(parts: &[Part]) -> impl Iterator<Item = Item> {
    (0..).map_while(|number| item(parts, number))
}

/// One of [`items`].
pub(super) fn item(parts: &[Part], number: usize) -> Option<Item> {
    let mut rest = number;
    for (part, of) in parts.iter().enumerate().filter(|(_, part)| part.has_steps) {
        let Some(before) = rest.checked_sub(1) else {
            let name = TensorName { prefix: of.prefix, name: STEPS };
            return Some(Item { part, number: None, name, dtype: Dtype::U64, shape: ParameterShape::Scalar });
        };
        rest = before;
    }
    for (part, of) in parts.iter().enumerate() {
        if let Some(tensor) = of.list.get(rest) {
            let name = TensorName { prefix: of.prefix, name: tensor.name };
            return Some(Item { part, number: Some(rest), name, dtype: of.dtype, shape: tensor.shape });
        }
        rest = rest.saturating_sub(of.list.len());
    }
    None
}
