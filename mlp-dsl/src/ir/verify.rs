//! What must hold of every derivation, checked from the equations alone.

use std::collections::HashSet;

use super::{
    Derivation,
    array::Op,
    equation::{EquationId, Per, Symbol},
};

use crate::shape::Shape;

/// The first thing that does not hold, in words; tests and the command line's `check` ask.
pub fn verify(derivation: &Derivation) -> Result<(), String> {
    let mut symbols = HashSet::new();
    for (id, equation) in derivation.numbered() {
        let name = derivation.name_of(id);
        let operands = equation.op.operands();
        if let Some(late) = operands.iter().find(|operand| **operand >= id) {
            return Err(format!("{name} uses {}, which comes later", derivation.name_of(*late)));
        }
        let shapes: Vec<Shape> = operands.iter().map(|o| derivation.shape(*o)).collect();
        if equation.op.shape(&shapes, equation.shape) != Some(equation.shape) {
            return Err(format!("{name} is declared {} but its operands are {shapes:?}", equation.shape));
        }
        let pers: Vec<Per> = operands.iter().map(|o| derivation.equation(*o).per).collect();
        let mean = matches!(equation.op, Op::BatchMean(_) | Op::BatchSum(_));
        if !mean && equation.per == Per::Batch && pers.contains(&Per::Sample) {
            return Err(format!("{name} exists once but uses a value of a sample"));
        }
        if !symbols.insert(&equation.symbol) {
            return Err(format!("{name} is defined twice"));
        }
    }
    parameters_are_trained(derivation)
}

fn parameters_are_trained(derivation: &Derivation) -> Result<(), String> {
    for parameter in &derivation.parameters {
        let is = [parameter.trained.is_some(), parameter.updated().is_some()];
        let expected = [derivation.loss.is_some(), derivation.training.is_some()];
        if is != expected.map(|expected| expected && !parameter.frozen) {
            return Err(format!("{} is trained and updated: {is:?}, not {expected:?}", parameter.name));
        }
        let state = parameter.state().iter().map(|state| (state.equation, state.updated));
        let updated = parameter.updated().map(|updated| (parameter.equation, updated));
        for (before, after) in state.chain(updated) {
            if !is_updated(derivation, before, after) {
                let name = derivation.name_of(before);
                return Err(format!("the update of {name} belongs to another parameter or state"));
            }
        }
    }
    Ok(())
}

/// Whether `after` is the value of `before` after a step; a state may change more than once.
fn is_updated(derivation: &Derivation, before: EquationId, after: EquationId) -> bool {
    let Symbol::Updated(of) = derivation.equation(after).symbol else { return false };
    of == before || of < after && is_updated(derivation, before, of)
}
