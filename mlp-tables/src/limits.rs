//! How large a table may be.

/// Bytes of a table, after unpacking.
pub const BYTES: u64 = 1 << 30;

/// Numbers of all inputs and targets of a table.
pub const NUMBERS: usize = 1 << 27;

/// Cells of a row.
pub const COLUMNS: usize = 1 << 16;

/// Bad cells that an error lists; it counts the others.
pub const LISTED: usize = 10;

/// Characters of a cell that a message quotes.
pub const QUOTED: usize = 40;
