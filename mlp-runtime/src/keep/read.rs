//! Reads the tensors of a file into their places. Every name, shape and number type is checked before the first number is
//! written.

use super::error::{FoundShape, LoadError};
use super::file::File;
use super::map::{Map, Order};
use super::parts::{Dtype, Item, Part, Stored, item, items};
use crate::network::ParameterShape;
use mlp_tensors::{Excerpt, safetensors::Tensor};

/// How the tensors of the optimizer begin in a checkpoint.
pub(super) const OPTIMIZER: &str = "optimizer.";

/// How the tensors of the best network begin in a checkpoint.
pub(super) const BEST: &str = "best.";

/// What is read from a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Accepted {
    /// The tensors of a checkpoint, as they are.
    Checkpoint,
    /// Tensors of one type; of a checkpoint those of the network. F32 is widened to 64 bits.
    Values,
    /// The same, and F64 is rounded to 32 bits.
    Rounded,
    /// The tensors of the best network of a checkpoint, as they are.
    Best,
}

/// The tensors whose places are remembered at once, as one bit each.
const WINDOW: usize = 2048;

/// Checks that the file has each tensor of the parts, once, with the right shape and number type, and no other one.
pub(super) fn check(
    file: &File<'_>,
    parts: &[Part],
    accepted: Accepted,
    map: &Map<'_>,
) -> Result<(), LoadError> {
    let total = items(parts).count();
    let mut begin = 0;
    loop {
        check_window(file, parts, (accepted, map), begin, total)?;
        begin += WINDOW;
        if begin >= total {
            return Ok(());
        }
    }
}

/// [`check`] for the tensors from number `begin` on, [`WINDOW`] of them.
fn check_window(
    file: &File<'_>,
    parts: &[Part],
    (accepted, map): (Accepted, &Map<'_>),
    begin: usize,
    total: usize,
) -> Result<(), LoadError> {
    let mut seen = [0_u64; WINDOW / 64];
    let mut unknown = None;
    let mut search = Search { parts, next: 0, map };
    let mut tensors = file.tensors().filter(|tensor| !is_skipped(tensor, accepted, map));
    // Of more tensors than there are places one is unknown or there twice: so the time is bounded.
    for tensor in tensors.by_ref().take(total + 1) {
        let Some((number, item)) = search.find(&tensor) else {
            unknown = unknown.or(Some(Excerpt::new(tensor.name())));
            continue;
        };
        let Some(at) = number.checked_sub(begin).filter(|at| *at < WINDOW) else { continue };
        if let Some(bits) = seen.get_mut(at / 64) {
            let bit = 1 << (at % 64);
            if *bits & bit != 0 {
                return Err(LoadError::Twice { name: Excerpt::new(tensor.name()) });
            }
            *bits |= bit;
        }
        check_tensor(&tensor, &item, (accepted, map))?;
    }
    let is_seen = |at: usize| seen.get(at / 64).is_some_and(|bits| bits >> (at % 64) & 1 == 1);
    let places = items(parts).skip(begin).take(WINDOW).enumerate();
    let missing = places.filter(|(at, _)| !is_seen(*at)).map(|(_, item)| item).next();
    let is_whole = tensors.next().is_none();
    match (missing, unknown) {
        (Some(item), instead) if is_whole => Err(LoadError::Missing { tensor: item.name, instead }),
        (_, Some(tensor)) => Err(LoadError::Unknown { tensor }),
        (_, None) => Ok(()),
    }
}

/// Writes the numbers of a checked file to their places.
pub(super) fn fill(
    file: &File<'_>,
    parts: &[Part],
    of: &mut [&mut dyn Stored],
    accepted: Accepted,
    map: &Map<'_>,
) {
    let mut search = Search { parts, next: 0, map };
    for tensor in file.tensors().filter(|tensor| !is_skipped(tensor, accepted, map)) {
        let Some((_, item)) = search.find(&tensor) else { continue };
        let Some(place) = of.get_mut(item.part) else { continue };
        match item.number {
            Some(number) => {
                let dtype = Dtype::read(tensor.dtype()).unwrap_or(item.dtype);
                place.take(number, dtype, tensor.bytes(), turned(&tensor, &item, map));
            }
            None => {
                place.set_steps(tensor.bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes)))
            }
        }
    }
}

