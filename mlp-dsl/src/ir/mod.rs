//! From the checked model to the derivation: one ordered list of equations, forward pass, loss, chain rule and updates.
//! All printers print this list; they do no algebra of their own.

pub mod array;
mod derivation;
mod differentiate;
mod display;
pub mod equation;
mod errors;
mod lower;
#[cfg(test)]
mod tests;
mod update;
pub mod verify;

use std::collections::HashMap;

use crate::{diagnostic::Diagnostic, limits, model::Model, span::Span};

use array::Op;
use equation::Symbol;

pub use derivation::{Data, Derivation, Layer, Loss, Parameter, State, Trained, Training, Update, Value};

/// Lowers a model to equations, differentiates the loss and appends the updates.
pub fn derive(model: &Model) -> Result<Derivation, Diagnostic> {
    let lower::Lowered { mut derivation, states } = lower::lower(model)?;
    names_differ(&derivation)?;
    differentiate::differentiate(&mut derivation, model, &states)?;
    if derivation.operations() > limits::OPERATIONS {
        return Err(errors::derivation_too_large(derivation.header.name_span));
    }
    if let (Some(span), true) = (model.unroll_span, derivation.multiply_adds() > limits::UNROLLED)
        && derivation.header.unroll == Some(true)
    {
        return Err(errors::too_large_to_unroll(derivation.multiply_adds(), span));
    }
    derivation.choose_sample(0);
    Ok(derivation)
}

/// What is named after something else must not have the name of something declared; nor may two
/// fields of the trace have one name, or two of the optimizer.
fn names_differ(derivation: &Derivation) -> Result<(), Diagnostic> {
    let declared = derivation.numbered().filter(|(_, e)| matches!(e.symbol, Symbol::Named(_)));
    let mut values: HashMap<String, Span> =
        declared.map(|(id, e)| (derivation.name_of(id), e.span)).collect();
    let mut optimizer = HashMap::new();
    for (id, equation) in derivation.numbered() {
        let name = derivation.name_of(id);
        let (what, names, is_field) = match (&equation.symbol, &equation.op) {
            (Symbol::Component(_), _) => ("a part of the loss", &mut values, false),
            (Symbol::Local(_), _) => ("a `let` name of a formula", &mut values, true),
            (Symbol::Net(_), _) => ("a net input", &mut values, true),
            (Symbol::Penalty | Symbol::PenaltyPart(_), _) => ("the penalty", &mut values, false),
            (Symbol::Objective, _) => ("the objective", &mut values, false),
            (Symbol::Setting(name), Op::Setting(_)) if name == "steps" => {
                ("the step count of the optimizer", &mut optimizer, true)
            }
            (Symbol::Setting(_), Op::Setting(_)) => ("a setting in the optimizer", &mut optimizer, true),
            (Symbol::State { .. }, _) => ("a state in the optimizer", &mut optimizer, true),
            (Symbol::StepNumber, _) => {
                optimizer.insert("steps".to_owned(), equation.span);
                continue;
            }
            _ => continue,
        };
        if let Some(earlier) = names.get(&name) {
            return Err(errors::name_is_generated(&name, what, *earlier));
        }
        if is_field {
            names.insert(name, equation.span);
        }
    }
    Ok(())
}
