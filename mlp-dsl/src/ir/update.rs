//! What happens once for a batch: gradients of the objective, clipping, and the rule of training,
//! which is applied to each parameter in turn.

use std::collections::HashMap;

use super::{
    Derivation,
    array::Op,
    equation::{Equation, EquationId, Per, Role, Symbol},
};

use crate::{
    formula::{
        Formula, Select, Term, TermId,
        builder::Builder,
        operator::Comparison,
        scalar::{Binary, Unary},
    },
    model::{Changed, Reduction, Setting, Training, UpdateRule},
    shape::Shape,
};

/// Appends, for each trained parameter, the gradient of a batch and that of the objective.
pub(super) fn objective(
    derivation: &mut Derivation,
    reduction: Reduction,
    of_loss: &HashMap<EquationId, EquationId>,
    of_penalty: &HashMap<EquationId, EquationId>,
) {
    for index in 0..derivation.parameters.len() {
        let Some(id) = derivation.parameters.get(index).map(|parameter| parameter.equation) else { continue };
        let Some(gradient) = of_loss.get(&id).copied() else { continue };
        let op = match reduction {
            Reduction::Mean => Op::BatchMean(gradient),
            Reduction::Sum => Op::BatchSum(gradient),
        };
        let batch = derivation.append(Symbol::BatchGradient(reduction, id), Role::Batch, op, id);
        let objective = match of_penalty.get(&id) {
            None => batch,
            Some(penalty) => {
                let mut b = Builder::new();
                let (batch, penalty) = (b.leaf(batch.0), b.leaf(penalty.0));
                let sum = b.written(Term::Binary(Binary::Add, batch, penalty));
                let op = Op::Pointwise(b.finish(sum));
                derivation.append(Symbol::ObjectiveGradient(id), Role::Batch, op, id)
            }
        };
        if let Some(parameter) = derivation.parameters.get_mut(index) {
            parameter.gradient = Some(gradient);
            parameter.batch = Some(batch);
            parameter.objective = Some(objective);
        }
    }
}

/// Appends the rule of training for each parameter.
pub(super) fn updates(derivation: &mut Derivation, training: &Training) {
    let factor = training.clip_norm.and_then(|_| clip_factor(derivation));
    let bound = setting_of(derivation, "clip_value");
    let rule = without_zeros(training);
    for index in 0..derivation.parameters.len() {
        update(derivation, index, &rule, training, factor, bound);
    }
}

fn setting_of(derivation: &Derivation, name: &str) -> Option<EquationId> {
    let settings = &derivation.training.as_ref()?.settings;
    let is_named = |id: &&EquationId| matches!(&derivation.equation(**id).symbol, Symbol::Setting(setting) if setting == name);
    settings.iter().find(is_named).copied()
}

fn update(
    derivation: &mut Derivation,
    index: usize,
    rule: &[(Changed, Formula)],
    training: &Training,
    factor: Option<EquationId>,
    bound: Option<EquationId>,
) {
    let Some(parameter) = derivation.parameters.get(index) else { return };
    let Some(gradient) = parameter.objective else { return };
    let id = parameter.equation;
    // What each leaf of the rule stands for; what is changed stands for its new value from then on.
    let mut current = vec![Some(id), Some(gradient), derivation.training.as_ref().and_then(|t| t.step)];
    current.extend(parameter.state.iter().map(|state| Some(state.equation)));
    current.extend(training.settings.iter().map(|(name, _)| setting_of(derivation, name)));
    for (changed, formula) in rule {
        let (old, leaf) = match changed {
            Changed::Parameter => (id, UpdateRule::PARAMETER as usize),
            Changed::State(state) => {
                let leaf = UpdateRule::STATE as usize + state;
                (current.get(leaf).copied().flatten().unwrap_or(id), leaf)
            }
        };
        let mut b = Builder::new();
        let clipped = clipped(&mut b, gradient, factor, bound);
        let terms: Vec<Option<TermId>> = current.iter().map(|id| id.map(|id| b.leaf(id.0))).collect();
        let place = |leaf: u32| match leaf {
            UpdateRule::GRADIENT => Some(clipped),
            leaf => terms.get(leaf as usize).copied().flatten(),
        };
        let root = b.substitute(formula, &place);
        let op = Op::Pointwise(b.finish(root));
        let updated = derivation.append(Symbol::Updated(old), Role::Update, op, old);
        if let Some(slot) = current.get_mut(leaf) {
            *slot = Some(updated);
        }
        let Some(parameter) = derivation.parameters.get_mut(index) else { return };
        match changed {
            Changed::Parameter => parameter.updated = Some(updated),
            Changed::State(state) => {
                if let Some(state) = parameter.state.get_mut(*state) {
                    state.updated = Some(updated);
                }
            }
        }
    }
}

