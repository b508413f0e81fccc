//! The operators that are read.

use std::rc::Rc;

use mlp_dsl::limits;

use crate::{
    Error,
    constant::{Constant, Kind},
    read::{Node, shown},
};

use super::{
    Importer, Value, activations, arithmetic, choices, linear, pipelines,
    row::{Level, Row},
    shapes,
};

/// The domain of operators for models that are not neural networks.
pub(super) const PIPELINES: &str = "ai.onnx.ml";

/// What a node computes.
pub(super) fn results(importer: &mut Importer, node: &Node) -> Result<Vec<Value>, Error> {
    match (node.domain.as_str(), node.operator.as_str()) {
        ("", "Constant") => Ok(vec![constant(node)?]),
        ("", "ConstantOfShape") if known(importer, node, 0, "shape").is_ok() => {
            Ok(vec![constant_of_shape(importer, node)?])
        }
        ("", "Shape" | "Size") => Ok(vec![Value::Sizes]),
        ("", operator) => {
            if depends_on_sizes(importer, node, operator) {
                return Ok(vec![Value::Sizes; node.outputs.len()]);
            }
            operation(importer, node, operator)
        }
        (PIPELINES, operator) => pipelines::results(importer, node, operator),
        (domain, _) => Err(Error::new(
            format!("the operators of the domain `{}` are not read", shown(domain)),
            "export the model with the operators of ONNX alone",
        )),
    }
}

fn operation(importer: &mut Importer, node: &Node, operator: &str) -> Result<Vec<Value>, Error> {
    if let Some(result) = choices::result(importer, node, operator)? {
        return Ok(vec![result]);
    }
    if node.inputs.iter().any(|name| is_condition(importer, name)) {
        return Err(Error::new(
            "it computes with a truth value",
            "the language has numbers, and `if` between two of them",
        ));
    }
    if let Some(result) = activations::result(importer, node, operator)? {
        return Ok(vec![result]);
    }
    let result = match operator {
        "Add" | "Sub" | "Mul" | "Div" | "Pow" => arithmetic::binary(importer, node, operator)?,
        "Sum" | "Max" | "Min" | "Mean" => arithmetic::several(importer, node, operator)?,
        "ReduceSum" | "ReduceMean" | "ReduceSumSquare" | "ReduceL2" | "ReduceL1" => {
            arithmetic::reduced(importer, node, operator)?
        }
        "Gemm" => linear::gemm(importer, node)?,
        "MatMul" => linear::product(importer, node)?,
        "BatchNormalization" => return linear::batch_normalization(importer, node),
        "LayerNormalization" => return linear::layer_normalization(importer, node),
        "Flatten" => shapes::flatten(importer, node)?,
        "Reshape" | "Squeeze" | "Unsqueeze" => shapes::reshape(importer, node, operator)?,
        "Transpose" => shapes::transpose(importer, node)?,
        "Concat" => shapes::concat(importer, node)?,
        "Gather" | "Slice" => shapes::chosen(importer, node, operator)?,
        "Split" => return shapes::split(importer, node),
        _ => return Err(unknown(operator)),
    };
    Ok(vec![result])
}

fn is_condition(importer: &Importer, name: &str) -> bool {
    matches!(importer.values.get(name), Some(Value::Row(row)) if row.formula.level == Level::Condition)
}

/// Whether a node computes whole numbers of sizes, which only shapes need.
fn depends_on_sizes(importer: &Importer, node: &Node, operator: &str) -> bool {
    let of = |name: &String| importer.values.get(name);
    let any = node.inputs.iter().any(|name| matches!(of(name), Some(Value::Sizes)));
    let rows = node.inputs.iter().any(|name| matches!(of(name), Some(Value::Row(_) | Value::Refused(_))));
    any && !rows && operator != "Reshape"
}

