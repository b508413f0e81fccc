//! Reads a multilayer perceptron from an ONNX model, as a specification and the numbers of its parameters, and writes one as an
//! ONNX model.
//!
//! [`import`] follows the nodes of the graph: a matrix product becomes a layer, and what comes after it element by element is
//! written around it. No call touches a file system, and none panics on any bytes.
#![forbid(unsafe_code)]

mod bounds;
mod constant;
mod export;
mod import;
pub mod proto;
mod read;

use std::fmt;

pub use bounds::FILE_BYTES;
pub use export::{Exported, OPSET, export};
pub use import::{Expected, Imported, Options, Port, import};

/// Why a model is not read, or not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The operator and the name of the node, where it is one that is not read.
    pub node: Option<String>,
    /// What is wrong.
    pub title: String,
    /// How to correct it.
    pub help: String,
}

impl Error {
    pub(crate) fn new(title: impl Into<String>, help: impl Into<String>) -> Self {
        Error { node: None, title: title.into(), help: help.into() }
    }

    /// The same, at a node.
    fn at(mut self, node: String) -> Self {
        self.node.get_or_insert(node);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Some(node) => write!(f, "{node}: {}", self.title),
            None => f.write_str(&self.title),
        }
    }
}

impl std::error::Error for Error {}
