//! Sums, products and powers of rows and constants.

use std::rc::Rc;

use crate::{Error, constant::Constant, read::Node};

use super::{
    Importer, Value,
    operators::{damaged, known, row},
    row::{Declared, Formula, Level, Row, number},
};

impl Importer {
    /// A constant beside a row: a number, or a parameter.
    pub(super) fn operand(&mut self, constant: &Constant, row: &Row, word: &str) -> Result<String, Error> {
        if let Some(value) = constant.single() {
            let written =
                number(value, self.is_single).ok_or_else(|| damaged("constant, which is not finite,"))?;
            return Ok(if value.is_sign_negative() { format!("({written})") } else { written });
        }
        let width = row.width();
        // A constant that is as long as the last size is the same for all others, which the language can't say.
        if constant.numbers.len() != width || constant.trimmed() != trimmed(&row.shape) {
            return Err(Error::new(
                format!("its constant has the sizes {:?}, a sample has {:?}", constant.shape, row.shape),
                "the language computes with vectors of equal length: export the model with one vector for each sample",
            ));
        }
        Ok(self.parameter(constant, &[width], "weights", word))
    }
}

/// Sizes without ones before them.
fn trimmed(shape: &[usize]) -> &[usize] {
    let ones = shape.iter().take_while(|size| **size == 1).count();
    shape.get(ones..).unwrap_or_default()
}

/// An operation of two values.
pub(super) fn binary(importer: &mut Importer, node: &Node, operator: &str) -> Result<Value, Error> {
    let (Some(left), Some(right)) = (importer.value(node, 0)?, importer.value(node, 1)?) else {
        return Err(damaged("operand"));
    };
    of_two(importer, operator, left, right)
}

/// The same with the values.
pub(super) fn of_two(
    importer: &mut Importer,
    operator: &str,
    left: Value,
    right: Value,
) -> Result<Value, Error> {
    let row = match (left, right) {
        (Value::Constant(a), Value::Constant(b)) => {
            let folded = a.with(&b, function(operator)).ok_or_else(|| damaged("operand"))?;
            return Ok(Value::Constant(Rc::new(folded)));
        }
        (Value::Row(a), Value::Row(b)) => of_rows(importer, operator, a, b)?,
        (Value::Row(a), Value::Constant(b)) => match with_bias(operator, &a, &b) {
            Some(row) => row,
            None => {
                let a = widened(a, &b);
                let b = importer.operand(&b, &a, word(operator))?;
                joined(operator, &a, &a.formula, &Formula::whole(b))
            }
        },
        (Value::Constant(a), Value::Row(b)) => match with_bias(operator, &b, &a) {
            Some(row) => row,
            None => {
                let b = widened(b, &a);
                let a = importer.operand(&a, &b, word(operator))?;
                joined(operator, &b, &Formula::whole(a), &b.formula)
            }
        },
        (Value::Refused(error), _) | (_, Value::Refused(error)) => return Err(error),
        (Value::Sizes, _) | (_, Value::Sizes) => {
            return Err(Error::new(
                "it computes with the size of the batch",
                "export the model for inference",
            ));
        }
    };
    Ok(Value::Row(row))
}

/// A number for each sample beside a vector is the same for each element: it is a scalar.
fn widened(row: Row, constant: &Constant) -> Row {
    if row.width() != 1 || constant.numbers.len() <= 1 || row.shape.len() > 1 {
        return row;
    }
    Row { shape: constant.trimmed().to_vec(), formula: as_scalar(row.formula), ..row }
}

pub(super) fn as_scalar(formula: Formula) -> Formula {
    if formula.is_scalar {
        return formula;
    }
    Formula { text: format!("sum({})", formula.text), level: Level::Whole, is_scalar: true, ..formula }
}

/// The parameter of an operation.
fn word(operator: &str) -> &'static str {
    match operator {
        "Add" | "Sub" => "offset",
        _ => "factor",
    }
}

