//! Logarithms of probabilities are computed from net inputs: near 0 and 1 a probability of a sigmoid or softmax has
//! few digits of its distance to them, or none, and its net input has all.
//!
//! `ln(p)`, `ln(1 - p)` and the log loss of p become functions of z where p is traced back to the prelude's `sigmoid(z)`
//! or `softmax(z)`, through names, choices, functions and the parts of a `concat`.

use std::collections::BTreeSet;

use super::{Lower, spend};

use crate::{
    diagnostic::Diagnostic,
    formula::{
        Formula, FunctionId, Select, Term, TermId,
        builder::Builder,
        scalar::{Binary, Function, Unary},
    },
    ir::{
        array::Op,
        equation::{EquationId, Role, Symbol},
    },
    never::OrNever,
    shape::Shape,
};

/// How many operations and equations one probability is traced through.
const STEPS: u32 = 64;
/// How deeply calls of functions are looked into.
const CALLS: u32 = 8;

/// The functions of the prelude that this is about.
pub(super) struct Stable {
    sigmoid: FunctionId,
    ln_1p: FunctionId,
    log_sigmoid: FunctionId,
    log_loss: FunctionId,
    log_loss_from_logit: FunctionId,
    /// For each function whether it takes a logarithm that can be of a probability.
    logarithmic: Vec<bool>,
}

impl Stable {
    pub(super) fn new(functions: &[Function]) -> Option<Self> {
        let find = |name: &str| {
            let place = functions.iter().position(|function| function.prelude && function.name == name)?;
            Some(FunctionId(place as u32))
        };
        let (ln_1p, log_loss) = (find("ln_1p")?, find("log_loss")?);
        let mut logarithmic: Vec<bool> = Vec::with_capacity(functions.len());
        for function in functions {
            let takes = |term: &Term| match term {
                Term::Unary(op, _) => *op == Unary::Ln && !function.prelude,
                Term::Apply(id, _) => {
                    [ln_1p, log_loss].contains(id) && !function.prelude
                        || logarithmic.get(id.0 as usize) == Some(&true)
                }
                Term::Number(_) | Term::Constant(..) | Term::Leaf(_) | Term::Binary(..) | Term::Select(_) => {
                    false
                }
            };
            let takes = function.body.terms().iter().any(takes);
            logarithmic.push(takes);
        }
        Some(Stable {
            sigmoid: find("sigmoid")?,
            ln_1p,
            log_sigmoid: find("log_sigmoid")?,
            log_loss,
            log_loss_from_logit: find("log_loss_from_logit")?,
            logarithmic,
        })
    }

    fn takes_logarithms(&self, formula: &Formula, in_loss: bool) -> bool {
        formula.terms().iter().any(|term| match term {
            Term::Unary(op, _) => *op == Unary::Ln,
            Term::Apply(id, _) => {
                [self.ln_1p, self.log_loss].contains(id)
                    || in_loss && self.logarithmic.get(id.0 as usize) == Some(&true)
            }
            Term::Number(_) | Term::Constant(..) | Term::Leaf(_) | Term::Binary(..) | Term::Select(_) => {
                false
            }
        })
    }
}

impl Lower {
    /// A formula with its logarithms of probabilities computed from net inputs.
    pub(super) fn stable(&mut self, shape: Shape, formula: Formula) -> Result<Formula, Diagnostic> {
        let Some(stable) = self.stable.clone() else { return Ok(formula) };
        let in_loss = self.role == Role::Loss;
        if !stable.takes_logarithms(&formula, in_loss) {
            return Ok(formula);
        }
        if let Shape::Vector(length) = shape
            && let Some(starts) = self.boundaries(&stable, &formula, length)
        {
            return self.in_parts(&formula, length, starts);
        }
        let (mut b, places) = (Builder::new(), Vec::new());
        let mut rewrite = Rewrite { lower: self, stable: &stable, in_loss, changed: false, steps: 0 };
        let root = rewrite.formula(&mut b, &formula, &places, 0)?;
        let changed = rewrite.changed;
        if !changed {
            return Ok(self.without_log_loss(&stable, formula));
        }
        let formula = b.finish(root);
        if !in_loss {
            return Ok(formula);
        }
        self.complements(&stable, &formula)
    }

