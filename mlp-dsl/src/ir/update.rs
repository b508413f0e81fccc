//! From gradients of a sample to updates: gradients of the objective, clipping, and the rule of training for each
//! parameter in turn. Its equations exist once for a batch.

use std::collections::HashMap;

use super::{
    Derivation, Parameter, State, Trained, Update,
    array::Op,
    equation::{Equation, EquationId, Per, Role, Symbol},
    lower::States,
};

use crate::{
    formula::{
        Formula, Select, Term, TermId,
        builder::Builder,
        operator::Comparison,
        scalar::{Binary, Unary},
    },
    model::{Changed, Reduction, Setting, Training, UpdateRule},
    never::OrNever,
    shape::Shape,
};

/// Appends, for each trained parameter, the gradient of a batch and that of the objective.
pub(super) fn objective(
    derivation: &mut Derivation,
    (reduction, weight): (Reduction, Option<EquationId>),
    of_loss: &HashMap<EquationId, EquationId>,
    of_penalty: &HashMap<EquationId, EquationId>,
) {
    for index in 0..derivation.parameters.len() {
        let Some(id) = derivation.parameters.get(index).map(|parameter| parameter.equation) else { continue };
        let Some(gradient) = of_loss.get(&id).copied() else { continue };
        let op = Op::over_batch(reduction, weight, gradient);
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
            parameter.trained = Some(Trained { gradient, batch, objective, update: None });
        }
    }
}

/// Appends the rule of training for each trained parameter.
pub(super) fn updates(derivation: &mut Derivation, training: &Training, states: &States) {
    let step = Step {
        rule: without_zeros(training),
        factor: training.clip_norm.and_then(|_| clip_factor(derivation)),
        bound: setting_of(derivation, "clip_value"),
        number: derivation.training.as_ref().and_then(|training| training.step),
        settings: training.settings.iter().map(|(name, _)| setting_of(derivation, name)).collect(),
    };
    if let Some(own) = derivation.training.as_mut() {
        let zeros = zeros(training);
        own.written =
            own.written.iter().map(|(stated, formula)| (stated.clone(), without(formula, &zeros))).collect();
        own.of_rule.clone_from(&step.settings);
    }
    for index in 0..derivation.parameters.len() {
        let Some(parameter) = derivation.parameters.get(index) else { continue };
        let (id, Some(trained)) = (parameter.equation, &parameter.trained) else { continue };
        let state = states.get(&id).cloned().or_never("a trained parameter has its state", Vec::new());
        let update = step.update(derivation, id, trained.objective, &state);
        if let Some(trained) = derivation.parameters.get_mut(index).and_then(|p| p.trained.as_mut()) {
            trained.update = Some(update);
        }
    }
}

fn setting_of(derivation: &Derivation, name: &str) -> Option<EquationId> {
    let settings = &derivation.training.as_ref()?.settings;
    let is_named = |id: &&EquationId| matches!(&derivation.equation(**id).symbol, Symbol::Setting(setting) if setting == name);
    settings.iter().find(is_named).copied()
}

/// The rule of training with the equations that all parameters share.
pub(super) struct Step {
    rule: Vec<(Changed, Formula)>,
    /// The factor that keeps the norm of the gradients to its bound.
    factor: Option<EquationId>,
    /// The bound of each gradient.
    bound: Option<EquationId>,
    /// The number of the step, where the rule uses it.
    number: Option<EquationId>,
    /// The settings; one left out at 0 has no equation.
    settings: Vec<Option<EquationId>>,
}

impl Step {
    /// What all parameters share, of a finished derivation.
    pub(super) fn of(derivation: &Derivation) -> Self {
        let factor = derivation.numbered().find(|(_, equation)| equation.symbol == Symbol::ClipFactor);
        let training = derivation.training.as_ref();
        Step {
            rule: Vec::new(),
            factor: factor.map(|(id, _)| id),
            bound: setting_of(derivation, "clip_value"),
            number: training.and_then(|training| training.step),
            settings: training.map_or_else(Vec::new, |training| training.of_rule.clone()),
        }
    }

