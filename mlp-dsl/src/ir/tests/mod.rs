//! Specifications with their equations, and broken derivations that the verifier must refuse.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod differentiate;
mod generated_names;
mod logits;
mod lower;
mod update;
mod verify;

use crate::ir::Derivation;

/// The derivation of the statements of a network.
fn derivation(statements: &str) -> Derivation {
    let text = format!("network N: f64 {{ {statements} }}");
    crate::compile(&text).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

/// The equations that are not given, a line each, from the first to the last of these names.
fn equations(derivation: &Derivation, first: &str, last: &str) -> String {
    let text = derivation.to_string();
    let lines = text.lines().filter(|line| !line.ends_with(" = given"));
    let is = |line: &str, name: &str| line.split(" = ").next() == Some(name);
    let mut inside = lines.skip_while(|line| !is(line, first));
    let mut found = Vec::new();
    for line in inside.by_ref() {
        found.push(line);
        if is(line, last) {
            break;
        }
    }
    assert!(!found.is_empty(), "no {first} in\n{text}");
    found.join("\n")
}