    /// The log loss of a probability that is not of a sigmoid, by its formula.
    fn without_log_loss(&self, stable: &Stable, formula: Formula) -> Formula {
        let called = |term: &Term| matches!(term, Term::Apply(id, _) if *id == stable.log_loss);
        if !formula.terms().iter().any(called) {
            return formula;
        }
        let (mut b, mut places) = (Builder::new(), Vec::new());
        for term in formula.terms() {
            let place = |id: TermId| id.of(&places, id);
            let id = match (term, stable.log_loss.of(&self.derivation.header.functions)) {
                (Term::Apply(id, arguments), Some(function)) if *id == stable.log_loss => {
                    let arguments: Vec<TermId> = arguments.iter().map(|id| place(*id)).collect();
                    b.substitute(&function.body, &|leaf| arguments.get(leaf as usize).copied())
                }
                _ => b.written(term.map(place)),
            };
            places.push(id);
        }
        let root = places.last().copied().or_never("a formula has a term", TermId(0));
        b.finish(root)
    }

    /// Where a formula takes logarithms, 1 − sigmoid(z) beside them is sigmoid(−z).
    fn complements(&mut self, stable: &Stable, formula: &Formula) -> Result<Formula, Diagnostic> {
        let (mut b, mut places) = (Builder::new(), Vec::new());
        let mut rewrite = Rewrite { lower: self, stable, in_loss: true, changed: false, steps: 0 };
        for term in formula.terms() {
            let own = b.written(term.map(|id| id.of(&places, id)));
            let complement = matches!(term, Term::Binary(Binary::Subtract, ..));
            rewrite.steps = 0;
            let logit = if complement { rewrite.logit(&mut b, own)? } else { None };
            let id = match logit {
                Some(z) => b.written(Term::Apply(stable.sigmoid, vec![z])),
                None => own,
            };
            places.push(id);
        }
        let root = places.last().copied().or_never("a formula has a term", TermId(0));
        Ok(b.finish(root))
    }

    /// Where the parts of the `concat`s begin that a formula takes logarithms of; `None` without probabilities in them.
    fn boundaries(&mut self, stable: &Stable, formula: &Formula, length: usize) -> Option<BTreeSet<usize>> {
        let mut starts = BTreeSet::new();
        for leaf in formula.leaves().into_iter().map(EquationId) {
            let (Op::Stack(parts) | Op::Concat(parts)) = self.derivation.equation(leaf).op.clone() else {
                continue;
            };
            if self.derivation.shape(leaf) != Shape::Vector(length) || !self.has_probability(stable, &parts) {
                continue;
            }
            let mut next = 0;
            for part in parts {
                starts.insert(next);
                next += self.derivation.shape(part).count();
            }
        }
        (!starts.is_empty()).then_some(starts)
    }

    /// Whether some of these are probabilities of a sigmoid or softmax.
    fn has_probability(&mut self, stable: &Stable, parts: &[EquationId]) -> bool {
        let mut rewrite = Rewrite { lower: self, stable, in_loss: false, changed: false, steps: 0 };
        parts.iter().any(|part| {
            rewrite.steps = 0;
            rewrite.is_probability(*part)
        })
    }

    /// A formula of vectors, part by part.
    fn in_parts(
        &mut self,
        formula: &Formula,
        length: usize,
        starts: BTreeSet<usize>,
    ) -> Result<Formula, Diagnostic> {
        let ends: Vec<usize> = starts.iter().skip(1).copied().chain([length]).collect();
        let mut parts = Vec::with_capacity(ends.len());
        for (start, end) in starts.into_iter().zip(ends) {
            let mut b = Builder::new();
            let mut shape = Shape::Scalar;
            let mut places: Vec<TermId> = Vec::new();
            for term in formula.terms() {
                let id = if let Term::Leaf(leaf) = term {
                    let piece = self.piece(EquationId(*leaf), start, end - start)?;
                    shape = shape.broadcast(self.derivation.shape(piece)).or_never("pieces fit", shape);
                    b.leaf(piece.0)
                } else {
                    b.written(term.map(|id| id.of(&places, id)))
                };
                places.push(id);
            }
            let root = places.last().copied().or_never("a formula has a term", TermId(0));
            self.steps += 1;
            parts.push(self.pointwise(Symbol::Step(self.steps), shape, b.finish(root))?);
        }
        let scalars = parts.iter().all(|id| self.derivation.shape(*id) == Shape::Scalar);
        let op = if scalars { Op::Stack(parts) } else { Op::Concat(parts) };
        Ok(Formula::leaf(self.step(Shape::Vector(length), op).0))
    }

