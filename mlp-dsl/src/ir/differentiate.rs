//! Reverse-mode differentiation: walks the equations from the loss back to the parameters and
//! appends, for each value between them, the equation of its gradient. The partial cotangents of the uses of a value are
//! added up in the order of the uses. Only the table of operations, `array`, knows the derivatives.

use std::collections::HashMap;

use super::{
    Derivation, ValueGradient,
    array::{Op, Vjp},
    equation::{Equation, EquationId, Per, Role, Symbol},
    lower::States,
    paths,
    reuse::Sigmoids,
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
    let needed = depends_on(derivation, &trained(derivation));
    let depends = |id: EquationId| needed.get(id.index()) == Some(&true);
    let is_trained = derivation.parameters.iter().any(|parameter| !parameter.frozen);
    if !is_trained && model.training.is_none() && loss.penalty.is_none() {
        if derivation.header.to_inputs {
            let of_inputs = gradients(derivation, &needed_by_all(derivation), loss.total, Of::Loss)?;
            keep_inputs(derivation, &of_inputs);
        }
        return Ok(());
    }
    if !depends(loss.total) {
        return Err(errors::loss_without_parameters(typed.span, !is_trained));
    }
    if let (Some(penalty), Some(typed)) = (loss.penalty, model.penalties.first())
        && !depends(penalty)
    {
        return Err(errors::penalty_without_parameters(typed.span));
    }
    let of_loss = match derivation.header.to_inputs {
        true => gradients(derivation, &needed_by_all(derivation), loss.total, Of::Loss)?,
        false => gradients(derivation, &needed, loss.total, Of::Loss)?,
    };
    keep_inputs(derivation, &of_loss);
    let of_penalty = loss.penalty.map(|penalty| gradients(derivation, &needed, penalty, Of::Penalty));
    let reduced = (loss.reduction, loss.weight);
    update::objective(derivation, reduced, &of_loss, &of_penalty.transpose()?.unwrap_or_default());
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

/// Keeps which equations are the gradients with respect to the inputs.
fn keep_inputs(derivation: &mut Derivation, found: &HashMap<EquationId, EquationId>) {
    let inputs = derivation.input_equations().filter_map(|id| found.get(&id)).copied().collect();
    if let Some(loss) = derivation.loss.as_mut() {
        loss.inputs = inputs;
    }
}

/// The root that is differentiated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// The loss of a sample.
    Loss,
    /// The penalties, which are added once for a batch.
    Penalty,
    /// A number of which the gradient with respect to the output is given.
    Output,
}

impl Of {
    /// Its gradient with respect to a value.
    fn gradient(self, by: EquationId) -> Symbol {
        match self {
            Of::Loss => Symbol::Gradient(by),
            Of::Penalty => Symbol::PenaltyGradient(by),
            Of::Output => Symbol::Pulled(by),
        }
    }
}

/// Appends the gradients of a scalar; gives those of the parameters and inputs that it depends on.
fn gradients(
    derivation: &mut Derivation,
    needed: &[bool],
    root: EquationId,
    of: Of,
) -> Result<HashMap<EquationId, EquationId>, Diagnostic> {
    back_from(derivation, needed, &[(root, None)], of)
}

/// The same back from values whose gradients are given; `None` is 1.
pub(super) fn back_from(
    derivation: &mut Derivation,
    needed: &[bool],
    roots: &[(EquationId, Option<EquationId>)],
    of: Of,
) -> Result<HashMap<EquationId, EquationId>, Diagnostic> {
    let Some(root) = roots.iter().map(|(root, _)| *root).max() else { return Ok(HashMap::new()) };
    let number = |equation: &Equation| if let Symbol::Step(number) = equation.symbol { number } else { 0 };
    let steps = derivation.equations.iter().map(number).max().unwrap_or(0);
    let role = if of == Of::Penalty { Role::Penalty } else { Role::ChainRule };
    let partials = (0..=root.index()).map(|_| Vec::new()).collect();
    let (found, left) = (HashMap::new(), limits::OPERATIONS);
    let sigmoids = Sigmoids::of(derivation);
    let complete = paths::complete(derivation, root);
    let locals = locals(derivation);
    let mut gradients =
        Gradients { derivation, sigmoids, needed, partials, steps, role, of, found, locals, left };
    let mut of_values = Vec::new();
    for (root, given) in roots {
        let given = given.map(|id| Partial::Formula(Formula::leaf(id.0)));
        gradients.contribute(*root, given.unwrap_or(Partial::Ones));
    }
    for index in (0..=root.index()).rev() {
        let id = EquationId(index as u32);
        let up = gradients.total(id);
        if gradients.is_needed(id) && complete.get(index) == Some(&true) {
            of_values.push((id, ValueGradient::from(up)));
        }
        if let Some(up) = up {
            gradients.vjp(id, up);
        }
        if gradients.left == 0 {
            return Err(errors::derivation_too_large(gradients.derivation.header.name_span));
        }
    }
    let found = gradients.found;
    if let (Of::Loss, Some(loss)) = (of, derivation.loss.as_mut()) {
        loss.gradients = of_values;
    }
    Ok(found)
}

