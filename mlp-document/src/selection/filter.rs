//! Drops what a selection leaves out of finished sections, and what is left without content.

use crate::{
    content::{Block, Inline, Section, Text},
    expression::{Node, Quantity},
    sections::facts::Facts,
};

use super::Selection;

/// Sections that describe the whole network.
const OF_ALL: [&str; 5] = ["network", "given", "parameters", "effort", "specification"];

/// The sections with what the selection keeps.
pub(crate) fn filtered(facts: &Facts<'_>, sections: Vec<Section>) -> Vec<Section> {
    let selection = &facts.options.selection;
    if selection.is_all() {
        return sections;
    }
    let kept = sections.into_iter().filter(|section| is_kept(section, selection));
    let about_some = selection.places().next().is_some();
    let filtered = kept.map(|section| if about_some { about(facts, section) } else { section });
    filtered.filter(|section| section.blocks.iter().any(has_content)).collect()
}

fn is_kept(section: &Section, selection: &Selection) -> bool {
    match selection.sections.as_slice() {
        [] => !OF_ALL.contains(&section.key),
        keys => keys.contains(&section.key),
    }
}

/// A section with the lines and rows about what is wanted.
fn about(facts: &Facts<'_>, section: Section) -> Section {
    let blocks = section.blocks.into_iter().map(|block| match block {
        Block::Lines(mut lines) => {
            lines.retain(|line| line.subject.is_empty() || line.subject.iter().any(|id| facts.wants(*id)));
            Block::Lines(lines)
        }
        Block::Table { columns, mut rows } => {
            rows.retain(|row| row.first().is_none_or(|cell| is_wanted(facts, cell)));
            Block::Table { columns, rows }
        }
        Block::Paragraph(_) | Block::Picture(_) | Block::Heading(_) | Block::Code(_) => block,
    });
    Section { blocks: with_content(blocks.collect()), ..section }
}

/// Whether the first cell of a row is about something that is wanted, or about no equation.
fn is_wanted(facts: &Facts<'_>, cell: &Text) -> bool {
    let [Inline::Math(side)] = cell.as_slice() else { return true };
    let nodes = side.expression.nodes();
    nodes.iter().all(|node| !matches!(node, Node::Quantity(Quantity::Equation(id)) if !facts.wants(*id)))
}

/// The blocks without headings and introductions of nothing.
fn with_content(blocks: Vec<Block>) -> Vec<Block> {
    let mut kept: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks.into_iter().rev() {
        let next = kept.last();
        let keep = match &block {
            Block::Lines(lines) => !lines.is_empty(),
            Block::Table { rows, .. } => !rows.is_empty(),
            Block::Picture(_) | Block::Code(_) => true,
            Block::Heading(_) => next.is_some_and(|next| !matches!(next, Block::Heading(_))),
            Block::Paragraph(text) => !introduces(text) || next.is_some_and(has_content),
        };
        if keep {
            kept.push(block);
        }
    }
    kept.reverse();
    kept
}

/// Whether a paragraph is about what follows it.
fn introduces(text: &Text) -> bool {
    matches!(text.last(), Some(Inline::Text(text)) if text.ends_with(':'))
}

/// Whether a block is more than a sentence or a heading.
fn has_content(block: &Block) -> bool {
    match block {
        Block::Lines(_) | Block::Table { .. } | Block::Picture(_) | Block::Code(_) => true,
        Block::Paragraph(_) | Block::Heading(_) => false,
    }
}
