//! The range of each value of the forward pass, whatever the weights and inputs are.

use crate::{
    formula::{
        operator::Operator,
        scalar::{Function, Unary},
    },
    model::{Kernel, LayerBody, Model, Typed, TypedKind, Value},
    shape::Shape,
};

/// What gives a value its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Source<'m> {
    /// A sum with a trained weight of its own: every number is possible.
    Free,
    /// An activation of the prelude.
    Function(&'m str),
    /// The softmax of a vector.
    Softmax,
    /// Anything else; nothing is claimed.
    Unknown,
}

/// The numbers that a value, or each element of it, can be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range<'m> {
    /// No value is below.
    pub(super) low: f64,
    /// No value is above.
    pub(super) high: f64,
    /// Where it comes from.
    pub(super) source: Source<'m>,
    /// Whether every number of the range is possible for some weights.
    pub(super) whole: bool,
}

const UNKNOWN: Range<'static> =
    Range { low: f64::NEG_INFINITY, high: f64::INFINITY, source: Source::Unknown, whole: false };
const FREE: Range<'static> = Range { source: Source::Free, whole: true, ..UNKNOWN };

/// The lowest and the highest value of an activation of the prelude that has one argument.
fn activation(name: &str) -> Option<(f64, f64)> {
    const ALL: f64 = f64::INFINITY;
    Some(match name {
        "sigmoid" | "hard_sigmoid" => (0.0, 1.0),
        "tanh" | "erf" | "softsign" => (-1.0, 1.0),
        "relu" | "softplus" | "exp" | "abs" | "sqrt" => (0.0, ALL),
        "relu6" => (0.0, 6.0),
        // The least values are −0.170 and −0.278.
        "gelu" | "gelu_tanh" => (-0.171, ALL),
        "silu" => (-0.279, ALL),
        "selu" => (-1.759, ALL),
        "mish" => (-0.309, ALL),
        "leaky_relu" | "elu" => (-ALL, ALL),
        _ => return None,
    })
}

/// The ranges of all layers.
pub(super) struct Ranges<'m> {
    model: &'m Model,
    /// One for each neuron, or one for a layer written as a whole.
    layers: Vec<Vec<Range<'m>>>,
}

impl<'m> Ranges<'m> {
    /// Computes the ranges in the order of the layers.
    pub(super) fn of(model: &'m Model) -> Self {
        let mut ranges = Ranges { model, layers: Vec::with_capacity(model.layers.len()) };
        for layer in &model.layers {
            let of = match &layer.body {
                LayerBody::Neurons(neurons) => {
                    neurons.iter().map(|(_, typed)| ranges.formula(typed)).collect()
                }
                LayerBody::Whole(typed) => vec![ranges.formula(typed)],
            };
            ranges.layers.push(of);
        }
        ranges
    }

