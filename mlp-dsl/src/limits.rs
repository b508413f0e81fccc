//! The limits of a specification. Each is checked before memory is allocated.

/// Bytes of text: every command handles a text of this size within a second.
pub const TEXT_BYTES: usize = 1 << 19;
/// Nesting of brackets, `if`, `let` and `^`; nesting of comments.
pub const NESTING: usize = 48;
/// Length of a vector; rows or columns of a matrix.
pub const LENGTH: u64 = 1 << 24;
/// Numbers of all inputs and the target in total.
pub const DATA: u64 = 1 << 24;
/// Samples in `data`.
pub const SAMPLES: usize = 100_000;
/// Numbers of all samples in total; a class counts as its one-hot vector.
pub const SAMPLE_NUMBERS: u64 = 1 << 22;
/// Numbers of drawn samples in total, for which a text needs no bytes; a class counts as its one-hot vector.
pub const DRAWN_NUMBERS: u64 = 1 << 16;
/// Numbers in all `expect` in total.
pub const EXPECTED_NUMBERS: u64 = 1 << 22;
/// `expect from` of a network: each reads its file.
pub const EXPECTED_FILES: usize = 16;
/// Layers of a network.
pub const LAYERS: usize = 1000;
/// Named neurons.
pub const NEURONS: usize = 10_000;
/// Parameters of a network.
pub const PARAMETERS: u64 = 1 << 27;
/// Bytes of a workspace: the values of a sample, or of a block of them.
pub const WORKSPACE_BYTES: usize = 1 << 30;
/// Bytes of the header of a weights file.
pub const WEIGHT_HEADER_BYTES: u64 = 1 << 24;
/// Bytes of a weights file: all parameters as `f64`, and a header.
pub const WEIGHT_BYTES: u64 = (PARAMETERS << 3) + WEIGHT_HEADER_BYTES;
/// Scalar operations in all formulas and operands of all other equations in total, including the backward
/// pass and the updates; functions count at each call.
pub const OPERATIONS: u64 = 100_000;
/// Operations that each equation adds to the count.
pub const EQUATION: u64 = 5;
/// Scalar operations of one function or of one update rule, including the functions that it calls.
pub const FUNCTION_OPERATIONS: u64 = 500;
/// Parameters of a function; settings, states and assignments of a rule; `let` names in scope at one place.
pub const NAMES: usize = 200;
/// Nesting of calls of vector functions, including the innermost.
pub const INLINED_CALLS: usize = 32;
/// Nesting of formulas, including the bodies of called functions.
pub const INLINED_DEPTH: usize = 256;
/// Multiply-adds of a forward pass that `unroll always` can unroll.
pub const UNROLLED: usize = 10_000;
/// Bytes of a name.
pub const NAME_BYTES: usize = 100;
/// Diagnostics reported in one pass.
pub const DIAGNOSTICS: usize = 50;
/// Parameters of a network that the reference interpreter evaluates, for `check` and `eval`.
pub const EVALUATED_PARAMETERS: u64 = 4_000_000;
/// Numbers in all equations that the reference interpreter evaluates: 256 MiB.
pub const EVALUATED_VALUES: u64 = 1 << 25;
/// Numbers that `eval` prints as JSON or CSV.
pub const PRINTED_VALUES: usize = 1_500_000;
/// Scalar operations in all equations that the reference interpreter evaluates.
pub const EVALUATED_OPERATIONS: u64 = 1 << 26;
