//! Why a line holds.

use mlp_dsl::{
    ir::{
        Derivation,
        equation::{Role, Symbol},
    },
    model::Reduction,
};

use crate::{Form, Line, Node, Quantity, Side};

use super::{Key, key, leaves};

/// Why a line holds. The schema has a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Given,
    Setting,
    Definition,
    DefinitionOfFunction,
    MeanOverBatch,
    SumOverBatch,
    LocalDerivative,
    DerivativeOfFunction,
    ChainRule,
    SumOverPaths,
    Penalty,
    UpdateRule,
    Check,
    Count,
    Algebra,
}

impl Reason {
    /// The words of the data.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Reason::Given => "given",
            Reason::Setting => "setting",
            Reason::Definition => "definition",
            Reason::DefinitionOfFunction => "definition of a function",
            Reason::MeanOverBatch => "mean over the batch",
            Reason::SumOverBatch => "sum over the batch",
            Reason::LocalDerivative => "local derivative",
            Reason::DerivativeOfFunction => "derivative of a function",
            Reason::ChainRule => "chain rule",
            Reason::SumOverPaths => "sum over paths",
            Reason::Penalty => "penalty",
            Reason::UpdateRule => "update rule",
            Reason::Check => "check",
            Reason::Count => "count",
            Reason::Algebra => "algebra",
        }
    }
}

/// Why a line of this section holds.
pub(super) fn reason(derivation: &Derivation, section: &str, line: &Line, key: Option<&Key>) -> Reason {
    if section == "check" {
        return Reason::Check;
    }
    match key {
        Some(Key::OfSample(_, inner) | Key::OfStep(_, inner)) => {
            reason(derivation, section, line, Some(inner))
        }
        Some(Key::Function(_)) => Reason::DefinitionOfFunction,
        Some(Key::FunctionDerivative(..)) => Reason::DerivativeOfFunction,
        Some(Key::Constant(_)) => Reason::Given,
        Some(Key::Derivative { of, .. }) => {
            let of_loss = derivation.loss.as_ref().is_some_and(|loss| loss.total == *of);
            if of_loss { chain_rule(derivation, line) } else { Reason::LocalDerivative }
        }
        Some(Key::Equation(id)) => {
            let equation = derivation.equation(*id);
            match (equation.role, &equation.symbol) {
                (_, Symbol::Setting(_)) => Reason::Setting,
                (_, Symbol::BatchLoss(reduction) | Symbol::BatchGradient(reduction, _)) => {
                    over_batch(*reduction)
                }
                (Role::Given, _) => Reason::Given,
                (Role::Forward | Role::Loss, _) => Reason::Definition,
                (Role::LocalDerivative, _) => Reason::LocalDerivative,
                (Role::ChainRule, _) => chain_rule(derivation, line),
                (Role::Penalty, _) => Reason::Penalty,
                (Role::Batch, _) => batch(line),
                (Role::Update, _) => Reason::UpdateRule,
            }
        }
        None if key::counted(line).is_some() || section == "parameters" || section == "effort" => {
            Reason::Count
        }
        None => Reason::Algebra,
    }
}

/// How many paths are added, and whether there is a path at all.
fn chain_rule(derivation: &Derivation, line: &Line) -> Reason {
    let paths = |side: &Side| {
        let factors = leaves(side).into_iter().filter(|node| is_factor(derivation, node)).count();
        if matches!(side.form, Form::Symbols | Form::Taken) && factors > 0 {
            side.expression.summands().len()
        } else {
            0
        }
    };
    // A side of one thing is another notation for the left.
    let sides = line.sides.iter().skip(1).filter(|side| side.expression.nodes().len() > 1);
    match sides.map(paths).max() {
        None | Some(0) => Reason::LocalDerivative,
        Some(1) => Reason::ChainRule,
        Some(_) => Reason::SumOverPaths,
    }
}

/// Whether it is a derivative.
fn is_factor(derivation: &Derivation, node: &Node) -> bool {
    let Node::Quantity(quantity) = node else { return false };
    match quantity {
        Quantity::Derivative { .. } => true,
        Quantity::Equation(id) => {
            matches!(derivation.equation(*id).role, Role::ChainRule | Role::LocalDerivative)
        }
        Quantity::OfSample { value, .. } | Quantity::OfStep { value, .. } => {
            value.nodes().iter().any(|node| is_factor(derivation, node))
        }
        Quantity::Count(_)
        | Quantity::Letter { .. }
        | Quantity::Argument { .. }
        | Quantity::FunctionDerivative { .. } => false,
    }
}

/// The mean or the sum, from the sides.
fn batch(line: &Line) -> Reason {
    let whole = line.sides.iter().find_map(|side| Some(side.expression.over_batch()?.reduction));
    let mut nodes = line.sides.iter().flat_map(|side| side.expression.nodes());
    let mut part =
        || nodes.find_map(|node| if let Node::Batch(reduction, _) = node { Some(*reduction) } else { None });
    let reduction = whole.or_else(&mut part);
    reduction.map_or(Reason::Definition, over_batch)
}

fn over_batch(reduction: Reduction) -> Reason {
    match reduction {
        Reduction::Mean => Reason::MeanOverBatch,
        Reduction::Sum => Reason::SumOverBatch,
    }
}
