//! Checks the invariants of a derivation from its equations alone. One pass over the equations; names are made for
//! errors only.

use std::collections::HashSet;

use super::{
    Derivation, Parameter, PullBack, Trained,
    array::Op,
    equation::{Equation, EquationId, Per, Symbol},
};

use crate::{
    formula::{Formula, Term},
    shape::Shape,
};

/// Checks a derivation.
///
/// # Errors
/// The first invariant that does not hold, in words.
pub fn verify(derivation: &Derivation) -> Result<(), String> {
    let mut symbols = HashSet::with_capacity(derivation.equations.len());
    for (id, equation) in derivation.numbered() {
        if let Some(formula) = equation.formula() {
            terms_are_ordered(derivation, formula)
                .map_err(|reason| format!("{}: {reason}", derivation.name_of(id)))?;
        }
        follows_from_operands(derivation, id, equation)?;
        if !symbols.insert(&equation.symbol) {
            return Err(format!("{} is defined twice", derivation.name_of(id)));
        }
    }
    derivation.parameters.iter().try_for_each(|parameter| is_trained(derivation, parameter))?;
    reaches_inputs(derivation)
}

/// The operands of a term come before it, and its function and its constant exist.
fn terms_are_ordered(derivation: &Derivation, formula: &Formula) -> Result<(), String> {
    if formula.terms().is_empty() {
        return Err("the formula is empty".to_owned());
    }
    for (place, term) in formula.terms().iter().enumerate() {
        if term.operands().iter().any(|operand| operand.0 as usize >= place) {
            return Err(format!("term {place} uses a later term"));
        }
        if let Term::Apply(function, _) = term
            && derivation.header.functions.get(function.0 as usize).is_none()
        {
            return Err(format!("term {place} calls an unknown function"));
        }
        if let Term::Constant(constant, _) = term
            && derivation.header.constants.get(constant.0 as usize).is_none()
        {
            return Err(format!("term {place} is an unknown constant"));
        }
    }
    Ok(())
}

/// Operands come first; shape and axis are those that the operation has for them.
fn follows_from_operands(derivation: &Derivation, id: EquationId, equation: &Equation) -> Result<(), String> {
    let name = || derivation.name_of(id);
    let operands = equation.op.operands();
    if let Some(late) = operands.iter().find(|operand| **operand >= id) {
        return Err(format!("{} uses equation {}, which comes later", name(), late.0));
    }
    let shapes: Vec<Shape> = operands.iter().map(|operand| derivation.shape(*operand)).collect();
    if equation.op.shape(&shapes, equation.shape) != Some(equation.shape) {
        return Err(format!("{} is declared {} but its operands are {shapes:?}", name(), equation.shape));
    }
    let pers: Vec<Per> = operands.iter().map(|operand| derivation.equation(*operand).per).collect();
    if equation.op.per(&pers, equation.per) != equation.per {
        return Err(format!(
            "{} is declared per {:?} but its operands are per {pers:?}",
            name(),
            equation.per
        ));
    }
    Ok(())
}

/// A parameter that is not frozen has gradients where there is a loss, and an update where there is a rule; they are
/// its own and have its shape.
fn is_trained(derivation: &Derivation, parameter: &Parameter) -> Result<(), String> {
    let name = &parameter.name;
    let is = [parameter.trained.is_some(), parameter.updated().is_some()];
    let expected = [derivation.loss.is_some(), derivation.training.is_some()];
    if is != expected.map(|expected| expected && !parameter.frozen) {
        return Err(format!(
            "{name} is trained and updated: {is:?}, but there are a loss and a rule: {expected:?}"
        ));
    }
    let Some(trained) = &parameter.trained else { return Ok(()) };
    let state = parameter.state().iter().map(|state| (state.equation, state.updated));
    let updated = parameter.updated().map(|updated| (parameter.equation, updated));
    if !are_gradients(derivation, parameter.equation, trained) {
        return Err(format!("a gradient of {name} belongs to another value"));
    }
    if let Some((before, _)) =
        state.chain(updated).find(|(before, after)| !is_update(derivation, *before, *after))
    {
        return Err(format!("the update of {} belongs to another value", derivation.name_of(before)));
    }
    let shape = derivation.shape(parameter.equation);
    let shaped = [trained.gradient, trained.batch, trained.objective].into_iter().chain(parameter.updated());
    if shaped.into_iter().any(|id| derivation.shape(id) != shape) {
        return Err(format!("a gradient or update of {name} has another shape"));
    }
    Ok(())
}

/// The gradients with respect to the inputs are there where they are asked for, one for each input, of its shape; those
/// back from the output too, and the gradients of the trained parameters with them.
fn reaches_inputs(derivation: &Derivation) -> Result<(), String> {
    let symbol = |id: EquationId| &derivation.equation(id).symbol;
    let is_of = |id: EquationId, of: EquationId, expected: Symbol| {
        *symbol(id) == expected && derivation.shape(id) == derivation.shape(of)
    };
    let inputs: Vec<EquationId> = derivation.input_equations().collect();
    let asked = derivation.header.to_inputs;
    if let Some(loss) = &derivation.loss {
        let are = loss.inputs.iter().zip(&inputs).all(|(id, of)| is_of(*id, *of, Symbol::Gradient(*of)));
        if loss.inputs.len() != if asked { inputs.len() } else { 0 } || !are {
            return Err("the gradients with respect to the inputs are others than the inputs".to_owned());
        }
    }
    let Some(PullBack { output, parameters, inputs: pulled }) = &derivation.pull_back else { return Ok(()) };
    let values = derivation.output().map_or(&[][..], |layer| layer.value.equations());
    let given = |(id, of): (&EquationId, &EquationId)| {
        is_of(*id, *of, Symbol::Pulled(*of)) && derivation.equation(*id).op == Op::Given
    };
    let are_given = output.len() == values.len() && output.iter().zip(values).all(given);
    let are_pulled = pulled.iter().zip(&inputs).all(|(id, of)| is_of(*id, *of, Symbol::Pulled(*of)));
    let trained: Vec<EquationId> =
        derivation.parameters.iter().filter(|p| !p.frozen).map(|parameter| parameter.equation).collect();
    let own = parameters.iter().zip(&trained).all(|(own, of)| {
        own.parameter == *of
            && is_of(own.gradient, *of, Symbol::Pulled(*of))
            && is_of(own.batch, *of, Symbol::BatchPulled(*of))
            && derivation.equation(own.batch).op == Op::BatchMean(own.gradient)
    });
    let complete = asked && pulled.len() == inputs.len() && parameters.len() == trained.len();
    match are_given && are_pulled && own && complete {
        true => Ok(()),
        false => Err("the backward pass from the output is of other values".to_owned()),
    }
}

fn are_gradients(derivation: &Derivation, parameter: EquationId, trained: &Trained) -> bool {
    let symbol = |id: EquationId| &derivation.equation(id).symbol;
    let batch = matches!(symbol(trained.batch), Symbol::BatchGradient(_, of) if *of == parameter);
    let objective = trained.objective == trained.batch
        || *symbol(trained.objective) == Symbol::ObjectiveGradient(parameter);
    *symbol(trained.gradient) == Symbol::Gradient(parameter) && batch && objective
}

/// Whether `after` is the value of `before` after a step.
fn is_update(derivation: &Derivation, before: EquationId, after: EquationId) -> bool {
    after != before && derivation.before_step(after) == before
}