    /// Neighbouring elements of a vector: a part that it is made of, or a slice. A scalar serves every element.
    fn piece(&mut self, of: EquationId, start: usize, length: usize) -> Result<EquationId, Diagnostic> {
        let shape = self.derivation.shape(of);
        if shape == Shape::Scalar {
            return Ok(of);
        }
        // First of all: a vector of one part is that part, or its formula would be taken apart for ever.
        if let Op::Stack(parts) | Op::Concat(parts) = &self.derivation.equation(of).op {
            let mut begins = 0;
            for part in parts.clone() {
                let ends = begins + self.derivation.shape(part).count();
                if begins <= start && start + length <= ends {
                    return self.piece(part, start - begins, length);
                }
                begins = ends;
            }
        }
        if start == 0 && shape.count() == length {
            return Ok(of);
        }
        if let Some(known) = self.pieces.get(&(of, start, length)) {
            return Ok(*known);
        }
        self.drafted = spend(self.drafted, crate::limits::EQUATION, self.span)?;
        let piece = match length {
            1 => self.step(Shape::Scalar, Op::Index(of, start)),
            _ => self.step(Shape::Vector(length), Op::Slice(of, start)),
        };
        self.pieces.insert((of, start, length), piece);
        Ok(piece)
    }

    /// ln softmax(z) as an equation.
    fn log_softmax(&mut self, z: EquationId) -> EquationId {
        if let Some(known) = self.log_softmaxes.get(&z) {
            return *known;
        }
        let logarithms = self.step(self.derivation.shape(z), Op::LogSoftmax(z));
        self.log_softmaxes.insert(z, logarithms);
        logarithms
    }
}

/// Rewrites the terms of one formula.
struct Rewrite<'l> {
    lower: &'l mut Lower,
    stable: &'l Stable,
    in_loss: bool,
    changed: bool,
    /// How far the probability at hand has been traced.
    steps: u32,
}

