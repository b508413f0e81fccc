//! Hidden layers whose neurons start equal.

use super::{Lint, parts, warnings};

use crate::{
    diagnostic::Diagnostic,
    formula::operator::Operator,
    model::{Kernel, Layer, LayerBody, Start, Typed, TypedKind, Value},
    shape::Shape,
};

impl Lint<'_> {
    /// Hidden layers of a network with a loss whose neurons all compute the same number, whatever the input is.
    pub(super) fn equal_starts(&self, found: &mut Vec<Diagnostic>) {
        if self.model.loss.is_none() {
            return;
        }
        for (index, layer) in self.model.hidden() {
            let equal = layer.shape.count() > 1 && self.has_equal_neurons(layer) && self.is_mixed(index);
            let weight = self.trained_weights(layer).into_iter().find(|parameter| {
                let shape = self.model.parameters.get(*parameter).map(|p| p.shape);
                matches!(layer.body, LayerBody::Neurons(_)) || matches!(shape, Some(Shape::Matrix(..)))
            });
            let weight = weight.and_then(|index| self.model.parameters.get(index));
            if let (true, Some(weight)) = (equal, weight) {
                found.push(warnings::equal_neurons(layer, weight));
            }
        }
    }

    fn has_equal_neurons(&self, layer: &Layer) -> bool {
        match &layer.body {
            LayerBody::Whole(typed) => self.is_uniform(typed, &mut Vec::new()),
            LayerBody::Neurons(neurons) => {
                let mut keys = neurons.iter().map(|(_, typed)| self.key(typed));
                let first = keys.next();
                keys.all(|key| Some(key) == first)
            }
        }
    }

    fn trained_weights(&self, layer: &Layer) -> Vec<usize> {
        let formulas: Vec<&Typed> = match &layer.body {
            LayerBody::Whole(typed) => vec![typed],
            LayerBody::Neurons(neurons) => neurons.iter().map(|(_, typed)| typed).collect(),
        };
        let parameter = |typed: &Typed| match &typed.kind {
            TypedKind::Value(Value::Parameter(index)) | TypedKind::Dense(_, index, _) => Some(*index),
            TypedKind::Number(_)
            | TypedKind::Constant(..)
            | TypedKind::Value(_)
            | TypedKind::Argument(_)
            | TypedKind::Bound(_)
            | TypedKind::Let(..)
            | TypedKind::Unary(..)
            | TypedKind::Power(..)
            | TypedKind::Chain(..)
            | TypedKind::If(..)
            | TypedKind::Apply(..)
            | TypedKind::Inline(..)
            | TypedKind::Sum(_)
            | TypedKind::Concat(_)
            | TypedKind::Transpose(_) => None,
        };
        let trained = |index: &usize| self.model.parameters.get(*index).is_some_and(|p| !p.frozen);
        formulas.into_iter().flat_map(parts).filter_map(parameter).filter(trained).collect()
    }

    /// Whether all uses of a layer are in products with matrices: used element by element, as a gate is, equal
    /// neurons learn different things.
    fn is_mixed(&self, layer: usize) -> bool {
        let whole =
            |typed: &Typed| matches!(&typed.kind, TypedKind::Value(Value::Layer(index)) if *index == layer);
        self.formulas().chain(&self.model.loss).flat_map(parts).all(|typed| {
            if !typed.operands().into_iter().any(whole) {
                return !whole(typed) || !self.is_formula(typed);
            }
            match &typed.kind {
                TypedKind::Dense(..) | TypedKind::Concat(_) => true,
                TypedKind::Chain(_, rest) => rest.iter().any(|(op, ..)| *op == Operator::Product),
                TypedKind::Number(_)
                | TypedKind::Constant(..)
                | TypedKind::Value(_)
                | TypedKind::Argument(_)
                | TypedKind::Bound(_)
                | TypedKind::Let(..)
                | TypedKind::Unary(..)
                | TypedKind::Power(..)
                | TypedKind::If(..)
                | TypedKind::Apply(..)
                | TypedKind::Inline(..)
                | TypedKind::Sum(_)
                | TypedKind::Transpose(_) => false,
            }
        })
    }

    /// Whether it is the formula of a layer, not a part of one.
    fn is_formula(&self, typed: &Typed) -> bool {
        self.formulas().any(|formula| std::ptr::eq(formula, typed))
    }

    /// Whether all elements of a vector are equal at the start, for every input.
    fn is_uniform(&self, typed: &Typed, bound: &mut Vec<bool>) -> bool {
        if typed.shape == Shape::Scalar {
            return true;
        }
        match &typed.kind {
            TypedKind::Number(_) | TypedKind::Constant(..) => true,
            TypedKind::Value(Value::Parameter(index)) => self.has_equal_columns(*index),
            TypedKind::Bound(index) => bound.get(*index).copied().unwrap_or(false),
            TypedKind::Let(values, body) => {
                let before = bound.len();
                for (_, value) in values {
                    let uniform = self.is_uniform(value, bound);
                    bound.push(uniform);
                }
                let uniform = self.is_uniform(body, bound);
                bound.truncate(before);
                uniform
            }
            TypedKind::Dense(_, weights, bias) => {
                self.has_equal_columns(*weights) && bias.is_none_or(|bias| self.has_equal_columns(bias))
            }
            TypedKind::Chain(first, rest) => self.is_uniform_chain(first, rest, bound),
            TypedKind::Unary(..)
            | TypedKind::Power(..)
            | TypedKind::If(..)
            | TypedKind::Apply(..)
            | TypedKind::Inline(Some(Kernel::Softmax), ..) => {
                typed.operands().into_iter().all(|operand| self.is_uniform(operand, bound))
            }
            TypedKind::Value(_)
            | TypedKind::Argument(_)
            | TypedKind::Inline(..)
            | TypedKind::Sum(_)
            | TypedKind::Concat(_)
            | TypedKind::Transpose(_) => false,
        }
    }

    fn is_uniform_chain(
        &self,
        first: &Typed,
        rest: &[(Operator, Typed, Shape)],
        bound: &mut Vec<bool>,
    ) -> bool {
        let mut uniform = self.is_uniform(first, bound);
        let mut last = first;
        for (operator, operand, _) in rest {
            uniform = match (operator, &last.kind, &operand.kind) {
                (Operator::Product, _, TypedKind::Value(Value::Parameter(index)))
                    if matches!(operand.shape, Shape::Matrix(..)) =>
                {
                    self.has_equal_columns(*index)
                }
                (Operator::Product, TypedKind::Value(Value::Parameter(index)), _)
                    if matches!(last.shape, Shape::Matrix(..)) =>
                {
                    self.has_equal_rows(*index)
                }
                (Operator::Product, ..) => false,
                (Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide, ..) => {
                    uniform && self.is_uniform(operand, bound)
                }
            };
            last = operand;
        }
        uniform
    }

    /// Whether every row of the start values repeats one number.
    fn has_equal_columns(&self, parameter: usize) -> bool {
        self.starts(parameter, |values, shape| match shape {
            Shape::Scalar => true,
            Shape::Vector(n) | Shape::Matrix(_, n) => {
                values.chunks(n.max(1)).all(|row| row.iter().all(|value| Some(value) == row.first()))
            }
        })
    }

    /// Whether all rows of the start values are the same.
    fn has_equal_rows(&self, parameter: usize) -> bool {
        self.starts(parameter, |values, shape| match shape {
            Shape::Scalar | Shape::Vector(_) => false,
            Shape::Matrix(_, n) => {
                let first = values.get(..n);
                values.chunks(n.max(1)).all(|row| Some(row) == first)
            }
        })
    }

    fn starts(&self, parameter: usize, values: impl Fn(&[f64], Shape) -> bool) -> bool {
        let Some(parameter) = self.model.parameters.get(parameter) else { return false };
        match &parameter.start {
            Start::Fill(_) => true,
            Start::Values(all) => values(all, parameter.shape),
            Start::Loaded(_) | Start::Normal { .. } | Start::Uniform { .. } => false,
        }
    }

    /// A formula with numbers in the place of the weights that start at them.
    fn key(&self, typed: &Typed) -> String {
        if let TypedKind::Value(Value::Parameter(index)) = &typed.kind
            && let Some(parameter) = self.model.parameters.get(*index)
            && let Start::Fill(number) = &parameter.start
            && typed.shape == Shape::Scalar
        {
            return format!("{number:e}");
        }
        let parts: Vec<String> = typed.operands().into_iter().map(|operand| self.key(operand)).collect();
        format!("{}({})", head(&typed.kind), parts.join(","))
    }
}

