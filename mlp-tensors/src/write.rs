//! Writes tensors. Equal tensors give equal bytes.

use core::fmt::Write as _;
use std::{
    format,
    io::Write as _,
    string::{String, ToString},
    vec::Vec,
};

use rawzip::{ZipArchiveWriter, path::ZipFilePath};

use crate::{
    files::{Error, Numbers, Problem, Tensor},
    npy::MAGIC,
    safetensors::METADATA,
};

/// The reason why an array is not written to a zip file.
const NAME: &str = "its name is not one of a file in a zip file";

/// A safetensors file with these tensors in their order, and with metadata.
///
/// # Errors
/// [`Problem::Unwritable`], or [`Problem::Twice`].
pub fn write_safetensors(tensors: &[Tensor], metadata: &[(&str, &str)]) -> Result<Vec<u8>, Error> {
    check(tensors)?;
    let mut header = String::from("{");
    if !metadata.is_empty() {
        let pair = |(key, value): &(&str, &str)| format!("{}:{}", quoted(key), quoted(value));
        let pairs: Vec<String> = metadata.iter().map(pair).collect();
        let _ = write!(header, "{}:{{{}}}", quoted(METADATA), pairs.join(","));
    }
    let mut begin = 0;
    for tensor in tensors {
        if tensor.name == METADATA {
            return Err(Error::of(
                &tensor.name,
                Problem::Unwritable("the format keeps the name for metadata"),
            ));
        }
        let (dtype, size) = match &tensor.numbers {
            Numbers::F64(_) => ("F64", 8),
            Numbers::F32(_) => ("F32", 4),
        };
        let end = begin + size * tensor.numbers.count();
        let separator = if header.len() > 1 { "," } else { "" };
        let (name, shape) = (quoted(&tensor.name), listed(&tensor.shape, ","));
        let _ = write!(
            header,
            "{separator}{name}:{{\"dtype\":\"{dtype}\",\"shape\":[{shape}],\"data_offsets\":[{begin},{end}]}}"
        );
        begin = end;
    }
    header.push('}');
    // The numbers begin at a multiple of 8.
    header.extend(core::iter::repeat_n(' ', header.len().next_multiple_of(8) - header.len()));
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    tensors.iter().for_each(|tensor| push(&mut bytes, &tensor.numbers));
    Ok(bytes)
}

/// An `.npy` file with a tensor. Its name is not written.
///
/// # Errors
/// [`Problem::Unwritable`].
pub fn write_npy(tensor: &Tensor) -> Result<Vec<u8>, Error> {
    check(core::slice::from_ref(tensor))?;
    let descr = match &tensor.numbers {
        Numbers::F64(_) => "<f8",
        Numbers::F32(_) => "<f4",
    };
    let comma = if tensor.shape.len() == 1 { "," } else { "" };
    let shape = listed(&tensor.shape, ", ");
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}{comma}), }}");
    // The numbers begin at a multiple of 64, as NumPy does.
    let length = (10 + header.len() + 1).next_multiple_of(64) - 10;
    header.extend(core::iter::repeat_n(' ', length - 1 - header.len()));
    header.push('\n');
    let length = u16::try_from(header.len())
        .map_err(|_| Error::of(&tensor.name, Problem::Unwritable("it has too many sizes")))?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend(length.to_le_bytes());
    bytes.extend(header.as_bytes());
    push(&mut bytes, &tensor.numbers);
    Ok(bytes)
}

/// An `.npz` file with these tensors in their order, stored.
///
/// # Errors
/// [`Problem::Unwritable`], or [`Problem::Twice`].
pub fn write_npz(tensors: &[Tensor]) -> Result<Vec<u8>, Error> {
    check(tensors)?;
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for tensor in tensors {
        let bytes = write_npy(tensor)?;
        let path = format!("{}.npy", tensor.name);
        let failed =
            |_| Error::of(&tensor.name, Problem::Unwritable("the name is not one of a file in a zip file"));
        // A zip file has `/` for `\\`, and no `..`.
        let normal = ZipFilePath::from_str(&path);
        if normal.as_str() != path {
            return Err(Error::of(&tensor.name, Problem::Unwritable(NAME)));
        }
        let (mut entry, config) = archive.new_file(normal).start().map_err(failed)?;
        let mut writer = config.wrap(&mut entry);
        writer.write_all(&bytes).map_err(|error| failed(error.into()))?;
        let (_, descriptor) = writer.finish().map_err(failed)?;
        entry.finish(descriptor).map_err(failed)?;
    }
    archive.finish().map_err(|_| Error { tensor: None, problem: Problem::Unwritable("it is too large") })
}

/// Whether names are different, and shapes those of the numbers.
fn check(tensors: &[Tensor]) -> Result<(), Error> {
    let mut names = std::collections::BTreeSet::new();
    for tensor in tensors {
        let count = tensor.shape.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
        if count != Some(tensor.numbers.count()) {
            return Err(Error::of(&tensor.name, Problem::Unwritable("its shape is not that of its numbers")));
        }
        if !names.insert(&tensor.name) {
            return Err(Error::of(&tensor.name, Problem::Twice));
        }
    }
    Ok(())
}

fn push(bytes: &mut Vec<u8>, numbers: &Numbers) {
    match numbers {
        Numbers::F64(numbers) => bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes())),
        Numbers::F32(numbers) => bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes())),
    }
}

fn listed(sizes: &[usize], separator: &str) -> String {
    sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(separator)
}

/// A string of JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for of in text.chars() {
        match of {
            '"' | '\\' => quoted.extend(['\\', of]),
            of if of < ' ' => drop(write!(quoted, "\\u{:04x}", u32::from(of))),
            of => quoted.push(of),
        }
    }
    quoted.push('"');
    quoted
}