impl Rewrite<'_> {
    /// A formula in the builder: `arguments` are the terms of its leaves, which are equations where there are none.
    fn formula(
        &mut self,
        b: &mut Builder,
        formula: &Formula,
        arguments: &[TermId],
        calls: u32,
    ) -> Result<TermId, Diagnostic> {
        self.lower.drafted = spend(self.lower.drafted, formula.terms().len() as u64, self.lower.span)?;
        let mut places: Vec<TermId> = Vec::with_capacity(formula.terms().len());
        for term in formula.terms() {
            let argument = match term {
                Term::Leaf(leaf) => arguments.get(*leaf as usize).copied(),
                Term::Number(_)
                | Term::Constant(..)
                | Term::Unary(..)
                | Term::Binary(..)
                | Term::Select(_)
                | Term::Apply(..) => None,
            };
            let id = match argument {
                Some(argument) => argument,
                None => self.term(b, term.map(|id| id.of(&places, id)), calls)?,
            };
            places.push(id);
        }
        places.last().copied().map_or_else(|| Ok(b.number(0.0)), Ok)
    }

    /// A term of a formula: logarithms of probabilities by their net inputs, others as they are.
    fn term(&mut self, b: &mut Builder, term: Term, calls: u32) -> Result<TermId, Diagnostic> {
        self.steps = 0;
        let found = match &term {
            Term::Unary(Unary::Ln, x) => self.logarithm(b, *x)?,
            Term::Apply(id, arguments) => self.call(b, *id, arguments, calls)?,
            Term::Number(_)
            | Term::Constant(..)
            | Term::Leaf(_)
            | Term::Unary(..)
            | Term::Binary(..)
            | Term::Select(_) => return Ok(b.written(term)),
        };
        self.changed |= found.is_some();
        Ok(found.unwrap_or_else(|| b.written(term)))
    }

    fn call(
        &mut self,
        b: &mut Builder,
        id: FunctionId,
        arguments: &[TermId],
        calls: u32,
    ) -> Result<Option<TermId>, Diagnostic> {
        let stable = self.stable;
        match arguments {
            [p, t] if id == stable.log_loss => {
                if let Some(z) = self.logit(b, *p)? {
                    return Ok(Some(b.written(Term::Apply(stable.log_loss_from_logit, vec![z, *t]))));
                }
                self.inlined(b, id, arguments, calls)
            }
            [u] if id == stable.ln_1p => {
                let Some(Term::Unary(Unary::Negate, p)) = b.term(*u).cloned() else { return Ok(None) };
                let Some(z) = self.logit(b, p)? else { return Ok(None) };
                let z = b.negate(z);
                Ok(Some(b.written(Term::Apply(stable.log_sigmoid, vec![z]))))
            }
            _ if self.in_loss && stable.logarithmic.get(id.0 as usize) == Some(&true) => {
                self.inlined(b, id, arguments, calls)
            }
            _ => Ok(None),
        }
    }

    /// The formula of a function in place of its call, where that takes a logarithm of a probability.
    fn inlined(
        &mut self,
        b: &mut Builder,
        id: FunctionId,
        arguments: &[TermId],
        calls: u32,
    ) -> Result<Option<TermId>, Diagnostic> {
        let Some(body) = self.body(id).filter(|_| calls < CALLS) else { return Ok(None) };
        let before = std::mem::replace(&mut self.changed, false);
        let root = self.formula(b, &body, arguments, calls + 1)?;
        let changed = std::mem::replace(&mut self.changed, before);
        Ok(changed.then_some(root))
    }

    fn body(&self, id: FunctionId) -> Option<Formula> {
        id.of(&self.lower.derivation.header.functions).map(|function| function.body.clone())
    }

    /// Counts a step of tracing.
    fn goes_on(&mut self) -> bool {
        self.steps += 1;
        self.steps <= STEPS
    }

    /// ln of a term, computed from net inputs; `None` where it contains no probability.
    fn logarithm(&mut self, b: &mut Builder, of: TermId) -> Result<Option<TermId>, Diagnostic> {
        if !self.goes_on() {
            return Ok(None);
        }
        if let Some(z) = self.logit(b, of)? {
            return Ok(Some(b.written(Term::Apply(self.stable.log_sigmoid, vec![z]))));
        }
        let Some(term) = b.term(of).cloned() else { return Ok(None) };
        match term {
            Term::Binary(op @ (Binary::Multiply | Binary::Divide), x, y) => {
                let Some([x, y]) = self.either(b, [x, y])? else { return Ok(None) };
                let op = if op == Binary::Multiply { Binary::Add } else { Binary::Subtract };
                Ok(Some(b.written(Term::Binary(op, x, y))))
            }
            Term::Binary(Binary::Power, base, exponent) => {
                let Some(base) = self.logarithm(b, base)? else { return Ok(None) };
                Ok(Some(b.written(Term::Binary(Binary::Multiply, exponent, base))))
            }
            Term::Select(select) => {
                let Some([then, otherwise]) = self.either(b, [select.then, select.otherwise])? else {
                    return Ok(None);
                };
                Ok(Some(b.written(Term::Select(Select { then, otherwise, ..select }))))
            }
            Term::Leaf(leaf) => {
                if let Op::Softmax(z) = self.lower.derivation.equation(EquationId(leaf)).op {
                    let logarithms = self.lower.log_softmax(z);
                    return Ok(Some(b.leaf(logarithms.0)));
                }
                let Some(inner) = self.defined(b, leaf)? else { return Ok(None) };
                self.logarithm(b, inner)
            }
            Term::Apply(id, arguments) => {
                let Some(inner) = self.spelled(b, id, &arguments)? else { return Ok(None) };
                self.logarithm(b, inner)
            }
            Term::Number(_)
            | Term::Constant(..)
            | Term::Unary(..)
            | Term::Binary(Binary::Add | Binary::Subtract, ..) => Ok(None),
        }
    }

    /// The logarithms of two terms, where one of them contains a probability.
    fn either(&mut self, b: &mut Builder, of: [TermId; 2]) -> Result<Option<[TermId; 2]>, Diagnostic> {
        let [x, y] = [self.logarithm(b, of[0])?, self.logarithm(b, of[1])?];
        if x.is_none() && y.is_none() {
            return Ok(None);
        }
        let mut logarithm = |found: Option<TermId>, of| match found {
            Some(found) => found,
            None => b.written(Term::Unary(Unary::Ln, of)),
        };
        Ok(Some([logarithm(x, of[0]), logarithm(y, of[1])]))
    }

    /// The z of a term that is sigmoid(z).
    fn logit(&mut self, b: &mut Builder, of: TermId) -> Result<Option<TermId>, Diagnostic> {
        if !self.goes_on() {
            return Ok(None);
        }
        let Some(term) = b.term(of).cloned() else { return Ok(None) };
        match term {
            Term::Apply(id, arguments) => match arguments.as_slice() {
                [z] if id == self.stable.sigmoid => Ok(Some(*z)),
                _ => {
                    let Some(inner) = self.spelled(b, id, &arguments)? else { return Ok(None) };
                    self.logit(b, inner)
                }
            },
            Term::Binary(Binary::Subtract, one, p) if b.as_number(one) == Some(1.0) => {
                let Some(z) = self.logit(b, p)? else { return Ok(None) };
                Ok(Some(b.negate(z)))
            }
            Term::Select(select) => {
                let Some(then) = self.logit(b, select.then)? else { return Ok(None) };
                let Some(otherwise) = self.logit(b, select.otherwise)? else { return Ok(None) };
                Ok(Some(b.select(Select { then, otherwise, ..select })))
            }
            Term::Leaf(leaf) => {
                let Some(inner) = self.defined(b, leaf)? else { return Ok(None) };
                self.logit(b, inner)
            }
            Term::Number(_) | Term::Constant(..) | Term::Unary(..) | Term::Binary(..) => Ok(None),
        }
    }

    /// The formula of an equation in the builder, where it can be a probability.
    fn defined(&mut self, b: &mut Builder, leaf: u32) -> Result<Option<TermId>, Diagnostic> {
        let Op::Pointwise(formula) = &self.lower.derivation.equation(EquationId(leaf)).op else {
            return Ok(None);
        };
        if !can_be_probability(formula) {
            return Ok(None);
        }
        self.lower.drafted = spend(self.lower.drafted, formula.terms().len() as u64, self.lower.span)?;
        Ok(Some(b.substitute(formula, &|_| None)))
    }

    /// The body of a function in the builder, where it can be a probability.
    fn spelled(
        &mut self,
        b: &mut Builder,
        id: FunctionId,
        arguments: &[TermId],
    ) -> Result<Option<TermId>, Diagnostic> {
        if id == self.stable.sigmoid {
            return Ok(None);
        }
        let Some(body) = self.body(id).filter(can_be_probability) else { return Ok(None) };
        self.lower.drafted = spend(self.lower.drafted, body.terms().len() as u64, self.lower.span)?;
        Ok(Some(b.substitute(&body, &|leaf| arguments.get(leaf as usize).copied())))
    }

    /// Whether an equation is a sigmoid or softmax, or is made of them.
    fn is_probability(&mut self, id: EquationId) -> bool {
        match self.lower.derivation.equation(id).op.clone() {
            Op::Softmax(_) => true,
            Op::Stack(parts) | Op::Concat(parts) => {
                parts.into_iter().any(|part| self.goes_on() && self.is_probability(part))
            }
            Op::Pointwise(_) => {
                let mut b = Builder::new();
                let leaf = b.leaf(id.0);
                matches!(self.logit(&mut b, leaf), Ok(Some(_)))
            }
            Op::Given
            | Op::Setting(_)
            | Op::Index(..)
            | Op::Slice(..)
            | Op::Transpose(_)
            | Op::VectorMatrix(..)
            | Op::MatrixVector(..)
            | Op::Outer(..)
            | Op::Dot(..)
            | Op::Sum(_)
            | Op::LogSoftmax(_)
            | Op::SoftmaxCrossEntropy(..)
            | Op::SumSquares(_)
            | Op::BatchMean(_)
            | Op::BatchSum(_)
            | Op::BatchWeightedMean(..) => false,
        }
    }
}

/// Whether the outermost operation of a formula is one that a probability can be traced through.
fn can_be_probability(formula: &Formula) -> bool {
    match formula.root() {
        Some(
            Term::Leaf(_)
            | Term::Apply(..)
            | Term::Select(_)
            | Term::Binary(Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Power, ..),
        ) => true,
        Some(Term::Number(_) | Term::Constant(..) | Term::Unary(..) | Term::Binary(Binary::Add, ..))
        | None => false,
    }
}
