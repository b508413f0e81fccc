//! The text of this crate's modules, which `mlp-runtime` puts together with its own for programs that do without the
//! crates.
//!
//! The files in the tables name each other by paths that begin with `super`, and declare no modules: the tables do. Where
//! a module of the crate depends on a feature, it has a file for each case, and the table has the right one.

/// A module: its path, the attributes of its declaration, and its text.
pub struct Module {
    /// The names of the modules that it is in, then its own.
    pub path: &'static [&'static str],
    /// The attributes of its declaration.
    pub attributes: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// A table of modules, each with a condition if it needs one.
#[macro_export]
#[doc(hidden)]
macro_rules! __modules {
    ($($($name:ident)::+ $(if $condition:literal)? = $text:expr;)*) => {
        &[$($crate::source::Module {
            path: &[$(stringify!($name)),+],
            attributes: concat!($("#[cfg(", $condition, ")]\n")?),
            text: $text,
        }),*]
    };
}
use crate::__modules as modules;

/// The modules of all standalone programs.
pub const COMMON: &[Module] = modules! {
    arithmetic = include_str!("arithmetic.rs");
    scalar = include_str!("scalar.rs");
    functions::double_double = include_str!("functions/double_double.rs");
    functions::f32 = include_str!("functions/f32.rs");
    functions::f64 = include_str!("functions/f64.rs");
    fused = include_str!("fused.rs");
    kernels = include_str!("kernels.rs");
    random = include_str!("random.rs");
    isa::traits = include_str!("isa/traits.rs");
    isa::portable = include_str!("isa/portable.rs");
};

/// The remaining modules without vector kernels.
pub const PORTABLE: &[Module] = modules! {
    isa::dispatch = include_str!("isa/dispatch/portable.rs");
};

/// The remaining modules with vector kernels.
pub const VECTOR: &[Module] = modules! {
    isa::dispatch if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/dispatch/detected.rs");
    isa::dispatch if "all(target_arch = \"aarch64\", target_feature = \"neon\", target_endian = \"little\")"
        = include_str!("isa/dispatch/neon.rs");
    isa::dispatch if "not(any(all(target_arch = \"x86_64\", target_feature = \"sse2\"), \
                      all(target_arch = \"aarch64\", target_feature = \"neon\", target_endian = \"little\")))"
        = include_str!("isa/dispatch/portable.rs");
    isa::vector = include_str!("isa/vector.rs");
    isa::vectorized = include_str!("isa/vectorized.rs");
    isa::neon if "all(target_arch = \"aarch64\", target_feature = \"neon\", target_endian = \"little\")"
        = include_str!("isa/neon.rs");
    isa::x86::registers if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/x86/registers.rs");
    isa::x86::sse2 if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/x86/sse2.rs");
    isa::x86::avx2 if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/x86/avx2.rs");
    isa::x86::avx512 if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/x86/avx512.rs");
    isa::x86::features if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/x86/features/detected.rs");
    isa::x86::sets if "all(target_arch = \"x86_64\", target_feature = \"sse2\")" = include_str!("isa/x86/sets.rs");
    gemm::tuning = include_str!("gemm/tuning.rs");
    gemm::epilogue = include_str!("gemm/epilogue.rs");
    gemm::tile = include_str!("gemm/tile.rs");
    gemm::microkernel = include_str!("gemm/microkernel.rs");
    gemm::gemv = include_str!("gemm/gemv.rs");
    gemm::packing = include_str!("gemm/packing.rs");
    gemm::by_index = include_str!("gemm/by_index.rs");
    gemm::blocking = include_str!("gemm/blocking.rs");
    gemm::product = include_str!("gemm/product.rs");
    gemm::schedule = include_str!("gemm/schedule/serial.rs");
};
