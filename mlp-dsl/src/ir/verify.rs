//! What must hold of every derivation, checked from the equations alone.

use std::collections::HashSet;

use super::{
    Derivation,
    array::Op,
    equation::{Per, Symbol},
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
        let expected = derivation.loss.is_some() && !parameter.frozen;
        let has = [parameter.gradient.is_some(), parameter.batch.is_some(), parameter.objective.is_some()];
        if has != [expected; 3] {
            return Err(format!("{} has no gradient although there is a loss", parameter.name));
        }
        if parameter.updated.is_some() != (derivation.training.is_some() && !parameter.frozen) {
            return Err(format!("{} is not updated although there is a rule", parameter.name));
        }
        let symbol = |id: Option<_>| id.map(|id| derivation.equation(id).symbol.clone());
        let expected = parameter.updated.map(|_| Symbol::Updated(parameter.equation));
        if symbol(parameter.updated) != expected {
            return Err(format!("the update of {} belongs to another parameter", parameter.name));
        }
    }
    Ok(())
}
