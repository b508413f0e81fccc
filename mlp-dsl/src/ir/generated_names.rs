//! Holds the names of generated values against the declared ones and against one another.

use std::collections::HashMap;

use super::{Derivation, array::Op, equation::Symbol, errors};

use crate::{diagnostic::Diagnostic, span::Span};

/// A generated name must differ from all declared names; fields of the trace must differ from one another, and so must
/// fields of the optimizer.
///
/// # Errors
/// M0206 for the first name that is taken.
pub(super) fn check(derivation: &Derivation) -> Result<(), Diagnostic> {
    let declared = derivation.numbered().filter(|(_, e)| matches!(e.symbol, Symbol::Named(_)));
    let mut values: HashMap<String, Span> =
        declared.map(|(id, e)| (derivation.name_of(id), e.span)).collect();
    let mut optimizer = HashMap::new();
    for (id, equation) in derivation.numbered() {
        let is_field = matches!(equation.op, Op::Setting(_));
        let (what, names, is_kept) = match &equation.symbol {
            Symbol::Component(_) => ("a part of the loss", &mut values, false),
            Symbol::Local(_) => ("a `let` name of a formula", &mut values, true),
            Symbol::Net(_) => ("a net input", &mut values, true),
            Symbol::Penalty | Symbol::PenaltyPart(_) => ("the penalty", &mut values, false),
            Symbol::Objective => ("the objective", &mut values, false),
            Symbol::Setting(name) if is_field && name == "steps" => {
                ("the step count of the optimizer", &mut optimizer, true)
            }
            Symbol::Setting(_) if is_field => ("a setting in the optimizer", &mut optimizer, true),
            Symbol::State { .. } => ("a state in the optimizer", &mut optimizer, true),
            Symbol::StepNumber => {
                optimizer.insert("steps".to_owned(), equation.span);
                continue;
            }
            Symbol::Setting(_)
            | Symbol::Named(_)
            | Symbol::Loss
            | Symbol::BatchLoss(_)
            | Symbol::Partial { .. }
            | Symbol::Gradient(_)
            | Symbol::BatchGradient(..)
            | Symbol::PenaltyGradient(_)
            | Symbol::ObjectiveGradient(_)
            | Symbol::GradientNorm
            | Symbol::ClipFactor
            | Symbol::Updated(_)
            | Symbol::Pulled(_)
            | Symbol::BatchPulled(_)
            | Symbol::Step(_) => continue,
        };
        let name = derivation.name_of(id);
        if let Some(earlier) = names.get(&name) {
            return Err(errors::name_is_generated(&name, what, *earlier));
        }
        if is_kept {
            names.insert(name, equation.span);
        }
    }
    Ok(())
}