fn function(operator: &str) -> fn(f64, f64) -> f64 {
    match operator {
        "Add" => |a, b| a + b,
        "Sub" => |a, b| a - b,
        "Mul" => |a, b| a * b,
        "Div" => |a, b| a / b,
        _ => f64::powf,
    }
}

/// A matrix product and the vector that is added to it are one `dense`.
fn with_bias(operator: &str, row: &Row, bias: &Constant) -> Option<Row> {
    let Formula { text, declared: Some(declared), .. } = &row.formula else { return None };
    let argument = text.strip_prefix("linear(")?.strip_suffix(')')?;
    let is_whole = text.matches("linear(").count() == 1 && closes_at_the_end(argument);
    let [("W", matrix)] = declared.tensors.as_slice() else { return None };
    if operator != "Add" || !is_whole || bias.numbers.len() != row.width() {
        return None;
    }
    let bias = Constant { shape: row.shape.clone(), ..bias.clone() };
    let declared =
        Declared { called: declared.called.clone(), tensors: vec![("W", matrix.clone()), ("b", bias)] };
    let formula = Formula { declared: Some(declared), ..Formula::whole(format!("dense({argument})")) };
    Some(Row { formula, ..row.clone() })
}

/// Whether no bracket closes that is not opened in the text.
fn closes_at_the_end(text: &str) -> bool {
    let mut depth = 0_i64;
    text.chars().all(|c| {
        depth += i64::from(c == '(') - i64::from(c == ')');
        depth >= 0
    })
}

fn of_rows(importer: &mut Importer, operator: &str, a: Row, b: Row) -> Result<Row, Error> {
    // Each layer has the parameters of one function.
    let (a, b) = if a.formula.declared.is_some() && b.formula.declared.is_some() {
        (importer.named(a, ""), importer.named(b, ""))
    } else {
        (a, b)
    };
    if a.is_batched != b.is_batched && (a.width() != 1 && b.width() != 1) {
        return Err(Error::new(
            "one of its operands has a batch and the other has none",
            "export the model with a batch",
        ));
    }
    let (a, b) = match (a.width(), b.width()) {
        (m, n) if m == n => (a, b),
        (1, _) => (Row { shape: b.shape.clone(), formula: as_scalar(a.formula), ..a }, b),
        (_, 1) => {
            let b = Row { shape: a.shape.clone(), formula: as_scalar(b.formula), ..b };
            (a, b)
        }
        (m, n) => {
            return Err(Error::new(
                format!("its operands have {m} and {n} numbers for each sample"),
                "the language computes with vectors of equal length",
            ));
        }
    };
    let row = joined(operator, &a, &a.formula, &b.formula);
    let declared = a.formula.declared.or(b.formula.declared);
    let is_scalar = a.formula.is_scalar && b.formula.is_scalar;
    Ok(Row { formula: Formula { declared, is_scalar, ..row.formula }, ..row })
}

/// The text of an operation.
fn joined(operator: &str, row: &Row, a: &Formula, b: &Formula) -> Row {
    let (sign, level, right) = match operator {
        "Add" => ("+", Level::Sum, Level::Product),
        "Sub" => ("-", Level::Sum, Level::Product),
        "Mul" => ("*", Level::Product, Level::Power),
        "Div" => ("/", Level::Product, Level::Power),
        _ => ("^", Level::Power, Level::Whole),
    };
    let left = if level == Level::Power { Level::Whole } else { level };
    row.with(format!("{} {sign} {}", a.inside(left), b.inside(right)), level)
}

