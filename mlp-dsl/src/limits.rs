//! The sizes a specification may have. Each is checked before memory is spent on it.

/// Bytes of text: what every command reads and answers within a second.
pub const TEXT_BYTES: usize = 1 << 19;
/// Brackets, `if`s, `let`s and `^`s inside one another; comments inside one another.
pub const NESTING: usize = 48;
/// Length of a vector; rows or columns of a matrix.
pub const LENGTH: u64 = 1 << 24;
/// Numbers of all inputs and the target together.
pub const DATA: u64 = 1 << 24;
/// Samples in `data`.
pub const SAMPLES: usize = 100_000;
/// Numbers of all samples together; a class counts as the vector that it stands for.
pub const SAMPLE_NUMBERS: u64 = 1 << 22;
/// Layers of a network.
pub const LAYERS: usize = 1000;
/// Neurons with a name.
pub const NEURONS: usize = 10_000;
/// Parameters of a network.
pub const PARAMETERS: u64 = 1 << 27;
/// Bytes of a workspace: the values of a sample, or of a block of them.
pub const WORKSPACE_BYTES: usize = 1 << 30;
/// Bytes of the header of a file of weights.
pub const WEIGHT_HEADER_BYTES: u64 = 1 << 24;
/// Bytes of a file of weights: all parameters as `f64`, and a header.
pub const WEIGHT_BYTES: u64 = (PARAMETERS << 3) + WEIGHT_HEADER_BYTES;
/// Scalar operations in all formulas together and operands of all other equations, backward pass and
/// updates included, functions counted at each call.
pub const OPERATIONS: u64 = 100_000;
/// As how many operations an equation counts besides.
pub const EQUATION: u64 = 5;
/// Scalar operations of one function, or of one update rule; functions it calls included.
pub const FUNCTION_OPERATIONS: u64 = 500;
/// Parameters of a function; settings, numbers kept and assignments of a rule; names that `let`
/// has made at one place.
pub const NAMES: usize = 200;
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
/// Numbers that `eval` prints as JSON or CSV.
pub const PRINTED_VALUES: usize = 1_500_000;
/// Scalar operations in all equations together that the referee evaluates.
pub const EVALUATED_OPERATIONS: u64 = 1 << 26;
