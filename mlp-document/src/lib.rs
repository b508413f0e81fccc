//! The worked derivation: the document that a student can follow by hand.
//!
//! It says what the equations say and computes nothing itself: a formula comes from an equation, a
//! number from the referee. What is said ([`Line`], [`Section`]) stands apart from how it is
//! printed, and every [`Side`] of a line can be evaluated, so each equals sign can be tested.
//!
//! ```text
//! Derivation ── sections ─→ Document ── markdown, latex ─→ text
//!                              └─ lines ── evaluate ─→ numbers to test
//! ```

mod chain;
mod content;
mod context;
mod evaluate;
mod expression;
mod inline;
mod latex;
mod layers;
mod markdown;
mod names;
mod network;
mod neuron;
mod penalty;
mod picture;
mod rounding;
pub mod summary;
mod update;
pub mod values;
mod verify;

pub use content::{Block, Form, Inline, Letter, Line, NodeKind, Picture, PictureNode, Section, Side, Text};
pub use evaluate::Numbers;
pub use expression::{ArrayOp, Expression, Node, NodeId, Quantity};

use mlp_dsl::{ir::Derivation, model::HEADINGS, number::Precision};
use mlp_eval::Point;

use content::plain;
use context::Context;
use latex::Latex;
use names::Names;

/// How the document is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Decimals of a printed number; significant digits of one in scientific form.
    pub digits: usize,
    /// Samples in a batch, instead of the declared number.
    pub batch: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Options { digits: 9, batch: None }
    }
}

/// The worked derivation of one network.
#[derive(Clone, Debug)]
pub struct Document {
    derivation: Derivation,
    names: Names,
    numbers: Option<Numbers>,
    digits: usize,
    preface: Vec<Text>,
    sections: Vec<Section>,
}

/// A network with more parameters than this is described in symbols only.
const EVALUATED: usize = 1 << 20;

/// Writes the worked derivation.
pub fn derive(derivation: &Derivation, options: &Options) -> Document {
    let small = derivation.parameter_count() <= EVALUATED;
    let point = if small { Point::declared(derivation).ok() } else { None };
    let numbers = point.map(|point| Numbers::at(derivation, &point));
    let context = Context::new(derivation, options, numbers.as_ref());
    let neurons = context.at_neuron_level();
    let sections = sections(&context, neurons);
    let preface = preface(derivation, options, neurons);
    let names = Names::new(derivation, neurons);
    let digits = options.digits.clamp(1, 17);
    Document { derivation: derivation.clone(), names, numbers, digits, preface, sections }
}

fn sections(context: &Context<'_>, neurons: bool) -> Vec<Section> {
    let mut sections = vec![context.network(), context.parameters()];
    sections.push(if neurons { context.forward() } else { context.forward_in_layers() });
    if let Some(loss) = &context.derivation.loss {
        sections.push(if neurons { context.loss() } else { context.loss_in_layers(loss.batch) });
        let backward = if neurons { context.backward(loss.total) } else { context.backward_in_layers() };
        sections.push(backward);
        sections.extend(loss.penalty.map(|_| context.penalty(loss)));
        sections.extend([context.update(), context.check(loss)]);
    }
    if !neurons {
        sections.push(context.effort());
    }
    sections
}

fn preface(derivation: &Derivation, options: &Options, neurons: bool) -> Vec<Text> {
    let digits = options.digits.clamp(1, 17);
    let mut preface = vec![plain(format!(
        "Numbers are computed in double precision and rounded only where they are printed: to the nearest, with {digits} decimals, or fewer where the number itself is shorter. Numbers of less than 0.0001 in size, and from 1000000000 on, stand in scientific form with {digits} digits."
    ))];
    if derivation.header.precision == Precision::F32 {
        preface.push(plain("The network itself computes in single precision; its numbers agree with these to about seven digits."));
    }
    if derivation.loss.is_none() {
        preface.push(plain("The specification has no loss: the document ends after the forward pass."));
    }
    if neurons && derivation.loss.is_some() {
        preface.push(plain(
            "E is the loss, net the net input of a neuron, δ the derivative of the loss by a net input.",
        ));
    }
    preface
}

impl Document {
    /// The document as Markdown.
    pub fn to_markdown(&self) -> String {
        markdown::print(self)
    }

    /// The heading of a section: the specification's words, or English ones.
    pub fn heading(&self, section: &Section) -> &str {
        let own = &self.derivation.header.document.headings;
        let own = own.iter().find(|(key, _)| key == section.key).map(|(_, words)| words.as_str());
        let english = || HEADINGS.iter().find(|(key, _)| *key == section.key).map(|(_, words)| *words);
        own.or_else(english).unwrap_or(section.key)
    }

    /// The sections, in order.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// All lines of equalities.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        let blocks = self.sections.iter().flat_map(|section| &section.blocks);
        blocks.filter_map(|block| if let Block::Lines(lines) = block { Some(lines) } else { None }).flatten()
    }

    /// A side as it is printed, in LaTeX; `None` where it is too long to print.
    pub fn latex_of(&self, side: &Side) -> Option<String> {
        self.latex().side(side)
    }

    fn latex(&self) -> Latex<'_> {
        Latex {
            derivation: &self.derivation,
            names: &self.names,
            numbers: self.numbers.as_ref(),
            digits: self.digits,
        }
    }
}
