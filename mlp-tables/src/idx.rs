//! IDX, the format of MNIST: two zeros, the type of the numbers, the number of sizes, the sizes, the numbers, the highest byte first.

use std::borrow::Cow;

use mlp_tensors::{Dtype, Stored};

/// The first bytes of a file.
pub(crate) const MAGIC: &[u8] = &[0, 0];

/// The array of a file.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn array(file: &[u8]) -> Result<Stored<'_>, String> {
    let short = || "it ends in its header".to_owned();
    let [0, 0, kind, rank, rest @ ..] = file else { return Err(short()) };
    let dtype = match kind {
        0x08 => Dtype::U8,
        0x09 => Dtype::I8,
        0x0b => Dtype::I16,
        0x0c => Dtype::I32,
        0x0d => Dtype::F32,
        0x0e => Dtype::F64,
        other => return Err(format!("its numbers are of type {other:#04x}, which IDX does not have")),
    };
    let (sizes, numbers) = rest.split_at_checked(4 * usize::from(*rank)).ok_or_else(short)?;
    let (sizes, _) = sizes.as_chunks::<4>();
    let shape: Vec<usize> = sizes.iter().map(|size| u32::from_be_bytes(*size) as usize).collect();
    let expected =
        shape.iter().try_fold(dtype.bytes() as u64, |product, size| product.checked_mul(*size as u64));
    if expected != Some(numbers.len() as u64) {
        let expected = expected.map_or("more than 2⁶⁴".to_owned(), |expected| expected.to_string());
        return Err(format!("its numbers need {expected} bytes, and {} are there", numbers.len()));
    }
    Ok(Stored {
        name: String::new(),
        shape,
        dtype,
        is_column_major: false,
        is_big_endian: dtype.bytes() > 1,
        at: None,
        bytes: Cow::Borrowed(numbers),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_all_types() {
        let read = |bytes: &[u8]| array(bytes).map(|array| (array.shape.clone(), array.to_f64().unwrap()));
        assert_eq!(read(&[0, 0, 8, 1, 0, 0, 0, 2, 7, 255]), Ok((vec![2], vec![7.0, 255.0])));
        assert_eq!(read(&[0, 0, 9, 1, 0, 0, 0, 1, 255]), Ok((vec![1], vec![-1.0])));
        assert_eq!(read(&[0, 0, 11, 1, 0, 0, 0, 1, 1, 2]), Ok((vec![1], vec![258.0])));
        assert_eq!(read(&[0, 0, 12, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0]), Ok((vec![1, 1], vec![256.0])));
        assert_eq!(read(&[0, 0, 13, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0]), Ok((vec![1], vec![1.5])));
        assert_eq!(read(&[0, 0, 14, 1, 0, 0, 0, 1, 0xbf, 0xf8, 0, 0, 0, 0, 0, 0]), Ok((vec![1], vec![-1.5])));
    }

    #[test]
    fn what_is_no_array() {
        let wrong = |bytes: &[u8]| array(bytes).unwrap_err();
        assert_eq!(wrong(&[0, 0, 8]), "it ends in its header");
        assert_eq!(wrong(&[0, 0, 8, 2, 0, 0, 0, 1]), "it ends in its header");
        assert_eq!(wrong(&[0, 0, 7, 0]), "its numbers are of type 0x07, which IDX does not have");
        assert_eq!(wrong(&[0, 0, 8, 1, 0, 0, 0, 3, 1]), "its numbers need 3 bytes, and 1 are there");
        let mut long = vec![0, 0, 14, 3];
        long.extend([255; 12]);
        assert_eq!(wrong(&long), "its numbers need more than 2⁶⁴ bytes, and 0 are there");
    }
}
