//! What is wrong with a picture: texts that overlap, edges that run through a text.

use std::fmt;

use crate::{
    geometry::Rect,
    scene::{Owner, PlacedText, Scene},
};

/// Something that a reader can't read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Two texts overlap.
    Texts(String, String),
    /// An edge, from node to node, runs through a text that is not its own.
    EdgeThroughText((usize, usize), String),
    /// An edge runs through a node that it does not belong to.
    EdgeThroughNode((usize, usize), usize),
    /// A text is larger than its node.
    TooLarge(String),
    /// A text lies on a node that is not its own.
    TextOnNode(String, usize),
    /// Two nodes overlap.
    Nodes(usize, usize),
    /// Something lies outside the picture.
    Outside(String),
}

impl Fault {
    /// The nodes at the ends of the edge that it is about.
    pub fn edge(&self) -> Option<(usize, usize)> {
        match self {
            Fault::EdgeThroughText(ends, _) | Fault::EdgeThroughNode(ends, _) => Some(*ends),
            Fault::Texts(..)
            | Fault::TooLarge(_)
            | Fault::TextOnNode(..)
            | Fault::Nodes(..)
            | Fault::Outside(_) => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Texts(a, b) => write!(f, "the texts \"{a}\" and \"{b}\" overlap"),
            Fault::EdgeThroughText((from, to), text) => {
                write!(f, "the edge from node {from} to node {to} runs through \"{text}\"")
            }
            Fault::EdgeThroughNode((from, to), node) => {
                write!(f, "the edge from node {from} to node {to} runs through node {node}")
            }
            Fault::TooLarge(text) => write!(f, "the text \"{text}\" is larger than its node"),
            Fault::TextOnNode(text, node) => write!(f, "the text \"{text}\" lies on node {node}"),
            Fault::Nodes(a, b) => write!(f, "the nodes {a} and {b} overlap"),
            Fault::Outside(what) => write!(f, "{what} lies outside the picture"),
        }
    }
}

/// Rounding of places.
const SLACK: f64 = 0.05;

impl Scene {
    /// All faults.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (index, text) in self.texts.iter().enumerate() {
            self.of_text(index, text, &mut faults);
        }
        self.of_nodes(&mut faults);
        self.of_edges(&mut faults);
        faults
    }

    fn of_text(&self, index: usize, text: &PlacedText, faults: &mut Vec<Fault>) {
        let bounds = text.bounds.grown(-SLACK);
        let name = || text.label.plain();
        let later = self.texts.iter().skip(index + 1);
        let overlapping = later.filter(|other| other.bounds.overlaps(&bounds));
        faults.extend(overlapping.map(|other| Fault::Texts(name(), other.label.plain())));
        for node in self.nodes.iter().filter(|node| node.bounds.overlaps(&bounds)) {
            if text.owner != Owner::Node(node.node) {
                faults.push(Fault::TextOnNode(name(), node.node));
            } else if !node.bounds.holds(&bounds) {
                faults.push(Fault::TooLarge(name()));
            }
        }
        if !self.holds(&text.bounds) {
            faults.push(Fault::Outside(format!("\"{}\"", name())));
        }
    }

    fn of_nodes(&self, faults: &mut Vec<Fault>) {
        for (index, node) in self.nodes.iter().enumerate() {
            let bounds = node.bounds.grown(-SLACK);
            let later = self.nodes.iter().skip(index + 1);
            let overlapping = later.filter(|other| other.bounds.overlaps(&bounds));
            faults.extend(overlapping.map(|other| Fault::Nodes(node.node, other.node)));
            if !self.holds(&node.bounds) {
                faults.push(Fault::Outside(format!("node {}", node.node)));
            }
        }
    }

    fn of_edges(&self, faults: &mut Vec<Fault>) {
        for edge in &self.edges {
            let ends = (edge.from, edge.to);
            let (lines, bounds) = (edge.path.lines(), edge.path.bounds());
            let crosses = |rect: &Rect| {
                let rect = rect.grown(-SLACK);
                rect.overlaps(&bounds.grown(SLACK)) && lines.iter().any(|(a, b)| rect.is_crossed(*a, *b))
            };
            let others = self.texts.iter().filter(|text| text.owner != Owner::Edge(edge.edge));
            let crossed = others.filter(|text| crosses(&text.bounds));
            faults.extend(crossed.map(|text| Fault::EdgeThroughText(ends, text.label.plain())));
            let others = self.nodes.iter().filter(|node| node.node != edge.from && node.node != edge.to);
            let crossed = others.filter(|node| crosses(&node.bounds));
            faults.extend(crossed.map(|node| Fault::EdgeThroughNode(ends, node.node)));
            if !self.holds(&bounds) {
                faults.push(Fault::Outside(format!("the edge from node {} to node {}", edge.from, edge.to)));
            }
        }
    }

    fn holds(&self, rect: &Rect) -> bool {
        Rect { x: 0.0, y: 0.0, width: self.width, height: self.height }.grown(SLACK).holds(rect)
    }
}
