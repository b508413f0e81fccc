//! Operands of scalar operations while a formula is lowered, and the equations they become.

use super::{Lower, spend};

use crate::{
    diagnostic::Diagnostic,
    formula::{Formula, Term, TermId, builder::Builder},
    ir::{
        Value,
        array::Op,
        equation::{EquationId, Symbol},
    },
    model::{self, Typed, TypedKind},
    never::OrNever,
    shape::Shape,
};

/// A lowered operand: terms in a builder.
#[derive(Clone)]
pub(super) enum Operand {
    /// One term for a scalar or for each element of an array.
    Whole(Shape, TermId),
    /// A vector of scalars: a term for each.
    Packed(Vec<TermId>),
}

impl Operand {
    pub(super) fn scalar(root: TermId) -> Self {
        Operand::Whole(Shape::Scalar, root)
    }

    pub(super) fn shape(&self) -> Shape {
        match self {
            Operand::Whole(shape, _) => *shape,
            Operand::Packed(terms) => Shape::Vector(terms.len()),
        }
    }

    /// The term of an element; all elements of a whole operand have one term.
    pub(super) fn at(&self, index: usize) -> TermId {
        match self {
            Operand::Whole(_, root) => *root,
            Operand::Packed(terms) => {
                terms.get(index).copied().or_never("vectors of one formula have one length", TermId(0))
            }
        }
    }
}

/// The value of a `let` name: formulas outside of a builder, put in at each use.
#[derive(Clone)]
pub(super) enum Bound {
    /// One formula for a scalar or for each element of an array.
    Whole(Shape, Formula),
    /// A vector of scalars: a formula for each.
    Packed(Vec<Formula>),
}

impl Bound {
    /// The value, where the name is given to one and to no operation on it.
    fn as_value(&self) -> Option<Value> {
        match self {
            Bound::Whole(_, formula) => formula.as_leaf().map(|leaf| Value::Whole(EquationId(leaf))),
            Bound::Packed(formulas) => {
                let leaves = formulas.iter().map(|formula| formula.as_leaf().map(EquationId));
                leaves.collect::<Option<_>>().map(Value::Packed)
            }
        }
    }

    fn terms(&self) -> u64 {
        match self {
            Bound::Whole(_, formula) => formula.terms().len() as u64,
            Bound::Packed(formulas) => formulas.iter().map(|formula| formula.terms().len() as u64).sum(),
        }
    }
}

impl Lower {
    /// An operand taken out of its builder.
    pub(super) fn bind(b: &Builder, operand: &Operand) -> Bound {
        match operand {
            Operand::Whole(shape, root) => Bound::Whole(*shape, b.finish(*root)),
            Operand::Packed(terms) => Bound::Packed(terms.iter().map(|root| b.finish(*root)).collect()),
        }
    }

    /// A `let` name for a value.
    pub(super) fn bind_value(&self, value: &Value) -> Bound {
        let mut b = Builder::new();
        let operand = self.leaves(&mut b, value);
        Lower::bind(&b, &operand)
    }

    /// The value of a `let` name, in this builder. Terms that are there already are found again.
    pub(super) fn bound(&mut self, b: &mut Builder, place: usize) -> Result<Operand, Diagnostic> {
        let Some(bound) = self.bound.get(place).cloned() else {
            crate::never!("`let` name {place} of {} is bound before its use", self.bound.len());
            return Ok(Operand::scalar(b.number(0.0)));
        };
        self.drafted = spend(self.drafted, bound.terms(), self.span)?;
        let mut put = |formula: &Formula| b.substitute(formula, &|_| None);
        Ok(match &bound {
            Bound::Whole(shape, formula) => Operand::Whole(*shape, put(formula)),
            Bound::Packed(formulas) => Operand::Packed(formulas.iter().map(put).collect()),
        })
    }

    pub(super) fn leaves(&self, b: &mut Builder, value: &Value) -> Operand {
        match value {
            Value::Whole(id) => Operand::Whole(self.derivation.shape(*id), b.leaf(id.0)),
            Value::Packed(ids) => Operand::Packed(ids.iter().map(|id| b.leaf(id.0)).collect()),
        }
    }

    /// The equations of a declared value.
    pub(super) fn value(&self, value: model::Value) -> Value {
        let d = &self.derivation;
        let element = |value: &Value, index: usize| value.equations().get(index).copied().map(Value::Whole);
        let found = match value {
            model::Value::Input(i) => d.inputs.get(i).map(|input| input.value.clone()),
            model::Value::InputElement(i, j) => d.inputs.get(i).and_then(|input| element(&input.value, j)),
            model::Value::Parameter(p) => d.parameters.get(p).map(|p| Value::Whole(p.equation)),
            model::Value::Layer(l) => d.layers.get(l).map(|layer| layer.value.clone()),
            model::Value::Neuron(l, n) => d.layers.get(l).and_then(|layer| element(&layer.value, n)),
            model::Value::Target(i) => d.targets.get(i).map(|target| target.value.clone()),
            model::Value::TargetElement(i, j) => {
                d.targets.get(i).and_then(|target| element(&target.value, j))
            }
        };
        found.or_never("values are declared before their use", Value::Packed(Vec::new()))
    }

    /// Equations for the terms of an operand.
    pub(super) fn materialise(&mut self, b: &Builder, operand: &Operand) -> Result<Value, Diagnostic> {
        Ok(match operand {
            Operand::Whole(shape, root) => Value::Whole(self.equation_of(b, *root, *shape)?),
            Operand::Packed(terms) => {
                let ids = terms.iter().map(|root| self.equation_of(b, *root, Shape::Scalar));
                Value::Packed(ids.collect::<Result<_, _>>()?)
            }
        })
    }

    fn equation_of(&mut self, b: &Builder, root: TermId, shape: Shape) -> Result<EquationId, Diagnostic> {
        if let Some(Term::Leaf(leaf)) = b.term(root) {
            return Ok(EquationId(*leaf));
        }
        self.steps += 1;
        self.pointwise(Symbol::Step(self.steps), shape, b.finish(root))
    }

    pub(super) fn whole(&mut self, b: &Builder, operand: &Operand) -> Result<EquationId, Diagnostic> {
        let value = self.materialise(b, operand)?;
        Ok(self.whole_value(&value))
    }

    pub(super) fn whole_value(&mut self, value: &Value) -> EquationId {
        match value {
            Value::Whole(id) => *id,
            Value::Packed(ids) => {
                if let Some(known) = self.stacks.get(ids) {
                    return *known;
                }
                let stack = self.step(Shape::Vector(ids.len()), Op::Stack(ids.clone()));
                self.stacks.insert(ids.clone(), stack);
                stack
            }
        }
    }

    pub(super) fn whole_of(&mut self, typed: &Typed, arguments: &[Value]) -> Result<EquationId, Diagnostic> {
        let plain = if let TypedKind::Value(value) = typed.kind {
            Some(self.value(value))
        } else if let TypedKind::Argument(index) = typed.kind {
            Some(argument(arguments, index))
        } else if let TypedKind::Bound(place) = typed.kind {
            self.bound.get(place).and_then(Bound::as_value)
        } else {
            None
        };
        if let Some(value) = plain {
            return Ok(self.whole_value(&value));
        }
        let mut own = Builder::new();
        let operand = self.formula(&mut own, typed, arguments)?;
        self.whole(&own, &operand)
    }
}

/// The value of an argument of the function that is being inlined.
pub(super) fn argument(arguments: &[Value], index: usize) -> Value {
    arguments
        .get(index)
        .cloned()
        .or_never("a call has an argument for each parameter", Value::Packed(Vec::new()))
}
