//! A hash of the equations, so that code compiled in two places can be held against each other.

use std::fmt::Write;

use mlp_dsl::ir::Derivation;
use mlp_hash::Fnv;

/// FNV-1a over a canonical text of all that decides what the code computes.
pub(super) fn fingerprint(derivation: &Derivation) -> u64 {
    let mut hash = Fnv::EMPTY;
    // Writing to a hash can't fail.
    let _ = write!(
        hash,
        "{} {:?} {}",
        derivation.header.name, derivation.header.precision, derivation.header.seed
    );
    let _ = write!(hash, "{:?}", derivation.header.constants);
    for function in &derivation.header.functions {
        let _ = write!(hash, "{} {:?}", function.name, function.body);
    }
    for parameter in &derivation.parameters {
        let _ = write!(hash, "{} {:?} {:?}", parameter.name, parameter.kind, parameter.start);
        let _ = write!(hash, "{}", parameter.frozen);
    }
    for equation in &derivation.equations {
        let _ = write!(hash, "{:?} {:?} {:?}", equation.symbol, equation.shape, equation.op);
    }
    hash.finish()
}
