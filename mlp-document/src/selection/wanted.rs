//! Which equations a page is about.

use std::collections::{BTreeSet, HashSet};

use mlp_dsl::{
    ir::{
        Derivation,
        equation::{EquationId, Role, Symbol},
    },
    kind::ParameterKind,
};

use crate::sections::facts::Facts;

use super::Selection;

/// The values that a page is about: chosen parameters, and what comes after them.
pub(crate) struct Wanted {
    values: HashSet<EquationId>,
}

impl Wanted {
    /// The values of the steps of some parameters, and of the paths of others; `None` where none is chosen.
    pub(crate) fn new(facts: &Facts<'_>, selection: &Selection) -> Option<Self> {
        selection.places().next()?;
        let mut values: HashSet<EquationId> = selection.places().map(|place| place.parameter).collect();
        for place in &selection.only {
            collect(facts, place.parameter, true, &mut values);
        }
        let reaching = reaching(facts.derivation);
        let mut paths = HashSet::new();
        for place in &selection.focus {
            collect(facts, place.parameter, false, &mut paths);
        }
        values.extend(paths.into_iter().filter(|id| reaching.contains(id)));
        Some(Wanted { values })
    }

    /// Whether the page is about an equation: a value, or a derivative or a new value of one.
    pub(crate) fn has(&self, derivation: &Derivation, id: EquationId) -> bool {
        let has = |id: &EquationId| self.values.contains(id);
        match &derivation.equation(id).symbol {
            Symbol::Named(_) | Symbol::Local(_) | Symbol::Net(_) | Symbol::Component(_) | Symbol::Loss => {
                has(&id)
            }
            Symbol::Partial { of, by } => has(of) && has(by),
            // A state is updated too.
            Symbol::Updated(of) if matches!(derivation.equation(*of).symbol, Symbol::State { .. }) => {
                self.has(derivation, *of)
            }
            Symbol::Gradient(of)
            | Symbol::BatchGradient(_, of)
            | Symbol::PenaltyGradient(of)
            | Symbol::ObjectiveGradient(of)
            | Symbol::Pulled(of)
            | Symbol::BatchPulled(of)
            | Symbol::Updated(of)
            | Symbol::State { of, .. } => has(of),
            Symbol::BatchLoss(_) | Symbol::Penalty | Symbol::PenaltyPart(_) | Symbol::Objective => {
                derivation.loss.as_ref().is_some_and(|loss| has(&loss.total))
            }
            Symbol::Setting(_)
            | Symbol::StepNumber
            | Symbol::GradientNorm
            | Symbol::ClipFactor
            | Symbol::Step(_) => true,
        }
    }
}

/// Adds what comes after a value: everything, or with `near` the neuron that reads it and, where the loss reads that
/// neuron, the loss.
fn collect(facts: &Facts<'_>, from: EquationId, near: bool, values: &mut HashSet<EquationId>) {
    let derivation = facts.derivation;
    let mut open = vec![from];
    let mut seen = HashSet::new();
    while let Some(next) = open.pop() {
        let is_output = next != from && matches!(derivation.equation(next).symbol, Symbol::Named(_));
        for reader in facts.named_uses(next) {
            let is_loss = derivation.equation(reader).role == Role::Loss;
            if (is_loss || !near || !is_output) && seen.insert(reader) {
                values.insert(reader);
                open.push(reader);
            }
        }
    }
}

/// The values that the loss depends on; all where there is none.
fn reaching(derivation: &Derivation) -> BTreeSet<EquationId> {
    let Some(loss) = &derivation.loss else { return derivation.numbered().map(|(id, _)| id).collect() };
    let mut reaching = BTreeSet::from([loss.total]);
    for (id, equation) in derivation.numbered().rev().skip_while(|(id, _)| *id > loss.total) {
        if reaching.contains(&id) {
            reaching.extend(equation.op.operands());
        }
    }
    reaching
}

/// The parameters that a brief page writes out: the first trained weight of each layer, or its first parameter.
pub(crate) fn in_full(facts: &Facts<'_>) -> HashSet<EquationId> {
    let mut full = HashSet::new();
    let mut layers = HashSet::new();
    for weights in [true, false] {
        for parameter in facts.derivation.parameters.iter().filter(|parameter| parameter.trained.is_some()) {
            let layer = facts.layer_of_parameter(parameter.equation);
            if (parameter.kind == ParameterKind::Weight) >= weights && layers.insert(layer) {
                full.insert(parameter.equation);
            }
        }
    }
    full
}
