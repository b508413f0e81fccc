//! From the forward equations of a derivation to the nodes of a graph. Each operation is a node or a few; an equation keeps its name.
//!
//! A value of a sample has the batch before its own sizes: a scalar is `[N, 1]`, a vector `[N, n]`. A value that does not depend on
//! the sample has its own sizes, a scalar `[1]`.

mod formula;
mod functions;
mod graph;

use std::collections::HashMap;

use mlp_dsl::{
    ir::{
        Derivation, Layer, Value,
        array::Op,
        equation::{EquationId, Per},
    },
    number::{Arithmetic, Precision},
    shape::Shape,
};
use mlp_tensors::{Numbers, Tensor};
use prost::Message;

use crate::{Error, proto};

use graph::Builder;

/// The version of the operators of ONNX that are written.
pub const OPSET: i64 = 20;
/// The version of the format that goes with them.
const IR: i64 = 9;
/// The name of the size of the batch.
const BATCH: &str = "N";

/// An exported model.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The file.
    pub bytes: Vec<u8>,
    /// What ONNX can't say, and was left out.
    pub notes: Vec<String>,
}

/// Writes the forward pass of a network with these parameters, which have the names of the specification.
///
/// # Errors
/// Values that ONNX has no plain operators for, and parameters that are missing.
pub fn export(derivation: &Derivation, parameters: &[Tensor]) -> Result<Exported, Error> {
    let mut export = Export {
        derivation,
        parameters,
        graph: Builder::new(derivation.header.precision),
        done: HashMap::new(),
    };
    export.inputs();
    let outputs: Vec<&Layer> = match derivation.heads.as_slice() {
        [] => derivation.output().into_iter().collect(),
        heads => heads.iter().filter_map(|head| derivation.layers.get(*head)).collect(),
    };
    for layer in outputs {
        export.output(layer)?;
    }
    let (header, mut graph) = (&derivation.header, export.graph.finish());
    let notes = notes(derivation, &graph);
    graph.name = Some(header.name.clone());
    graph.doc_string = (!header.docs.is_empty()).then(|| header.docs.join("\n").trim().to_owned());
    let model = proto::Model {
        ir_version: Some(IR),
        producer_name: Some("mlp".to_owned()),
        producer_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        graph: Some(graph),
        opset_import: vec![proto::OperatorSet { domain: Some(String::new()), version: Some(OPSET) }],
        metadata_props: Vec::new(),
    };
    Ok(Exported { bytes: model.encode_to_vec(), notes })
}

fn notes(derivation: &Derivation, graph: &proto::Graph) -> Vec<String> {
    let mut notes = Vec::new();
    if derivation.header.arithmetic == Arithmetic::Fused {
        notes.push(
            "ONNX does not say how products and sums are rounded: `arithmetic fused` is left out".to_owned(),
        );
    }
    let has_erf = graph.node.iter().any(|node| node.op_type.as_deref() == Some("Erf"));
    if derivation.header.precision == Precision::F64 && has_erf {
        notes.push(
            "ONNX Runtime has `Erf`, for `erf` and `gelu`, only in 32 bits: it can't run this model"
                .to_owned(),
        );
    }
    notes
}

/// An export, half done.
struct Export<'d> {
    derivation: &'d Derivation,
    parameters: &'d [Tensor],
    graph: Builder,
    /// The names in the graph of equations that are there.
    done: HashMap<EquationId, String>,
}

