//! From the checked model to the derivation: one ordered list of equations, forward pass, loss, chain rule and updates.
//! All printers print this list; they do no algebra of their own.

pub mod array;
mod declared;
mod derivation;
mod differentiate;
mod display;
pub mod equation;
mod errors;
mod generated_names;
mod inference;
mod lower;
mod paths;
mod pull_back;
pub mod reuse;
#[cfg(test)]
mod tests;
mod update;
pub mod verify;
pub mod written;

use crate::{diagnostic::Diagnostic, limits, model::Model};

pub use declared::Chosen;
pub use derivation::{
    Data, Derivation, Dropout, Layer, Loss, Parameter, PullBack, Pulled, State, Trained, Training, Update,
    Value, ValueGradient,
};

/// Lowers a model to equations, differentiates the loss, appends the updates and verifies the result.
///
/// # Errors
/// The first error that shows in equations: names, sizes, and losses that no parameter changes.
pub fn derive(model: &Model) -> Result<Derivation, Diagnostic> {
    let lower::Lowered { mut derivation, states } = lower::lower(model)?;
    generated_names::check(&derivation)?;
    differentiate::differentiate(&mut derivation, model, &states)?;
    if derivation.operations() > limits::OPERATIONS {
        return Err(errors::derivation_too_large(derivation.header.name_span));
    }
    if let (Some(span), true) = (model.unroll_span, derivation.multiply_adds() > limits::UNROLLED)
        && derivation.header.unroll == Some(true)
    {
        return Err(errors::too_large_to_unroll(derivation.multiply_adds(), span));
    }
    if let Err(reason) = verify::verify(&derivation) {
        crate::never!("the derivation is inconsistent: {reason}");
    }
    Ok(derivation)
}