/// The local derivatives that there are: a second backward pass uses them.
fn locals(derivation: &Derivation) -> HashMap<(EquationId, EquationId), EquationId> {
    let local = |(id, equation): (EquationId, &Equation)| {
        if let Symbol::Partial { of, by } = equation.symbol { Some(((of, by), id)) } else { None }
    };
    derivation.numbered().filter_map(local).collect()
}

fn trained(derivation: &Derivation) -> Vec<EquationId> {
    let trained = derivation.parameters.iter().filter(|parameter| !parameter.frozen);
    trained.map(|parameter| parameter.equation).collect()
}

/// Which equations depend on a trained parameter or an input.
pub(super) fn needed_by_all(derivation: &Derivation) -> Vec<bool> {
    let mut of = trained(derivation);
    of.extend(derivation.input_equations());
    depends_on(derivation, &of)
}

/// Which equations depend on one of these: only through those do gradients flow.
fn depends_on(derivation: &Derivation, these: &[EquationId]) -> Vec<bool> {
    let mut needed = vec![false; derivation.equations.len()];
    for id in these {
        if let Some(slot) = needed.get_mut(id.index()) {
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

/// The cotangent of a value: the gradient of the root with respect to it.
#[derive(Clone, Copy, Debug)]
enum Cotangent {
    /// 1 for each element.
    Ones,
    /// The value of an equation.
    Equation(EquationId),
}

impl From<Option<Cotangent>> for ValueGradient {
    fn from(cotangent: Option<Cotangent>) -> Self {
        match cotangent {
            None => ValueGradient::Zeros,
            Some(Cotangent::Ones) => ValueGradient::Ones,
            Some(Cotangent::Equation(id)) => ValueGradient::Equation(id),
        }
    }
}

/// The part of a cotangent that one use of the value contributes.
enum Partial {
    Ones,
    Formula(Formula),
    Op(Op),
}

/// Gradients under construction.
struct Gradients<'d> {
    derivation: &'d mut Derivation,
    sigmoids: Sigmoids,
    needed: &'d [bool],
    /// The partial cotangents of each value, the last use first.
    partials: Vec<Vec<Partial>>,
    steps: u32,
    role: Role,
    of: Of,
    /// The gradients of parameters and inputs.
    found: HashMap<EquationId, EquationId>,
    /// The local derivatives so far, by the value and what it is differentiated with respect to.
    locals: HashMap<(EquationId, EquationId), EquationId>,
    /// Operations that local derivatives may still have: those of one product have n² together.
    left: u64,
}

impl Gradients<'_> {
    fn shape(&self, id: EquationId) -> Shape {
        self.derivation.shape(id)
    }

    fn is_needed(&self, id: EquationId) -> bool {
        self.needed.get(id.index()) == Some(&true)
    }

    fn contribute(&mut self, to: EquationId, partial: Partial) {
        if let Some(list) = self.partials.get_mut(to.index()) {
            list.push(partial);
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

    /// A cotangent as an equation: ones are written out where an operation needs them.
    fn equation_of(&mut self, up: Cotangent, own: EquationId) -> EquationId {
        match up {
            Cotangent::Equation(id) => id,
            Cotangent::Ones => {
                let mut b = Builder::new();
                let one = b.number(1.0);
                self.step(self.shape(own), Op::Pointwise(b.finish(one)), own)
            }
        }
    }

    /// Adds the partial cotangents of the operands of `own`, whose cotangent is `up`.
    fn vjp(&mut self, own: EquationId, up: Cotangent) {
        let op = self.derivation.equation(own).op.clone();
        if let Op::Pointwise(formula) = &op {
            return self.vjp_formula(own, formula, up);
        }
        let Some(rules) = op.vjp(&|id| self.shape(id)) else {
            crate::never!("{} is not differentiated", self.derivation.name_of(own));
            return;
        };
        for (operand, rule) in rules {
            if self.is_needed(operand) {
                let partial = self.partial(own, operand, rule, up);
                self.contribute(operand, partial);
            }
        }
    }

    fn partial(&mut self, own: EquationId, operand: EquationId, rule: Vjp, up: Cotangent) -> Partial {
        match rule {
            Vjp::Local => {
                crate::never!("only formulas have local derivatives");
                Partial::Ones
            }
            Vjp::Same => match up {
                Cotangent::Ones => Partial::Ones,
                Cotangent::Equation(up) => Partial::Formula(Formula::leaf(up.0)),
            },
            Vjp::Scaled(other) => Partial::Formula(match up {
                Cotangent::Ones => Formula::leaf(other.0),
                Cotangent::Equation(up) => product(&[up, other]),
            }),
            Vjp::Pad(start) => self.vjp_pad(own, operand, start, up),
            Vjp::Index(_) | Vjp::Slice(_) if matches!(up, Cotangent::Ones) => Partial::Ones,
            Vjp::Index(place) => Partial::Op(Op::Index(self.equation_of(up, own), place)),
            Vjp::Slice(place) => Partial::Op(Op::Slice(self.equation_of(up, own), place)),
            Vjp::Transpose => Partial::Op(Op::Transpose(self.equation_of(up, own))),
            Vjp::MatrixVector(w) => Partial::Op(Op::MatrixVector(w, self.equation_of(up, own))),
            Vjp::VectorMatrix(w) => Partial::Op(Op::VectorMatrix(self.equation_of(up, own), w)),
            Vjp::OuterAfter(x) => Partial::Op(Op::Outer(x, self.equation_of(up, own))),
            Vjp::OuterBefore(x) => Partial::Op(Op::Outer(self.equation_of(up, own), x)),
            Vjp::Softmax => self.vjp_softmax(own, up),
            Vjp::LogSoftmax => self.vjp_log_softmax(own, operand, up),
            Vjp::SoftmaxCrossEntropy(t) => self.vjp_softmax_cross_entropy(own, operand, t, up),
        }
    }

    /// Softmax y of z: y ∘ (ȳ − ȳ·y).
    fn vjp_softmax(&mut self, own: EquationId, up: Cotangent) -> Partial {
        let up = self.equation_of(up, own);
        let dot = self.step(Shape::Scalar, Op::Dot(up, own), own);
        let mut b = Builder::new();
        let (up, y, dot) = (b.leaf(up.0), b.leaf(own.0), b.leaf(dot.0));
        let difference = b.subtract(up, dot);
        let root = b.multiply(y, difference);
        Partial::Formula(b.finish(root))
    }

    /// Logarithms of softmax(z): ȳ − softmax(z) Σȳ.
    fn vjp_log_softmax(&mut self, own: EquationId, z: EquationId, up: Cotangent) -> Partial {
        let up = self.equation_of(up, own);
        let (p, total) = (self.softmax(own, z), self.step(Shape::Scalar, Op::Sum(up), own));
        let mut b = Builder::new();
        let (up, p, total) = (b.leaf(up.0), b.leaf(p.0), b.leaf(total.0));
        let product = b.multiply(p, total);
        let root = b.subtract(up, product);
        Partial::Formula(b.finish(root))
    }

    /// softmax(z), which the forward pass may have computed.
    fn softmax(&mut self, own: EquationId, z: EquationId) -> EquationId {
        let known = self.derivation.numbered().find(|(_, e)| e.op == Op::Softmax(z)).map(|(id, _)| id);
        match known {
            Some(p) => p,
            None => self.step(self.shape(z), Op::Softmax(z), own),
        }
    }

    /// Elements of a vector: zeros beside their cotangents.
    fn vjp_pad(&mut self, own: EquationId, operand: EquationId, start: usize, up: Cotangent) -> Partial {
        let up = self.equation_of(up, own);
        let end = start + self.shape(own).count();
        let mut parts = Vec::new();
        for (length, cotangent) in
            [(start, Some(up)), (self.shape(operand).count().saturating_sub(end), None)]
        {
            if length > 0 {
                let mut b = Builder::new();
                let zero = b.number(0.0);
                parts.push(self.step(Shape::Vector(length), Op::Pointwise(b.finish(zero)), own));
            }
            parts.extend(cotangent);
        }
        Partial::Op(Op::Concat(parts))
    }

    /// Cross-entropy of softmax(z) with targets t: softmax(z) Σt − t.
    fn vjp_softmax_cross_entropy(
        &mut self,
        own: EquationId,
        z: EquationId,
        t: EquationId,
        up: Cotangent,
    ) -> Partial {
        let p = self.softmax(own, z);
        let total = self.step(Shape::Scalar, Op::Sum(t), own);
        let mut b = Builder::new();
        let (p, total, t) = (b.leaf(p.0), b.leaf(total.0), b.leaf(t.0));
        let product = b.multiply(p, total);
        let mut root = b.subtract(product, t);
        if let Cotangent::Equation(up) = up {
            let up = b.leaf(up.0);
            root = b.multiply(up, root);
        }
        Partial::Formula(b.finish(root))
    }

    /// An element-wise formula: the cotangent times the local derivative with respect to each leaf.
    fn vjp_formula(&mut self, own: EquationId, formula: &Formula, up: Cotangent) {
        let leaves: Vec<u32> =
            formula.leaves().into_iter().filter(|l| self.is_needed(EquationId(*l))).collect();
        let mut b = Builder::new();
        let value = b.leaf(own.0);
        let roots = partials(&mut b, formula, Some(value), &leaves, &self.derivation.header.functions);
        for (leaf, root) in leaves.into_iter().zip(roots) {
            let to = EquationId(leaf);
            let local = self.sigmoids.reused(b.finish(root));
            self.left = self.left.saturating_sub(local.operations(&self.derivation.header.functions));
            if self.left == 0 {
                return;
            }
            if local.as_number() == Some(0.0) {
                continue;
            }
            let spread = self.shape(to) == Shape::Scalar && self.shape(own) != Shape::Scalar;
            let partial = match up {
                Cotangent::Ones if local.as_number() == Some(1.0) && !spread => Partial::Ones,
                Cotangent::Ones => Partial::Formula(local),
                Cotangent::Equation(up) => Partial::Formula(self.times_local(own, to, up, local)),
            };
            let partial = match (partial, spread) {
                (Partial::Formula(formula), true) => {
                    let each = self.step(self.shape(own), Op::Pointwise(formula), own);
                    Partial::Op(Op::Sum(each))
                }
                (partial, _) => partial,
            };
            self.contribute(to, partial);
        }
    }

    /// gradient · local derivative; one that is more than a name or number gets an equation.
    fn times_local(&mut self, own: EquationId, to: EquationId, up: EquationId, local: Formula) -> Formula {
        let plain = matches!(local.terms(), [_] | [_, Term::Unary(Unary::Negate, _)]);
        if !plain {
            let scalar = local.leaves().iter().all(|l| self.shape(EquationId(*l)) == Shape::Scalar);
            let shape = if scalar { Shape::Scalar } else { self.shape(own) };
            if let Some(known) = self.locals.get(&(own, to)) {
                return product(&[up, *known]);
            }
            let local_reason = if self.of == Of::Penalty { self.role } else { Role::LocalDerivative };
            let role = std::mem::replace(&mut self.role, local_reason);
            let local = self.add(Symbol::Partial { of: own, by: to }, shape, Op::Pointwise(local), own);
            self.role = role;
            self.locals.insert((own, to), local);
            return product(&[up, local]);
        }
        let mut b = Builder::new();
        let up = b.leaf(up.0);
        let local = b.substitute(&local, &|_| None);
        let root = b.multiply(up, local);
        b.finish(root)
    }

    /// The gradient of a value from all its uses; `None` where none reaches it.
    fn total(&mut self, id: EquationId) -> Option<Cotangent> {
        let mut uses = std::mem::take(self.partials.get_mut(id.index())?);
        uses.reverse(); // the walk met the last use first
        let is_parameter = self.derivation.equation(id).op == Op::Given;
        if is_parameter && (!self.is_needed(id) || (uses.is_empty() && self.of == Of::Penalty)) {
            return None;
        }
        let shape = self.shape(id);
        // A gradient of a parameter is always an equation of its own.
        if let ([only], false) = (uses.as_slice(), is_parameter) {
            match only {
                Partial::Ones => return Some(Cotangent::Ones),
                Partial::Formula(formula) => {
                    let alias = formula.as_leaf().map(EquationId).filter(|leaf| self.shape(*leaf) == shape);
                    if let Some(alias) = alias {
                        return Some(Cotangent::Equation(alias));
                    }
                }
                Partial::Op(_) => {}
            }
        }
        if uses.is_empty() && !is_parameter {
            return None;
        }
        let symbol = self.of.gradient(id);
        if let [Partial::Op(op)] = uses.as_slice() {
            let op = op.clone();
            return Some(self.gradient(id, symbol, op));
        }
        let mut b = Builder::new();
        let mut sum: Option<TermId> = None;
        for partial in uses {
            let term = match partial {
                Partial::Ones => b.number(1.0),
                Partial::Formula(formula) => b.substitute(&formula, &|_| None),
                Partial::Op(op) => {
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

    fn gradient(&mut self, of: EquationId, symbol: Symbol, op: Op) -> Cotangent {
        let id = self.add(symbol, self.shape(of), op, of);
        if self.derivation.equation(of).op == Op::Given {
            self.found.insert(of, id);
        }
        Cotangent::Equation(id)
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