/// Any number of operands, from the left.
pub(super) fn several(importer: &mut Importer, node: &Node, operator: &str) -> Result<Value, Error> {
    let mut all = Vec::new();
    for index in 0..node.inputs.len() {
        all.push(importer.value(node, index)?.ok_or_else(|| damaged("operand"))?);
    }
    let (count, mut all) = (all.len() as f64, all.into_iter());
    let mut result = all.next().ok_or_else(|| damaged("operand"))?;
    for operand in all {
        result = match operator {
            "Max" => extreme(importer, "max", result, operand)?,
            "Min" => extreme(importer, "min", result, operand)?,
            _ => of_two(importer, "Add", result, operand)?,
        };
    }
    if operator == "Mean" {
        let kind = crate::constant::Kind::Single;
        result = of_two(importer, "Div", result, Value::Constant(Rc::new(Constant::scalar(count, kind))))?;
    }
    Ok(result)
}

fn extreme(importer: &mut Importer, function: &str, a: Value, b: Value) -> Result<Value, Error> {
    // The texts are those of a sum, with a comma for its sign.
    let ((Value::Row(row), other) | (other, Value::Row(row))) = (a, b) else {
        return Err(Error::new("none of its operands depends on the inputs", "simplify the model first"));
    };
    let row = importer.without_parameters(row);
    Ok(Value::Row(match other {
        Value::Row(other) if other.width() == row.width() => {
            let other = importer.without_parameters(other);
            row.call_with(function, &other.formula.text)
        }
        Value::Constant(constant) => {
            let operand = importer.operand(&constant, &row, "bound")?;
            // An argument needs no brackets.
            let bare = operand.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
            row.call_with(function, bare.unwrap_or(&operand))
        }
        Value::Row(_) | Value::Sizes | Value::Refused(_) => return Err(damaged("operand")),
    }))
}

/// The sum of a constant, which is a vector.
fn folded_sum(constant: &Constant, operator: &str) -> Result<Value, Error> {
    if operator != "ReduceSum" || constant.trimmed().len() > 1 {
        return Err(Error::new(
            "it does not depend on the inputs",
            "simplify the model first, as `onnxsim` does",
        ));
    }
    let sum = constant.numbers.iter().sum();
    Ok(Value::Constant(Rc::new(Constant { shape: vec![1], numbers: vec![sum], ..constant.clone() })))
}

/// Sums over all numbers of a sample.
pub(super) fn reduced(importer: &mut Importer, node: &Node, operator: &str) -> Result<Value, Error> {
    if let Some(Value::Constant(constant)) = importer.value(node, 0)? {
        return folded_sum(&constant, operator);
    }
    let row = row(importer, node)?;
    // A scalar has no width that `dense` could take.
    let row = importer.without_parameters(row);
    let axes: Vec<i64> = match (node.wholes("axes"), known(importer, node, 1, "axes")?) {
        (Some(axes), _) => axes.to_vec(),
        (None, Some(axes)) => axes.numbers.iter().map(|axis| *axis as i64).collect(),
        (None, None) => Vec::new(),
    };
    let over: Option<Vec<usize>> = axes.iter().map(|axis| row.axis(*axis)).collect();
    let over = over.filter(|over| !over.is_empty()).unwrap_or_default();
    let covered: usize = over.iter().filter_map(|axis| row.shape.get(*axis)).product();
    if over.is_empty() || covered != row.width() || row.formula.is_scalar {
        return Err(Error::new(
            "it is not over all numbers of a sample",
            "the language has sums over whole vectors: export the model with one vector for each sample",
        ));
    }
    let square =
        |row: &Row| row.with(format!("{}^2", row.formula.inside(Level::Whole)), Level::Power).call("sum");
    let result = match operator {
        "ReduceMean" => row.call("mean"),
        "ReduceSum" => row.call("sum"),
        "ReduceL1" => row.call("abs").call("sum"),
        "ReduceL2" => square(&row).call("sqrt"),
        _ => square(&row),
    };
    let shape = if node.whole("keepdims").unwrap_or(1) == 1 { vec![1; row.shape.len()] } else { Vec::new() };
    Ok(Value::Row(Row { shape, formula: Formula { is_scalar: true, ..result.formula }, ..result }))
}
