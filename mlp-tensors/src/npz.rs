//! Arrays of NumPy in a zip file.

use std::{borrow::Cow, vec::Vec};

use miniz_oxide::inflate::decompress_slice_iter_to_slice;
use rawzip::{CompressionMethod, ZipArchive, ZipSliceEntry};

use crate::{
    files::{Error, Problem, Stored},
    npy,
};

/// The most arrays of a file: each costs memory for its name and its header.
const ARRAYS: usize = 1 << 16;

/// All arrays of a file. Those that are deflated take at most `limit` bytes in all.
pub(crate) fn arrays(file: &[u8], limit: u64) -> Result<Vec<Stored<'_>>, Error> {
    let whole = |reason| Error { tensor: None, problem: Problem::Zip(reason) };
    let archive =
        ZipArchive::from_slice(file).map_err(|_| whole("its list of files is missing or damaged"))?;
    let mut entries = archive.entries();
    let (mut arrays, mut inflated, mut compressed) = (Vec::new(), 0_u64, 0_u64);
    while let Some(entry) = entries.next_entry().map_err(|_| whole("its list of files is damaged"))? {
        let path = entry.file_path();
        let path = core::str::from_utf8(path.as_ref()).map_err(|_| whole("a name in it is not UTF-8"))?;
        let name = path.strip_suffix(".npy").ok_or_else(|| whole("a file in it is no `.npy` file"))?;
        let error = |reason| Error::of(name, Problem::Zip(reason));
        if arrays.len() >= ARRAYS {
            return Err(whole("it has too many files"));
        }
        if entry.flags().is_encrypted() {
            return Err(error("it is encrypted"));
        }
        let method = entry.compression_method();
        let part = archive.get_entry(entry.wayfinder()).map_err(|_| error("it is cut short"))?;
        // Each byte is read once: a list can name the same bytes many times.
        compressed = compressed.saturating_add(part.data().len() as u64);
        if compressed > file.len() as u64 {
            return Err(whole("its files overlap"));
        }
        let size = part.claim_verifier().uncompressed_size;
        let (bytes, at) = if method == CompressionMethod::STORE {
            let begin = usize::try_from(part.compressed_data_range().0).ok();
            (Cow::Borrowed(part_of(file, &part).unwrap_or_default()), begin)
        } else if method == CompressionMethod::DEFLATE {
            inflated = inflated.saturating_add(size);
            if inflated > limit {
                return Err(Error::of(name, Problem::TooLarge { bytes: inflated, limit }));
            }
            (
                Cow::Owned(
                    inflate(part.data(), size).ok_or_else(|| error("its deflated bytes are damaged"))?,
                ),
                None,
            )
        } else {
            return Err(error("it is neither stored nor deflated"));
        };
        if bytes.len() as u64 != size || rawzip::crc32(&bytes) != part.claim_verifier().crc {
            return Err(error("its bytes are not those that were written: size or checksum differ"));
        }
        arrays.push(npy::array(name, bytes, at)?);
    }
    Ok(arrays)
}

/// The bytes of a stored file, which are part of the whole one.
fn part_of<'f>(file: &'f [u8], part: &ZipSliceEntry<'_>) -> Option<&'f [u8]> {
    let (begin, end) = part.compressed_data_range();
    file.get(usize::try_from(begin).ok()?..usize::try_from(end).ok()?)
}

/// The inflated bytes, `size` of them. A deflated byte is at most some 1032 bytes, so a size beyond is refused before memory is spent.
fn inflate(deflated: &[u8], size: u64) -> Option<Vec<u8>> {
    const MOST: u64 = 1040;
    if size > (deflated.len() as u64).saturating_mul(MOST) {
        return None;
    }
    let mut bytes = std::vec![0; usize::try_from(size).ok()?];
    let count = decompress_slice_iter_to_slice(&mut bytes, core::iter::once(deflated), false, true).ok()?;
    (count == bytes.len()).then_some(bytes)
}
