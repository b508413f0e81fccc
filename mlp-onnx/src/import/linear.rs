//! Matrix products and normalizations, which become functions with parameters of their own.

use std::rc::Rc;

use crate::{Error, constant::Constant, read::Node};

use super::{
    Importer, Value, arithmetic, names,
    operators::{damaged, known, needed, row},
    row::{Declared, Formula, Level, Row, number},
};

/// x W for a constant matrix.
pub(super) fn product(importer: &mut Importer, node: &Node) -> Result<Value, Error> {
    let matrix = match (importer.value(node, 0)?, importer.value(node, 1)?) {
        (Some(Value::Row(_)), Some(Value::Constant(matrix))) => matrix,
        (Some(Value::Constant(_)), Some(Value::Row(_))) => {
            return Err(Error::new(
                "the matrix is on the left of the values",
                "the language computes `x @ W` with a row for each sample: export the model with the batch first",
            ));
        }
        _ => return Err(no_matrix()),
    };
    let row = row(importer, node)?;
    let called = names::of_matrix(node.inputs.get(1).map_or("", String::as_str)).to_owned();
    linear(importer, row, &matrix, called).map(Value::Row)
}

fn no_matrix() -> Error {
    Error::new(
        "it multiplies two values that depend on the inputs",
        "one side must be a parameter: export the model with its matrices as initializers",
    )
}

/// `linear(x)` with this matrix, whose rows are the inputs.
fn linear(importer: &mut Importer, row: Row, matrix: &Constant, called: String) -> Result<Row, Error> {
    let [inputs, outputs] = matrix.shape[..] else { return Err(damaged("matrix")) };
    if row.width() != inputs || row.shape.last() != Some(&inputs) || outputs == 0 {
        return Err(Error::new(
            format!("its matrix has {inputs} rows, a sample has the sizes {:?}", row.shape),
            "flatten each sample to one vector before the product",
        ));
    }
    let row = importer.without_parameters(row);
    let row = importer.vector(row);
    let declared = Declared { called, tensors: vec![("W", matrix.clone())] };
    let formula =
        Formula { declared: Some(declared), ..Formula::whole(format!("linear({})", row.formula.text)) };
    let mut shape = row.shape.clone();
    if let Some(last) = shape.last_mut() {
        *last = outputs;
    }
    Ok(Row { shape, formula, ..row })
}

/// alpha A B + beta C, with either matrix transposed. Until version 6 C is repeated only where `broadcast` says so.
pub(super) fn gemm(importer: &mut Importer, node: &Node) -> Result<Value, Error> {
    let is_set = |name: &str| node.whole(name).unwrap_or(0) != 0;
    let (alpha, beta) = (node.float("alpha").unwrap_or(1.0), node.float("beta").unwrap_or(1.0));
    let Some(Value::Row(row)) = importer.value(node, 0)? else {
        return Err(Error::new(
            "its first matrix is a constant",
            "the language computes `x @ W` with a row for each sample: export the model with the batch first",
        ));
    };
    if is_set("transA") {
        return Err(Error::new(
            "it exchanges the samples and their numbers",
            "export the model with a row for each sample",
        ));
    }
    let matrix = match importer.value(node, 1)? {
        Some(Value::Constant(matrix)) => matrix,
        _ => return Err(no_matrix()),
    };
    let matrix = if is_set("transB") {
        matrix.transposed().ok_or_else(|| damaged("matrix"))?
    } else {
        (*matrix).clone()
    };
    let matrix = if alpha == 1.0 { matrix } else { matrix.map(|weight| alpha * weight) };
    let called = names::of_matrix(node.inputs.get(1).map_or("", String::as_str)).to_owned();
    let product = linear(importer, row, &matrix, called)?;
    let bias = match importer.value(node, 2)? {
        None => return Ok(Value::Row(product)),
        Some(_) if beta == 0.0 => return Ok(Value::Row(product)),
        Some(Value::Constant(bias)) => {
            let bias = if beta == 1.0 { (*bias).clone() } else { bias.map(|bias| beta * bias) };
            // One number, or one for each sample of a batch of one, is the same for each output.
            match bias.single() {
                Some(number) if product.width() > 1 => Constant {
                    shape: vec![product.width()],
                    numbers: vec![number; product.width()],
                    kind: bias.kind,
                },
                _ => Constant { shape: bias.trimmed().to_vec(), ..bias },
            }
        }
        Some(Value::Row(bias)) => {
            let bias = scaled(importer, bias, beta)?;
            return arithmetic::of_two(importer, "Add", Value::Row(product), Value::Row(bias));
        }
        Some(Value::Sizes | Value::Refused(_)) => return Err(damaged("bias")),
    };
    // A vector of one number has lost its size with the ones before it.
    let bias = if bias.shape.is_empty() { Constant { shape: vec![1], ..bias } } else { bias };
    if bias.shape != [product.width()] {
        return Err(Error::new(
            format!("its bias has the sizes {:?} for {} outputs", bias.shape, product.width()),
            "a bias that differs from sample to sample is an input, not a parameter",
        ));
    }
    arithmetic::of_two(importer, "Add", Value::Row(product), Value::Constant(Rc::new(bias)))
}

