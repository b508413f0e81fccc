//! Graphs as Mermaid flowcharts, which GitHub draws.

use std::fmt::Write;

use crate::{
    graph::{Graph, Line, Node, NodeShape, Place},
    label::Label,
};

/// A graph as Mermaid.
pub fn mermaid(graph: &Graph) -> String {
    let mut out = "flowchart LR\n".to_owned();
    let mut drawn = vec![false; graph.nodes.len()];
    for (index, group) in graph.groups.iter().enumerate() {
        let _ = writeln!(out, "  subgraph g{index}[{}]", lines(group.title.iter()));
        for member in &group.members {
            let (Some(node), Some(slot)) = (graph.nodes.get(*member), drawn.get_mut(*member)) else {
                continue;
            };
            if !std::mem::replace(slot, true) {
                let _ = writeln!(out, "    {}", self::node(*member, node));
            }
        }
        out.push_str("  end\n");
    }
    for (index, node) in graph.nodes.iter().enumerate().filter(|(index, _)| drawn.get(*index) == Some(&false))
    {
        let _ = writeln!(out, "  {}", self::node(index, node));
    }
    for (_, edge) in graph.edges() {
        let arrow = match edge.line {
            Line::Arrow => "-->",
            Line::Dashed => "-.->",
            Line::Thin => "---",
        };
        let mut texts: Vec<_> = edge.texts.iter().collect();
        texts.sort_by_key(|text| text.place == Place::Below);
        let label = lines(texts.iter().map(|text| &text.label));
        let label = if texts.is_empty() { String::new() } else { format!("|{label}|") };
        let _ = writeln!(out, "  n{} {arrow}{label} n{}", edge.from, edge.to);
    }
    out
}

fn node(index: usize, node: &Node) -> String {
    let label = lines(node.lines.iter().map(|(label, _)| label).chain(&node.caption));
    match node.shape {
        NodeShape::Circle => format!("n{index}(({label}))"),
        NodeShape::Box => format!("n{index}[{label}]"),
        NodeShape::Pill => format!("n{index}([{label}])"),
        NodeShape::Hexagon => format!("n{index}{{{{{label}}}}}"),
        NodeShape::Plain => format!("n{index}[{label}]"),
    }
}

/// Lines as a label of Mermaid: their markup characters as entities.
fn lines<'l>(lines: impl Iterator<Item = &'l Label>) -> String {
    let plain = |c: &char| c.is_alphanumeric() || " _:=.,-".contains(*c);
    let safe = |line: String| -> String {
        line.chars().map(|c| if plain(&c) { c.to_string() } else { format!("#{};", c as u32) }).collect()
    };
    let lines: Vec<String> = lines.map(|line| safe(line.plain())).collect();
    format!("\"{}\"", lines.join("<br/>"))
}
