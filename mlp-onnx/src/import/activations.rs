//! Functions of one value, element by element, and softmax.

use std::rc::Rc;

use crate::{
    Error,
    constant::{Constant, Kind},
    proto::element,
    read::Node,
};

use super::{
    Function, Importer, Value,
    operators::{damaged, known, needed, row},
    row::{Level, Row, number},
};

/// What a node computes, if its operator is one of these.
pub(super) fn result(importer: &mut Importer, node: &Node, operator: &str) -> Result<Option<Value>, Error> {
    if let Some(Value::Constant(constant)) = importer.value(node, 0)? {
        let to = node.whole("to").filter(|_| operator == "Cast");
        return Ok(folded(&constant, operator, to).map(|constant| Value::Constant(Rc::new(constant))));
    }
    let Some(function) = FUNCTIONS.iter().find(|(name, _)| *name == operator).map(|(_, function)| *function)
    else {
        return special(importer, node, operator);
    };
    let row = row(importer, node)?;
    Ok(Some(Value::Row(if function.is_empty() { row } else { row.call(function) })))
}

/// Operators without attributes that the language has as functions; an empty one changes nothing.
const FUNCTIONS: [(&str, &str); 14] = [
    ("Relu", "relu"),
    ("Sigmoid", "sigmoid"),
    ("Tanh", "tanh"),
    ("Softplus", "softplus"),
    ("Softsign", "softsign"),
    ("Mish", "mish"),
    ("Exp", "exp"),
    ("Log", "ln"),
    ("Sqrt", "sqrt"),
    ("Abs", "abs"),
    ("Erf", "erf"),
    ("Floor", "floor"),
    ("Identity", ""),
    ("Dropout", ""),
];

fn special(importer: &mut Importer, node: &Node, operator: &str) -> Result<Option<Value>, Error> {
    let attribute = |name: &str, otherwise: f64| node.float(name).unwrap_or(otherwise);
    let single = importer.is_single;
    let written = |value: f64| number(value, single).ok_or_else(|| damaged("attribute"));
    let slope = |name: &str, otherwise: f64| written(attribute(name, otherwise));
    let result = match operator {
        "Neg" => {
            let row = row(importer, node)?;
            let text = format!("-{}", row.formula.inside(Level::Power));
            row.with(text, Level::Sum)
        }
        "Cast" | "CastLike" => cast(importer, node, operator)?,
        "Ceil" => {
            let row = row(importer, node)?;
            row.with(format!("-floor(-{})", row.formula.inside(Level::Power)), Level::Sum)
        }
        "Reciprocal" => {
            let row = row(importer, node)?;
            row.with(format!("1 / {}", row.formula.inside(Level::Power)), Level::Product)
        }
        "LeakyRelu" => row(importer, node)?
            .call_with("leaky_relu", &format!("slope = {}", slope("alpha", 0.01_f32.into())?)),
        "Elu" => match attribute("alpha", 1.0) {
            1.0 => row(importer, node)?.call("elu"),
            alpha => row(importer, node)?.call_with("elu", &format!("alpha = {}", written(alpha)?)),
        },
        "Selu" => selu(
            &row(importer, node)?,
            attribute("alpha", SELU.0.into()),
            attribute("gamma", SELU.1.into()),
            &written,
        )?,
        "Gelu" => row(importer, node)?.call(if node.text("approximate") == Some("tanh") {
            "gelu_tanh"
        } else {
            "gelu"
        }),
        "Celu" | "HardSigmoid" | "HardSwish" | "ThresholdedRelu" | "Swish" | "Shrink" | "Sign" => {
            let row = row(importer, node)?;
            let row = importer.named(row, "");
            let x = row.formula.text.clone();
            let (text, level) = match operator {
                "Celu" => {
                    let alpha = slope("alpha", 1.0)?;
                    (format!("if {x} > 0 then {x} else {alpha} * (exp({x} / {alpha}) - 1)"), Level::Choice)
                }
                "HardSigmoid" => {
                    let (alpha, beta) = (slope("alpha", 0.2_f32.into())?, slope("beta", 0.5)?);
                    (format!("max(min({alpha} * {x} + {beta}, 1), 0)"), Level::Whole)
                }
                "Sign" => (format!("if {x} > 0 then 1 else if {x} < 0 then -1 else {x}"), Level::Choice),
                "HardSwish" => (format!("{x} * hard_sigmoid({x})"), Level::Product),
                "ThresholdedRelu" => {
                    (format!("if {x} > {} then {x} else 0", slope("alpha", 1.0)?), Level::Choice)
                }
                "Swish" => match attribute("alpha", 1.0) {
                    1.0 => (format!("silu({x})"), Level::Whole),
                    alpha => (format!("{x} * sigmoid({} * {x})", written(alpha)?), Level::Product),
                },
                _ => {
                    let (lambda, bias) = (slope("lambd", 0.5)?, slope("bias", 0.0)?);
                    (
                        format!(
                            "if {x} > {lambda} then {x} - {bias} else if {x} < -{lambda} then {x} + {bias} else 0"
                        ),
                        Level::Choice,
                    )
                }
            };
            row.with(text, level)
        }
        "Clip" => clipped(importer, node)?,
        "PRelu" => parametric(importer, node)?,
        "Softmax" | "LogSoftmax" => softmax(importer, node, operator)?,
        _ => return Ok(None),
    };
    Ok(Some(Value::Row(result)))
}

