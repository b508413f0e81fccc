//! An array of NumPy: a magic word, a version, a header that is a literal of a Python dictionary, the numbers.

use std::{borrow::Cow, string::ToString, vec::Vec};

use crate::{
    Dtype,
    files::{Error, Problem, Stored},
};

/// The first bytes of a file.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";
/// The longest header that is read: enough for any array of numbers.
const HEADER: usize = 1 << 16;
/// The most sizes of a shape, as in NumPy.
const RANK: usize = 64;

/// The array in the bytes of a file, which begin at `at` of the whole file, if they are there as they are.
pub(crate) fn array<'f>(name: &str, file: Cow<'f, [u8]>, at: Option<usize>) -> Result<Stored<'f>, Error> {
    let error = |problem| Error::of(name, problem);
    let (header, begin) = header(&file).map_err(|reason| error(Problem::Npy(reason)))?;
    let Header { descr, is_column_major, shape } =
        parse(header).ok_or_else(|| error(Problem::Npy("its header does not describe an array")))?;
    let (dtype, is_big_endian) = dtype(descr).ok_or_else(|| error(Problem::Dtype(descr.to_string())))?;
    let bytes =
        shape.iter().try_fold(dtype.bytes() as u64, |product, size| product.checked_mul(*size as u64));
    let found = (file.len() - begin) as u64;
    if bytes != Some(found) {
        return Err(error(Problem::Length { expected: bytes.unwrap_or(u64::MAX), found }));
    }
    let bytes = match file {
        Cow::Borrowed(file) => Cow::Borrowed(file.get(begin..).unwrap_or_default()),
        Cow::Owned(mut file) => {
            file.drain(..begin);
            Cow::Owned(file)
        }
    };
    // The two orders are one for a vector.
    let is_column_major = is_column_major && shape.len() > 1;
    let is_big_endian = is_big_endian && dtype.bytes() > 1;
    let at = at.map(|at| at + begin);
    Ok(Stored { name: name.to_string(), shape, dtype, is_column_major, is_big_endian, at, bytes })
}

/// The text of the header, and where the numbers begin.
fn header(file: &[u8]) -> Result<(&str, usize), &'static str> {
    let rest = file.strip_prefix(MAGIC).ok_or("its first 6 bytes are not those of the format")?;
    let short = "it ends in its header";
    let (length, before) = match rest {
        [1, _, a, b, ..] => (u16::from_le_bytes([*a, *b]).into(), 10),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, 12),
        [1..=3, ..] | [] => return Err(short),
        _ => return Err("it is of a later version of the format"),
    };
    if length > HEADER {
        return Err("its header is too long");
    }
    let header = file.get(before..before + length).ok_or(short)?;
    Ok((core::str::from_utf8(header).map_err(|_| "its header is not UTF-8")?, before + length))
}

struct Header<'h> {
    descr: &'h str,
    is_column_major: bool,
    shape: Vec<usize>,
}

/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`
fn parse(text: &str) -> Option<Header<'_>> {
    let mut rest = Literal(text);
    let (mut descr, mut order, mut shape) = (None, None, None);
    rest.pass('{')?;
    while !rest.is_next('}') {
        let key = rest.string()?;
        rest.pass(':')?;
        let is_new = match key {
            "descr" => descr.replace(rest.string().unwrap_or("structured")).is_none(),
            "fortran_order" => order.replace(rest.truth()?).is_none(),
            "shape" => shape.replace(rest.sizes()?).is_none(),
            _ => false,
        };
        if !is_new {
            return None;
        }
        // Structured types are lists; they are refused by name.
        if descr == Some("structured") {
            return Some(Header { descr: "structured", is_column_major: false, shape: Vec::new() });
        }
        if !rest.is_next(',') {
            rest.pass('}')?;
            break;
        }
    }
    let is_end = rest.0.trim().is_empty();
    is_end.then_some(Header { descr: descr?, is_column_major: order?, shape: shape? })
}

/// The rest of a literal of Python.
struct Literal<'h>(&'h str);

impl<'h> Literal<'h> {
    fn is_next(&mut self, of: char) -> bool {
        self.0 = self.0.trim_start();
        let after = self.0.strip_prefix(of);
        self.0 = after.unwrap_or(self.0);
        after.is_some()
    }

    fn pass(&mut self, of: char) -> Option<()> {
        self.is_next(of).then_some(())
    }

    fn string(&mut self) -> Option<&'h str> {
        let quote = if self.is_next('"') { '"' } else { self.pass('\'').map(|()| '\'')? };
        let (text, rest) = self.0.split_once(quote)?;
        self.0 = rest;
        (!text.contains('\\')).then_some(text)
    }

    fn truth(&mut self) -> Option<bool> {
        self.0 = self.0.trim_start();
        let (is_true, rest) = match (self.0.strip_prefix("True"), self.0.strip_prefix("False")) {
            (Some(rest), _) => (true, rest),
            (None, rest) => (false, rest?),
        };
        self.0 = rest;
        Some(is_true)
    }

    fn sizes(&mut self) -> Option<Vec<usize>> {
        let mut sizes = Vec::new();
        self.pass('(')?;
        while !self.is_next(')') {
            self.0 = self.0.trim_start();
            let end = self.0.find(|of: char| !of.is_ascii_digit())?;
            let (digits, rest) = self.0.split_at_checked(end)?;
            sizes.push(digits.parse().ok()?);
            // Written by Python 2.
            self.0 = rest.strip_prefix('L').unwrap_or(rest);
            if sizes.len() > RANK {
                return None;
            }
            if !self.is_next(',') {
                self.pass(')')?;
                break;
            }
        }
        Some(sizes)
    }
}

/// The number type of a `descr`, and whether it is big-endian.
fn dtype(descr: &str) -> Option<(Dtype, bool)> {
    let mut chars = descr.chars();
    let is_big_endian = match chars.next()? {
        '<' | '|' | '=' => false,
        '>' => true,
        _ => return None,
    };
    let dtype = match chars.as_str() {
        "f8" => Dtype::F64,
        "f4" => Dtype::F32,
        "f2" => Dtype::F16,
        "i8" => Dtype::I64,
        "i4" => Dtype::I32,
        "i2" => Dtype::I16,
        "i1" => Dtype::I8,
        "u8" => Dtype::U64,
        "u4" => Dtype::U32,
        "u2" => Dtype::U16,
        "u1" => Dtype::U8,
        "b1" => Dtype::Bool,
        _ => return None,
    };
    Some((dtype, is_big_endian))
}