    /// The range of an element of a formula, or the one that all elements have.
    pub(super) fn element(&self, typed: &Typed, index: usize) -> Range<'m> {
        let TypedKind::Value(Value::Layer(layer)) = &typed.kind else { return self.formula(typed) };
        let ranges = self.layers.get(*layer).map(Vec::as_slice).unwrap_or_default();
        let whole = ranges.first().filter(|_| ranges.len() == 1);
        ranges.get(index).or(whole).copied().unwrap_or(UNKNOWN)
    }

    /// The range of all elements of a formula together; unknown where they have different sources.
    pub(super) fn formula(&self, typed: &Typed) -> Range<'m> {
        self.part(typed, &mut Vec::new())
    }

    fn part(&self, typed: &Typed, bound: &mut Vec<Range<'m>>) -> Range<'m> {
        match &typed.kind {
            TypedKind::Number(x) | TypedKind::Constant(_, x) => Range { low: *x, high: *x, ..UNKNOWN },
            TypedKind::Value(value) => self.value(*value),
            TypedKind::Bound(index) => bound.get(*index).copied().unwrap_or(UNKNOWN),
            TypedKind::Let(values, body) => {
                let before = bound.len();
                for (_, value) in values {
                    let range = self.part(value, bound);
                    bound.push(range);
                }
                let range = self.part(body, bound);
                bound.truncate(before);
                range
            }
            TypedKind::Unary(op, x) => {
                let inner = self.part(x, bound);
                match op {
                    Unary::Negate => {
                        let source = signed(inner.source);
                        Range { low: -inner.high, high: -inner.low, source, ..inner }
                    }
                    Unary::Exp | Unary::Ln | Unary::Sqrt | Unary::Tanh | Unary::Erf | Unary::Floor => {
                        applied(op.name().unwrap_or_default(), inner)
                    }
                }
            }
            TypedKind::Apply(id, operands) => {
                let function = self.model.header.functions.get(id.0 as usize);
                match (function, operands.first()) {
                    (Some(Function { name, prelude: true, .. }), Some(x)) => {
                        let inner = self.part(x, bound);
                        if name == "identity" { inner } else { applied(name, inner) }
                    }
                    (Some(_) | None, _) => UNKNOWN,
                }
            }
            TypedKind::Inline(Some(Kernel::Softmax), ..) => {
                Range { low: 0.0, high: 1.0, source: Source::Softmax, whole: true }
            }
            TypedKind::Dense(_, weights, _) if self.is_trained(*weights) => FREE,
            TypedKind::Chain(first, rest) => self.chain(first, rest, bound),
            TypedKind::Argument(_)
            | TypedKind::Power(..)
            | TypedKind::If(..)
            | TypedKind::Inline(..)
            | TypedKind::Sum(_)
            | TypedKind::Concat(_)
            | TypedKind::Transpose(_)
            | TypedKind::Dense(..) => UNKNOWN,
        }
    }

    fn value(&self, value: Value) -> Range<'m> {
        match value {
            Value::Parameter(index) if self.is_trained(index) => FREE,
            Value::Neuron(layer, index) => {
                self.layers.get(layer).and_then(|ranges| ranges.get(index)).copied().unwrap_or(UNKNOWN)
            }
            Value::Layer(layer) => {
                let ranges = self.layers.get(layer).map(Vec::as_slice).unwrap_or_default();
                let first = ranges.first().copied().unwrap_or(UNKNOWN);
                if ranges.iter().all(|range| *range == first) { first } else { UNKNOWN }
            }
            Value::Input(_)
            | Value::InputElement(..)
            | Value::Parameter(_)
            | Value::Target(_)
            | Value::TargetElement(..) => UNKNOWN,
        }
    }

    fn is_trained(&self, parameter: usize) -> bool {
        self.model.parameters.get(parameter).is_some_and(|parameter| !parameter.frozen)
    }

    /// A sum with a free summand is free, and a product with a weight as a factor.
    fn chain(
        &self,
        first: &Typed,
        rest: &[(Operator, Typed, Shape)],
        bound: &mut Vec<Range<'m>>,
    ) -> Range<'m> {
        let sum = rest.iter().all(|(op, ..)| matches!(op, Operator::Add | Operator::Subtract));
        let product = rest.iter().all(|(op, ..)| matches!(op, Operator::Multiply | Operator::Product));
        let mut operands = vec![first];
        operands.extend(rest.iter().map(|(_, operand, _)| operand));
        let weight = |typed: &&Typed| matches!(&typed.kind, TypedKind::Value(Value::Parameter(index)) if self.is_trained(*index));
        let free = (sum && operands.iter().any(|typed| self.part(typed, bound).source == Source::Free))
            || (product && operands.iter().any(weight));
        if free { FREE } else { UNKNOWN }
    }
}

/// The value of an activation: its whole range where its argument can be every number.
fn applied<'m>(name: &'m str, inner: Range<'m>) -> Range<'m> {
    let Some((low, high)) = activation(name) else { return UNKNOWN };
    Range { low, high, source: Source::Function(name), whole: inner.source == Source::Free }
}

fn signed(source: Source<'_>) -> Source<'_> {
    match source {
        Source::Free => Source::Free,
        Source::Function(_) | Source::Softmax | Source::Unknown => Source::Unknown,
    }
}