    /// Appends the rule for one parameter.
    fn update(
        &self,
        derivation: &mut Derivation,
        parameter: EquationId,
        gradient: EquationId,
        state: &[EquationId],
    ) -> Update {
        // The equation of each leaf of the rule: after an assignment, the new value.
        let mut current = vec![Some(parameter), Some(gradient), self.number];
        current.extend(state.iter().copied().map(Some));
        current.extend(self.settings.iter().copied());
        for (changed, formula) in &self.rule {
            let leaf = changed.leaf() as usize;
            let old = equation_at(&current, leaf, parameter);
            let mut b = Builder::new();
            let clipped = self.clipped(&mut b, gradient);
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
        }
        let after = |changed: Changed| equation_at(&current, changed.leaf() as usize, parameter);
        let states = state.iter().enumerate();
        let states =
            states.map(|(index, before)| State { equation: *before, updated: after(Changed::State(index)) });
        Update { parameter: after(Changed::Parameter), state: states.collect() }
    }

    /// The gradient that the rule is given: scaled by the factor, then held between the bounds.
    pub(super) fn clipped(&self, b: &mut Builder, gradient: EquationId) -> TermId {
        let mut gradient = b.leaf(gradient.0);
        if let Some(factor) = self.factor {
            let factor = b.leaf(factor.0);
            gradient = b.written(Term::Binary(Binary::Multiply, gradient, factor));
        }
        let Some(bound) = self.bound else { return gradient };
        let bound = b.leaf(bound.0);
        let least = b.written(Term::Unary(Unary::Negate, bound));
        let mut beyond = |comparison, limit, otherwise| {
            b.written(Term::Select(Select {
                comparison,
                left: gradient,
                right: limit,
                then: limit,
                otherwise,
            }))
        };
        let above = beyond(Comparison::Less, least, gradient);
        beyond(Comparison::Greater, bound, above)
    }
}

/// The equation of the parameter or a state; both always have one.
fn equation_at(current: &[Option<EquationId>], leaf: usize, instead: EquationId) -> EquationId {
    current.get(leaf).copied().flatten().or_never("what a rule assigns has an equation", instead)
}

/// The norm of all gradients of the objective, and what to multiply them by: 1 up to the bound, then
/// bound / norm, which is NaN where the norm is.
fn clip_factor(derivation: &mut Derivation) -> Option<EquationId> {
    let bound = setting_of(derivation, "clip_norm")?;
    let gradients: Vec<EquationId> = derivation.parameters.iter().filter_map(Parameter::objective).collect();
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
    let otherwise = b.written(Term::Binary(Binary::Divide, limit, norm));
    let select =
        Select { comparison: Comparison::LessOrEqual, left: norm, right: limit, then: one, otherwise };
    let root = b.written(Term::Select(select));
    let op = Op::Pointwise(b.finish(root));
    Some(derivation.append_shaped(Symbol::ClipFactor, Role::Update, op, bound, Shape::Scalar))
}

/// The rule without the terms of settings that are left out at 0.
fn without_zeros(training: &Training) -> Vec<(Changed, Formula)> {
    let zeros = zeros(training);
    let simplified = |(changed, formula): &(Changed, Formula)| (*changed, without(formula, &zeros));
    training.rule.assignments.iter().map(simplified).collect()
}

/// The leaves of settings that are left out at 0.
fn zeros(training: &Training) -> Vec<u32> {
    let first = UpdateRule::STATE + training.rule.state.len() as u32;
    training
        .settings
        .iter()
        .zip(first..)
        .filter(|((_, setting), _)| matches!(setting, Setting::Default(0.0)))
        .map(|(_, leaf)| leaf)
        .collect()
}

/// A formula in which these leaves are 0: products with them and sums of them fall away.
fn without(formula: &Formula, zeros: &[u32]) -> Formula {
    let mut b = Builder::new();
    // `None` is 0.
    let mut places: Vec<Option<TermId>> = Vec::with_capacity(formula.terms().len());
    for term in formula.terms() {
        let at = |id: TermId| id.of(&places, None);
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
            Term::Number(_)
            | Term::Constant(..)
            | Term::Leaf(_)
            | Term::Unary(..)
            | Term::Binary(..)
            | Term::Select(_)
            | Term::Apply(..) => {
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
