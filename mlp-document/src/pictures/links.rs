//! What a layer reads: neuron by neuron, and times which weight.

use std::collections::HashSet;

use mlp_dsl::{
    formula::{ConstantId, Formula, Term, scalar::Binary},
    ir::{array::Op, equation::EquationId},
    shape::Shape,
};

use crate::sections::facts::Facts;

use super::cells::Cells;

/// The most equations between a layer and what it reads.
const STEPS: usize = 1 << 16;

/// What an equation reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reads {
    /// Neurons of other columns.
    pub(crate) links: Vec<Link>,
    /// Parameters that multiply vectors.
    pub(crate) matrices: Vec<EquationId>,
    /// Parameters that are read by themselves.
    pub(crate) biases: Vec<EquationId>,
    /// Constants of the specification.
    pub(crate) constants: Vec<ConstantId>,
}

/// A column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Link {
    /// Which.
    pub(crate) thing: usize,
    /// Which of its neurons.
    pub(crate) from: From,
    /// Which neurons read them.
    pub(crate) to: To,
    /// The parameter that it is multiplied by, where that is one number.
    pub(crate) weight: Option<EquationId>,
}

/// Neurons that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum From {
    All,
    One(usize),
}

/// Neurons that read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum To {
    /// Each reads all.
    All,
    /// Each reads the one so far before it.
    Shifted(isize),
}

/// A value under way from what is read to who reads it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Step {
    id: EquationId,
    only: Option<usize>,
    to: To,
}

/// Finds what an equation of a neuron or layer reads.
pub(crate) fn reads(facts: &Facts<'_>, cells: &Cells<'_>, id: EquationId) -> Reads {
    let shape = facts.derivation.shape(id);
    let to = if shape == Shape::Scalar { To::All } else { To::Shifted(0) };
    let mut walk = Walk {
        facts,
        cells,
        found: Reads::default(),
        linked: HashSet::new(),
        alone: HashSet::new(),
        seen: HashSet::new(),
        stack: Vec::new(),
    };
    walk.operation(Step { id, only: None, to });
    let mut steps = 0;
    while let Some(step) = walk.stack.pop().filter(|_| steps < STEPS) {
        steps += 1;
        walk.step(step, None);
    }
    walk.found.links.sort_by_key(|link| link.thing);
    walk.found
}

struct Walk<'c, 'd> {
    facts: &'c Facts<'d>,
    cells: &'c Cells<'d>,
    found: Reads,
    linked: HashSet<Link>,
    alone: HashSet<EquationId>,
    seen: HashSet<Step>,
    stack: Vec<Step>,
}

impl Walk<'_, '_> {
    /// A value that is read: of a column, a parameter, or one between.
    fn step(&mut self, step: Step, weight: Option<EquationId>) {
        let Step { id, only, to } = step;
        if self.facts.parameters.contains(&id) {
            if self.alone.insert(id) {
                self.found.biases.push(id);
            }
            return;
        }
        match self.cells.owner(id) {
            Some((thing, place)) => {
                let from = place.or(only).map_or(From::All, From::One);
                let link = Link { thing, from, to, weight };
                if self.linked.insert(link) {
                    self.found.links.push(link);
                }
            }
            None => self.operation(step),
        }
    }

    fn push(&mut self, step: Step) {
        if self.seen.insert(step) {
            self.stack.push(step);
        }
    }

