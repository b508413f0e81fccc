//! Pictures as Mermaid flowcharts, which GitHub draws.

use mlp_dsl::never::OrNever;

use crate::content::{NodeKind, Picture, PictureNode};

/// A picture as a block of Markdown.
pub(crate) fn picture(picture: &Picture) -> String {
    let mut lines = vec!["```mermaid".to_owned(), "flowchart LR".to_owned()];
    let mut drawn = vec![false; picture.nodes.len()];
    for (index, (title, members)) in picture.groups.iter().enumerate() {
        lines.push(format!("  subgraph g{index}[{}]", quoted(title)));
        for member in members {
            lines.extend(picture.nodes.get(*member).map(|it| format!("    {}", node(*member, it))));
            if let Some(slot) = drawn.get_mut(*member) {
                *slot = true;
            }
        }
        lines.push("  end".to_owned());
    }
    let rest = picture.nodes.iter().enumerate().zip(drawn).filter(|(_, drawn)| !drawn);
    lines.extend(rest.map(|((index, it), _)| format!("  {}", node(index, it))));
    lines.extend(picture.edges.iter().map(|edge| self::edge(picture, edge)));
    lines.push("```".to_owned());
    lines.join("\n")
}

fn node(index: usize, PictureNode { label, kind }: &PictureNode) -> String {
    let label = quoted(label);
    match kind {
        NodeKind::Input => format!("n{index}[{label}]"),
        NodeKind::Bias => format!("n{index}{{{{{label}}}}}"),
        NodeKind::Neuron => format!("n{index}(({label}))"),
    }
}

/// An edge; that of a bias is dotted, so that it is not taken for that of a weight whose label it passes.
fn edge(picture: &Picture, (from, to, label): &(usize, usize, String)) -> String {
    let label = if label.is_empty() { String::new() } else { format!("|{}|", quoted(label)) };
    let kind = picture.nodes.get(*from).map(|node| node.kind);
    let kind = kind.or_never("an edge begins at a node", NodeKind::Neuron);
    let arrow = if kind == NodeKind::Bias { "-.->" } else { "-->" };
    format!("  n{from} {arrow}{label} n{to}")
}

/// A label of Mermaid: its markup characters as entities.
fn quoted(text: &str) -> String {
    let plain = |c: &char| c.is_alphanumeric() || " _:=.,-".contains(*c);
    let safe: String =
        text.chars().map(|c| if plain(&c) { c.to_string() } else { format!("#{};", c as u32) }).collect();
    format!("\"{safe}\"")
}
