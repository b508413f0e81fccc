//! Every threshold of the plan, with the command that measured it.

/// Multiply-adds of a forward pass up to which layers are written out, where the specification does not say:
/// beyond, loops over registers are faster than numbers, and the code is long. No blocks are planned either.
/// Measured with `cargo run --release` in `benches/compile-time` and in `benches/peers`.
pub const UNROLLED: usize = 300;

/// Multiply-adds of a forward pass up to which a step on one sample is one routine: its code is in two entry
/// points, and the gain is the same for all sizes; with 285 multiply-adds it took 3 s more to compile.
/// Measured with `cargo run --release -- --only 64` in `benches/compile-time`.
pub const SINGLE_STEP: usize = 64;

/// Arrays that one loop reads and writes at most, where it computes more than one equation. A loop over more
/// runs by index: nested iterators would be a type that rustc takes long for.
/// Measured with `cargo run --release` in `benches/compile-time`.
pub const LOOP_ARRAYS: usize = 8;

/// Bytes of the widest register, to which short vectors are padded where a formula is costly.
/// Measured with `cargo run --release` in `benches/peers`.
pub const REGISTER_BYTES: usize = 64;

/// Bytes to which types are aligned where kernels run: a cache line.
/// Measured with `cargo run --release` in `benches/peers`.
pub const ALIGNMENT: usize = 64;

/// Samples of a block, where the specification declares no batch.
/// Measured with `cargo run --release` in `benches/peers`.
pub const SAMPLES: usize = 16;

/// Samples of a block at most.
/// Measured with `cargo run --release` in `benches/peers`.
pub const MOST_SAMPLES: usize = 128;

/// Numbers that a block keeps at most, or the part of the parameters below if that is more.
/// Measured with `cargo run --release` in `benches/peers`.
pub const BLOCK_NUMBERS: usize = 1 << 20;

/// The part of the parameters that a block may keep as many numbers as: each block reads all parameters.
/// Measured with `cargo run --release` in `benches/peers`.
pub const BLOCK_PART: usize = 4;

/// Bytes of parameters up to which a network, and its gradients, are returned by value; and bytes of the workspace and the
/// trace of one sample up to which a network has methods that have them on the stack. Where nothing is optimised, a value
/// that is returned is on the stack up to five times, and a thread has 2 MiB by default.
/// Measured with `cargo test -p mlp-memory --test stack`.
pub const BY_VALUE_BYTES: usize = 256 * 1024;

/// Bytes of the sums of groups up to which they are on the stack while a long batch is computed.
pub const SUMS_ON_STACK_BYTES: usize = 256 * 1024;

/// Parameters up to which start values from a file are a constant: rustc takes about 15 µs for each.
/// Measured with `cargo run --release` in `benches/compile-time`.
pub const CONSTANT_PARAMETERS: usize = 1 << 17;
