//! What the document says, without a format: sections of paragraphs, tables, pictures and lines
//! of equalities.

use mlp_dsl::ir::{Derivation, equation::EquationId};
use mlp_eval::Array;

use super::{evaluate::Numbers, expression::Expression};

/// How a side is printed. It means the same in every form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In symbols.
    Symbols,
    /// With numbers put in for the quantities.
    Numbers,
    /// Each term of the outermost sum as one number.
    Terms,
    /// As one number.
    Value,
}

/// What stands between two equals signs.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// How it is printed.
    pub form: Form,
    /// What it is.
    pub expression: Expression,
}

impl Side {
    /// A side in this form.
    pub fn new(form: Form, expression: Expression) -> Self {
        Side { form, expression }
    }

    /// A side in symbols.
    pub fn symbols(expression: Expression) -> Self {
        Side::new(Form::Symbols, expression)
    }

    /// The value seen from a sample.
    pub fn evaluate(&self, derivation: &Derivation, numbers: &Numbers, sample: usize) -> Option<Array<f64>> {
        self.expression.evaluate(derivation, numbers, sample)
    }
}

/// A line of equalities: all its sides are equal.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The equations it is about.
    pub subject: Vec<EquationId>,
    /// The sides.
    pub sides: Vec<Side>,
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Plain text, from us or from the specification; printers escape it.
    Text(String),
    /// A name or text of the specification, as written there.
    Code(String),
    /// Mathematics.
    Math(Side),
    /// A letter of the document's own notation.
    Letter(Letter),
}

/// Letters of the document's own notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letter {
    /// The samples of a batch.
    BatchSize,
    /// The δ of no neuron in particular.
    Delta,
    /// The product element by element.
    Elementwise,
}

/// A paragraph or a cell.
pub type Text = Vec<Inline>;

/// A node of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureNode {
    /// What it says.
    pub label: String,
    /// Its form.
    pub kind: NodeKind,
}

/// The form of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// An input.
    Input,
    /// A neuron or a layer.
    Neuron,
    /// A bias or a constant.
    Bias,
}

/// A graph, to be drawn from left to right.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// The nodes.
    pub nodes: Vec<PictureNode>,
    /// Titled groups of nodes.
    pub groups: Vec<(String, Vec<usize>)>,
    /// From, to, and what stands on the edge.
    pub edges: Vec<(usize, usize, String)>,
}

/// A part of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Text),
    /// Lines that belong together.
    Lines(Vec<Line>),
    /// A table.
    Table {
        /// The heads of the columns; a column of numbers stands to the right.
        head: Vec<(Text, bool)>,
        /// The rows.
        rows: Vec<Vec<Text>>,
    },
    /// A picture.
    Picture(Picture),
    /// A heading inside a section.
    Heading(String),
}

/// A section.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Section {
    /// Which it is: the name of its heading in front matter.
    pub key: &'static str,
    /// Its parts.
    pub blocks: Vec<Block>,
}

impl Section {
    pub(super) fn new(key: &'static str) -> Self {
        Section { key, blocks: Vec::new() }
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Paragraph(vec![Inline::Text(text.into())]));
    }

    pub(super) fn paragraph(&mut self, text: Text) {
        self.blocks.push(Block::Paragraph(text));
    }

    pub(super) fn lines(&mut self, lines: Vec<Line>) {
        if !lines.is_empty() {
            self.blocks.push(Block::Lines(lines));
        }
    }

    /// Lines that go on where the last ones end.
    pub(super) fn more_lines(&mut self, lines: Vec<Line>) {
        match self.blocks.last_mut() {
            Some(Block::Lines(last)) => last.extend(lines),
            _ => self.lines(lines),
        }
    }

    pub(super) fn table(&mut self, head: &[(&str, bool)], rows: Vec<Vec<Text>>) {
        let head = head.iter().map(|(title, number)| (plain(*title), *number)).collect();
        self.blocks.push(Block::Table { head, rows });
    }
}

/// Running text.
pub(super) fn plain(text: impl Into<String>) -> Text {
    vec![Inline::Text(text.into())]
}
