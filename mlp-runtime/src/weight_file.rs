//! Start values from a file whose bytes are included in the program: the file is checked by its hash, and its numbers,
//! little-endian, are written to the parameters. Everything works in constants, too.

use super::{hash, widen};

/// The bytes of the file, checked by length and hash to be those that the code was generated for.
///
/// # Panics
/// If they differ. Generated code calls it in a constant, so the panic is a compile error.
pub const fn weight_file(bytes: &'static [u8], length: usize, hash: u64) -> &'static [u8] {
    assert!(
        bytes.len() == length && hash::of_file(bytes) == hash,
        "the weights file has changed since this code was generated; regenerate it"
    );
    bytes
}

macro_rules! load {
    ($real:ident, $size:literal, $load:ident, $load_transposed:ident, |$bytes:ident| $number:expr) => {
        /// Writes the numbers of the file from byte `at` on to `place`. Numbers beyond the end of the file are left unchanged.
        pub const fn $load(file: &[u8], at: usize, place: &mut [$real]) {
            let numbers = numbers::<$size>(file, at);
            let mut index = 0;
            while index < place.len() && index < numbers.len() {
                let $bytes = numbers[index];
                place[index] = $number;
                index += 1;
            }
        }

        /// Writes the numbers of the file from byte `at` on, which are stored column by column, to the matrix `place`.
        pub const fn $load_transposed<const ROWS: usize, const COLUMNS: usize>(
            file: &[u8],
            at: usize,
            place: &mut [[$real; COLUMNS]; ROWS],
        ) {
            let numbers = numbers::<$size>(file, at);
            if numbers.len() / ROWS < COLUMNS {
                return;
            }
            let mut row = 0;
            while row < ROWS {
                let mut column = 0;
                while column < COLUMNS {
                    let $bytes = numbers[column * ROWS + row];
                    place[row][column] = $number;
                    column += 1;
                }
                row += 1;
            }
        }
    };
}

load!(f32, 4, load_f32, load_transposed_f32, |bytes| f32::from_le_bytes(bytes));
load!(f64, 8, load_f64, load_transposed_f64, |bytes| f64::from_le_bytes(bytes));
load!(f32, 2, load_f32_from_f16, load_transposed_f32_from_f16, |bytes| widen::f16(u16::from_le_bytes(bytes)));
load!(f32, 2, load_f32_from_bf16, load_transposed_f32_from_bf16, |bytes| widen::bf16(u16::from_le_bytes(
    bytes
)));
load!(f64, 4, load_f64_from_f32, load_transposed_f64_from_f32, |bytes| f32::from_le_bytes(bytes) as f64);
load!(f64, 2, load_f64_from_f16, load_transposed_f64_from_f16, |bytes| widen::f16(u16::from_le_bytes(bytes))
    as f64);
load!(f64, 2, load_f64_from_bf16, load_transposed_f64_from_bf16, |bytes| {
    widen::bf16(u16::from_le_bytes(bytes)) as f64
});

/// The numbers of `SIZE` bytes that begin at `at`.
const fn numbers<const SIZE: usize>(file: &[u8], at: usize) -> &[[u8; SIZE]] {
    match file.split_at_checked(at) {
        Some((_, rest)) => rest.as_chunks().0,
        None => &[],
    }
}
