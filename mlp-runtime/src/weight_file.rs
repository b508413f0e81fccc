//! Start values from a file that stands in the program as bytes: it is held against what it was when the code
//! was generated, and its numbers, little-endian, are written to their places one by one. All of it works in
//! constants too.

/// As many bytes are hashed, spread over the file: when code is compiled, a byte costs about a microsecond.
const HASHED: u64 = 1 << 13;

/// The bytes, if they are those that the code was generated from.
///
/// # Panics
/// If they are others. Generated code calls it in a constant: then it is an error when compiling.
pub const fn weight_file(bytes: &'static [u8], length: usize, hash: u64) -> &'static [u8] {
    assert!(
        bytes.len() == length && self::hash(bytes) == hash,
        "the file of weights is another one than when this code was generated: generate it anew"
    );
    bytes
}

/// FNV-1a over the length and over bytes spread evenly; all of them where they are few.
const fn hash(bytes: &[u8]) -> u64 {
    let length = bytes.len() as u64;
    let count = if length < HASHED { length } else { HASHED };
    let mut hash = add(0xcbf2_9ce4_8422_2325, length);
    let mut index = 0;
    while index < count {
        hash = add(hash, bytes[(index * length / count) as usize] as u64);
        index += 1;
    }
    hash
}

const fn add(hash: u64, part: u64) -> u64 {
    (hash ^ part).wrapping_mul(0x0000_0100_0000_01b3)
}

macro_rules! load {
    ($real:ident, $bits:ident, $size:literal, $load:ident, $load_transposed:ident) => {
        /// Sets numbers to those of the file from the byte `at` on; what the file does not reach stays as it is.
        pub const fn $load(file: &[u8], at: usize, place: &mut [$real]) {
            let numbers = numbers::<$size>(file, at);
            let mut index = 0;
            while index < place.len() && index < numbers.len() {
                place[index] = $real::from_bits($bits::from_le_bytes(numbers[index]));
                index += 1;
            }
        }

        /// Sets a matrix to the numbers of the file from the byte `at` on, which has it column by column.
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
        Some((_, behind)) => behind.as_chunks().0,
        None => &[],
    }
}
