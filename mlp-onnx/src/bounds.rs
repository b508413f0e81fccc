//! What a file may hold, counted before anything is made from it: a message of two bytes would take hundreds in memory.

use crate::Error;

/// The largest file.
pub const FILE_BYTES: u64 = 1 << 30;

/// Messages and texts of a file.
const ENTRIES: usize = 200_000;

/// Whole numbers, of which one byte takes eight in memory.
const INTEGERS: usize = 1 << 24;

/// The messages that are read; each has the numbers of its fields that hold others, and of those that hold whole numbers.
#[derive(Clone, Copy)]
enum Kind {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Value,
    Type,
    TensorType,
    Sizes,
    Leaf,
}

impl Kind {
    /// What a field holds, if it is a message.
    fn inside(self, field: u64) -> Option<Kind> {
        match (self, field) {
            (Kind::Model, 7) => Some(Kind::Graph),
            (Kind::Graph, 1) => Some(Kind::Node),
            (Kind::Graph, 5) | (Kind::Attribute, 5) => Some(Kind::Tensor),
            (Kind::Graph, 11..=13) => Some(Kind::Value),
            (Kind::Node, 5) => Some(Kind::Attribute),
            (Kind::Value, 2) => Some(Kind::Type),
            (Kind::Type, 1) => Some(Kind::TensorType),
            (Kind::TensorType, 2) => Some(Kind::Sizes),
            (Kind::Model, 8 | 14) | (Kind::Tensor, 13) | (Kind::Sizes, 1) => Some(Kind::Leaf),
            _ => None,
        }
    }

    /// Whether a field is whole numbers in a row of bytes.
    fn packs_integers(self, field: u64) -> bool {
        matches!((self, field), (Kind::Tensor, 1 | 5 | 7) | (Kind::Attribute, 8))
    }
}

/// Counts the entries of a model.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Error> {
    if bytes.len() as u64 > FILE_BYTES {
        return Err(Error::new("the file is too large", format!("use one of at most {FILE_BYTES} bytes")));
    }
    Count { entries: 0, integers: 0 }.message(bytes, Kind::Model)
}

struct Count {
    entries: usize,
    integers: usize,
}

impl Count {
    /// The recursion is as deep as the kinds are.
    fn message(&mut self, mut bytes: &[u8], kind: Kind) -> Result<(), Error> {
        while !bytes.is_empty() {
            let key = varint(&mut bytes)?;
            let field = key >> 3;
            match key & 7 {
                0 => {
                    varint(&mut bytes)?;
                    self.integers += 1;
                }
                1 => drop(taken(&mut bytes, 8)?),
                5 => drop(taken(&mut bytes, 4)?),
                2 => {
                    let length = varint(&mut bytes)?;
                    let length = usize::try_from(length).map_err(|_| torn())?;
                    let inside = taken(&mut bytes, length)?;
                    self.entries += 1;
                    if kind.packs_integers(field) {
                        self.integers += length;
                    }
                    if let Some(kind) = kind.inside(field) {
                        self.message(inside, kind)?;
                    }
                }
                _ => return Err(torn()),
            }
            if self.entries > ENTRIES || self.integers > INTEGERS {
                return Err(Error::new(
                    "the model has too many parts",
                    format!(
                        "at most {ENTRIES} nodes, tensors and texts and {INTEGERS} whole numbers are read"
                    ),
                ));
            }
        }
        Ok(())
    }
}

pub(crate) fn torn() -> Error {
    Error::new("this is not an ONNX model, or the file is damaged", "export the model once more")
}

fn varint(bytes: &mut &[u8]) -> Result<u64, Error> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let [byte] = *taken(bytes, 1)? else { return Err(torn()) };
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(torn())
}

fn taken<'b>(bytes: &mut &'b [u8], length: usize) -> Result<&'b [u8], Error> {
    let (taken, rest) = bytes.split_at_checked(length).ok_or_else(torn)?;
    *bytes = rest;
    Ok(taken)
}
