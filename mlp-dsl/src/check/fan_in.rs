//! Chooses the initializer of each parameter without a start value: from the activation after it, and from
//! the side of the product that its inputs are on.

use std::collections::{HashMap, HashSet};

use super::{Checker, function::Functions, initial};

use crate::{
    check::errors,
    formula::operator::Operator,
    model::{Layer, LayerBody, Start, Typed, TypedKind, Value},
};

/// Activations that are close to the identity for positive numbers and close to 0 for negative ones.
const RELU_FAMILY: [&str; 8] = ["relu", "relu6", "leaky_relu", "elu", "gelu", "gelu_tanh", "silu", "mish"];

/// The initializer for the weights before an activation, if it has one of its own.
fn rule_before(activation: &str) -> Option<&'static str> {
    // Variance 1 / fan-in is part of the definition of self-normalizing networks.
    if activation == "selu" { Some("lecun") } else { RELU_FAMILY.contains(&activation).then_some("he") }
}

impl Checker<'_> {
    /// Weights without a start value: `he` before an activation of the relu family, `lecun` before selu, `xavier` otherwise; and
    /// the fan-in of a matrix that is the left operand of its product.
    pub(super) fn choose_start_values(&mut self) {
        let (mut rules, mut columns) = (HashMap::new(), HashMap::new());
        for formula in self.layers.iter().flat_map(formulas) {
            activated_parameters(formula, &self.functions, &mut rules);
            products(formula, &mut columns);
        }
        for (index, (parameter, undrawn)) in self.parameters.iter_mut().zip(&self.undrawn).enumerate() {
            // A bias, a mean or a scale starts the same everywhere.
            if *undrawn && !matches!(parameter.start, Start::Fill(_)) {
                parameter.start =
                    initial::default(parameter.kind, parameter.shape, rules.get(&index).copied());
            }
            if columns.get(&index) == Some(&true)
                && let Err(why) = initial::turn(&mut parameter.start, parameter.shape)
            {
                self.found.push(errors::step_does_not_fit(why, parameter.name.span));
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

/// The parameters in the argument of an activation with an initializer of its own that is the outermost call of the
/// formula. With several uses, `he` has the widest bound.
fn activated_parameters(formula: &Typed, functions: &Functions, found: &mut HashMap<usize, &'static str>) {
    let mut bound = Vec::new();
    let mut outermost = formula;
    while let TypedKind::Let(names, body) = &outermost.kind {
        bound.extend(names.iter().map(|(_, value)| value));
        outermost = body;
    }
    if let TypedKind::Apply(function, arguments) = &outermost.kind
        && let Some(rule) = functions.name_of(*function).and_then(rule_before)
    {
        let mut inside = HashSet::new();
        arguments.iter().for_each(|argument| parameters(argument, &bound, &mut inside));
        for index in inside {
            let known = found.entry(index).or_insert(rule);
            if rule == "he" {
                *known = rule;
            }
        }
    }
}

/// The parameters that a formula reads, also through `let` names; without the operands of `if`.
fn parameters(typed: &Typed, bound: &[&Typed], found: &mut HashSet<usize>) {
    if let TypedKind::Value(Value::Parameter(index)) = &typed.kind {
        found.insert(*index);
    }
    if let TypedKind::Dense(_, weights, biases) = &typed.kind {
        found.insert(*weights);
        found.extend(biases);
    }
    // A bound value can use only the names before it.
    if let TypedKind::Bound(index) = &typed.kind
        && let Some(value) = bound.get(*index)
    {
        parameters(value, bound.get(..*index).unwrap_or_default(), found);
    }
    if !matches!(typed.kind, TypedKind::If(..)) {
        typed.operands().into_iter().for_each(|operand| parameters(operand, bound, found));
    }
}

/// For each matrix, whether in its first product the inputs are its columns (`W @ x`).
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

/// The parameter of an operand, and whether it is transposed.
fn matrix(typed: &Typed) -> Option<(usize, bool)> {
    if let TypedKind::Transpose(inner) = &typed.kind {
        return matrix(inner).map(|(index, transposed)| (index, !transposed));
    }
    let TypedKind::Value(Value::Parameter(index)) = typed.kind else { return None };
    Some((index, false))
}
