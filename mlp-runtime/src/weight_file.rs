//! Start values from a file whose bytes are included in the program: the file is checked by its hash, and its numbers,
//! little-endian, are written to the parameters. Everything works in constants, too.

use super::hash;

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
    ($real:ident, $bits:ident, $size:literal, $load:ident, $load_transposed:ident) => {
        /// Writes the numbers of the file from byte `at` on to `place`. Numbers beyond the end of the file are left unchanged.
        pub const fn $load(file: &[u8], at: usize, place: &mut [$real]) {
            let numbers = numbers::<$size>(file, at);
            let mut index = 0;
            while index < place.len() && index < numbers.len() {
                place[index] = $real::from_bits($bits::from_le_bytes(numbers[index]));
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
                    place[row][column] = $real::from_bits($bits::from_le_bytes(numbers[column * ROWS + row]));
                    column += 1;
                }
                row += 1;
            }
        }
    };
}

load!(f32, u32, 4, load_f32, load_transposed_f32);
load!(f64, u64, 8, load_f64, load_transposed_f64);

/// The numbers of `SIZE` bytes that begin at `at`.
const fn numbers<const SIZE: usize>(file: &[u8], at: usize) -> &[[u8; SIZE]] {
    match file.split_at_checked(at) {
        Some((_, rest)) => rest.as_chunks().0,
        None => &[],
    }
}
