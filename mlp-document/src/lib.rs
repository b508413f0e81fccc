//! The worked derivation: the document that a student can follow by hand.
//!
//! It computes nothing itself: a formula comes from an equation, a number from the reference
//! interpreter. A [`Section`] has blocks, a block has lines, and a [`Line`] has sides that are equal.
//! Every [`Side`] has a value, so each equals sign is a test ([`Document::check`]), and a notation,
//! a tree of mathematics ([`Math`]). A printer spells trees and lays out blocks; it needs nothing
//! that is not public here.
//!
//! ```text
//! Derivation ── sections, phrases ─→ Document ── notation ─→ Math ── printers ─→ text
//!                                       └─ evaluate ─→ numbers ── verify
//! ```

#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod content;
mod expression;
mod known;
mod notation;
mod phrases;
pub mod pictures;
mod printers;
mod sections;
pub mod selection;
mod shown;
mod steps;
pub mod summary;
pub mod values;
mod verify;

pub use content::{Block, Column, Form, Inline, Line, ProductSizes, Section, Side, Size, Text};
pub use expression::{ArrayOp, Count, Expression, Node, NodeId, Quantity, evaluate::Numbers};
pub use notation::{
    decimal::Decimal,
    layout::Row,
    math::{Fence, Mark, Math, Name, Number, Operator, Style},
};
pub use printers::json::Origin;
pub use verify::Fault;

use mlp_dsl::{ir::Derivation, model::HEADINGS, never::OrNever};
use mlp_eval::Point;

use known::Known;
use notation::{Notation, names::Names};
use printers::{html, json, markdown};
use sections::facts::Facts;
use selection::{Extent, Selection};

/// How the document is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Decimals of a printed number; significant digits of one in scientific notation.
    pub digits: usize,
    /// Samples in a batch, instead of the declared number.
    pub batch: Option<usize>,
    /// Each computed number is rounded to this many decimals before it is used further.
    pub round_each: Option<usize>,
    /// Each differentiation is spelled out, with its powers and zeros.
    pub full_detail: bool,
    /// Steps of training that are derived; at least one.
    pub steps: usize,
    /// How much is written out.
    pub extent: Extent,
    /// What the page is about.
    pub selection: Selection,
    /// The text of the specification, which is printed at the end.
    pub specification: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        let (extent, selection) = (Extent::default(), Selection::default());
        Options {
            digits: 9,
            batch: None,
            round_each: None,
            full_detail: false,
            steps: 1,
            extent,
            selection,
            specification: None,
        }
    }
}

/// The most steps that a document derives.
pub const STEPS: usize = 5;

/// The worked derivation of one network.
#[derive(Clone, Debug)]
pub struct Document {
    derivation: Derivation,
    names: Names,
    numbers: Option<Numbers<Known>>,
    digits: usize,
    round_each: Option<usize>,
    /// How many steps the numbers are of.
    steps: usize,
    compact: bool,
    options: Options,
    preface: Vec<Text>,
    sections: Vec<Section>,
    /// Start values, where not all numbers are known.
    start: Option<Point>,
    batch: usize,
    columns: bool,
}

/// A network with more parameters than this is described in symbols only.
const EVALUATED: usize = 1 << 20;

/// Decimals of a number where each is rounded before it is used.
const ROUNDED: usize = 15;

/// The digits of printed numbers. What is rounded before it is used is printed with all the digits that it has.
fn printed_digits(options: &Options) -> usize {
    if options.round_each.is_some() { ROUNDED } else { options.digits.clamp(1, 17) }
}

/// Writes the worked derivation.
pub fn derive(derivation: &Derivation, options: &Options) -> Document {
    let mut derivation = derivation.clone();
    derivation.chosen.batch = options.batch;
    let derivation = &derivation;
    let numbers = numbers_of(derivation, options);
    let drawn = numbers.is_none() && derivation.parameter_count() <= EVALUATED;
    let start = drawn.then(|| Point::at(derivation, &[]));
    let facts = Facts::new(derivation, options, numbers.as_ref(), start.as_ref());
    let neurons = facts.at_neuron_level();
    let sections = sections::sections(&facts);
    let digits = printed_digits(options);
    let preface = sections::preface(&facts, options);
    let (batch, columns) = (facts.batch_size(), facts.has_columns());
    let names = facts.names.clone();
    let mut document = Document {
        derivation: derivation.clone(),
        names,
        steps: numbers.as_ref().map_or(1, |numbers| numbers.later() + 1),
        numbers,
        digits,
        round_each: options.round_each,
        compact: options.is_brief(),
        options: options.clone(),
        preface,
        sections,
        start,
        batch,
        columns,
    };
    if !neurons && document.leaves_out_numbers() {
        document.preface.push(phrases::too_large());
    }
    document
}

