//! What the bold 1 is, where a page uses it for the first time.

use crate::{
    content::{Block, Inline, Line, Section},
    expression::{ArrayOp, Expression, Node},
    phrases,
};

/// What a bold 1 is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ones {
    /// A column with a one for each sample.
    Samples,
    /// A row with a one for each place of a value.
    Places,
}

/// Adds a sentence before the first use of each.
pub(super) fn explain(sections: &mut [Section]) {
    for ones in [Ones::Samples, Ones::Places] {
        let first = sections.iter_mut().find_map(|section| {
            let place = section.blocks.iter().position(|block| uses(block, ones))?;
            Some((section, place))
        });
        let Some((section, place)) = first else { continue };
        let sentence = match ones {
            Ones::Samples => phrases::ones_of_samples(),
            Ones::Places => phrases::ones_of_places(),
        };
        section.blocks.insert(place, Block::Paragraph(sentence));
    }
}

fn uses(block: &Block, ones: Ones) -> bool {
    let line = |line: &Line| {
        let symbols = line.sides.iter().filter(|side| side.form.in_symbols());
        symbols.map(|side| &side.expression).any(|expression| has(expression, ones))
    };
    match block {
        Block::Lines(lines) => lines.iter().any(line),
        Block::Table { rows, .. } => rows.iter().flatten().flatten().any(|inline| match inline {
            Inline::Math(side) => side.form.in_symbols() && has(&side.expression, ones),
            Inline::Equality(equality) => line(equality),
            Inline::Text(_) | Inline::Code(_) | Inline::Sign(_) | Inline::Sizes(_) => false,
        }),
        Block::Paragraph(_) | Block::Picture(_) | Block::Heading(_) | Block::Code(_) => false,
    }
}

fn has(expression: &Expression, ones: Ones) -> bool {
    expression.nodes().iter().any(|node| match (node, ones) {
        (Node::Batch(_, each), Ones::Samples) => {
            let product = matches!(each.root(), Some(Node::Array(ArrayOp::TransposedProduct, _)));
            let is_vector = matches!(each.shape(), mlp_dsl::shape::Shape::Vector(_));
            has(each, ones) || is_vector && !product && !each.names_any_sample()
        }
        (Node::Batch(_, each), Ones::Places) => has(each, ones),
        (Node::Array(ArrayOp::Fill, _), Ones::Places) => true,
        (
            Node::Array(..)
            | Node::Number(_)
            | Node::Constant(..)
            | Node::Quantity(_)
            | Node::Unary(..)
            | Node::Binary(..)
            | Node::Select(..)
            | Node::Apply(..)
            | Node::Whole { .. },
            _,
        ) => false,
    })
}