    /// What a value is computed from.
    fn operation(&mut self, step: Step) {
        let derivation = self.facts.derivation;
        let full = |id: EquationId| Step { id, only: None, to: To::All };
        match &derivation.equation(step.id).op {
            Op::Given | Op::Setting(_) => {}
            Op::Pointwise(formula) => self.formula(formula, step),
            Op::VectorMatrix(x, w) | Op::MatrixVector(w, x) => {
                self.matrix(*w);
                self.push(full(*x));
            }
            Op::Index(x, place) => self.push(Step { id: *x, only: Some(*place), to: step.to }),
            Op::Slice(x, start) => self.push(match step.only {
                Some(only) => Step { id: *x, only: Some(only + start), ..step },
                None => Step { id: *x, ..shifted(step, -(*start as isize)) },
            }),
            Op::Stack(parts) | Op::Concat(parts) => self.parts(parts, step),
            Op::Transpose(x) | Op::BatchMean(x) | Op::BatchSum(x) | Op::BatchWeightedMean(x, _) => {
                self.push(Step { id: *x, ..step });
            }
            // Each probability depends on all net inputs.
            Op::Softmax(x) | Op::LogSoftmax(x) | Op::Sum(x) | Op::SumSquares(x) => self.push(full(*x)),
            Op::Outer(a, b) | Op::Dot(a, b) | Op::SoftmaxCrossEntropy(a, b) => {
                self.push(full(*b));
                self.push(full(*a));
            }
        }
    }

    /// Parts side by side, or the one of them that has the only element that is read.
    fn parts(&mut self, parts: &[EquationId], step: Step) {
        let mut start = 0;
        for part in parts {
            let count = self.facts.derivation.shape(*part).count();
            match step.only {
                None => self.push(Step { id: *part, ..shifted(step, start as isize) }),
                Some(only) if (start..start + count).contains(&only) => {
                    self.push(Step { id: *part, only: Some(only - start), to: step.to });
                }
                Some(_) => {}
            }
            start += count;
        }
    }

    fn matrix(&mut self, id: EquationId) {
        if self.facts.is_of_parameter(id) {
            if !self.found.matrices.contains(&id) {
                self.found.matrices.push(id);
            }
        } else {
            self.push(Step { id, only: None, to: To::All });
        }
    }

    fn formula(&mut self, formula: &Formula, step: Step) {
        let derivation = self.facts.derivation;
        let leaf = |id| match formula.term(id) {
            Some(Term::Leaf(leaf)) => Some(EquationId(*leaf)),
            _ => None,
        };
        let own = derivation.shape(step.id);
        let through = |id: EquationId| {
            let spread = derivation.shape(id) != own;
            if spread { Step { id, only: None, to: To::All } } else { Step { id, ..step } }
        };
        let mut weighted = HashSet::new();
        for term in formula.terms() {
            let Term::Binary(Binary::Multiply, a, b) = term else { continue };
            let (Some(a), Some(b)) = (leaf(*a), leaf(*b)) else { continue };
            for (weight, value) in [(a, b), (b, a)] {
                let is_parameter = |id: EquationId| self.facts.parameters.contains(&id);
                let is_number = derivation.shape(weight) == Shape::Scalar;
                if is_parameter(weight) && is_number && self.cells.owner(value).is_some() {
                    self.step(through(value), Some(weight));
                    weighted.extend([weight, value]);
                }
            }
        }
        let rest: Vec<EquationId> = formula.leaves().into_iter().map(EquationId).collect();
        for id in rest.into_iter().rev().filter(|id| !weighted.contains(id)) {
            self.push(through(id));
        }
        for term in formula.terms() {
            if let Term::Constant(id, _) = term
                && !self.found.constants.contains(id)
            {
                self.found.constants.push(*id);
            }
        }
    }
}

fn shifted(step: Step, by: isize) -> Step {
    let to = if let To::Shifted(own) = step.to { To::Shifted(own + by) } else { To::All };
    Step { to, ..step }
}

impl Link {
    /// Whether one neuron reads another.
    pub(crate) fn joins(&self, from: usize, to: usize) -> bool {
        let reads = match self.from {
            From::All => true,
            From::One(only) => only == from,
        };
        let place = match self.from {
            From::All => from as isize,
            // A neuron with an equation of its own is a scalar: the first element of what is read.
            From::One(_) => 0,
        };
        reads
            && match self.to {
                To::All => true,
                To::Shifted(by) => place + by == to as isize,
            }
    }
}
