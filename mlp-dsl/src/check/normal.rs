//! Normalizations: formulas with parameters that they declare, as `dense` does.

use super::{
    Checker, Place,
    expression::Made,
    function::{Callee, Normal},
};

use crate::{
    check::errors,
    formula::{operator::Operator, scalar::Unary},
    kind::ParameterKind,
    model::{Start, Typed, TypedKind, Value},
    run::Standardized,
    shape::Shape,
    span::Span,
    syntax::ast::Call,
};

impl Checker<'_> {
    /// `standardize(x)`, `batch_norm(x)`, `layer_norm(x)`: vectors as long as x.
    pub(super) fn normal(&mut self, call: &Call, normal: Normal, arguments: Vec<Typed>) -> Option<Typed> {
        let (Place::Layer(layer), true) = (self.place.clone(), self.arguments.is_empty()) else {
            self.found.push(errors::dense_outside_layer(&call.name, call.span));
            return None;
        };
        let input = arguments.first()?.clone();
        if !matches!(input.shape, Shape::Vector(_)) {
            self.found.push(errors::needs_vector(&call.name, input.shape, input.span));
            return None;
        }
        self.normal_in_layer += 1;
        let suffix = match self.normal_in_layer {
            1 => String::new(),
            n => format!("_{n}"),
        };
        let (shape, span) = (input.shape, call.span);
        let frozen = Made { layer: &layer, suffix: &suffix, call, frozen: true };
        if normal == Normal::Standardize {
            return Some(self.standardize(input, frozen, span));
        }
        let normal = match (normal, arguments.get(1).cloned()) {
            (Normal::Batch, Some(epsilon)) => {
                let centred = chain(input, Operator::Subtract, self.vector("mean", frozen, shape, 0.0), span);
                let variance = self.vector("variance", frozen, shape, 1.0);
                self.broadcast(&variance, shape, &epsilon, &call.name.text)?;
                let variance = chain(variance, Operator::Add, epsilon, span);
                let root = Typed { kind: TypedKind::Unary(Unary::Sqrt, Box::new(variance)), shape, span };
                chain(centred, Operator::Divide, root, span)
            }
            _ => {
                let (Callee::Array(index), _) = self.functions.find("normalize")? else { return None };
                self.inline(index, call, arguments)?
            }
        };
        self.dense_in_layer += 1;
        let trained = Made { frozen: self.frozen_layer, ..frozen };
        let scaled = chain(normal, Operator::Multiply, self.vector("scale", trained, shape, 1.0), span);
        Some(chain(scaled, Operator::Add, self.vector("shift", trained, shape, 0.0), span))
    }

    /// (x − mean) / deviation, which a training sets where x is an input.
    fn standardize(&mut self, x: Typed, made: Made<'_>, span: Span) -> Typed {
        let shape = x.shape;
        let first = self.parameters.len();
        let input = if let TypedKind::Value(Value::Input(index)) = x.kind { Some(index) } else { None };
        let centred = chain(x, Operator::Subtract, self.vector("mean", made, shape, 0.0), span);
        let standard = chain(centred, Operator::Divide, self.vector("deviation", made, shape, 1.0), span);
        if let Some([mean, deviation]) = self.parameters.get(first..) {
            let (mean, deviation) = (mean.name.text.clone(), deviation.name.text.clone());
            self.run.standardized.push(Standardized { input, mean, deviation });
        }
        standard
    }

    /// A parameter whose elements all start at a value; what is added or subtracted starts at 0.
    fn vector(&mut self, name: &str, made: Made<'_>, shape: Shape, value: f64) -> Typed {
        let kind = if value == 0.0 { ParameterKind::Bias } else { ParameterKind::Weight };
        let index = self.made_parameter(name, made, kind, shape, Start::Fill(value));
        Typed { kind: TypedKind::Value(Value::Parameter(index)), shape, span: made.call.span }
    }
}

/// A vector, an operator, and a vector or a scalar.
fn chain(left: Typed, operator: Operator, right: Typed, span: Span) -> Typed {
    let shape = left.shape;
    Typed { kind: TypedKind::Chain(Box::new(left), vec![(operator, right, shape)]), shape, span }
}
