//! Reverse-mode differentiation: walks the equations from the loss back to the parameters and
//! appends, for each value on the way, the equation of its gradient. What reaches a value from
//! its uses is added up in the order of the uses.

use std::collections::HashMap;

use super::{
    Derivation,
    array::Op,
    equation::{Equation, EquationId, Per, Role, Symbol},
    lower::States,
    update,
};

use crate::{
    diagnostic::Diagnostic,
    formula::{
        Formula, Term, TermId,
        builder::Builder,
        partials::partials,
        scalar::{Binary, Unary},
    },
    ir::errors,
    limits,
    model::Model,
    shape::Shape,
};

/// Appends gradients of the loss and of the penalties, those of the objective, and updates.
pub(super) fn differentiate(
    derivation: &mut Derivation,
    model: &Model,
    states: &States,
) -> Result<(), Diagnostic> {
    let (Some(loss), Some(typed)) = (derivation.loss.clone(), &model.loss) else { return Ok(()) };
    let needed = depends_on_parameters(derivation);
    let depends = |id: EquationId| needed.get(id.index()) == Some(&true);
    if !depends(loss.total) {
        return Err(errors::loss_without_parameters(typed.span));
    }
    if let (Some(penalty), Some(typed)) = (loss.penalty, model.penalties.first())
        && !depends(penalty)
    {
        return Err(errors::penalty_without_parameters(typed.span));
    }
    let of_loss = gradients(derivation, &needed, loss.total, Of::Loss)?;
    let of_penalty = loss.penalty.map(|penalty| gradients(derivation, &needed, penalty, Of::Penalty));
    update::objective(derivation, loss.reduction, &of_loss, &of_penalty.transpose()?.unwrap_or_default());
    if let Some(training) = &model.training {
        let each = training.rule.operations(&derivation.header.functions);
        let all = each.saturating_mul(derivation.parameters.len() as u64);
        if derivation.operations().saturating_add(all) > limits::OPERATIONS {
            return Err(errors::derivation_too_large(derivation.header.name_span));
        }
        update::updates(derivation, training, states);
    }
    Ok(())
}

/// What is derived.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// The loss of a sample.
    Loss,
    /// What is added once for a batch.
    Penalty,
}

impl Of {
    /// Its gradient by a value.
    fn gradient(self, by: EquationId) -> Symbol {
        match self {
            Of::Loss => Symbol::Gradient(by),
            Of::Penalty => Symbol::PenaltyGradient(by),
        }
    }
}

/// Appends the gradients of a scalar; gives those of the parameters that it depends on.
fn gradients(
    derivation: &mut Derivation,
    needed: &[bool],
    root: EquationId,
    of: Of,
) -> Result<HashMap<EquationId, EquationId>, Diagnostic> {
    let number = |equation: &Equation| if let Symbol::Step(number) = equation.symbol { number } else { 0 };
    let steps = derivation.equations.iter().map(number).max().unwrap_or(0);
    let role = if of == Of::Loss { Role::ChainRule } else { Role::Penalty };
    let contributions = (0..=root.index()).map(|_| Vec::new()).collect();
    let (found, left) = (HashMap::new(), limits::OPERATIONS);
    let mut gradients = Gradients { derivation, needed, contributions, steps, role, of, found, left };
    gradients.contribute(root, Contribution::One);
    for index in (0..=root.index()).rev() {
        let id = EquationId(index as u32);
        if let Some(up) = gradients.total(id) {
            let op = gradients.derivation.equation(id).op.clone();
            op.differentiate(&mut gradients, id, up);
        }
        if gradients.left == 0 {
            return Err(errors::derivation_too_large(gradients.derivation.header.name_span));
        }
    }
    Ok(gradients.found)
}

/// Which equations depend on a parameter: only through those do gradients flow.
fn depends_on_parameters(derivation: &Derivation) -> Vec<bool> {
    let mut needed = vec![false; derivation.equations.len()];
    for parameter in derivation.parameters.iter().filter(|parameter| !parameter.frozen) {
        if let Some(slot) = needed.get_mut(parameter.equation.index()) {
            *slot = true;
        }
    }
    for (id, equation) in derivation.numbered() {
        let depends = equation.op.operands().iter().any(|o| needed.get(o.index()) == Some(&true));
        if let (true, Some(slot)) = (depends, needed.get_mut(id.index())) {
            *slot = true;
        }
    }
    needed
}

/// The gradient of the loss by a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Flow {
    /// 1 for each element.
    One,
    /// The value of an equation.
    Equation(EquationId),
}

/// What one use gives to the gradient of a value.
enum Contribution {
    One,
    Formula(Formula),
    Op(Op),
}

