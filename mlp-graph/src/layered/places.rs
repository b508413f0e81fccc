//! The places of a layout: one for each node, one for the texts of each edge, and one in each layer that an edge passes.

use crate::graph::Graph;

use super::{room_of_edge, room_of_node};

/// What is at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A node.
    Node(usize),
    /// The texts of an edge.
    Texts(usize),
    /// The line of an edge.
    Line,
}

/// A place.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnePlace {
    pub(super) layer: usize,
    pub(super) content: Content,
    pub(super) width: f64,
    /// How far it reaches above and below its middle line.
    pub(super) reach: [f64; 2],
}

/// An edge: the places that it goes through, those of its nodes left out.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub(super) edge: usize,
    pub(super) through: Vec<usize>,
}

/// All places.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// The nodes first, in order.
    pub(super) all: Vec<OnePlace>,
    /// Which place of the next layer each place leads to.
    pub(super) links: Vec<(usize, usize)>,
    pub(super) ways: Vec<Way>,
    /// How many layers there are: those of nodes are the even ones.
    pub(super) layers: usize,
}

impl Places {
    pub(super) fn of(graph: &Graph) -> Self {
        let ranks = late(graph);
        let mut places = Places::default();
        for (index, node) in graph.nodes.iter().enumerate() {
            let (own, below) = room_of_node(node);
            places.all.push(OnePlace {
                layer: 2 * ranks.get(index).copied().unwrap_or(0),
                content: Content::Node(index),
                width: own.width,
                reach: [own.height / 2.0, own.height / 2.0 + below],
            });
        }
        for (index, edge) in graph.edges() {
            let layer = |node: usize| places.all.get(node).map_or(0, |place| place.layer);
            let (from, to) = (layer(edge.from), layer(edge.to));
            if from >= to {
                continue;
            }
            let (width, reach) = room_of_edge(edge);
            let mut way = Way { edge: index, through: Vec::new() };
            let mut last = edge.from;
            for layer in from + 1..to {
                let own = places.all.len();
                let texts = layer + 1 == to;
                places.all.push(OnePlace {
                    layer,
                    content: if texts { Content::Texts(index) } else { Content::Line },
                    width: if texts { width } else { 0.0 },
                    reach: if texts { reach } else { [0.0; 2] },
                });
                places.links.push((last, own));
                way.through.push(own);
                last = own;
            }
            places.links.push((last, edge.to));
            places.ways.push(way);
        }
        places.layers = places.all.iter().map(|place| place.layer + 1).max().unwrap_or(0);
        places
    }
}

/// The rank of each node; one that reads nothing is just before the first that reads it.
fn late(graph: &Graph) -> Vec<usize> {
    let mut ranks = graph.ranks();
    let mut reads = vec![false; graph.nodes.len()];
    let mut first: Vec<Option<usize>> = vec![None; graph.nodes.len()];
    for (_, edge) in graph.edges() {
        if let Some(slot) = reads.get_mut(edge.to) {
            *slot = true;
        }
        let to = ranks.get(edge.to).copied();
        if let Some(slot) = first.get_mut(edge.from) {
            *slot = (*slot).into_iter().chain(to).min();
        }
    }
    for ((rank, reads), first) in ranks.iter_mut().zip(reads).zip(first) {
        if let (false, Some(first)) = (reads, first) {
            *rank = first.saturating_sub(1).max(*rank);
        }
    }
    ranks
}