fn scaled(importer: &Importer, row: Row, factor: f64) -> Result<Row, Error> {
    if factor == 1.0 {
        return Ok(row);
    }
    let written = number(factor, importer.is_single).ok_or_else(|| damaged("factor"))?;
    let text = format!("{written} * {}", row.formula.inside(Level::Power));
    Ok(row.with(text, Level::Product))
}

/// (x − mean) / √(variance + ε) · scale + shift, with numbers of the file.
pub(super) fn batch_normalization(importer: &mut Importer, node: &Node) -> Result<Vec<Value>, Error> {
    let row = row(importer, node)?;
    if row.shape.len() != 1 {
        return Err(Error::new(
            "it normalizes channels of several numbers",
            "the language normalizes vectors: export the model with one vector for each sample",
        ));
    }
    // Until version 6 an attribute says that it is not.
    if node.whole("training_mode").unwrap_or(0) != 0 || (node.version < 7 && node.whole("is_test") != Some(1))
    {
        return Err(Error::new("it is in training mode", "export the model after `eval()`"));
    }
    let roles = [("scale", 1), ("shift", 2), ("mean", 3), ("variance", 4)];
    let tensors = parameters(importer, node, &row, &roles)?;
    let row = normalized(importer, node, row, "batch_norm", 1e-5, tensors)?;
    // Further outputs are those of training.
    Ok(vec![Value::Row(row)])
}

/// The same with the mean and the variance of each sample.
pub(super) fn layer_normalization(importer: &mut Importer, node: &Node) -> Result<Vec<Value>, Error> {
    let row = row(importer, node)?;
    if !row.is_whole(node.whole("axis").unwrap_or(-1))
        && row.axis(node.whole("axis").unwrap_or(-1)) != Some(0)
    {
        return Err(Error::new(
            "it is not over all numbers of a sample",
            "the language normalizes whole vectors: export the model with one vector for each sample",
        ));
    }
    let mut tensors = parameters(importer, node, &row, &[("scale", 1)])?;
    let shift = match known(importer, node, 2, "shift")? {
        Some(shift) => (*shift).clone(),
        None => Constant {
            numbers: vec![0.0; row.width()],
            ..tensors.first().ok_or_else(|| damaged("scale"))?.1.clone()
        },
    };
    tensors.push(("shift", vector(&shift, &row, "shift")?));
    let row = normalized(importer, node, row, "layer_norm", 1e-5, tensors)?;
    Ok(vec![Value::Row(row)])
}

fn parameters(
    importer: &Importer,
    node: &Node,
    row: &Row,
    roles: &[(&'static str, usize)],
) -> Result<Vec<(&'static str, Constant)>, Error> {
    let one = |(role, index): &(&'static str, usize)| {
        Ok((*role, vector(&*needed(importer, node, *index, role)?, row, role)?))
    };
    roles.iter().map(one).collect()
}

/// A vector as long as a sample.
fn vector(constant: &Constant, row: &Row, what: &str) -> Result<Constant, Error> {
    if constant.numbers.len() != row.width() {
        return Err(damaged(what));
    }
    Ok(Constant { shape: vec![row.width()], ..constant.clone() })
}

fn normalized(
    importer: &mut Importer,
    node: &Node,
    row: Row,
    function: &str,
    usual: f64,
    tensors: Vec<(&'static str, Constant)>,
) -> Result<Row, Error> {
    let row = importer.without_parameters(row);
    let row = importer.vector(row);
    let epsilon = node.float("epsilon").unwrap_or_else(|| f64::from(usual as f32));
    let declared = Declared {
        called: names::of_matrix(node.inputs.get(1).map_or("", String::as_str)).to_owned(),
        tensors,
    };
    let text = if epsilon as f32 == usual as f32 {
        format!("{function}({})", row.formula.text)
    } else {
        // An attribute is a number of 32 bits, in a network of 64 bits too.
        let epsilon = number(epsilon, true).ok_or_else(|| damaged("epsilon"))?;
        format!("{function}({}, epsilon = {epsilon})", row.formula.text)
    };
    let formula = Formula { declared: Some(declared), ..Formula::whole(text) };
    Ok(Row { formula, ..row })
}
