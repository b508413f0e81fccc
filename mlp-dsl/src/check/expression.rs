//! Formulas: names resolved, shapes inferred and compared.

use super::{Checker, Meaning, function::Callee};
use crate::{
    ir::{equation::Shape, scalar::Unary},
    limits,
    model::{Kernel, Parameter, Typed, TypedKind, Value},
    problems,
    span::Span,
    syntax::ast::{self, Call, Expression, ExpressionKind, Name, Operator, ParameterKind},
};

/// How much has been read inside functions of arrays.
#[derive(Default)]
pub(super) struct Inlining {
    parts: u64,
    depth: usize,
    exhausted: bool,
}

impl Inlining {
    /// Counts a part of a formula that stands inside so many calls.
    fn affords_one_more(&mut self, calls: usize) -> bool {
        if calls == 0 {
            return true;
        }
        self.parts += 1;
        let small = self.parts <= limits::OPERATIONS && self.depth <= limits::INLINED_DEPTH;
        self.exhausted |= !small || calls > limits::INLINED_CALLS;
        !self.exhausted
    }
}

impl Checker<'_> {
    /// Checks a formula; `want` is the shape declared for the layer it fills, which sizes `dense`.
    pub(super) fn expression(&mut self, expression: &Expression, want: Option<Shape>) -> Option<Typed> {
        let before = self.inlining.exhausted;
        let checked = self.formula(expression, want);
        if self.inlining.exhausted && !before {
            self.found.push(problems::calls_too_large(expression.span));
        }
        self.incomplete |= checked.is_none();
        checked
    }

    /// A part of a formula. Functions of arrays are read anew for each call, so the work and the
    /// depth inside them are counted.
    fn formula(&mut self, expression: &Expression, want: Option<Shape>) -> Option<Typed> {
        self.inlining.depth += 1;
        let checked = if self.inlining.affords_one_more(self.arguments.len()) {
            self.part(expression, want)
        } else {
            None
        };
        self.inlining.depth -= 1;
        checked
    }

    fn part(&mut self, expression: &Expression, want: Option<Shape>) -> Option<Typed> {
        let span = expression.span;
        let (kind, shape) = match &expression.kind {
            ExpressionKind::Mistake => return None,
            ExpressionKind::Number(number) => {
                self.fits(*number, span);
                (TypedKind::Number(*number), Shape::Scalar)
            }
            ExpressionKind::Name(name) => self.name(name)?,
            ExpressionKind::Call(call) => return self.call(call, want),
            ExpressionKind::Negative(inner) => {
                let inner = self.formula(inner, want)?;
                let shape = inner.shape;
                (TypedKind::Unary(Unary::Negate, Box::new(inner)), shape)
            }
            ExpressionKind::Power(base, exponent) => {
                let base = self.formula(base, want);
                let exponent = self.formula(exponent, want);
                let (base, exponent) = (base?, exponent?);
                let shape = self.broadcast(&base, base.shape, &exponent, "^")?;
                (TypedKind::Power(Box::new(base), Box::new(exponent)), shape)
            }
            ExpressionKind::Chain(first, rest) => self.chain(first, rest, want)?,
            ExpressionKind::If(condition, then, otherwise) => {
                let (left, comparison, right) = &**condition;
                let left = self.formula(left, want);
                let right = self.formula(right, want);
                let then = self.formula(then, want);
                let otherwise = self.formula(otherwise, want);
                let (left, right, then, otherwise) = (left?, right?, then?, otherwise?);
                let condition_shape = self.broadcast(&left, left.shape, &right, comparison.sign())?;
                let value_shape = self.broadcast(&then, then.shape, &otherwise, "else")?;
                let Some(shape) = condition_shape.broadcast(value_shape) else {
                    let sides = [(condition_shape, left.span.to(right.span)), (value_shape, then.span)];
                    self.found.push(problems::shapes_differ("then", sides, span));
                    return None;
                };
                let condition = Box::new((left, *comparison, right));
                (TypedKind::If(condition, Box::new(then), Box::new(otherwise)), shape)
            }
        };
        Some(Typed { kind, shape, span })
    }

    fn name(&mut self, name: &Name) -> Option<(TypedKind, Shape)> {
        let arguments = self.arguments.last().into_iter().flatten().enumerate();
        let argument = arguments.filter(|(_, (argument, _))| *argument == name.text).last();
        if let Some((index, (_, shape))) = argument {
            return Some((TypedKind::Argument(index), *shape));
        }
        if !self.scope.knows(&name.text) && self.functions.find(&name.text).is_some() {
            self.found.push(problems::function_as_value(name));
            return None;
        }
        match self.scope.resolve(name, self.found)? {
            Meaning::Constant(id, value) => Some((TypedKind::Constant(id, value), Shape::Scalar)),
            Meaning::Value(Value::Target | Value::TargetElement(_)) if self.layer_of.is_some() => {
                self.found.push(problems::target_in_layer(name));
                None
            }
            Meaning::Value(value) => Some((TypedKind::Value(value), self.shape_of(value)?)),
            Meaning::Mistake => None,
        }
    }

    fn shape_of(&self, value: Value) -> Option<Shape> {
        match value {
            Value::Input(i) => Some(self.inputs.get(i)?.shape),
            Value::Parameter(p) => Some(self.parameters.get(p)?.shape),
            Value::Layer(l) => Some(self.layers.get(l)?.shape),
            Value::Target => Some(self.target.as_ref()?.shape),
            Value::InputElement(..) | Value::Neuron(..) | Value::TargetElement(_) => Some(Shape::Scalar),
        }
    }

    fn chain(
        &mut self,
        first: &Expression,
        rest: &[(Operator, Expression)],
        want: Option<Shape>,
    ) -> Option<(TypedKind, Shape)> {
        let checked = self.formula(first, want);
        let operands: Vec<Option<Typed>> =
            rest.iter().map(|(_, operand)| self.formula(operand, want)).collect();
        let first = checked?;
        let mut shape = first.shape;
        let mut so_far = first.span;
        let mut typed = Vec::new();
        for ((operator, _), operand) in rest.iter().zip(operands) {
            let operand = operand?;
            shape = match operator {
                Operator::Product => self.product(shape, so_far, &operand)?,
                _ => {
                    let left = Typed { kind: TypedKind::Number(0.0), shape, span: so_far };
                    self.broadcast(&left, shape, &operand, operator.sign())?
                }
            };
            so_far = so_far.to(operand.span);
            typed.push((*operator, operand, shape));
        }
        Some((TypedKind::Chain(Box::new(first), typed), shape))
    }

    /// The shape of `left @ right`.
    fn product(&mut self, left: Shape, left_span: Span, right: &Typed) -> Option<Shape> {
        let shape = match (left, right.shape) {
            (Shape::Vector(n), Shape::Matrix(rows, columns)) if n == rows => Shape::Vector(columns),
            (Shape::Matrix(rows, columns), Shape::Vector(n)) if n == columns => Shape::Vector(rows),
            (Shape::Vector(n), Shape::Vector(m)) if n == m => Shape::Scalar,
            _ => {
                let sides = [(left, left_span), (right.shape, right.span)];
                self.found.push(problems::product_shapes(sides));
                return None;
            }
        };
        Some(shape)
    }

    fn broadcast(&mut self, left: &Typed, shape: Shape, right: &Typed, sign: &str) -> Option<Shape> {
        let both = shape.broadcast(right.shape);
        if both.is_none() {
            let sides = [(shape, left.span), (right.shape, right.span)];
            self.found.push(problems::shapes_differ(sign, sides, left.span.to(right.span)));
        }
        both
    }

    fn call(&mut self, call: &Call, want: Option<Shape>) -> Option<Typed> {
        for (name, _) in &call.arguments {
            if let Some(name) = name {
                self.found.push(problems::named_argument(name));
            }
        }
        let arguments: Vec<Option<Typed>> =
            call.arguments.iter().map(|(_, a)| self.formula(a, want)).collect();
        let Some(callee) = self.functions.find(&call.name.text) else {
            if self.functions.is_broken(&call.name.text) {
                return None;
            }
            let names = self.functions.names();
            self.found.push(problems::unknown_function(
                &call.name,
                super::closest(&call.name.text, names.into_iter()),
            ));
            return None;
        };
        let arguments: Vec<Typed> = arguments.into_iter().collect::<Option<_>>()?;
        if arguments.len() != callee.parameters() {
            let parameters = callee.parameters();
            self.found.push(problems::argument_count(call, parameters));
            return None;
        }
        self.apply(call, callee, arguments, want)
    }

    fn apply(
        &mut self,
        call: &Call,
        callee: Callee,
        arguments: Vec<Typed>,
        want: Option<Shape>,
    ) -> Option<Typed> {
        let span = call.span;
        let first = || arguments.first().map(|argument| (argument.shape, argument.span));
        let (kind, shape) = match callee {
            Callee::Dense => {
                let (shape, at) = first()?;
                return self.dense(call, shape, at, arguments, want);
            }
            Callee::Sum | Callee::Count => {
                let (shape, at) = first()?;
                if shape == Shape::Scalar {
                    self.found.push(problems::needs_vector(&call.name, shape, at));
                    return None;
                }
                let n = shape.count();
                let inner = arguments.into_iter().next()?;
                match callee {
                    Callee::Count => (TypedKind::Number(n as f64), Shape::Scalar),
                    _ => (TypedKind::Sum(Box::new(inner)), Shape::Scalar),
                }
            }
            Callee::Primitive(op) => {
                let (shape, _) = first()?;
                (TypedKind::Unary(op, Box::new(arguments.into_iter().next()?)), shape)
            }
            Callee::Pointwise(id, _) => {
                let mut shape = Shape::Scalar;
                let mut before: Option<&Typed> = None;
                for argument in &arguments {
                    shape = match before {
                        Some(before) => self.broadcast(before, shape, argument, &call.name.text)?,
                        None => argument.shape,
                    };
                    before = Some(argument);
                }
                (TypedKind::Apply(id, arguments), shape)
            }
            Callee::Array(index, _) => return self.inline(index, call, arguments),
        };
        Some(Typed { kind, shape, span })
    }

    /// The body of a function of arrays, checked for these arguments.
    fn inline(&mut self, index: usize, call: &Call, arguments: Vec<Typed>) -> Option<Typed> {
        let function = self.functions.array(index)?;
        let names = function.parameters.iter().map(|p| p.text.clone());
        self.arguments.push(names.zip(arguments.iter().map(|a| a.shape)).collect());
        let before = self.functions.visible_to(index);
        let errors = std::mem::take(self.found);
        let body = self.formula(&function.body, None);
        let inside = std::mem::replace(self.found, errors);
        self.functions.visible_again(before);
        self.arguments.pop();
        if let (None, Some(reason)) = (&body, inside.into_sorted().first()) {
            self.found.push(problems::arguments_do_not_fit(call, &arguments, &reason.title));
        }
        let body = body?;
        let kernel = function.kernel.as_ref().and_then(|kernel| Kernel::named(&kernel.text));
        let shape = body.shape;
        Some(Typed { kind: TypedKind::Inline(kernel, arguments, Box::new(body)), shape, span: call.span })
    }

    /// `dense(x)`: declares a matrix and a bias for it, sized by the layer.
    fn dense(
        &mut self,
        call: &Call,
        input: Shape,
        at: Span,
        arguments: Vec<Typed>,
        want: Option<Shape>,
    ) -> Option<Typed> {
        let (Some(layer), true) = (self.layer_of.clone(), self.arguments.is_empty()) else {
            self.found.push(problems::dense_outside_layer(call.span));
            return None;
        };
        let Some(Shape::Vector(width)) = want else {
            if self.width_lost {
                return None;
            }
            self.found.push(problems::dense_without_width(&layer, call.span));
            return None;
        };
        let Shape::Vector(inputs) = input else {
            self.found.push(problems::needs_vector(&call.name, input, at));
            return None;
        };
        self.dense_in_layer += 1;
        let suffix = match self.dense_in_layer {
            1 => String::new(),
            n => format!("_{n}"),
        };
        let weights = self.made_parameter(
            "W",
            &layer,
            &suffix,
            ParameterKind::Weight,
            Shape::Matrix(inputs, width),
            call,
        );
        let biases =
            self.made_parameter("b", &layer, &suffix, ParameterKind::Bias, Shape::Vector(width), call);
        let input = Box::new(arguments.into_iter().next()?);
        Some(Typed {
            kind: TypedKind::Dense(input, weights, biases),
            shape: Shape::Vector(width),
            span: call.span,
        })
    }

    fn made_parameter(
        &mut self,
        letter: &str,
        layer: &Name,
        suffix: &str,
        kind: ParameterKind,
        shape: Shape,
        call: &Call,
    ) -> usize {
        let text = format!("{letter}_{}{suffix}", layer.text);
        if let Some(what) = self.made.get(&text) {
            self.found.push(problems::name_is_generated(&text, what, layer.span));
        }
        let what = format!("a parameter of `dense` in the layer `{}`", layer.text);
        self.made.insert(text.clone(), what);
        let start = super::initial::default(kind, shape, false);
        let docs = Vec::new();
        let name = Name { text, span: call.name.span };
        self.parameters.push(Parameter { name, docs, kind, shape, start });
        self.undrawn.push(true);
        self.count_parameters(shape, call.span);
        self.parameters.len() - 1
    }

    /// The value of a formula of numbers and constants.
    pub(super) fn number_of(&mut self, expression: &Expression) -> Option<f64> {
        let value = self.constant_value(expression)?;
        if !value.is_finite() {
            self.found.push(problems::not_finite(expression.span));
            return None;
        }
        self.fits(value, expression.span);
        Some(value)
    }

    /// Reports a number that is infinite in the network's number type.
    fn fits(&mut self, value: f64, span: Span) {
        if self.single && (value as f32).is_infinite() {
            self.found.push(problems::beyond_single(value, span));
        }
    }

    fn constant_value(&mut self, expression: &Expression) -> Option<f64> {
        match &expression.kind {
            ExpressionKind::Number(number) => Some(*number),
            ExpressionKind::Negative(inner) => Some(-self.constant_value(inner)?),
            ExpressionKind::Power(base, exponent) => {
                let (base, exponent) = (self.constant_value(base)?, self.constant_value(exponent)?);
                Some(base.powf(exponent))
            }
            ExpressionKind::Chain(first, rest) => {
                let mut value = self.constant_value(first)?;
                for (operator, operand) in rest {
                    let operand_value = self.constant_value(operand)?;
                    value = match operator {
                        Operator::Add => value + operand_value,
                        Operator::Subtract => value - operand_value,
                        Operator::Multiply => value * operand_value,
                        Operator::Divide => value / operand_value,
                        Operator::Product => {
                            self.found.push(problems::not_a_number(operand.span));
                            return None;
                        }
                    };
                }
                Some(value)
            }
            ExpressionKind::Name(name) => match self.scope.resolve(name, self.found)? {
                Meaning::Constant(_, value) => Some(value),
                Meaning::Mistake => None,
                Meaning::Value(_) => {
                    self.found.push(problems::not_a_number(expression.span));
                    None
                }
            },
            ExpressionKind::Call(_) | ExpressionKind::If(..) => {
                self.found.push(problems::not_a_number(expression.span));
                None
            }
            ExpressionKind::Mistake => None,
        }
    }

    /// A whole number between `least` and `most`.
    pub(super) fn whole(
        &mut self,
        expression: &Expression,
        what: &str,
        least: u64,
        most: u64,
    ) -> Option<u64> {
        let value = self.number_of(expression)?;
        if value.fract() != 0.0 || value < least as f64 || value > most as f64 {
            self.found.push(problems::not_whole(what, value, least, most, expression.span));
            return None;
        }
        Some(value as u64)
    }
}

impl ast::Operator {
    /// The sign, as written.
    pub fn sign(self) -> &'static str {
        match self {
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Product => "@",
        }
    }
}
