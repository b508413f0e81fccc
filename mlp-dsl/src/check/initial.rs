//! Turns lists of numbers and initializers into start values.

use super::{
    Checker,
    arguments::{Argument, Parameter, arrange},
};

use crate::{
    check::errors,
    kind::ParameterKind,
    model::{Drawn, NoGrid, Start, Step},
    shape::Shape,
    span::Span,
    syntax::{
        ast::{Call, Name, Value},
        words,
    },
};

/// The default start value of a parameter: 0 for a bias; the rule of the activation after it, Xavier without one;
/// uniform between −1 and 1 for a scalar weight.
pub(super) fn default(kind: ParameterKind, shape: Shape, rule: Option<&'static str>) -> Start {
    match kind {
        ParameterKind::Bias => Start::Fill(0.0),
        ParameterKind::Weight => match fans(shape) {
            Some(fans) => by_fans(rule.unwrap_or("xavier"), fans, 0, None),
            None => bounded("uniform", 1.0, 0, None),
        },
    }
}

/// Fan-in and fan-out of a matrix in `x @ W`.
fn fans(shape: Shape) -> Option<(f64, f64)> {
    match shape {
        Shape::Scalar => None,
        Shape::Vector(n) => Some((n as f64, 1.0)),
        Shape::Matrix(rows, columns) => Some((rows as f64, columns as f64)),
    }
}

/// Sets the bounds for a matrix whose columns are its inputs, as in `W @ x`. An error says that the step does not fit
/// them.
pub(super) fn turn(start: &mut Start, shape: Shape) -> Result<(), NoGrid> {
    let (Start::Uniform { rule, salt, step, .. }, Shape::Matrix(_, columns)) = (&*start, shape) else {
        return Ok(());
    };
    let limit = match *rule {
        "he" => (6.0 / columns as f64).sqrt(),
        "lecun" => (3.0 / columns as f64).sqrt(),
        _ => return Ok(()), // does not depend on the orientation
    };
    step.map_or(Ok(()), |step| step.grid(-limit, limit).map(drop))?;
    *start = bounded(rule, limit, *salt, *step);
    Ok(())
}

/// Uniform between bounds that depend on fan-in and fan-out.
fn by_fans(rule: &'static str, (inputs, outputs): (f64, f64), salt: u64, step: Option<Step>) -> Start {
    let limit = match rule {
        "he" => 6.0 / inputs,
        "lecun" => 3.0 / inputs,
        _ => 6.0 / (inputs + outputs), // xavier
    };
    bounded(rule, limit.sqrt(), salt, step)
}

fn bounded(rule: &'static str, limit: f64, salt: u64, step: Option<Step>) -> Start {
    Start::Uniform { rule, low: -limit, high: limit, salt, step }
}

