//! A picture in which everything has its place.

use crate::{
    geometry::{Path, Rect},
    graph::{Emphasis, Line, NodeShape, Role, Tone},
    label::Label,
};

/// A picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// What it shows, in a few words.
    pub title: String,
    /// The same for readers who do not see it.
    pub description: String,
    /// The width; everything is between 0 and it.
    pub width: f64,
    /// The height.
    pub height: f64,
    /// Frames around groups, drawn first.
    pub frames: Vec<Rect>,
    /// The edges.
    pub edges: Vec<PlacedEdge>,
    /// The nodes.
    pub nodes: Vec<PlacedNode>,
    /// All texts.
    pub texts: Vec<PlacedText>,
}

/// A node with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedNode {
    /// Its number in the graph.
    pub node: usize,
    /// Its place.
    pub bounds: Rect,
    /// Its outline.
    pub shape: NodeShape,
    /// What it is drawn as.
    pub role: Role,
    /// Whether it is brought out.
    pub emphasis: Emphasis,
}

/// An edge with its way.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedEdge {
    /// Its number in the graph.
    pub edge: usize,
    /// The node where it starts.
    pub from: usize,
    /// The node where it ends.
    pub to: usize,
    /// Its way, from border to border.
    pub path: Path,
    /// How it is drawn.
    pub line: Line,
    /// Whether it is brought out.
    pub emphasis: Emphasis,
}

/// A text with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedText {
    /// What it says.
    pub label: Label,
    /// The place that it fills.
    pub bounds: Rect,
    /// The size of its letters.
    pub size: f64,
    /// What it means.
    pub tone: Tone,
    /// Whose it is.
    pub owner: Owner,
    /// Whether it is brought out.
    pub emphasis: Emphasis,
}

/// Whose a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Inside this node.
    Node(usize),
    /// Beside this node.
    Caption(usize),
    /// Of this edge.
    Edge(usize),
    /// The title of this group.
    Group(usize),
    /// Of the whole picture.
    Picture,
}

/// Free space around everything.
pub(crate) const MARGIN: f64 = 12.0;

impl Scene {
    /// Moves everything so that it begins at the margin, and sets the width and the height.
    pub fn fit(&mut self) {
        let Some(all) = self.bounds() else { return };
        let (x, y) = (MARGIN - all.x, MARGIN - all.y);
        let bounds = self.frames.iter_mut().chain(self.nodes.iter_mut().map(|node| &mut node.bounds));
        for bounds in bounds.chain(self.texts.iter_mut().map(|text| &mut text.bounds)) {
            *bounds = bounds.moved(x, y);
        }
        for edge in &mut self.edges {
            edge.path = edge.path.moved(x, y);
        }
        (self.width, self.height) = (all.width + 2.0 * MARGIN, all.height + 2.0 * MARGIN);
    }

    /// The rectangle around everything; `None` for an empty picture.
    fn bounds(&self) -> Option<Rect> {
        let paths = self.edges.iter().map(|edge| edge.path.bounds());
        let nodes = self.nodes.iter().map(|node| node.bounds);
        let texts = self.texts.iter().map(|text| text.bounds);
        let all = self.frames.iter().copied().chain(paths).chain(nodes).chain(texts);
        all.reduce(|a, b| a.union(&b))
    }
}
