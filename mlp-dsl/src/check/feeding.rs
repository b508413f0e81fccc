//! What a parameter feeds decides how it is drawn: the activation behind it, and on which side of a
//! product its inputs are.

use std::collections::{HashMap, HashSet};

use super::{Checker, function::Functions, initial};

use crate::{
    formula::operator::Operator,
    model::{Layer, LayerBody, Typed, TypedKind, Value},
};

/// Activations that let positive numbers through about as they are, and hold negative ones back.
const RELU_FAMILY: [&str; 6] = ["relu", "leaky_relu", "elu", "gelu", "gelu_tanh", "silu"];

impl Checker<'_> {
    /// Weights without a start value: he before one of the relu family, xavier otherwise; and what
    /// counts as inputs of a matrix that stands before its vector.
    pub(super) fn choose_start_values(&mut self) {
        let (mut relu, mut columns) = (HashSet::new(), HashMap::new());
        for formula in self.layers.iter().flat_map(formulas) {
            relu_parameters(formula, &self.functions, &mut relu);
            products(formula, &mut columns);
        }
        for (index, (parameter, undrawn)) in self.parameters.iter_mut().zip(&self.undrawn).enumerate() {
            if *undrawn {
                parameter.start = initial::default(parameter.kind, parameter.shape, relu.contains(&index));
            }
            if columns.get(&index) == Some(&true) {
                initial::turn(&mut parameter.start, parameter.shape);
            }
        }
    }
}

fn formulas(layer: &Layer) -> Vec<&Typed> {
    match &layer.body {
        LayerBody::Whole(typed) => vec![typed],
        LayerBody::Neurons(neurons) => neurons.iter().map(|(_, typed)| typed).collect(),
    }
}

/// The parameters inside a call of one of the relu family that is the formula's outermost.
fn relu_parameters(formula: &Typed, functions: &Functions, found: &mut HashSet<usize>) {
    let mut bound = Vec::new();
    let mut outermost = formula;
    while let TypedKind::Let(names, body) = &outermost.kind {
        bound.extend(names.iter().map(|(_, value)| value));
        outermost = body;
    }
    if let TypedKind::Apply(function, arguments) = &outermost.kind
        && functions.name_of(*function).is_some_and(|name| RELU_FAMILY.contains(&name))
    {
        arguments.iter().for_each(|argument| parameters(argument, &bound, found));
    }
}

/// The parameters that a formula reads, also through names; what `if` chooses from left out.
fn parameters(typed: &Typed, bound: &[&Typed], found: &mut HashSet<usize>) {
    match &typed.kind {
        TypedKind::Value(Value::Parameter(index)) => {
            found.insert(*index);
        }
        TypedKind::Bound(index) => {
            // A name stands for what is bound before it.
            if let Some(value) = bound.get(*index) {
                parameters(value, bound.get(..*index).unwrap_or_default(), found);
            }
        }
        TypedKind::If(..) => {}
        kind => {
            if let TypedKind::Dense(_, weights, biases) = kind {
                found.insert(*weights);
                found.extend(biases);
            }
            typed.operands().into_iter().for_each(|operand| parameters(operand, bound, found));
        }
    }
}

/// For each matrix in a product, whether its inputs are its columns (`W @ x`) in the first one.
fn products(typed: &Typed, found: &mut HashMap<usize, bool>) {
    typed.operands().into_iter().for_each(|operand| products(operand, found));
    if let TypedKind::Chain(first, rest) = &typed.kind {
        let mut left = first.as_ref();
        for (operator, right, _) in rest {
            if *operator == Operator::Product {
                for (side, columns) in [(left, true), (right, false)] {
                    if let Some((index, transposed)) = matrix(side) {
                        found.entry(index).or_insert(columns != transposed);
                    }
                }
            }
            left = right;
        }
    }
}

/// The parameter that an operand is, and whether it is transposed.
fn matrix(typed: &Typed) -> Option<(usize, bool)> {
    match &typed.kind {
        TypedKind::Value(Value::Parameter(index)) => Some((*index, false)),
        TypedKind::Transpose(inner) => matrix(inner).map(|(index, transposed)| (index, !transposed)),
        _ => None,
    }
}
