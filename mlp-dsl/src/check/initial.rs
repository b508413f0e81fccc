//! Start values: lists of numbers and initializers.

use super::Checker;
use crate::{
    ir::equation::Shape,
    model::Start,
    problems,
    syntax::ast::{Call, Name, ParameterKind, Value},
};

/// The start value of a parameter that declares none: zero for a bias; He before a relu, Xavier
/// before anything else; a scalar weight evenly between −1 and 1.
pub(super) fn default(kind: ParameterKind, shape: Shape, before_relu: bool) -> Start {
    match kind {
        ParameterKind::Bias => Start::Fill(0.0),
        ParameterKind::Weight => match fans(shape) {
            Some((inputs, _)) if before_relu => bounded("he", (6.0 / inputs).sqrt(), 0),
            Some((inputs, outputs)) => bounded("xavier", (6.0 / (inputs + outputs)).sqrt(), 0),
            None => bounded("uniform", 1.0, 0),
        },
    }
}

/// Inputs and outputs of a matrix, written `x @ W`.
fn fans(shape: Shape) -> Option<(f64, f64)> {
    match shape {
        Shape::Scalar => None,
        Shape::Vector(n) => Some((n as f64, 1.0)),
        Shape::Matrix(rows, columns) => Some((rows as f64, columns as f64)),
    }
}

fn bounded(rule: &'static str, limit: f64, salt: u64) -> Start {
    Start::Uniform { rule, low: -limit, high: limit, salt }
}

const INITIALIZERS: [&str; 6] = ["zeros", "constant", "uniform", "xavier", "he", "lecun"];

impl Checker<'_> {
    /// `= value`: one number for all elements, or as many as the shape has.
    pub(super) fn values(&mut self, value: &Value, shape: Shape, name: &Name) -> Option<Start> {
        match (value, shape) {
            (Value::Single(expression), _) => self.number_of(expression).map(Start::Fill),
            (Value::List(_, span), Shape::Scalar) => {
                self.found.push(problems::list_for_scalar(name, *span));
                None
            }
            (Value::List(values, span), Shape::Vector(n)) => {
                if values.len() != n {
                    self.found.push(problems::value_count(name, n, values.len(), "values", *span));
                    return None;
                }
                self.row(values).map(Start::Values)
            }
            (Value::List(rows, span), Shape::Matrix(count, columns)) => {
                if rows.len() != count {
                    self.found.push(problems::value_count(name, count, rows.len(), "rows", *span));
                    return None;
                }
                let mut all = Vec::new();
                for row in rows {
                    match row {
                        Value::List(values, _) if values.len() == columns => all.extend(self.row(values)?),
                        Value::List(values, span) => {
                            let found = values.len();
                            self.found.push(problems::value_count(
                                name,
                                columns,
                                found,
                                "values in a row",
                                *span,
                            ));
                            return None;
                        }
                        Value::Single(expression) => {
                            self.found.push(problems::row_expected(name, columns, expression.span));
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
                    self.found.push(problems::list_too_deep(*span));
                    return None;
                }
            }
        }
        numbers.into_iter().collect()
    }

    /// `~ xavier(seed = 1)`
    pub(super) fn initializer(&mut self, call: &Call, shape: Shape) -> Option<Start> {
        let known = INITIALIZERS.iter().find(|name| **name == call.name.text);
        let Some(rule) = known.copied() else {
            let close = super::closest(&call.name.text, INITIALIZERS.into_iter());
            self.found.push(problems::unknown_initializer(&call.name, close, &INITIALIZERS));
            return None;
        };
        let parameters: &[&str] = match rule {
            "zeros" => &[],
            "constant" => &["value"],
            "uniform" => &["low", "high", "seed"],
            _ => &["seed"],
        };
        let arguments = self.settings(call, parameters, &["seed"])?;
        let argument = |name: &str| arguments.iter().find(|(n, _)| n == name).map(|(_, value)| *value);
        let salt = self.salt(call, argument("seed"))?;
        let fans = fans(shape);
        Some(match (rule, fans) {
            ("zeros", _) => Start::Fill(0.0),
            ("constant", _) => Start::Fill(argument("value")?),
            ("uniform", _) => {
                let (low, high) = (argument("low")?, argument("high")?);
                if low >= high {
                    self.found.push(problems::empty_range(call.span, low, high));
                    return None;
                }
                Start::Uniform { rule, low, high, salt }
            }
            (_, None) => {
                self.found.push(problems::initializer_needs_matrix(call));
                return None;
            }
            ("he", Some((inputs, _))) => bounded(rule, (6.0 / inputs).sqrt(), salt),
            ("lecun", Some((inputs, _))) => bounded(rule, (3.0 / inputs).sqrt(), salt),
            (_, Some((inputs, outputs))) => bounded(rule, (6.0 / (inputs + outputs)).sqrt(), salt),
        })
    }

    fn salt(&mut self, call: &Call, seed: Option<f64>) -> Option<u64> {
        let seed = seed.unwrap_or(0.0);
        if seed.fract() != 0.0 || !(0.0..=(1u64 << 53) as f64).contains(&seed) {
            self.found.push(problems::not_whole("a seed", seed, 0, 1 << 53, call.span));
            return None;
        }
        Some(seed as u64)
    }

    /// Numbers given to an initializer or a rule, by name or in order; only `optional` may be
    /// left out.
    pub(super) fn settings(
        &mut self,
        call: &Call,
        parameters: &[&str],
        optional: &[&str],
    ) -> Option<Vec<(String, f64)>> {
        let mut given: Vec<(String, f64)> = Vec::new();
        let mut good = true;
        for (index, (name, expression)) in call.arguments.iter().enumerate() {
            let parameter = match name {
                Some(name) => parameters.iter().find(|p| **p == name.text),
                None => parameters.get(index),
            };
            let value = self.number_of(expression);
            let Some(parameter) = parameter else {
                let place = name.as_ref().map_or(expression.span, |name| name.span);
                self.found.push(problems::unknown_setting(&call.name, place, parameters));
                good = false;
                continue;
            };
            if given.iter().any(|(name, _)| name == parameter) {
                self.found.push(problems::setting_twice(parameter, expression.span));
                good = false;
            }
            match value {
                Some(value) => given.push(((*parameter).to_owned(), value)),
                None => good = false,
            }
        }
        let is_given = |parameter: &&&str| given.iter().any(|(name, _)| name == **parameter);
        let mut missing = parameters.iter().filter(|p| !optional.contains(p) && !is_given(p));
        if let (true, Some(missing)) = (good, missing.next()) {
            self.found.push(problems::missing_setting(call, missing));
            return None;
        }
        good.then_some(given)
    }
}
