//! Operators of pipelines, as converters of scikit-learn write them.

use std::rc::Rc;

use crate::{
    Error,
    constant::{Constant, Kind},
    read::{Node, shown},
};

use super::{
    Importer, Value, arithmetic,
    operators::{damaged, needed, row},
    row::{Declared, Formula, Level, Row, number},
    shapes,
};

/// What a node computes.
pub(super) fn results(importer: &mut Importer, node: &Node, operator: &str) -> Result<Vec<Value>, Error> {
    let result = match operator {
        "Scaler" => scaler(importer, node)?,
        "Normalizer" => normalizer(importer, node)?,
        "Binarizer" => {
            let row = row(importer, node)?;
            let threshold = written(importer, node.float("threshold").unwrap_or(0.0))?;
            let text = format!("if {} > {threshold} then 1 else 0", row.formula.inside(Level::Sum));
            Value::Row(row.with(text, Level::Choice))
        }
        "Imputer" => imputer(importer, node)?,
        "FeatureVectorizer" => shapes::concat(importer, node)?,
        "ArrayFeatureExtractor" => {
            let row = row(importer, node)?;
            let places = needed(importer, node, 1, "places")?;
            let places: Vec<usize> = places.numbers.iter().map(|place| *place as usize).collect();
            if places.iter().any(|place| *place >= row.width()) {
                return Err(damaged("places"));
            }
            Value::Row(shapes::some_of(importer, row, &places)?)
        }
        "LinearRegressor" | "LinearClassifier" => return linear(importer, node, operator),
        // The same numbers with the names of their classes.
        "ZipMap" => Value::Row(row(importer, node)?),
        _ => {
            return Err(Error::new(
                "the language does not have this operator of pipelines",
                "it has scaling, normalization, linear models and multilayer perceptrons: let the rest of the pipeline prepare the table",
            ));
        }
    };
    Ok(vec![result])
}

/// Numbers in the place of NaN, which equals nothing, or of another number.
fn imputer(importer: &mut Importer, node: &Node) -> Result<Value, Error> {
    let row = row(importer, node)?;
    let row = importer.named(row, "");
    let numbers = node.floats("imputed_value_floats").ok_or_else(|| damaged("numbers"))?;
    let numbers = Constant {
        kind: Kind::Single,
        shape: vec![numbers.len()],
        numbers: numbers.iter().map(|number| f64::from(*number)).collect(),
    };
    let x = row.formula.text.clone();
    let other = importer.operand(&numbers, &row, "imputed")?;
    let replaced = node.float("replaced_value_float").unwrap_or(0.0);
    let text = if replaced.is_nan() {
        format!("if {x} == {x} then {x} else {other}")
    } else {
        format!("if {x} == {} then {other} else {x}", written(importer, replaced)?)
    };
    Ok(Value::Row(row.with(text, Level::Choice)))
}

fn written(importer: &Importer, value: f64) -> Result<String, Error> {
    number(value, importer.is_single).ok_or_else(|| damaged("attribute"))
}

/// (x − offset) · scale.
fn scaler(importer: &mut Importer, node: &Node) -> Result<Value, Error> {
    let row = row(importer, node)?;
    let width = row.width();
    let numbers = |name: &str, otherwise: f64| match node.floats(name) {
        None | Some([]) => Ok(vec![otherwise; width]),
        Some([number]) => Ok(vec![f64::from(*number); width]),
        Some(numbers) if numbers.len() == width => {
            Ok(numbers.iter().map(|number| f64::from(*number)).collect())
        }
        Some(_) => Err(damaged(name)),
    };
    let (offset, scale) = (numbers("offset", 0.0)?, numbers("scale", 1.0)?);
    let vector = |numbers| Constant { kind: Kind::Double, shape: vec![width], numbers };
    if scale.contains(&0.0) {
        return Err(Error::new("it multiplies by 0", "leave out the columns that never change"));
    }
    let deviation = vector(scale).map(|scale| 1.0 / scale);
    let row = importer.without_parameters(row);
    let row = importer.vector(row);
    let declared = Declared {
        called: "scaled".to_owned(),
        tensors: vec![("mean", vector(offset)), ("deviation", deviation)],
    };
    let text = format!("standardize({})", row.formula.text);
    let formula = Formula { declared: Some(declared), ..Formula::whole(text) };
    Ok(Value::Row(Row { formula, shape: vec![width], ..row }))
}

/// Each sample divided by its size.
fn normalizer(importer: &mut Importer, node: &Node) -> Result<Value, Error> {
    let row = row(importer, node)?;
    let row = importer.named(row, "");
    let x = row.formula.text.clone();
    let size = match node.text("norm") {
        Some("L1") => format!("sum(abs({x}))"),
        Some("L2") => format!("sqrt({x} @ {x})"),
        _ => {
            return Err(Error::new(
                "it divides by the largest number",
                "the language has sums over a vector, no maximum: normalize before the model",
            ));
        }
    };
    // A sample of zeros stays as it is.
    let text = format!("if {size} == 0 then {x} else {x} / {size}");
    Ok(Value::Row(row.with(text, Level::Choice)))
}

/// x W + b with attributes, and a function after it. A classifier's label is left out.
fn linear(importer: &mut Importer, node: &Node, operator: &str) -> Result<Vec<Value>, Error> {
    let row = row(importer, node)?;
    let inputs = row.width();
    let coefficients = node.floats("coefficients").ok_or_else(|| damaged("coefficients"))?;
    let outputs = coefficients.len() / inputs.max(1);
    if outputs == 0 || outputs * inputs != coefficients.len() {
        return Err(damaged("coefficients"));
    }
    let numbers = coefficients.iter().map(|number| f64::from(*number)).collect();
    let rows = Constant { kind: Kind::Single, shape: vec![outputs, inputs], numbers };
    let matrix = rows.transposed().ok_or_else(|| damaged("coefficients"))?;
    let bias: Vec<f64> =
        node.floats("intercepts").unwrap_or_default().iter().map(|b| f64::from(*b)).collect();
    let row = importer.without_parameters(row);
    let row = importer.vector(row);
    let declared = Declared { called: "linear".to_owned(), tensors: vec![("W", matrix)] };
    let text = format!("linear({})", row.formula.text);
    let formula = Formula { declared: Some(declared), ..Formula::whole(text) };
    let mut result = Value::Row(Row { shape: vec![outputs], formula, ..row });
    if bias.len() == outputs {
        let bias = Constant { kind: Kind::Single, shape: vec![outputs], numbers: bias };
        result = arithmetic::of_two(importer, "Add", result, Value::Constant(Rc::new(bias)))?;
    } else if !bias.is_empty() {
        return Err(damaged("intercepts"));
    }
    let Value::Row(row) = result else { return Err(damaged("coefficients")) };
    let row = match node.text("post_transform").unwrap_or("NONE") {
        "NONE" => row,
        "SOFTMAX" => row.call("softmax"),
        "LOGISTIC" => row.call("sigmoid"),
        other => {
            return Err(Error::new(
                format!("it ends with {}", shown(other)),
                "NONE, SOFTMAX and LOGISTIC are read",
            ));
        }
    };
    if operator == "LinearRegressor" {
        return Ok(vec![Value::Row(row)]);
    }
    let label = Error::new(
        "a class is not a number that a network computes",
        "make the scores the output; `mlpc run` prints the class",
    );
    Ok(vec![Value::Refused(label.at(node.shown())), Value::Row(row)])
}
