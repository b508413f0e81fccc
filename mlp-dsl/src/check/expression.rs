//! Resolves the names of formulas, and infers and compares their shapes.

use super::{
    Checker, Meaning, Place,
    arguments::{Argument, Parameter as Declared, arrange},
    function::Callee,
    unusable,
};

use crate::{
    check::errors,
    diagnostic::Diagnostic,
    formula::{operator::Operator, scalar::Unary},
    kind::ParameterKind,
    limits,
    model::{Kernel, Parameter, Start, Typed, TypedKind, Value},
    shape::Shape,
    span::Span,
    syntax::ast::{Call, Expression, ExpressionKind, Name},
};

/// Counts the work inside functions of arrays.
#[derive(Default)]
pub(super) struct Inlining {
    parts: u64,
    depth: usize,
    exhausted: bool,
}

impl Inlining {
    /// Counts a part of a formula inside `calls` nested calls.
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

/// Common names of a target.
const TARGETS: [&str; 6] = ["t", "target", "targets", "label", "labels", "y_true"];

impl Checker<'_> {
    /// Checks a formula; `want` is the declared shape of its layer, which determines the width of `dense`.
    pub(super) fn expression(&mut self, expression: &Expression, want: Option<Shape>) -> Option<Typed> {
        let before = self.inlining.exhausted;
        let checked = self.formula(expression, want);
        if self.inlining.exhausted && !before {
            self.found.push(errors::calls_too_large(expression.span));
        }
        self.incomplete |= checked.is_none();
        checked
    }

