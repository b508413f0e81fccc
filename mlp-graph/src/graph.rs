//! What is drawn, without places.

use crate::label::Label;

/// A graph, drawn from left to right.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// What the picture shows, in a few words.
    pub title: String,
    /// The same for readers who do not see it.
    pub description: String,
    /// The nodes.
    pub nodes: Vec<Node>,
    /// The edges.
    pub edges: Vec<Edge>,
    /// Titled groups of nodes.
    pub groups: Vec<Group>,
    /// Lines under the picture: what its marks mean.
    pub notes: Vec<Label>,
}

/// A node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// The lines in it, from top to bottom.
    pub lines: Vec<(Label, Tone)>,
    /// A line under it.
    pub caption: Option<Label>,
    /// Its outline.
    pub shape: NodeShape,
    /// What it is drawn as.
    pub role: Role,
    /// Whether it is brought out.
    pub emphasis: Emphasis,
    /// Its column, counted from 0, where the caller knows it.
    pub rank: Option<usize>,
}

/// The outline of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NodeShape {
    /// A circle, or an ellipse for long lines.
    #[default]
    Circle,
    /// A rectangle.
    Box,
    /// A rectangle with round ends.
    Pill,
    /// A hexagon.
    Hexagon,
    /// No outline.
    Plain,
}

/// The meaning of a node, which chooses its colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// Given from outside.
    Input,
    /// A neuron, a layer, a computed value.
    #[default]
    Neuron,
    /// A bias or a parameter.
    Parameter,
    /// A number that is not trained.
    Constant,
    /// An operation.
    Gate,
    /// A loss.
    Loss,
    /// What is left out.
    Rest,
}

/// Whether a part is brought out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Emphasis {
    /// As the others.
    #[default]
    Normal,
    /// Brought out.
    Strong,
    /// In the background.
    Faint,
}

/// The meaning of a text, which chooses its colour and size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// A name.
    #[default]
    Name,
    /// A value of the forward pass.
    Value,
    /// A gradient.
    Gradient,
    /// The title of a group.
    Title,
    /// Small print.
    Note,
}

/// An edge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edge {
    /// Where it starts.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// Its texts.
    pub texts: Vec<EdgeText>,
    /// How its line is drawn.
    pub line: Line,
    /// Whether it is brought out.
    pub emphasis: Emphasis,
}

/// How the line of an edge is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Line {
    /// With an arrow head.
    #[default]
    Arrow,
    /// Dashed, with an arrow head.
    Dashed,
    /// Thin, without an arrow head: one of a great number.
    Thin,
}

/// A text of an edge.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeText {
    /// What it says.
    pub label: Label,
    /// Where it is.
    pub place: Place,
    /// What it means.
    pub tone: Tone,
}

/// Where the text of an edge is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Place {
    /// On the line, which it interrupts.
    #[default]
    On,
    /// Above it.
    Above,
    /// Below it.
    Below,
}

/// A group of nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// The lines of its title.
    pub title: Vec<Label>,
    /// Its nodes.
    pub members: Vec<usize>,
}

impl Node {
    /// A node with one line.
    pub fn new(label: impl Into<Label>, shape: NodeShape, role: Role) -> Self {
        Node { lines: vec![(label.into(), Tone::Name)], shape, role, ..Node::default() }
    }

    /// The same in this column.
    #[must_use]
    pub fn at(mut self, rank: usize) -> Self {
        self.rank = Some(rank);
        self
    }

    /// The same with one more line.
    #[must_use]
    pub fn line(mut self, label: impl Into<Label>, tone: Tone) -> Self {
        self.lines.push((label.into(), tone));
        self
    }
}

impl Edge {
    /// An edge without text.
    pub fn new(from: usize, to: usize) -> Self {
        Edge { from, to, ..Edge::default() }
    }

    /// The same with a text.
    #[must_use]
    pub fn text(mut self, label: impl Into<Label>, place: Place, tone: Tone) -> Self {
        self.texts.push(EdgeText { label: label.into(), place, tone });
        self
    }
}

impl Graph {
    /// Adds a node; its number.
    pub fn node(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Adds an edge; its number.
    pub fn edge(&mut self, edge: Edge) -> usize {
        self.edges.push(edge);
        self.edges.len() - 1
    }

    /// The edges whose ends exist, with their numbers.
    pub fn edges(&self) -> impl Iterator<Item = (usize, &Edge)> {
        let count = self.nodes.len();
        self.edges.iter().enumerate().filter(move |(_, edge)| edge.from < count && edge.to < count)
    }

    /// The column of each node: the caller's, else after the columns of all that it reads.
    pub fn ranks(&self) -> Vec<usize> {
        let mut ranks: Vec<usize> = self.nodes.iter().map(|node| node.rank.unwrap_or(0)).collect();
        // A path is no longer than there are nodes; a cycle ends here too.
        for _ in 0..self.nodes.len() {
            let mut changed = false;
            for (_, edge) in self.edges() {
                let after = ranks.get(edge.from).map_or(0, |rank| rank + 1);
                let given = self.nodes.get(edge.to).is_none_or(|node| node.rank.is_some());
                if let Some(rank) = ranks.get_mut(edge.to).filter(|rank| !given && **rank < after) {
                    (*rank, changed) = (after, true);
                }
            }
            if !changed {
                break;
            }
        }
        ranks
    }
}