/// Whether a tensor is left out: one of the optimizer or of the best network, when a network is read from a checkpoint.
fn is_skipped(tensor: &Tensor<'_>, accepted: Accepted, map: &Map<'_>) -> bool {
    if map.ignores(tensor.name()) {
        return true;
    }
    let is_best = tensor.name().starts_with(BEST);
    match accepted {
        Accepted::Checkpoint => is_best,
        Accepted::Values | Accepted::Rounded => is_best || tensor.name().starts_with(OPTIMIZER),
        Accepted::Best => !is_best,
    }
}

fn check_tensor(
    tensor: &Tensor<'_>,
    item: &Item,
    (accepted, map): (Accepted, &Map<'_>),
) -> Result<(), LoadError> {
    let mut sizes = tensor.shape();
    let sizes = (sizes.next(), sizes.next(), sizes.next());
    let size = |size: usize| Some(size as u64);
    let fits = match item.shape {
        ParameterShape::Scalar => matches!(sizes, (None | Some(1), None, None)),
        ParameterShape::Vector(length) => sizes == (size(length), None, None),
        ParameterShape::Matrix(rows, columns) => {
            let is_square = rows == columns && rows > 1;
            let (own, turned) = ((size(rows), size(columns), None), (size(columns), size(rows), None));
            match map.order(tensor.name(), item.name.name) {
                Order::OfShape if is_square && sizes == own => {
                    return Err(LoadError::Orientation { tensor: item.name });
                }
                Order::OfShape => sizes == own || sizes == turned,
                Order::Known(transposed) => sizes == if transposed { turned } else { own },
            }
        }
    };
    if !fits {
        let (expected, found) = (item.shape, FoundShape::new(tensor.shape()));
        return Err(LoadError::Shape { tensor: item.name, expected, found });
    }
    let is_widened = matches!(accepted, Accepted::Values | Accepted::Rounded);
    let fits = match (Dtype::read(tensor.dtype()), item.dtype) {
        (Some(found), expected) if found == expected => true,
        (Some(Dtype::F16 | Dtype::Bf16), Dtype::F32 | Dtype::F64) => is_widened,
        (Some(Dtype::F32), Dtype::F64) => is_widened,
        (Some(Dtype::F64), Dtype::F32) => accepted == Accepted::Rounded,
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let (expected, found) = (item.dtype.name(), Excerpt::new(tensor.dtype()));
    Err(LoadError::Numbers { tensor: item.name, expected, found })
}

/// Rows and columns of a parameter whose tensor has them exchanged.
fn turned(tensor: &Tensor<'_>, item: &Item, map: &Map<'_>) -> Option<(usize, usize)> {
    let ParameterShape::Matrix(rows, columns) = item.shape else { return None };
    let is_turned = match map.order(tensor.name(), item.name.name) {
        Order::Known(transposed) => transposed,
        Order::OfShape => rows != columns && tensor.shape().next() == Some(columns as u64),
    };
    is_turned.then_some((rows, columns))
}

/// Finds the places of the tensors of a file, which are mostly in the same order.
struct Search<'s> {
    parts: &'s [Part],
    next: usize,
    map: &'s Map<'s>,
}

impl Search<'_> {
    fn find(&mut self, tensor: &Tensor<'_>) -> Option<(usize, Item)> {
        let is_it =
            |(_, item): &(usize, Item)| self.map.is_of(tensor.name(), item.name.prefix, item.name.name);
        let guess = item(self.parts, self.next).map(|item| (self.next, item)).filter(is_it);
        let found = guess.or_else(|| items(self.parts).enumerate().find(is_it))?;
        self.next = found.0 + 1;
        Some(found)
    }
}
