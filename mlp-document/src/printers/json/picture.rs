//! A picture as data: what is drawn, without places.

use mlp_graph::{Edge, Label, Line, Node, Role};

use crate::pictures::{Picture, PictureKind};

use super::objects::{Block, EdgeObject, Group, NodeObject};

/// The block of a picture.
pub(super) fn block(picture: &Picture) -> Block {
    let graph = &picture.graph;
    let group = |title: &[Label], nodes: &[usize]| Group {
        title: title.iter().map(Label::plain).collect::<Vec<_>>().join(" "),
        nodes: nodes.to_vec(),
    };
    Block::Picture {
        kind: match picture.kind {
            PictureKind::Network => "network",
            PictureKind::Computation => "computation",
        },
        title: graph.title.clone(),
        description: graph.description.clone(),
        nodes: graph.nodes.iter().map(node).collect(),
        edges: graph.edges.iter().map(edge).collect(),
        groups: graph.groups.iter().map(|it| group(&it.title, &it.members)).collect(),
        notes: graph.notes.iter().map(Label::plain).collect(),
    }
}

fn node(node: &Node) -> NodeObject {
    NodeObject {
        lines: node.lines.iter().map(|(line, _)| line.plain()).collect(),
        caption: node.caption.as_ref().map(Label::plain),
        role: match node.role {
            Role::Input => "input",
            Role::Neuron => "neuron",
            Role::Parameter => "parameter",
            Role::Constant => "constant",
            Role::Gate => "gate",
            Role::Loss => "loss",
            Role::Rest => "rest",
        },
    }
}

fn edge(edge: &Edge) -> EdgeObject {
    EdgeObject {
        from: edge.from,
        to: edge.to,
        texts: edge.texts.iter().map(|text| text.label.plain()).collect(),
        line: match edge.line {
            Line::Arrow => "arrow",
            Line::Dashed => "dashed",
            Line::Thin => "thin",
        },
    }
}