    /// A part of a formula. A function of arrays is checked again for each call, so the work and the depth
    /// inside it are counted.
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
            ExpressionKind::Let(bound, body) => self.bind(bound, body, want)?,
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
                    self.found.push(errors::shapes_differ("then", sides, span));
                    return None;
                };
                let condition = Box::new((left, *comparison, right));
                (TypedKind::If(condition, Box::new(then), Box::new(otherwise)), shape)
            }
        };
        Some(Typed { kind, shape, span })
    }

    /// `let u = … in …`
    fn bind(
        &mut self,
        bound: &[(Name, Expression)],
        body: &Expression,
        want: Option<Shape>,
    ) -> Option<(TypedKind, Shape)> {
        let before = self.bound.len();
        let mut values = Vec::with_capacity(bound.len());
        for (name, value) in bound {
            let value = self.formula(value, want);
            if let Some(reason) = unusable(&name.text) {
                self.found.push(errors::unusable_name(name, reason));
            }
            // The name is declared even after an error, so that no second error follows.
            let shape = value.as_ref().map_or(Shape::Scalar, |value| value.shape);
            self.bound.push((name.text.clone(), shape, self.arguments.len()));
            values.push(value.map(|value| (name.text.clone(), value)));
            if self.bound.len() > limits::NAMES {
                self.found.push(errors::too_many_names("names", "a formula", name.span));
                self.bound.truncate(before);
                return None;
            }
        }
        let good = values.iter().all(Option::is_some);
        let body = if good { self.formula(body, want) } else { None };
        self.bound.truncate(before);
        let (values, body) = (values.into_iter().collect::<Option<Vec<_>>>()?, body?);
        let shape = body.shape;
        Some((TypedKind::Let(values, Box::new(body)), shape))
    }

    fn name(&mut self, name: &Name) -> Option<(TypedKind, Shape)> {
        let inside = self.arguments.len();
        let visible =
            self.bound.iter().rposition(|(bound, _, depth)| *depth == inside && *bound == name.text);
        if let Some((place, (_, shape, _))) = visible.and_then(|place| Some((place, self.bound.get(place)?)))
        {
            return Some((TypedKind::Bound(place), *shape));
        }
        let arguments = self.arguments.last().into_iter().flatten().enumerate();
        let argument = arguments.filter(|(_, (argument, _))| *argument == name.text).last();
        if let Some((index, (_, shape))) = argument {
            return Some((TypedKind::Argument(index), *shape));
        }
        if !self.scope.knows(&name.text) && self.functions.find(&name.text).is_some() {
            self.found.push(errors::function_as_value(name));
            return None;
        }
        if let Some(problem) = self.known_otherwise(name) {
            self.found.push(problem);
            return None;
        }
        match self.scope.resolve(name, self.found)? {
            Meaning::Constant(id, value) => Some((TypedKind::Constant(id, value), Shape::Scalar)),
            Meaning::Value(value) => {
                if let Some(problem) = self.out_of_place(name, value) {
                    self.found.push(problem);
                    return None;
                }
                Some((TypedKind::Value(value), self.shape_of(value)?))
            }
            Meaning::Mistake => None,
        }
    }

    /// An unknown name with an obvious meaning.
    fn known_otherwise(&self, name: &Name) -> Option<Diagnostic> {
        if self.scope.knows(&name.text) || self.scope.has_lost(&name.text) {
            return None;
        }
        let in_loss = matches!(self.place, Place::Elsewhere) && self.targets.is_empty();
        let output = self.layers.last().filter(|_| in_loss && TARGETS.contains(&name.text.as_str()))?;
        Some(errors::target_missing(name, output.shape.count()))
    }

    /// Reports a value that is not allowed at the place of the formula.
    fn out_of_place(&self, name: &Name, value: Value) -> Option<Diagnostic> {
        let target = matches!(value, Value::Target(_) | Value::TargetElement(..));
        match &self.place {
            Place::Layer(_) if target => Some(errors::target_in_layer(name)),
            Place::Penalty if !matches!(value, Value::Parameter(_)) => Some(errors::sample_in_penalty(name)),
            Place::Weight if !target && !self.is_frozen(value) => Some(errors::not_in_weight(name)),
            Place::Setting => Some(errors::value_in_setting(name)),
            Place::Elsewhere | Place::Layer(_) | Place::Penalty | Place::Weight => None,
        }
    }

    fn is_frozen(&self, value: Value) -> bool {
        let Value::Parameter(parameter) = value else { return false };
        self.parameters.get(parameter).is_some_and(|parameter| parameter.frozen)
    }

    fn shape_of(&self, value: Value) -> Option<Shape> {
        match value {
            Value::Input(i) => Some(self.inputs.get(i)?.shape),
            Value::Parameter(p) => Some(self.parameters.get(p)?.shape),
            Value::Layer(l) => Some(self.layers.get(l)?.shape),
            Value::Target(t) => Some(self.targets.get(t)?.shape),
            Value::InputElement(..) | Value::Neuron(..) | Value::TargetElement(..) => Some(Shape::Scalar),
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
                Operator::Product => {
                    let left = (shape, so_far, if typed.is_empty() { self.name_of(&first) } else { None });
                    self.product(left, &operand, want)?
                }
                Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide => {
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
    fn product(
        &mut self,
        left: (Shape, Span, Option<String>),
        right: &Typed,
        want: Option<Shape>,
    ) -> Option<Shape> {
        let shape = match (left.0, right.shape) {
            (Shape::Vector(n), Shape::Matrix(rows, columns)) if n == rows => Shape::Vector(columns),
            (Shape::Matrix(rows, columns), Shape::Vector(n)) if n == columns => Shape::Vector(rows),
            (Shape::Vector(n), Shape::Vector(m)) if n == m => Shape::Scalar,
            _ => {
                let right = (right.shape, right.span, self.name_of(right));
                self.found.push(errors::product_shapes([left, right], want));
                return None;
            }
        };
        Some(shape)
    }

    /// The name of a declared vector or matrix.
    fn name_of(&self, typed: &Typed) -> Option<String> {
        let TypedKind::Value(value) = &typed.kind else { return None };
        let name = match value {
            Value::Input(i) => &self.inputs.get(*i)?.name,
            Value::Parameter(p) => &self.parameters.get(*p)?.name,
            Value::Layer(l) => &self.layers.get(*l)?.name,
            Value::Target(t) => &self.targets.get(*t)?.name,
            Value::InputElement(..) | Value::Neuron(..) | Value::TargetElement(..) => return None,
        };
        Some(name.text.clone())
    }

    pub(super) fn broadcast(
        &mut self,
        left: &Typed,
        shape: Shape,
        right: &Typed,
        sign: &str,
    ) -> Option<Shape> {
        let both = shape.broadcast(right.shape);
        if both.is_none() {
            let sides = [(shape, left.span), (right.shape, right.span)];
            self.found.push(errors::shapes_differ(sign, sides, left.span.to(right.span)));
        }
        both
    }

    fn call(&mut self, call: &Call, want: Option<Shape>) -> Option<Typed> {
        let Some((callee, parameters)) = self.functions.called(call, None, self.found) else {
            for (_, argument) in &call.arguments {
                self.formula(argument, want);
            }
            return None;
        };
        if let Callee::Concat = callee {
            return self.concat(call);
        }
        let arguments: Vec<Option<Typed>> = arrange(call, &parameters, self.found)?
            .into_iter()
            .map(|argument| match argument {
                Argument::Given(argument) => self.formula(argument, want),
                Argument::Default(number) => {
                    Some(Typed { kind: TypedKind::Number(number), shape: Shape::Scalar, span: call.span })
                }
            })
            .collect();
        let arguments = arguments.into_iter().collect::<Option<_>>()?;
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
        let shape = arguments.first()?.shape;
        let only = || arguments.first().cloned().map(Box::new);
        let (kind, shape) = match callee {
            Callee::Dense { bias } => return self.dense(call, bias, arguments, want),
            Callee::Normal(normal) => return self.normal(call, normal, arguments),
            Callee::Dropout => {
                self.found.push(errors::dropout_inside(call));
                return None;
            }
            Callee::Count => (TypedKind::Number(shape.count() as f64), Shape::Scalar),
            Callee::Sum if shape == Shape::Scalar => return arguments.into_iter().next(),
            Callee::Sum => (TypedKind::Sum(only()?), Shape::Scalar),
            Callee::Transpose => {
                let Shape::Matrix(rows, columns) = shape else {
                    self.found.push(errors::needs_matrix(&call.name, shape, only()?.span));
                    return None;
                };
                (TypedKind::Transpose(only()?), Shape::Matrix(columns, rows))
            }
            Callee::Primitive(op) => (TypedKind::Unary(op, only()?), shape),
            Callee::Pointwise(id) => {
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
            Callee::Array(index) => return self.inline(index, call, arguments),
            Callee::Concat => return None,
        };
        Some(Typed { kind, shape, span })
    }

    /// `concat(a, b, …)`: scalars and vectors joined into one vector.
    fn concat(&mut self, call: &Call) -> Option<Typed> {
        if let Some(name) = call.arguments.iter().find_map(|(name, _)| name.as_ref()) {
            self.found.push(errors::unknown_argument(&call.name, name, &[]));
            return None;
        }
        if call.arguments.is_empty() {
            self.found.push(errors::argument_count(call, &[Declared::needed("x")]));
            return None;
        }
        let parts: Vec<Option<Typed>> =
            call.arguments.iter().map(|(_, part)| self.formula(part, None)).collect();
        let parts: Vec<Typed> = parts.into_iter().collect::<Option<_>>()?;
        if let Some(matrix) = parts.iter().find(|part| matches!(part.shape, Shape::Matrix(..))) {
            self.found.push(errors::needs_vector(&call.name, matrix.shape, matrix.span));
            return None;
        }
        let length = parts.iter().map(|part| part.shape.count() as u64).sum::<u64>();
        if length > limits::LENGTH {
            self.found.push(errors::not_whole("a size", length as f64, 1, limits::LENGTH, call.span));
            return None;
        }
        let shape = Shape::Vector(length as usize);
        Some(Typed { kind: TypedKind::Concat(parts), shape, span: call.span })
    }

    /// The body of a function of arrays, checked for these arguments.
    pub(super) fn inline(&mut self, index: usize, call: &Call, arguments: Vec<Typed>) -> Option<Typed> {
        let function = self.functions.array(index)?;
        let kernel = function.kernel.as_ref().and_then(|kernel| Kernel::named(&kernel.text));
        if let (Some(Kernel::Softmax), Some(z)) = (kernel, arguments.first())
            && !matches!(z.shape, Shape::Vector(_))
        {
            self.found.push(errors::needs_vector(&call.name, z.shape, z.span));
            return None;
        }
        let names = function.parameters.iter();
        self.arguments.push(names.zip(&arguments).map(|(p, a)| (p.name.clone(), a.shape)).collect());
        let before = self.functions.visible_to(index);
        let errors = std::mem::take(self.found);
        let body = self.formula(&function.body, None);
        let inside = std::mem::replace(self.found, errors);
        self.functions.visible_again(before);
        self.arguments.pop();
        if let (None, Some(reason)) = (&body, inside.into_sorted().first()) {
            self.found.push(errors::arguments_do_not_fit(call, &arguments, &reason.title));
        }
        let body = body?;
        let shape = body.shape;
        Some(Typed { kind: TypedKind::Inline(kernel, arguments, Box::new(body)), shape, span: call.span })
    }

    /// `dense(x)`: declares a matrix and, for `dense`, a bias; the layer gives their sizes.
    fn dense(
        &mut self,
        call: &Call,
        bias: bool,
        arguments: Vec<Typed>,
        want: Option<Shape>,
    ) -> Option<Typed> {
        let input = arguments.into_iter().next()?;
        let (Place::Layer(layer), true) = (self.place.clone(), self.arguments.is_empty()) else {
            self.found.push(errors::dense_outside_layer(&call.name, call.span));
            return None;
        };
        let Some(Shape::Vector(width)) = want else {
            if self.width_lost {
                return None;
            }
            let target = self.targets.first().map(|target| target.shape.count());
            self.found.push(errors::dense_without_width(&call.name, &layer, target, call.span));
            return None;
        };
        let Shape::Vector(inputs) = input.shape else {
            self.found.push(errors::needs_vector(&call.name, input.shape, input.span));
            return None;
        };
        self.dense_in_layer += 1;
        let suffix = match self.dense_in_layer {
            1 => String::new(),
            n => format!("_{n}"),
        };
        let matrix = Shape::Matrix(inputs, width);
        let start = super::initial::default(ParameterKind::Weight, matrix, None);
        let made = Made { layer: &layer, suffix: &suffix, call, frozen: self.frozen_layer };
        let weights = self.made_parameter("W", made, ParameterKind::Weight, matrix, start);
        let vector = Shape::Vector(width);
        let biases =
            bias.then(|| self.made_parameter("b", made, ParameterKind::Bias, vector, Start::Fill(0.0)));
        let kind = TypedKind::Dense(Box::new(input), weights, biases);
        Some(Typed { kind, shape: vector, span: call.span })
    }

    pub(super) fn made_parameter(
        &mut self,
        letter: &str,
        Made { layer, suffix, call, frozen }: Made<'_>,
        kind: ParameterKind,
        shape: Shape,
        start: Start,
    ) -> usize {
        let text = format!("{letter}_{}{suffix}", layer.text);
        if let Some(what) = self.made.get(&text) {
            self.found.push(errors::name_is_generated(&text, what, layer.span));
        }
        let what = format!("a parameter of `{}` in the layer `{}`", call.name.text, layer.text);
        self.made.insert(text.clone(), what);
        let docs = Vec::new();
        let name = Name { text, span: call.name.span };
        let meaning = Meaning::Value(Value::Parameter(self.parameters.len()));
        self.scope.make(&name, "parameter", meaning);
        self.parameters.push(Parameter { name, docs, kind, frozen, shape, start });
        self.undrawn.push(true);
        self.count_parameters(shape, call.span);
        self.parameters.len() - 1
    }
}

/// Where the parameters of a call come from.
#[derive(Clone, Copy)]
pub(super) struct Made<'c> {
    pub(super) layer: &'c Name,
    pub(super) suffix: &'c str,
    pub(super) call: &'c Call,
    pub(super) frozen: bool,
}

impl Operator {
    /// The operator as written.
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