/// The numbers of SELU in ONNX: alpha and gamma.
const SELU: (f32, f32) = (1.673_263_2, 1.050_701);

fn selu(
    row: &Row,
    alpha: f64,
    gamma: f64,
    written: &dyn Fn(f64) -> Result<String, Error>,
) -> Result<Row, Error> {
    let is_usual = |found: f64, usual: f32| (found - f64::from(usual)).abs() <= 1e-6;
    if is_usual(alpha, SELU.0) && is_usual(gamma, SELU.1) {
        return Ok(row.call("selu"));
    }
    let elu = row.call_with("elu", &format!("alpha = {}", written(alpha)?));
    Ok(elu.with(format!("{} * {}", written(gamma)?, elu.formula.text), Level::Product))
}

/// Until version 10 the bounds are attributes, then inputs.
fn clipped(importer: &Importer, node: &Node) -> Result<Row, Error> {
    let mut row = row(importer, node)?;
    let bounds = [("min", "max", 1), ("max", "min", 2)];
    for (attribute, function, input) in bounds {
        let bound = match known(importer, node, input, "bound")? {
            Some(bound) => Some(bound.single().ok_or_else(|| damaged("bound"))?),
            None => node.float(attribute),
        };
        // What is beyond the numbers of 32 bits is no bound.
        if let Some(bound) = bound.filter(|bound| bound.abs() < f64::from(f32::MAX)) {
            let bound = number(bound, importer.is_single).ok_or_else(|| damaged("bound"))?;
            row = row.call_with(function, &bound);
        }
    }
    Ok(row)
}

/// Nothing between numbers of 32 and 64 bits; a type with fewer bits rounds, and is named.
fn cast(importer: &mut Importer, node: &Node, operator: &str) -> Result<Row, Error> {
    let row = row(importer, node)?;
    let kind = match operator {
        "Cast" => i32::try_from(node.whole("to").unwrap_or(0)).unwrap_or(0),
        // That of a constant, whose numbers of 16 bits are as exact as others.
        _ => match importer.value(node, 1)? {
            Some(Value::Constant(like)) if like.kind == Kind::Whole => element::INT64,
            _ => element::FLOAT,
        },
    };
    match kind {
        element::FLOAT | element::DOUBLE => {}
        element::FLOAT16 | element::BFLOAT16 => {
            importer.notes.push(format!("{} rounds to 16 bits, the network does not", node.shown()));
        }
        _ => {
            return Err(Error::new(
                "it converts to a type that is not of floats",
                "the language computes with floats: round after the model",
            ));
        }
    }
    Ok(row)
}

/// A slope for each element, or one for all.
fn parametric(importer: &mut Importer, node: &Node) -> Result<Row, Error> {
    let slope = needed(importer, node, 1, "slope")?;
    let row = row(importer, node)?;
    let row = importer.named(row, "");
    let x = row.formula.text.clone();
    let slope = importer.operand(&slope, &row, "slope")?;
    Ok(row.with(format!("if {x} > 0 then {x} else {slope} * {x}"), Level::Choice))
}

/// Until version 12 over all axes from the one that is given, then over one.
fn softmax(importer: &mut Importer, node: &Node, operator: &str) -> Result<Row, Error> {
    let row = row(importer, node)?;
    let is_whole = if node.version < 13 {
        row.axis(node.whole("axis").unwrap_or(1)) == Some(0)
            || !row.is_batched && node.whole("axis") == Some(0)
    } else {
        row.is_whole(node.whole("axis").unwrap_or(-1))
    };
    if !is_whole || row.formula.is_scalar {
        return Err(Error::new(
            "it is not over all numbers of a sample",
            "the language has softmax over whole layers: export the model with one vector for each sample",
        ));
    }
    Ok(if operator == "Softmax" { row.call("softmax") } else { importer.call_own(&row, &LOG_SOFTMAX) })
}

/// ln(softmax(x)), also where a probability is rounded to 0: ln Σ exp(d) is the mean of d − ln p, each of which equals it. Differences
/// from the mean keep the digits of large x.
const LOG_SOFTMAX: Function = Function {
    name: "log_softmax",
    text: "/// The logarithms of softmax(x), computed so that none is infinite.\n\
        fn log_softmax(x) = let p = softmax(x), d = x - sum(p * x) in d - sum(if p == 0 then 0 else p * (d - ln(p)));",
};

/// The same of a constant.
fn folded(constant: &Constant, operator: &str, to: Option<i64>) -> Option<Constant> {
    let function: fn(f64) -> f64 = match operator {
        "Identity" | "Cast" | "CastLike" | "Dropout" => |x| x,
        "Neg" => |x| -x,
        "Abs" => f64::abs,
        "Sqrt" => f64::sqrt,
        "Exp" => f64::exp,
        "Log" => f64::ln,
        "Reciprocal" => |x| 1.0 / x,
        _ => return None,
    };
    let kind = to.map_or(constant.kind, |to| match i32::try_from(to) {
        Ok(element::DOUBLE) => Kind::Double,
        Ok(element::FLOAT | element::FLOAT16 | element::BFLOAT16) => Kind::Single,
        _ => Kind::Whole,
    });
    Some(Constant { kind, ..constant.clone() }.map(function))
}