/// The numbers at the declared values, where all are declared and the network is small.
fn numbers_of(derivation: &Derivation, options: &Options) -> Option<Numbers<Known>> {
    let samples = derivation.declared_samples().len().max(1);
    let small =
        derivation.parameter_count() <= EVALUATED && values::affordable_for(derivation, samples).is_ok();
    let point = if small { Point::declared(derivation).ok() } else { None };
    point.map(|point| shown::numbers(derivation, &point, options))
}

impl Document {
    /// The document as Markdown.
    pub fn to_markdown(&self) -> String {
        markdown::print(self)
    }

    /// The document as one file of HTML, with MathML, without scripts.
    pub fn to_html(&self) -> String {
        html::print(self)
    }

    /// The document as data: JSON that `docs/derivation.schema.json` describes.
    pub fn to_json(&self, origin: &Origin<'_>) -> String {
        json::print(self, origin)
    }

    /// The title: the specification's, or the network's name.
    pub fn title(&self) -> &str {
        let header = &self.derivation.header;
        header.document.title.as_deref().unwrap_or(&header.name)
    }

    /// The derivation that the document is about.
    pub fn derivation(&self) -> &Derivation {
        &self.derivation
    }

    /// The paragraphs before the first section.
    pub fn preface(&self) -> &[Text] {
        &self.preface
    }

    /// The heading of a section: the specification's words, or English ones.
    pub fn heading(&self, section: &Section) -> &str {
        let own = &self.derivation.header.document.headings;
        let own = own.iter().find(|(key, _)| key == section.key).map(|(_, words)| words.as_str());
        let english = || HEADINGS.iter().find(|(key, _)| *key == section.key).map(|(_, words)| *words);
        own.or_else(english).or_never("each section has a heading", section.key)
    }

    /// The sections, in order.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// All lines of equalities, those in running text and in tables last.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        let blocks = self.sections.iter().flat_map(|section| &section.blocks);
        let lines =
            blocks.filter_map(|block| if let Block::Lines(lines) = block { Some(lines) } else { None });
        let inline = self.inlines().filter_map(|inline| match inline {
            Inline::Equality(line) => Some(line),
            Inline::Text(_) | Inline::Code(_) | Inline::Math(_) | Inline::Sign(_) | Inline::Sizes(_) => None,
        });
        lines.flatten().chain(inline)
    }

    /// A side as it is printed; `None` where it is too long to print.
    pub fn math(&self, side: &Side) -> Option<Math> {
        self.notation().side(side)
    }

    /// The sides of a line as they are printed, each with the sign before it: [`Operator::Equal`], or
    /// [`Operator::Approximately`] where digits were dropped. Sides that are too long are left out.
    pub fn chain(&self, line: &Line) -> Vec<(Operator, Math)> {
        self.notation().chain(line)
    }

    /// Whether the page is to be short: with little space between rows.
    pub fn is_compact(&self) -> bool {
        self.compact
    }

    /// Lines that belong together as blocks of aligned rows.
    pub fn rows(&self, lines: &[Line]) -> Vec<Vec<Row>> {
        self.notation().layout(lines)
    }

    fn notation(&self) -> Notation<'_> {
        Notation {
            derivation: &self.derivation,
            names: &self.names,
            numbers: self.numbers.as_ref(),
            digits: self.digits,
            round_each: self.round_each,
            compact: self.compact,
            sample: None,
            start: self.start.as_ref(),
            batch: self.batch,
            columns: self.columns,
            sized: false,
        }
    }

    /// Whether some side has more numbers than are printed.
    fn leaves_out_numbers(&self) -> bool {
        let numbers = |side: &&Side| matches!(side.form, Form::Numbers | Form::Value);
        let mut sides = self.lines().flat_map(|line| &line.sides).filter(numbers);
        self.numbers.is_some() && sides.any(|side| self.math(side).is_none())
    }
}