fn constant(node: &Node) -> Result<Value, Error> {
    let constant = if let Some(tensor) = node.tensor("value") {
        Constant::of(tensor)?
    } else if let Some(number) = node.float("value_float") {
        Constant::scalar(number, Kind::Single)
    } else if let Some(number) = node.whole("value_int") {
        Constant { shape: Vec::new(), ..Constant::whole([number]) }
    } else if let Some(numbers) = node.wholes("value_ints") {
        Constant::whole(numbers.iter().copied())
    } else if let Some(numbers) = node.floats("value_floats") {
        let numbers: Vec<f64> = numbers.iter().map(|number| f64::from(*number)).collect();
        Constant { kind: Kind::Single, shape: vec![numbers.len()], numbers }
    } else {
        return Err(Error::new("it is not a constant of numbers", "export the model without it"));
    };
    Ok(Value::Constant(Rc::new(constant)))
}

/// The same number everywhere; 0 without one.
fn constant_of_shape(importer: &Importer, node: &Node) -> Result<Value, Error> {
    let sizes = needed(importer, node, 0, "shape")?;
    let shape: Vec<usize> = sizes.numbers.iter().map(|size| *size as usize).collect();
    let count = shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
    let count = count.filter(|count| *count as u64 <= limits::LENGTH).ok_or_else(|| damaged("shape"))?;
    let value = match node.tensor("value") {
        Some(tensor) => Constant::of(tensor)?,
        None => Constant::scalar(0.0, Kind::Single),
    };
    let number = value.single().ok_or_else(|| damaged("value"))?;
    Ok(Value::Constant(Rc::new(Constant { kind: value.kind, shape, numbers: vec![number; count] })))
}

/// What the language has instead, by kind of operator.
fn unknown(operator: &str) -> Error {
    let help = match operator {
        "Conv" | "ConvTranspose" | "MaxPool" | "AveragePool" | "GlobalAveragePool" | "GlobalMaxPool" => {
            "the language describes multilayer perceptrons: cut the model where its dense layers begin, with `onnx.utils.extract_model`, and use what comes before as its input"
        }
        "LSTM" | "GRU" | "RNN" | "Scan" | "Loop" | "If" => {
            "a multilayer perceptron has neither loops nor memory: cut the model where its dense layers begin, with `onnx.utils.extract_model`"
        }
        "ArgMax" | "ArgMin" | "TopK" | "Hardmax" | "OneHot" => {
            "a network ends with numbers, not with places: make what is before this node the output; `mlpc run` prints the class"
        }
        "QuantizeLinear"
        | "DequantizeLinear"
        | "QLinearMatMul"
        | "MatMulInteger"
        | "DynamicQuantizeLinear" => {
            "export the model before it is quantized; the language computes with floats"
        }
        _ => {
            "the language has matrix products, arithmetic and functions element by element, softmax and normalization: write it with these, and export once more"
        }
    };
    Error::new("the language does not have this operator", help)
}

/// The first input, which depends on the inputs of the graph.
pub(super) fn row(importer: &Importer, node: &Node) -> Result<Row, Error> {
    match importer.value(node, 0)? {
        Some(Value::Row(row)) => Ok(row),
        _ => Err(Error::new(
            "it does not depend on the inputs, and is not computed beforehand",
            "simplify the model first, as `onnxsim` does",
        )),
    }
}

/// An input that must be known beforehand; none where it is left out.
pub(super) fn known(
    importer: &Importer,
    node: &Node,
    index: usize,
    what: &str,
) -> Result<Option<Rc<Constant>>, Error> {
    match importer.value(node, index)? {
        None => Ok(None),
        Some(Value::Constant(constant)) => Ok(Some(constant)),
        Some(Value::Row(_) | Value::Sizes | Value::Refused(_)) => Err(Error::new(
            format!("its {what} depends on the inputs"),
            "export the model with its parameters as initializers",
        )),
    }
}

/// The same where it may not be left out.
pub(super) fn needed(
    importer: &Importer,
    node: &Node,
    index: usize,
    what: &str,
) -> Result<Rc<Constant>, Error> {
    known(importer, node, index, what)?.ok_or_else(|| damaged(what))
}

/// A node without what it needs.
pub(super) fn damaged(what: &str) -> Error {
    Error::new(
        format!("its {what} is missing, or has a wrong shape"),
        "check the model with `onnx.checker.check_model`",
    )
}
