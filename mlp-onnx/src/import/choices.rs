//! Comparisons, and the choices between two values that they make.

use crate::{Error, read::Node};

use super::{
    Importer, Value,
    arithmetic::as_scalar,
    operators::damaged,
    row::{Formula, Level, Row},
};

/// What a node computes, if its operator is one of these.
pub(super) fn result(importer: &mut Importer, node: &Node, operator: &str) -> Result<Option<Value>, Error> {
    let sign = match operator {
        "Less" => "<",
        "LessOrEqual" => "<=",
        "Greater" => ">",
        "GreaterOrEqual" => ">=",
        "Equal" => "==",
        "Not" => return negated(importer, node).map(|row| Some(Value::Row(row))),
        "Where" => return chosen(importer, node).map(|row| Some(Value::Row(row))),
        _ => return Ok(None),
    };
    let (row, operands) = aligned(importer, node, 2)?;
    let [left, right] = operands.as_slice() else { return Err(damaged("operand")) };
    let text = format!("{} {sign} {}", left.inside(Level::Sum), right.inside(Level::Sum));
    Ok(Some(Value::Row(joined(row, text, Level::Condition, &operands))))
}

fn negated(importer: &Importer, node: &Node) -> Result<Row, Error> {
    match importer.value(node, 0)? {
        Some(Value::Row(row)) if row.formula.text.matches(" == ").count() == 1 => {
            Ok(row.with(row.formula.text.replace(" == ", " != "), Level::Condition))
        }
        _ => {
            Err(Error::new("only `Equal` is negated", "write the opposite comparison, and export once more"))
        }
    }
}

fn chosen(importer: &mut Importer, node: &Node) -> Result<Row, Error> {
    let (row, operands) = aligned(importer, node, 3)?;
    let [condition, then, otherwise] = operands.as_slice() else { return Err(damaged("operand")) };
    if condition.level != Level::Condition {
        return Err(Error::new("its condition is no comparison", "the language compares two numbers"));
    }
    let text = format!(
        "if {} then {} else {}",
        condition.text,
        then.inside(Level::Sum),
        otherwise.inside(Level::Sum)
    );
    Ok(joined(row, text, Level::Choice, &operands))
}

fn joined(row: Row, text: String, level: Level, operands: &[Formula]) -> Row {
    let is_scalar = operands.iter().all(|operand| operand.is_scalar);
    Row { formula: Formula { text, level, is_scalar, declared: None }, ..row }
}

/// The first operands of a node as formulas of equal length, or scalars; and a row of that length.
fn aligned(importer: &mut Importer, node: &Node, count: usize) -> Result<(Row, Vec<Formula>), Error> {
    let values: Option<Vec<Value>> =
        (0..count).map(|index| importer.value(node, index)).collect::<Result<_, Error>>()?;
    let values = values.ok_or_else(|| damaged("operand"))?;
    let rows = values.iter().filter_map(|value| if let Value::Row(row) = value { Some(row) } else { None });
    let widest = rows.max_by_key(|row| row.width()).cloned();
    let mut widest =
        widest.ok_or_else(|| Error::new("it does not depend on the inputs", "simplify the model first"))?;
    let constants =
        values.iter().filter_map(|value| if let Value::Constant(of) = value { Some(of) } else { None });
    let longest = constants.max_by_key(|constant| constant.numbers.len());
    if let Some(constant) = longest.filter(|constant| widest.width() == 1 && constant.numbers.len() > 1) {
        widest.shape = constant.trimmed().to_vec();
    }
    let mut operands = Vec::new();
    for value in values {
        operands.push(match value {
            Value::Row(row) => {
                let row = importer.without_parameters(row);
                match row.width() {
                    width if width == widest.width() => row.formula,
                    1 => as_scalar(row.formula),
                    width => {
                        return Err(Error::new(
                            format!(
                                "its operands have {width} and {} numbers for each sample",
                                widest.width()
                            ),
                            "the language computes with vectors of equal length",
                        ));
                    }
                }
            }
            Value::Constant(constant) => {
                let text = importer.operand(&constant, &widest, "bound")?;
                Formula { is_scalar: constant.single().is_some(), ..Formula::whole(text) }
            }
            Value::Sizes | Value::Refused(_) => return Err(damaged("operand")),
        });
    }
    Ok((widest, operands))
}