/// The form of a formula without its operands.
fn head(kind: &TypedKind) -> String {
    match kind {
        TypedKind::Number(x) | TypedKind::Constant(_, x) => format!("{x:e}"),
        TypedKind::Value(value) => format!("{value:?}"),
        TypedKind::Argument(index) => format!("argument {index}"),
        TypedKind::Bound(index) => format!("bound {index}"),
        TypedKind::Let(values, _) => format!("let {}", values.len()),
        TypedKind::Unary(op, _) => format!("{op:?}"),
        TypedKind::Power(..) => "power".to_owned(),
        TypedKind::Chain(_, rest) => {
            let signs: Vec<&str> = rest.iter().map(|(operator, ..)| operator.sign()).collect();
            signs.join(" ")
        }
        TypedKind::If(condition, ..) => condition.1.sign().to_owned(),
        TypedKind::Apply(id, _) => format!("function {}", id.0),
        // Two calls of functions of arrays are equal only where they are one.
        TypedKind::Inline(_, _, body) => format!("inline {:?}", std::ptr::from_ref(body.as_ref())),
        TypedKind::Sum(_) => "sum".to_owned(),
        TypedKind::Concat(_) => "concat".to_owned(),
        TypedKind::Transpose(_) => "transpose".to_owned(),
        TypedKind::Dense(_, weights, bias) => format!("dense {weights} {bias:?}"),
    }
}
