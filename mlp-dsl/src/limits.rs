//! The sizes a specification may have. Each is checked before memory is spent on it.

/// Bytes of text.
pub const TEXT_BYTES: usize = 1 << 20;
/// Brackets, `if`s and `^`s inside one another.
pub const NESTING: usize = 48;
/// Length of a vector; rows or columns of a matrix.
pub const LENGTH: u64 = 1 << 24;
/// Numbers of all inputs and the target together.
pub const DATA: u64 = 1 << 24;
/// Layers of a network.
pub const LAYERS: usize = 1000;
/// Neurons with a name.
pub const NEURONS: usize = 10_000;
/// Parameters of a network.
pub const PARAMETERS: u64 = 1 << 27;
/// Scalar operations in all formulas together, functions counted at each call.
pub const OPERATIONS: u64 = 200_000;
/// Scalar operations of one function, functions it calls included.
pub const FUNCTION_OPERATIONS: u64 = 500;
/// Functions of vectors that call one another, the innermost counted too.
pub const INLINED_CALLS: usize = 32;
/// Formulas inside one another, bodies of called functions included.
pub const INLINED_DEPTH: usize = 256;
/// Multiply-adds of a forward pass that `unroll always` writes out.
pub const UNROLLED: usize = 10_000;
/// Bytes of a name.
pub const NAME_BYTES: usize = 100;
/// Diagnostics reported in one pass.
pub const DIAGNOSTICS: usize = 50;
/// Parameters of a network that the referee evaluates, for `check` and `eval`.
pub const EVALUATED_PARAMETERS: u64 = 4_000_000;
/// Numbers in all equations together that the referee evaluates: 256 MiB.
pub const EVALUATED_VALUES: u64 = 1 << 25;
/// Scalar operations in all equations together that the referee evaluates.
pub const EVALUATED_OPERATIONS: u64 = 1 << 26;
