//! Pictures as graphs, made from equations.

mod cells;
pub mod computation;
mod labels;
mod links;
mod network;

use mlp_dsl::ir::Derivation;
use mlp_graph::{Graph, Scene, columns::columns, layered::layered};

use crate::{Options, notation::names::Names, numbers_of, sections::facts::Facts};

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// What it shows.
    pub kind: PictureKind,
    /// What is drawn.
    pub graph: Graph,
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    /// Neurons and weights.
    Network,
    /// The gates that compute the loss.
    Computation,
}

impl Picture {
    /// Everything at its place.
    pub fn scene(&self) -> Scene {
        match self.kind {
            PictureKind::Network => columns(&self.graph),
            PictureKind::Computation => layered(&self.graph),
        }
    }
}

/// What a picture of the network shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkOptions {
    /// The start values of weights and biases on the edges, and the values of the forward pass in the nodes.
    pub values: bool,
    /// Decimals of a number.
    pub digits: usize,
}

impl Default for NetworkOptions {
    fn default() -> Self {
        NetworkOptions { values: false, digits: 4 }
    }
}

/// The picture of the network.
pub fn network(derivation: &Derivation, options: &NetworkOptions) -> Picture {
    let own = Options { digits: options.digits, ..Options::default() };
    let numbers = if options.values { numbers_of(derivation, &own) } else { None };
    let facts = Facts::new(derivation, &own, numbers.as_ref(), None);
    of_facts(&facts, options)
}

/// The picture of the network that is in the document.
pub(crate) fn of_facts(facts: &Facts<'_>, options: &NetworkOptions) -> Picture {
    let names = Names::new(facts.derivation, true);
    Picture { kind: PictureKind::Network, graph: network::graph(facts, &names, options) }
}