/// The gradient that the rule is given: scaled by the factor, then held between the bounds.
fn clipped(
    b: &mut Builder,
    gradient: EquationId,
    factor: Option<EquationId>,
    bound: Option<EquationId>,
) -> TermId {
    let mut gradient = b.leaf(gradient.0);
    if let Some(factor) = factor {
        let factor = b.leaf(factor.0);
        gradient = b.written(Term::Binary(Binary::Multiply, gradient, factor));
    }
    let Some(bound) = bound else { return gradient };
    let bound = b.leaf(bound.0);
    let least = b.written(Term::Unary(Unary::Negate, bound));
    let mut beyond = |comparison, limit, otherwise| {
        b.written(Term::Select(Select { comparison, left: gradient, right: limit, then: limit, otherwise }))
    };
    let above = beyond(Comparison::Less, least, gradient);
    beyond(Comparison::Greater, bound, above)
}

/// The norm of all gradients of the objective, and what to multiply them by: bound / norm where the
/// norm is above the bound, else 1.
fn clip_factor(derivation: &mut Derivation) -> Option<EquationId> {
    let bound = setting_of(derivation, "clip_norm")?;
    let gradients: Vec<EquationId> = derivation.parameters.iter().filter_map(|p| p.objective).collect();
    let mut b = Builder::new();
    let mut total: Option<TermId> = None;
    for gradient in gradients {
        let square = if derivation.shape(gradient) == Shape::Scalar {
            let g = b.leaf(gradient.0);
            b.written(Term::Binary(Binary::Multiply, g, g))
        } else {
            let number = derivation.next_step();
            let sum = derivation.append_shaped(
                Symbol::Step(number),
                Role::Update,
                Op::SumSquares(gradient),
                gradient,
                Shape::Scalar,
            );
            b.leaf(sum.0)
        };
        total = Some(match total {
            None => square,
            Some(sum) => b.written(Term::Binary(Binary::Add, sum, square)),
        });
    }
    let root = b.written(Term::Unary(Unary::Sqrt, total?));
    let op = Op::Pointwise(b.finish(root));
    let norm = derivation.append_shaped(Symbol::GradientNorm, Role::Update, op, bound, Shape::Scalar);
    let mut b = Builder::new();
    let (norm, limit, one) = (b.leaf(norm.0), b.leaf(bound.0), b.number(1.0));
    let then = b.written(Term::Binary(Binary::Divide, limit, norm));
    let select = Select { comparison: Comparison::Greater, left: norm, right: limit, then, otherwise: one };
    let root = b.written(Term::Select(select));
    let op = Op::Pointwise(b.finish(root));
    Some(derivation.append_shaped(Symbol::ClipFactor, Role::Update, op, bound, Shape::Scalar))
}

/// The rule without the terms of settings that are left out at 0.
fn without_zeros(training: &Training) -> Vec<(Changed, Formula)> {
    let first = UpdateRule::STATE + training.rule.state.len() as u32;
    let zeros: Vec<u32> = training
        .settings
        .iter()
        .zip(first..)
        .filter(|((_, setting), _)| matches!(setting, Setting::Default(0.0)))
        .map(|(_, leaf)| leaf)
        .collect();
    let simplified = |(changed, formula): &(Changed, Formula)| (*changed, without(formula, &zeros));
    training.rule.assignments.iter().map(simplified).collect()
}

/// A formula in which these leaves are 0: products with them and sums of them fall away.
fn without(formula: &Formula, zeros: &[u32]) -> Formula {
    let mut b = Builder::new();
    // `None` is 0.
    let mut places: Vec<Option<TermId>> = Vec::with_capacity(formula.terms().len());
    for term in formula.terms() {
        let at = |id: TermId| places.get(id.0 as usize).copied().flatten();
        let place = match term {
            Term::Leaf(leaf) if zeros.contains(leaf) => None,
            Term::Unary(Unary::Negate, x) if at(*x).is_none() => None,
            Term::Binary(Binary::Multiply, x, y) if at(*x).is_none() || at(*y).is_none() => None,
            Term::Binary(Binary::Divide, x, _) if at(*x).is_none() => None,
            Term::Binary(Binary::Add, x, y) if at(*x).is_none() => at(*y),
            Term::Binary(Binary::Add | Binary::Subtract, x, y) if at(*y).is_none() => at(*x),
            Term::Binary(Binary::Subtract, x, y) if at(*x).is_none() => {
                at(*y).map(|y| b.written(Term::Unary(Unary::Negate, y)))
            }
            _ => {
                let zero = b.number(0.0);
                Some(b.written(term.map(|id| at(id).unwrap_or(zero))))
            }
        };
        places.push(place);
    }
    let zero = b.number(0.0);
    b.finish(places.last().copied().flatten().unwrap_or(zero))
}

impl Derivation {
    /// Appends an equation about `of`, of its shape.
    fn append(&mut self, symbol: Symbol, reason: Role, op: Op, of: EquationId) -> EquationId {
        self.append_shaped(symbol, reason, op, of, self.shape(of))
    }

    fn append_shaped(
        &mut self,
        symbol: Symbol,
        role: Role,
        op: Op,
        of: EquationId,
        shape: Shape,
    ) -> EquationId {
        let per = self.per_of(&op, Per::Batch);
        let span = self.equation(of).span;
        self.push(Equation { symbol, shape, per, op, role, span, activation: None })
    }

    /// The number of the next step inside a formula.
    fn next_step(&self) -> u32 {
        let number = |e: &Equation| if let Symbol::Step(number) = e.symbol { number } else { 0 };
        self.equations.iter().map(number).max().unwrap_or(0) + 1
    }
}
