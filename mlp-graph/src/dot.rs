//! Graphs in the language of Graphviz.

use std::fmt::Write;

use crate::{
    graph::{Emphasis, Graph, Line, NodeShape, Place},
    label::Label,
};

/// A graph as DOT, for `dot -Tsvg`.
pub fn dot(graph: &Graph) -> String {
    let mut out = format!("digraph {} {{\n", quoted(&graph.title));
    out.push_str(
        "  rankdir=LR;\n  node [fontname=\"Helvetica\"];\n  edge [fontname=\"Helvetica\", fontsize=11];\n",
    );
    if !graph.notes.is_empty() {
        let _ = writeln!(out, "  label={};", lines(graph.notes.iter()));
    }
    for (index, node) in graph.nodes.iter().enumerate() {
        let shape = match node.shape {
            NodeShape::Circle => "ellipse",
            NodeShape::Box => "box",
            NodeShape::Pill => "box, style=rounded",
            NodeShape::Hexagon => "hexagon",
            NodeShape::Plain => "plaintext",
        };
        let label = lines(node.lines.iter().map(|(label, _)| label).chain(&node.caption));
        let width = if node.emphasis == Emphasis::Strong { ", penwidth=3" } else { "" };
        let _ = writeln!(out, "  n{index} [label={label}, shape={shape}{width}];");
    }
    for (index, group) in graph.groups.iter().enumerate() {
        let _ = writeln!(out, "  subgraph cluster_{index} {{\n    label={};", lines(group.title.iter()));
        for member in group.members.iter().filter(|member| **member < graph.nodes.len()) {
            let _ = writeln!(out, "    n{member};");
        }
        out.push_str("  }\n");
    }
    for (_, edge) in graph.edges() {
        let mut attributes = Vec::new();
        let mut texts: Vec<_> = edge.texts.iter().collect();
        texts.sort_by_key(|text| text.place == Place::Below);
        if !texts.is_empty() {
            attributes.push(format!("label={}", lines(texts.iter().map(|text| &text.label))));
        }
        attributes.extend(match edge.line {
            Line::Arrow => None,
            Line::Dashed => Some("style=dashed".to_owned()),
            Line::Thin => Some("arrowhead=none, penwidth=0.5".to_owned()),
        });
        if edge.emphasis == Emphasis::Strong {
            attributes.push("penwidth=3".to_owned());
        }
        let attributes =
            if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
        let _ = writeln!(out, "  n{} -> n{}{attributes};", edge.from, edge.to);
    }
    out.push_str("}\n");
    out
}

fn lines<'l>(lines: impl Iterator<Item = &'l Label>) -> String {
    let lines: Vec<String> = lines.map(|line| escaped(&line.plain())).collect();
    format!("\"{}\"", lines.join("\\n"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Text inside quotes: no escape of Graphviz, no entity.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => safe.push_str("\\\""),
            '\\' => safe.push_str("\\\\"),
            '&' => safe.push_str("&amp;"),
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}
