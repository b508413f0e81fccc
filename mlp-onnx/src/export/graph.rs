//! Builds a graph: unique names, nodes, constants that are there once.

use std::collections::{HashMap, HashSet};

use mlp_dsl::number::Precision;
use mlp_tensors::Numbers;

use crate::proto::{Attribute, Graph, Kind, Node, Size, Sizes, Tensor, TensorKind, ValueInfo, element};

use super::BATCH;

/// A graph, half done.
pub(super) struct Builder {
    graph: Graph,
    precision: Precision,
    used: HashSet<String>,
    /// Constants by type and numbers.
    constants: HashMap<(i32, Vec<u64>), String>,
    /// The size of the batch.
    batch: Option<String>,
}

/// A whole number as an attribute.
pub(super) fn int(name: &str, value: i64) -> Attribute {
    Attribute { name: Some(name.to_owned()), i: Some(value), kind: Some(2), ..Attribute::default() }
}

/// A number as an attribute.
pub(super) fn float(name: &str, value: f32) -> Attribute {
    Attribute { name: Some(name.to_owned()), f: Some(value), kind: Some(1), ..Attribute::default() }
}

/// A text as an attribute.
pub(super) fn text(name: &str, value: &str) -> Attribute {
    Attribute {
        name: Some(name.to_owned()),
        s: Some(value.as_bytes().to_vec()),
        kind: Some(3),
        ..Attribute::default()
    }
}

impl Builder {
    pub(super) fn new(precision: Precision) -> Self {
        Builder {
            graph: Graph::default(),
            precision,
            used: HashSet::new(),
            constants: HashMap::new(),
            batch: None,
        }
    }

    pub(super) fn finish(self) -> Graph {
        self.graph
    }

    pub(super) fn precision(&self) -> Precision {
        self.precision
    }

    fn element(&self) -> i32 {
        match self.precision {
            Precision::F32 => element::FLOAT,
            Precision::F64 => element::DOUBLE,
        }
    }

    /// This name, or one like it that is free.
    fn unique(&mut self, wanted: &str) -> String {
        let wanted = if wanted.is_empty() { "t" } else { wanted };
        let mut name = wanted.to_owned();
        let mut count = self.used.len();
        while !self.used.insert(name.clone()) {
            name = format!("{wanted}_{count}");
            count += 1;
        }
        name
    }

    fn info(&self, name: &str, width: usize) -> ValueInfo {
        let batch = Size { value: None, parameter: Some(BATCH.to_owned()) };
        let width = Size { value: Some(width as i64), parameter: None };
        let shape = Some(Sizes { dim: vec![batch, width] });
        let tensor = Some(TensorKind { elements: Some(self.element()), shape });
        ValueInfo { name: Some(name.to_owned()), kind: Some(Kind { tensor }) }
    }

    pub(super) fn input(&mut self, name: &str, width: usize) -> String {
        let name = self.unique(name);
        let info = self.info(&name, width);
        self.graph.input.push(info);
        name
    }

    /// Makes a value an output of this name.
    pub(super) fn output(&mut self, value: &str, name: &str, width: usize) {
        let is_given = |infos: &[ValueInfo]| infos.iter().any(|info| info.name.as_deref() == Some(value));
        let free = !is_given(&self.graph.input) && !is_given(&self.graph.output);
        let name = match value == name && free {
            true => name.to_owned(),
            false => self.node("Identity", &[value], name),
        };
        let info = self.info(&name, width);
        self.graph.output.push(info);
    }

    pub(super) fn node(&mut self, operator: &str, inputs: &[&str], wanted: &str) -> String {
        self.node_with(operator, inputs, wanted, Vec::new())
    }

    /// Adds a node; the name of its value.
    pub(super) fn node_with(
        &mut self,
        operator: &str,
        inputs: &[&str],
        wanted: &str,
        attribute: Vec<Attribute>,
    ) -> String {
        let name = self.unique(wanted);
        self.graph.node.push(Node {
            input: inputs.iter().map(|input| (*input).to_owned()).collect(),
            output: vec![name.clone()],
            name: Some(format!("{operator}_{name}")),
            op_type: Some(operator.to_owned()),
            attribute,
            domain: None,
        });
        name
    }

    pub(super) fn initializer(&mut self, wanted: &str, sizes: &[usize], numbers: &Numbers) -> String {
        let bytes = match (numbers, self.precision) {
            (Numbers::F32(numbers), Precision::F32) => numbers.iter().flat_map(|n| n.to_le_bytes()).collect(),
            (Numbers::F64(numbers), Precision::F64) => numbers.iter().flat_map(|n| n.to_le_bytes()).collect(),
            (Numbers::F64(numbers), Precision::F32) => {
                numbers.iter().flat_map(|n| (*n as f32).to_le_bytes()).collect()
            }
            (Numbers::F32(numbers), Precision::F64) => {
                numbers.iter().flat_map(|n| f64::from(*n).to_le_bytes()).collect()
            }
        };
        self.tensor(wanted, sizes, self.element(), bytes)
    }

    fn tensor(&mut self, wanted: &str, sizes: &[usize], data_type: i32, bytes: Vec<u8>) -> String {
        let name = self.unique(wanted);
        self.graph.initializer.push(Tensor {
            dims: sizes.iter().map(|size| *size as i64).collect(),
            data_type: Some(data_type),
            name: Some(name.clone()),
            raw_data: Some(bytes),
            ..Tensor::default()
        });
        name
    }

    /// A number.
    pub(super) fn number(&mut self, value: f64) -> String {
        let key = (self.element(), vec![value.to_bits()]);
        if let Some(name) = self.constants.get(&key) {
            return name.clone();
        }
        let name = self.initializer("c", &[1], &Numbers::F64(vec![value]));
        self.constants.insert(key, name.clone());
        name
    }

    /// Whole numbers: places and sizes.
    pub(super) fn whole(&mut self, values: &[i64]) -> String {
        let key = (element::INT64, values.iter().map(|value| *value as u64).collect());
        if let Some(name) = self.constants.get(&key) {
            return name.clone();
        }
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let name = self.tensor("i", &[values.len()], element::INT64, bytes);
        self.constants.insert(key, name.clone());
        name
    }

    /// The sizes of a value of a sample of this length, or without a length those of a scalar.
    pub(super) fn sizes(&mut self, length: Option<usize>) -> String {
        let batch = match self.batch.clone() {
            Some(batch) => batch,
            None => {
                let first = self.graph.input.first().and_then(|input| input.name.clone()).unwrap_or_default();
                let batch = self.node_with("Shape", &[&first], "batch", vec![int("start", 0), int("end", 1)]);
                self.batch.insert(batch).clone()
            }
        };
        let length = self.whole(&[length.unwrap_or(1) as i64]);
        self.node_with("Concat", &[&batch, &length], "sizes", vec![int("axis", 0)])
    }
}