/// Gradients under construction.
pub(super) struct Gradients<'d> {
    derivation: &'d mut Derivation,
    needed: &'d [bool],
    contributions: Vec<Vec<Contribution>>,
    steps: u32,
    role: Role,
    of: Of,
    /// The gradients of parameters.
    found: HashMap<EquationId, EquationId>,
    /// Operations that local derivatives may still have: those of one product have n² together.
    left: u64,
}

impl Gradients<'_> {
    pub(super) fn shape(&self, id: EquationId) -> Shape {
        self.derivation.shape(id)
    }

    fn is_needed(&self, id: EquationId) -> bool {
        self.needed.get(id.index()) == Some(&true)
    }

    fn contribute(&mut self, to: EquationId, contribution: Contribution) {
        if let Some(list) = self.contributions.get_mut(to.index()) {
            list.push(contribution);
        }
    }

    fn add(&mut self, symbol: Symbol, shape: Shape, op: Op, of: EquationId) -> EquationId {
        let per = self.derivation.per_of(&op, Per::Sample);
        let (role, span) = (self.role, self.derivation.equation(of).span);
        self.derivation.push(Equation { symbol, shape, per, op, role, span, activation: None })
    }

    fn step(&mut self, shape: Shape, op: Op, of: EquationId) -> EquationId {
        self.steps += 1;
        self.add(Symbol::Step(self.steps), shape, op, of)
    }

    /// A flow as an equation: ones are written out where an operation needs them.
    fn written(&mut self, up: Flow, own: EquationId) -> EquationId {
        match up {
            Flow::Equation(id) => id,
            Flow::One => {
                let mut b = Builder::new();
                let one = b.number(1.0);
                self.step(self.shape(own), Op::Pointwise(b.finish(one)), own)
            }
        }
    }

    /// The rule of an operation that is one operation again.
    pub(super) fn flow_op(
        &mut self,
        to: EquationId,
        own: EquationId,
        up: Flow,
        op: impl Fn(EquationId) -> Op,
    ) {
        if self.is_needed(to) {
            let up = self.written(up, own);
            self.contribute(to, Contribution::Op(op(up)));
        }
    }

    /// The rule of a dot product: the scalar gradient times the other vector.
    pub(super) fn flow_product(&mut self, to: EquationId, up: Flow, other: EquationId) {
        if self.is_needed(to) {
            let formula = match up {
                Flow::One => Formula::leaf(other.0),
                Flow::Equation(up) => product(&[up, other]),
            };
            self.contribute(to, Contribution::Formula(formula));
        }
    }

    /// The rule of a sum: the gradient itself, for each element.
    pub(super) fn flow_same(&mut self, to: EquationId, up: Flow) {
        if self.is_needed(to) {
            let contribution = match up {
                Flow::One => Contribution::One,
                Flow::Equation(up) => Contribution::Formula(Formula::leaf(up.0)),
            };
            self.contribute(to, contribution);
        }
    }

    /// Softmax p of z: p ∘ (g − g·p).
    pub(super) fn through_softmax(&mut self, own: EquationId, up: Flow) {
        let Op::Softmax(z) = self.derivation.equation(own).op else { return };
        if !self.is_needed(z) {
            return;
        }
        let g = self.written(up, own);
        let dot = self.step(Shape::Scalar, Op::Dot(g, own), own);
        let mut b = Builder::new();
        let (g, p, dot) = (b.leaf(g.0), b.leaf(own.0), b.leaf(dot.0));
        let difference = b.subtract(g, dot);
        let root = b.multiply(p, difference);
        self.contribute(z, Contribution::Formula(b.finish(root)));
    }

    /// Cross-entropy of softmax(z) with targets t: p Σt − t.
    pub(super) fn through_softmax_cross_entropy(
        &mut self,
        own: EquationId,
        z: EquationId,
        t: EquationId,
        up: Flow,
    ) {
        if !self.is_needed(z) {
            return;
        }
        let softmax = self.derivation.numbered().find(|(_, e)| e.op == Op::Softmax(z)).map(|(id, _)| id);
        let p = match softmax {
            Some(p) => p,
            None => self.step(self.shape(z), Op::Softmax(z), own),
        };
        let total = self.step(Shape::Scalar, Op::Sum(t), own);
        let mut b = Builder::new();
        let (p, total, t) = (b.leaf(p.0), b.leaf(total.0), b.leaf(t.0));
        let product = b.multiply(p, total);
        let mut root = b.subtract(product, t);
        if let Flow::Equation(up) = up {
            let up = b.leaf(up.0);
            root = b.multiply(up, root);
        }
        self.contribute(z, Contribution::Formula(b.finish(root)));
    }

    /// An element-wise formula: the gradient times the local derivative by each leaf.
    pub(super) fn through_formula(&mut self, own: EquationId, formula: &Formula, up: Flow) {
        let leaves: Vec<u32> =
            formula.leaves().into_iter().filter(|l| self.is_needed(EquationId(*l))).collect();
        let mut b = Builder::new();
        let value = b.leaf(own.0);
        let roots = partials(&mut b, formula, Some(value), &leaves, &self.derivation.header.functions);
        for (leaf, root) in leaves.into_iter().zip(roots) {
            let to = EquationId(leaf);
            let local = b.finish(root);
            self.left = self.left.saturating_sub(local.operations(&self.derivation.header.functions));
            if self.left == 0 {
                return;
            }
            if local.as_number() == Some(0.0) {
                continue;
            }
            let spread = self.shape(to) == Shape::Scalar && self.shape(own) != Shape::Scalar;
            let contribution = match up {
                Flow::One if local.as_number() == Some(1.0) && !spread => Contribution::One,
                Flow::One => Contribution::Formula(local),
                Flow::Equation(up) => Contribution::Formula(self.times_local(own, to, up, local)),
            };
            match contribution {
                Contribution::Formula(formula) if spread => {
                    let each = self.step(self.shape(own), Op::Pointwise(formula), own);
                    self.contribute(to, Contribution::Op(Op::Sum(each)));
                }
                other => self.contribute(to, other),
            }
        }
    }

    /// gradient · local derivative; one that is more than a name or number gets an equation.
    fn times_local(&mut self, own: EquationId, to: EquationId, up: EquationId, local: Formula) -> Formula {
        let plain = matches!(local.terms(), [_] | [_, Term::Unary(Unary::Negate, _)]);
        if !plain {
            let scalar = local.leaves().iter().all(|l| self.shape(EquationId(*l)) == Shape::Scalar);
            let shape = if scalar { Shape::Scalar } else { self.shape(own) };
            let local_reason = if self.of == Of::Loss { Role::LocalDerivative } else { self.role };
            let role = std::mem::replace(&mut self.role, local_reason);
            let local = self.add(Symbol::Partial { of: own, by: to }, shape, Op::Pointwise(local), own);
            self.role = role;
            return product(&[up, local]);
        }
        let mut b = Builder::new();
        let up = b.leaf(up.0);
        let local = b.substitute(&local, &|_| None);
        let root = b.multiply(up, local);
        b.finish(root)
    }

    /// The gradient of a value from all its uses; `None` where none reaches it.
    fn total(&mut self, id: EquationId) -> Option<Flow> {
        let mut uses = std::mem::take(self.contributions.get_mut(id.index())?);
        uses.reverse(); // the walk met the last use first
        let is_parameter = self.derivation.equation(id).op == Op::Given;
        if is_parameter && (!self.is_needed(id) || (uses.is_empty() && self.of == Of::Penalty)) {
            return None;
        }
        let shape = self.shape(id);
        if let [only] = uses.as_slice() {
            match only {
                Contribution::One if !is_parameter => return Some(Flow::One),
                Contribution::Formula(formula) if !is_parameter => {
                    let alias = formula.as_leaf().map(EquationId).filter(|leaf| self.shape(*leaf) == shape);
                    if let Some(alias) = alias {
                        return Some(Flow::Equation(alias));
                    }
                }
                _ => {}
            }
        }
        if uses.is_empty() && !is_parameter {
            return None;
        }
        let symbol = self.of.gradient(id);
        if let [Contribution::Op(op)] = uses.as_slice() {
            let op = op.clone();
            return Some(self.gradient(id, symbol, op));
        }
        let mut b = Builder::new();
        let mut sum: Option<TermId> = None;
        for contribution in uses {
            let term = match contribution {
                Contribution::One => b.number(1.0),
                Contribution::Formula(formula) => b.substitute(&formula, &|_| None),
                Contribution::Op(op) => {
                    let step = self.step(shape, op, id);
                    b.leaf(step.0)
                }
            };
            sum = Some(match sum {
                None => term,
                Some(sum) => b.written(Term::Binary(Binary::Add, sum, term)),
            });
        }
        let zero = b.number(0.0);
        let formula = b.finish(sum.unwrap_or(zero));
        Some(self.gradient(id, symbol, Op::Pointwise(formula)))
    }

    fn gradient(&mut self, of: EquationId, symbol: Symbol, op: Op) -> Flow {
        let id = self.add(symbol, self.shape(of), op, of);
        if self.derivation.equation(of).op == Op::Given {
            self.found.insert(of, id);
        }
        Flow::Equation(id)
    }
}

/// The product of equations, from the left.
fn product(factors: &[EquationId]) -> Formula {
    let mut b = Builder::new();
    let one = b.number(1.0);
    let root = factors.iter().fold(one, |product, factor| {
        let factor = b.leaf(factor.0);
        b.multiply(product, factor)
    });
    b.finish(root)
}