impl Checker<'_> {
    /// `= value`: one number for all elements, or one number for each element.
    pub(super) fn values(&mut self, value: &Value, shape: Shape, name: &Name) -> Option<Start> {
        match (value, shape) {
            (Value::Single(expression), _) => self.number_of(expression).map(Start::Fill),
            (Value::List(_, span), Shape::Scalar) => {
                self.found.push(errors::list_for_scalar(name, *span));
                None
            }
            (Value::List(values, span), Shape::Vector(n)) => {
                if values.len() != n {
                    self.found.push(errors::value_count(name, n, values.len(), "value", *span));
                    return None;
                }
                self.row(values).map(Start::Values)
            }
            (Value::List(rows, span), Shape::Matrix(count, columns)) => {
                if rows.len() != count && rows.iter().all(|row| matches!(row, Value::Single(_))) {
                    let numbers = self.row(rows)?;
                    self.found.push(errors::rows_expected(name, count, columns, &numbers, *span));
                    return None;
                }
                if rows.len() != count {
                    self.found.push(errors::value_count(name, count, rows.len(), "row", *span));
                    return None;
                }
                let mut all = Vec::new();
                for row in rows {
                    match row {
                        Value::List(values, _) if values.len() == columns => all.extend(self.row(values)?),
                        Value::List(values, span) => {
                            let found = values.len();
                            self.found.push(errors::value_count(
                                name,
                                columns,
                                found,
                                "value in a row",
                                *span,
                            ));
                            return None;
                        }
                        Value::Single(expression) => {
                            self.found.push(errors::row_expected(name, columns, expression.span));
                            return None;
                        }
                    }
                }
                Some(Start::Values(all))
            }
        }
    }

    fn row(&mut self, values: &[Value]) -> Option<Vec<f64>> {
        let mut numbers = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value::Single(expression) => numbers.push(self.number_of(expression)),
                Value::List(_, span) => {
                    self.found.push(errors::list_too_deep(*span));
                    return None;
                }
            }
        }
        numbers.into_iter().collect()
    }

    /// `~ xavier(seed = 1)`
    pub(super) fn initializer(&mut self, call: &Call, shape: Shape) -> Option<Start> {
        let known = words::INITIALIZERS.map(|word| word.text);
        let Some(rule) = known.into_iter().find(|name| *name == call.name.text) else {
            let close = crate::spelling::closest(&call.name.text, known.into_iter());
            self.found.push(errors::unknown_initializer(&call.name, close, &known));
            return None;
        };
        let seed = Parameter::optional("seed", 0.0);
        let step = Parameter::optional("step", f64::NAN);
        let parameters = match rule {
            "zeros" => vec![],
            "constant" => vec![Parameter::needed("value")],
            "uniform" => vec![Parameter::needed("low"), Parameter::needed("high"), seed, step],
            "normal" => {
                vec![Parameter::optional("mean", 0.0), Parameter::optional("deviation", 1.0), seed, step]
            }
            _ => vec![seed, step],
        };
        let arguments = self.numbers(call, &parameters)?;
        let argument = |name: &str| arguments.iter().find(|(n, ..)| n == name).map(|(_, value, _)| *value);
        let salt = match arguments.iter().find(|(name, ..)| name == "seed") {
            Some((_, seed, span)) => self.salt(*seed, *span)?,
            None => 0,
        };
        let step = self.step(&arguments)?;
        let fans = fans(shape);
        let start = match (rule, fans) {
            ("zeros", _) => Start::Fill(0.0),
            ("constant", _) => Start::Fill(argument("value")?),
            ("uniform", _) => {
                let (low, high) = (argument("low")?, argument("high")?);
                if low >= high {
                    self.found.push(errors::empty_range(call.span, low, high));
                    return None;
                }
                Start::Uniform { rule, low, high, salt, step }
            }
            ("normal", _) => {
                let (mean, deviation) = (argument("mean")?, argument("deviation")?);
                if deviation <= 0.0 {
                    self.found.push(errors::not_positive("deviation", deviation, call.span));
                    return None;
                }
                Start::Normal { mean, deviation, salt, step }
            }
            (_, None) => {
                self.found.push(errors::initializer_needs_matrix(call));
                return None;
            }
            (_, Some(fans)) => by_fans(rule, fans, salt, step),
        };
        if let Err(why) = start.grid() {
            let place =
                arguments.iter().find(|(name, ..)| name == "step").map_or(call.span, |(.., span)| *span);
            self.found.push(errors::step_does_not_fit(why, place));
            return None;
        }
        Some(start)
    }

    /// The step of the decimals, if it is written.
    fn step(&mut self, arguments: &[(String, f64, Span)]) -> Option<Option<Step>> {
        let written = arguments.iter().find(|(name, step, _)| name == "step" && !step.is_nan());
        let Some((_, step, span)) = written else { return Some(None) };
        if *step <= 0.0 {
            self.found.push(errors::not_positive("step", *step, *span));
            return None;
        }
        let decimal = Step::of(*step);
        if decimal.is_none() {
            self.found.push(errors::step_is_no_decimal(*step, *span));
        }
        decimal.map(Some)
    }

    /// `~ uniform(0, 1, step = 0.1)` of an input or a target: the numbers of `name`, which begin at `first`.
    pub(super) fn drawn(
        &mut self,
        call: &Call,
        (what, name): (&'static str, &Name),
        length: usize,
        first: usize,
    ) -> Option<Drawn> {
        if call.name.text != "uniform" {
            self.found.push(errors::data_is_not_drawn(what, call.name.span));
            return None;
        }
        let Start::Uniform { low, high, salt, step, .. } = self.initializer(call, Shape::Vector(length))?
        else {
            return None;
        };
        Some(Drawn { name: name.text.clone(), first, length, low, high, salt, step })
    }

    /// `~ uniform(seed = 1)` of a class: each class is as probable as the others.
    pub(super) fn drawn_class(&mut self, call: &Call, name: &Name, classes: usize) -> Option<Drawn> {
        if call.name.text != "uniform" {
            self.found.push(errors::data_is_not_drawn("target", call.name.span));
            return None;
        }
        let arguments = self.numbers(call, &[Parameter::optional("seed", 0.0)])?;
        let [(_, seed, span)] = arguments.as_slice() else { return None };
        let salt = self.salt(*seed, *span)?;
        let name = name.text.clone();
        Some(Drawn { name, first: 0, length: classes, low: 0.0, high: classes as f64, salt, step: None })
    }

    fn salt(&mut self, seed: f64, span: Span) -> Option<u64> {
        if seed.fract() != 0.0 || !(0.0..=(1u64 << 53) as f64).contains(&seed) {
            self.found.push(errors::not_whole("a seed", seed, 0, 1 << 53, span));
            return None;
        }
        Some(seed as u64)
    }

    /// The arguments of an initializer.
    fn numbers(&mut self, call: &Call, parameters: &[Parameter]) -> Option<Vec<(String, f64, Span)>> {
        let arguments = arrange(call, parameters, self.found)?;
        let number = |(parameter, argument): (&Parameter, Argument<'_>)| {
            let (value, span) = match argument {
                Argument::Given(expression) => (self.number_of(expression)?, expression.span),
                Argument::Default(number) => (number, call.span),
            };
            Some((parameter.name.clone(), value, span))
        };
        let numbers: Vec<Option<_>> = parameters.iter().zip(arguments).map(number).collect();
        numbers.into_iter().collect()
    }
}
