//! From bytes to a graph whose parts are known to be there.

use std::collections::{HashMap, HashSet};

use prost::Message;

use crate::{
    Error, bounds,
    constant::Constant,
    proto::{self, element},
};

/// A model: its nodes, and what goes in and out.
pub(crate) struct Model {
    pub(crate) nodes: Vec<Node>,
    pub(crate) constants: Vec<(String, Constant)>,
    pub(crate) inputs: Vec<Known>,
    pub(crate) outputs: Vec<Known>,
    /// The names of the classes, if it has some.
    pub(crate) classes: Vec<String>,
    /// Who wrote it.
    pub(crate) producer: String,
}

/// A value with its type.
pub(crate) struct Known {
    pub(crate) name: String,
    /// The number of the type of its elements.
    pub(crate) elements: i32,
    /// The sizes; `None` for one that is not fixed.
    pub(crate) sizes: Option<Vec<Option<usize>>>,
}

/// A node, with its operator's version of the domain.
pub(crate) struct Node {
    pub(crate) operator: String,
    pub(crate) name: String,
    /// "" for ONNX's own operators.
    pub(crate) domain: String,
    pub(crate) version: i64,
    pub(crate) inputs: Vec<String>,
    pub(crate) outputs: Vec<String>,
    attributes: Vec<proto::Attribute>,
}

impl Node {
    /// The node as messages name it.
    pub(crate) fn shown(&self) -> String {
        let operator = shown(&self.operator);
        match (self.name.as_str(), self.outputs.first()) {
            ("", Some(output)) => format!("{operator} that computes `{}`", shown(output)),
            (name, _) => format!("{operator} `{}`", shown(name)),
        }
    }

    fn attribute(&self, name: &str) -> Option<&proto::Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.as_deref() == Some(name))
    }

    pub(crate) fn float(&self, name: &str) -> Option<f64> {
        self.attribute(name)?.f.map(f64::from)
    }

    pub(crate) fn whole(&self, name: &str) -> Option<i64> {
        self.attribute(name)?.i
    }

    pub(crate) fn floats(&self, name: &str) -> Option<&[f32]> {
        self.attribute(name).map(|attribute| attribute.floats.as_slice())
    }

    pub(crate) fn wholes(&self, name: &str) -> Option<&[i64]> {
        self.attribute(name).map(|attribute| attribute.ints.as_slice())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.attribute(name)?.s.as_deref()?).ok()
    }

    pub(crate) fn texts(&self, name: &str) -> Option<Vec<String>> {
        Some(texts(&self.attribute(name)?.strings))
    }

    pub(crate) fn tensor(&self, name: &str) -> Option<&proto::Tensor> {
        self.attribute(name)?.t.as_ref()
    }
}

/// A name of the file, for a message: short, in one line.
pub(crate) fn shown(name: &str) -> String {
    let whole: String = name.chars().filter(|c| !c.is_control()).take(81).collect();
    if whole.chars().count() > 80 { whole.chars().take(80).chain(['…']).collect() } else { whole }
}

/// Reads a model.
pub(crate) fn read(bytes: &[u8]) -> Result<Model, Error> {
    bounds::check(bytes)?;
    let model = proto::Model::decode(bytes).map_err(|_| bounds::torn())?;
    let graph = model.graph.filter(|graph| !graph.output.is_empty()).ok_or_else(bounds::torn)?;
    let versions: HashMap<String, i64> =
        model.opset_import.into_iter().map(|set| (domain(set.domain), set.version.unwrap_or(1))).collect();
    let mut constants = Vec::new();
    for tensor in &graph.initializer {
        let name = tensor.name.clone().unwrap_or_default();
        // Texts are names of classes, which only nodes at the end use.
        if tensor.data_type == Some(element::STRING) {
            continue;
        }
        let of_name = |mut error: Error| {
            error.title = format!("the tensor `{}`: {}", shown(&name), error.title);
            error
        };
        constants.push((name.clone(), Constant::of(tensor).map_err(of_name)?));
    }
    // Until version 3 of the format the initializers were inputs, too.
    let given: HashSet<&str> = graph.initializer.iter().filter_map(|tensor| tensor.name.as_deref()).collect();
    let inputs = graph.input.iter().map(known).filter(|input| !given.contains(input.name.as_str())).collect();
    let outputs: Vec<Known> = graph.output.iter().map(known).collect();
    let nodes = graph.node.into_iter().map(|node| self::node(node, &versions)).collect();
    let nodes = needed(nodes, &outputs);
    let classes = classes(&graph.initializer, &nodes);
    let producer = [model.producer_name, model.producer_version].map(Option::unwrap_or_default).join(" ");
    Ok(Model { nodes, constants, inputs, outputs, classes, producer: producer.trim().to_owned() })
}

/// The names that a converter stores for the label: in a tensor of texts or at a node. None where there are several lists.
fn classes(tensors: &[proto::Tensor], nodes: &[Node]) -> Vec<String> {
    let of_tensors = tensors.iter().map(|tensor| texts(&tensor.string_data));
    let of_nodes = nodes.iter().filter_map(|node| node.texts("classlabels_strings"));
    let mut lists = of_tensors.chain(of_nodes).filter(|names| !names.is_empty());
    let first = lists.next().unwrap_or_default();
    if lists.all(|other| other == first) { first } else { Vec::new() }
}

fn texts(bytes: &[Vec<u8>]) -> Vec<String> {
    bytes.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
}

/// The nodes that an output needs; of those, results that nothing needs have no name.
fn needed(nodes: Vec<Node>, outputs: &[Known]) -> Vec<Node> {
    let mut needed: HashSet<String> = outputs.iter().map(|output| output.name.clone()).collect();
    let mut kept = Vec::new();
    for mut node in nodes.into_iter().rev() {
        for output in &mut node.outputs {
            if !needed.contains(output) {
                output.clear();
            }
        }
        if node.outputs.iter().any(|output| !output.is_empty()) {
            needed.extend(node.inputs.iter().filter(|input| !input.is_empty()).cloned());
            kept.push(node);
        }
    }
    kept.reverse();
    kept
}

fn domain(domain: Option<String>) -> String {
    domain.filter(|domain| domain != "ai.onnx").unwrap_or_default()
}

fn node(node: proto::Node, versions: &HashMap<String, i64>) -> Node {
    let domain = domain(node.domain);
    Node {
        operator: node.op_type.unwrap_or_default(),
        name: node.name.unwrap_or_default(),
        version: versions.get(&domain).copied().unwrap_or(1),
        domain,
        inputs: node.input,
        outputs: node.output,
        attributes: node.attribute,
    }
}

fn known(value: &proto::ValueInfo) -> Known {
    let tensor = value.kind.as_ref().and_then(|kind| kind.tensor.as_ref());
    let size = |size: &proto::Size| size.value.and_then(|size| usize::try_from(size).ok());
    Known {
        name: value.name.clone().unwrap_or_default(),
        elements: tensor.and_then(|tensor| tensor.elements).unwrap_or(0),
        sizes: tensor
            .and_then(|tensor| tensor.shape.as_ref())
            .map(|shape| shape.dim.iter().map(size).collect()),
    }
}
