//! The rule of training as it is written, with the names that it gives to parts of its formulas: for documents. The
//! equations of an update have these parts put in.

use std::collections::HashMap;

use super::{
    Derivation, Parameter,
    equation::{EquationId, Symbol},
    update::Step,
};

use crate::{
    formula::{Formula, TermId, builder::Builder},
    model::{Changed, Stated, UpdateRule},
};

/// The leaf of the first name of a rule among those that are equations.
pub const NAMES: u32 = 1 << 31;

/// A statement of the rule for one parameter.
#[derive(Clone, Debug)]
pub struct Statement {
    /// A `let` name; none for the new value of the parameter or of a state.
    pub name: Option<String>,
    /// The equation of the new value; none for a name.
    pub updated: Option<EquationId>,
    /// Its formula: leaves are equations, and from [`NAMES`] on the names before it, in order.
    pub formula: Formula,
}

/// The rule of a derivation.
pub struct WrittenRule<'d> {
    derivation: &'d Derivation,
    step: Step,
    /// The new value of each parameter and state; of a new value that the rule changes again the next one.
    next: HashMap<EquationId, EquationId>,
}

impl<'d> WrittenRule<'d> {
    /// The rule, where there is one.
    pub fn of(derivation: &'d Derivation) -> Option<Self> {
        derivation.training.as_ref()?;
        let updated = derivation.numbered().filter_map(|(id, equation)| {
            if let Symbol::Updated(old) = equation.symbol { Some((old, id)) } else { None }
        });
        Some(WrittenRule { derivation, step: Step::of(derivation), next: updated.collect() })
    }

    /// Its statements for a parameter; empty where it is not trained.
    pub fn statements(&self, parameter: &Parameter) -> Vec<Statement> {
        let (Some(trained), Some(training)) = (&parameter.trained, &self.derivation.training) else {
            return Vec::new();
        };
        let state = parameter.state().iter().map(|state| Some(state.equation));
        let mut current = vec![Some(parameter.equation), Some(trained.objective), training.step];
        current.extend(state);
        current.extend(training.of_rule.iter().copied());
        let first_name = current.len() as u32;
        let mut statements = Vec::with_capacity(training.written.len());
        for (stated, formula) in &training.written {
            let mut b = Builder::new();
            let clipped = self.step.clipped(&mut b, trained.objective);
            let terms: Vec<Option<TermId>> = current.iter().map(|id| id.map(|id| b.leaf(id.0))).collect();
            let names = formula.leaves().into_iter().filter(|leaf| *leaf >= first_name);
            let names: HashMap<u32, TermId> =
                names.map(|leaf| (leaf, b.leaf(NAMES + (leaf - first_name)))).collect();
            let place = |leaf: u32| match leaf {
                UpdateRule::GRADIENT => Some(clipped),
                leaf => names.get(&leaf).copied().or_else(|| terms.get(leaf as usize).copied().flatten()),
            };
            let root = b.substitute(formula, &place);
            let formula = b.finish(root);
            let (name, updated) = match stated {
                Stated::Named(name) => (Some(name.clone()), None),
                Stated::Changed(changed) => (None, self.advance(&mut current, *changed)),
            };
            statements.push(Statement { name, updated, formula });
        }
        statements
    }

    /// The new value of what is changed, which is read from now on.
    fn advance(&self, current: &mut [Option<EquationId>], changed: Changed) -> Option<EquationId> {
        let slot = current.get_mut(changed.leaf() as usize)?;
        let updated = self.next.get(&(*slot)?).copied();
        if updated.is_some() {
            *slot = updated;
        }
        updated
    }
}