impl Export<'_> {
    /// The inputs, of which scalars with names are columns.
    fn inputs(&mut self) {
        for data in &self.derivation.inputs {
            let name = self.graph.input(&data.name, data.shape.count());
            match &data.value {
                Value::Whole(id) => drop(self.done.insert(*id, name)),
                Value::Packed(elements) => {
                    for (index, id) in elements.iter().enumerate() {
                        let column = self.graph.whole(&[index as i64]);
                        let wanted = self.derivation.name_of(*id);
                        let element = self.graph.node_with(
                            "Gather",
                            &[&name, &column],
                            &wanted,
                            vec![graph::int("axis", 1)],
                        );
                        self.done.insert(*id, element);
                    }
                }
            }
        }
    }

    /// A layer that is an output, under its name.
    fn output(&mut self, layer: &Layer) -> Result<(), Error> {
        let equations = layer.value.equations();
        for id in equations {
            self.needed(*id)?;
        }
        let names = equations.iter().map(|id| self.of_sample(*id)).collect::<Result<Vec<_>, Error>>()?;
        let value = match names.as_slice() {
            [one] => one.clone(),
            many => {
                let parts: Vec<&str> = many.iter().map(String::as_str).collect();
                self.graph.node_with("Concat", &parts, &layer.name, vec![graph::int("axis", 1)])
            }
        };
        self.graph.output(&value, &layer.name, layer.shape.count());
        Ok(())
    }

    /// Writes an equation after those that it needs, without recursion: a network has a thousand layers.
    fn needed(&mut self, id: EquationId) -> Result<(), Error> {
        let mut open = vec![id];
        while let Some(next) = open.last().copied() {
            if self.done.contains_key(&next) {
                open.pop();
                continue;
            }
            let operands = self.operands(next);
            let before = open.len();
            open.extend(operands.into_iter().filter(|operand| !self.done.contains_key(operand)));
            if open.len() == before {
                let name = self.equation(next)?;
                self.done.insert(next, name);
                open.pop();
            }
        }
        Ok(())
    }

    /// The equations that one is computed from; a layer with dropout is that without it.
    fn operands(&self, id: EquationId) -> Vec<EquationId> {
        match self.full(id) {
            Some(full) => vec![full],
            None => self.derivation.equation(id).op.operands(),
        }
    }

    fn full(&self, id: EquationId) -> Option<EquationId> {
        self.derivation.dropouts.iter().find(|dropout| dropout.value == id).map(|dropout| dropout.full)
    }

    fn name(&self, id: EquationId) -> Result<String, Error> {
        self.done.get(&id).cloned().ok_or_else(|| self.unwritten(id, "it is used before it is computed"))
    }

    fn per_sample(&self, id: EquationId) -> bool {
        self.derivation.equation(id).per == Per::Sample
    }

    fn shape(&self, id: EquationId) -> Shape {
        self.derivation.shape(id)
    }

    fn unwritten(&self, id: EquationId, why: &str) -> Error {
        Error::new(
            format!("`{}` can't be written as ONNX: {why}", self.derivation.name_of(id)),
            "compute it with vectors of samples and matrices of parameters",
        )
    }

    /// The value with a batch before its sizes, also where it does not depend on the sample.
    fn of_sample(&mut self, id: EquationId) -> Result<String, Error> {
        let name = self.name(id)?;
        if self.per_sample(id) {
            return Ok(name);
        }
        let sizes = self.graph.sizes(Some(self.shape(id).count()));
        Ok(self.graph.node("Expand", &[&name, &sizes], ""))
    }

    /// The node or nodes of an equation, and the name of its value.
    fn equation(&mut self, id: EquationId) -> Result<String, Error> {
        if let Some(full) = self.full(id) {
            return self.name(full);
        }
        let equation = self.derivation.equation(id);
        let wanted = self.derivation.name_of(id);
        let sample = equation.per == Per::Sample;
        if sample && matches!(equation.shape, Shape::Matrix(..)) {
            return Err(self.unwritten(id, "it is a matrix for each sample"));
        }
        let names =
            equation.op.operands().iter().map(|of| self.name(*of)).collect::<Result<Vec<_>, Error>>()?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let axis = i64::from(sample);
        Ok(match &equation.op {
            Op::Given => self.parameter(id, &wanted)?,
            Op::Pointwise(formula) => self.pointwise(id, formula, &wanted)?,
            Op::Stack(parts) | Op::Concat(parts) => {
                let parts = match sample {
                    true => {
                        parts.iter().map(|part| self.of_sample(*part)).collect::<Result<Vec<_>, Error>>()?
                    }
                    false => names.iter().map(|name| (*name).to_owned()).collect(),
                };
                let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
                self.graph.node_with("Concat", &parts, &wanted, vec![graph::int("axis", axis)])
            }
            Op::Index(_, index) => {
                let index = self.graph.whole(&[*index as i64]);
                let operands: Vec<&str> = names.iter().copied().chain([index.as_str()]).collect();
                self.graph.node_with("Gather", &operands, &wanted, vec![graph::int("axis", axis)])
            }
            Op::Slice(_, start) => {
                let bounds = [*start, *start + equation.shape.count(), axis as usize];
                let bounds = bounds.map(|bound| self.graph.whole(&[bound as i64]));
                let operands: Vec<&str> =
                    names.iter().copied().chain(bounds.iter().map(String::as_str)).collect();
                self.graph.node("Slice", &operands, &wanted)
            }
            Op::Transpose(_) => self.graph.node("Transpose", &names, &wanted),
            Op::VectorMatrix(..) => self.graph.node("MatMul", &names, &wanted),
            Op::MatrixVector(_, x) => match (names.as_slice(), self.per_sample(*x)) {
                ([matrix, vector], true) => {
                    self.graph.node_with("Gemm", &[vector, matrix], &wanted, vec![graph::int("transB", 1)])
                }
                _ => self.graph.node("MatMul", &names, &wanted),
            },
            Op::Dot(..) => {
                let product = self.graph.node("Mul", &names, "");
                self.sum(&product, sample, Shape::Vector(0), &wanted)
            }
            Op::Sum(x) => match names.as_slice() {
                [name] => self.sum(name, sample, self.shape(*x), &wanted),
                _ => return Err(self.unwritten(id, "it has no operand")),
            },
            Op::Softmax(_) => self.graph.node_with("Softmax", &names, &wanted, vec![graph::int("axis", -1)]),
            Op::LogSoftmax(_) => {
                self.graph.node_with("LogSoftmax", &names, &wanted, vec![graph::int("axis", -1)])
            }
            Op::Setting(_)
            | Op::Outer(..)
            | Op::SoftmaxCrossEntropy(..)
            | Op::SumSquares(_)
            | Op::BatchMean(_)
            | Op::BatchSum(_)
            | Op::BatchWeightedMean(..) => return Err(self.unwritten(id, "it belongs to training")),
        })
    }

    /// The sum of all elements of a value.
    fn sum(&mut self, name: &str, sample: bool, shape: Shape, wanted: &str) -> String {
        let matrix = !sample && matches!(shape, Shape::Matrix(..));
        let name = match matrix {
            true => {
                let flat = self.graph.whole(&[-1]);
                self.graph.node("Reshape", &[name, &flat], "")
            }
            false => name.to_owned(),
        };
        let axes = self.graph.whole(&[i64::from(sample)]);
        self.graph.node_with("ReduceSum", &[&name, &axes], wanted, vec![graph::int("keepdims", 1)])
    }

    /// A parameter as an initializer.
    fn parameter(&mut self, id: EquationId, name: &str) -> Result<String, Error> {
        let found = self.parameters.iter().find(|tensor| tensor.name == name);
        let length = |numbers: &Numbers| match numbers {
            Numbers::F64(numbers) => numbers.len(),
            Numbers::F32(numbers) => numbers.len(),
        };
        let found = found.filter(|tensor| length(&tensor.numbers) == self.shape(id).count());
        let Some(tensor) = found else {
            return Err(Error::new(
                format!("the parameter `{name}` has no numbers"),
                "give the weights of this network",
            ));
        };
        let sizes = match self.shape(id) {
            Shape::Scalar => vec![1],
            Shape::Vector(n) => vec![n],
            Shape::Matrix(rows, columns) => vec![rows, columns],
        };
        Ok(self.graph.initializer(name, &sizes, &tensor.numbers))
    }
}
