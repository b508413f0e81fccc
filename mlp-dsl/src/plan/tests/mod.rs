//! Decisions of plans, as text; and plans with one broken rule each, which are refused.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "tests"
)]

mod decisions;
mod dropout;
mod inputs;
mod refused;

use crate::ir::Derivation;

/// A network of two layers with these sizes, activation and training.
fn network(
    options: &str,
    [inputs, hidden, outputs]: [usize; 3],
    activation: &str,
    train: &str,
) -> Derivation {
    compiled(&format!(
        "network Net: f32 {{
            {options}
            input x[{inputs}];
            weights W1[{inputs}, {hidden}] ~ uniform(-1, 1);
            biases b1[{hidden}];
            weights W2[{hidden}, {outputs}] ~ uniform(-1, 1);
            biases b2[{outputs}];
            layer h[{hidden}] = {activation}(x @ W1 + b1);
            layer y[{outputs}] = h @ W2 + b2;
            target t[{outputs}];
            loss half_squared_error(y, t);
            {train}
        }}"
    ))
}

fn compiled(text: &str) -> Derivation {
    crate::compile(text).unwrap_or_else(|diagnostics| panic!("{diagnostics:?}"))
}
