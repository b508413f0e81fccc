//! The computational graph: the loss of one sample, each product, sum and function a gate. Above each wire is its value,
//! below it its gradient; at each gate up × local = down.
//!
//! ```text
//! Derivation ── expand, gradients, numbering ─▶ Computation ── group, draw ─▶ Graph ── layered ─▶ Scene
//! ```

mod draw;
mod expand;
mod frames;
mod gates;
mod gradients;
mod group;
mod label;
mod numbering;
mod view;

use mlp_dsl::ir::Derivation;
use mlp_eval::Point;
use mlp_graph::Graph;

use crate::{Options, expression::evaluate::Numbers, known::Known, numbers_of};

use super::{Picture, PictureKind};

pub use frames::Frames;
pub use gates::Computation;
pub(crate) use gates::Kind;
pub use gradients::Disagreement;

/// How a computational graph is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Significant digits of a number.
    pub digits: usize,
    /// The values whose paths to the loss are drawn, and nothing else; everything where there are none.
    pub focus: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { digits: 5, focus: Vec::new() }
    }
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The network has no loss.
    NoLoss,
    /// More parts than a picture can show, even layer by layer.
    TooLarge {
        /// How many.
        layers: usize,
        /// The most.
        most: usize,
    },
    /// No value of the graph has the name that is in focus.
    NoSuchValue {
        /// The name.
        name: String,
        /// Names that there are.
        known: Vec<String>,
    },
    /// The gates are too many to be drawn one by one, so a single value can't be in focus, or be drawn step by step.
    Grouped {
        /// How many gates.
        gates: usize,
        /// The most.
        most: usize,
    },
}

/// The most gates that are drawn one by one.
pub const GATES: usize = 500;
/// The most layers that all lines together pass: sums of many terms are chains of gates, and make a picture long.
const PASSED: usize = 4_000;

/// The gates of the loss of the first sample of the step, with numbers where all are declared; none where there is no
/// loss, or more gates than are expanded.
pub fn computation(derivation: &Derivation, digits: usize) -> Option<Computation> {
    with_numbers(derivation, of_step(derivation, digits).as_ref())
}

/// The same with the numbers at a point.
pub fn computation_at(derivation: &Derivation, point: &Point) -> Option<Computation> {
    with_numbers(derivation, Some(&Numbers::at(derivation, point)))
}

fn with_numbers(derivation: &Derivation, numbers: Option<&Numbers<Known>>) -> Option<Computation> {
    let mut computation = expand::expand(derivation, numbers, 0)?;
    if let Some(numbers) = numbers {
        gradients::gradients(&mut computation, derivation, numbers, 0);
    }
    numbering::number(&mut computation, derivation);
    Some(computation)
}

/// The numbers of the declared step, where all are declared.
fn of_step(derivation: &Derivation, digits: usize) -> Option<Numbers<Known>> {
    numbers_of(derivation, &Options { digits, ..Options::default() })
}

/// The picture.
///
/// # Errors
/// Where there is nothing to draw, or too much.
pub fn picture(derivation: &Derivation, settings: &Settings) -> Result<Picture, Refusal> {
    of_numbers(derivation, of_step(derivation, settings.digits).as_ref(), settings)
}

/// The same with these numbers.
pub(crate) fn of_numbers(
    derivation: &Derivation,
    numbers: Option<&Numbers<Known>>,
    settings: &Settings,
) -> Result<Picture, Refusal> {
    Ok(in_words(derivation, numbers, settings)?.0)
}

/// The same, and the rules of its gates in words.
pub(crate) fn in_words(
    derivation: &Derivation,
    numbers: Option<&Numbers<Known>>,
    settings: &Settings,
) -> Result<(Picture, Vec<&'static str>), Refusal> {
    let (graph, words) = draw(derivation, numbers, settings)?;
    Ok((Picture { kind: PictureKind::Computation, graph }, words))
}

fn draw(
    derivation: &Derivation,
    numbers: Option<&Numbers<Known>>,
    settings: &Settings,
) -> Result<(Graph, Vec<&'static str>), Refusal> {
    let plain = |graph: Graph| (graph, Vec::new());
    if derivation.loss.is_none() {
        return Err(Refusal::NoLoss);
    }
    let Some(computation) = with_numbers(derivation, numbers) else {
        return match settings.focus.is_empty() {
            false => Err(Refusal::Grouped { gates: expand::TERMS, most: GATES }),
            true => group::layers(derivation).map(plain),
        };
    };
    let view = view_of(&computation, derivation, settings)?;
    if let Some(drawn) = one_by_one(&computation, &view, derivation, settings) {
        return Ok((drawn.graph, drawn.words));
    }
    if !settings.focus.is_empty() {
        return Err(Refusal::Grouped { gates: computation.operations(), most: GATES });
    }
    let neurons = group::neurons(&computation, derivation, settings);
    neurons.map_or_else(|| group::layers(derivation), Ok).map(plain)
}

/// Each gate as a node; none where they are too many.
fn one_by_one(
    computation: &Computation,
    view: &view::View,
    derivation: &Derivation,
    settings: &Settings,
) -> Option<draw::Drawn> {
    if view.operations(computation) > GATES {
        return None;
    }
    let drawn = draw::graph(computation, view, derivation, settings);
    let ranks = drawn.graph.ranks();
    let rank = |node: usize| ranks.get(node).copied().unwrap_or(0);
    let first = |node: usize| {
        drawn.graph.edges.iter().filter(move |edge| edge.from == node).map(|edge| rank(edge.to)).min()
    };
    let passed = drawn.graph.edges.iter().map(|edge| {
        let given = drawn
            .gates
            .get(edge.from)
            .and_then(|gate| computation.gates.get(*gate))
            .is_some_and(gates::Gate::is_given);
        // What is given is placed just before its first use.
        let from =
            if given { first(edge.from).map_or(0, |first| first.saturating_sub(1)) } else { rank(edge.from) };
        rank(edge.to).saturating_sub(from)
    });
    (passed.sum::<usize>() <= PASSED).then_some(drawn)
}

fn view_of(
    computation: &Computation,
    derivation: &Derivation,
    settings: &Settings,
) -> Result<view::View, Refusal> {
    if settings.focus.is_empty() {
        Ok(view::all(computation))
    } else {
        view::focus(computation, derivation, &settings.focus)
    }
}

/// One picture for each step: forwards gate by gate, those that wait for the same number of gates together, then back.
///
/// # Errors
/// Where there is nothing to draw, or too much.
pub fn frames(derivation: &Derivation, settings: &Settings) -> Result<Frames, Refusal> {
    if derivation.loss.is_none() {
        return Err(Refusal::NoLoss);
    }
    let computation = computation(derivation, settings.digits);
    let too_large = |gates| Refusal::Grouped { gates, most: GATES };
    let computation = computation.ok_or_else(|| too_large(expand::TERMS))?;
    let view = view_of(&computation, derivation, settings)?;
    let drawn = one_by_one(&computation, &view, derivation, settings);
    let drawn = drawn.ok_or_else(|| too_large(computation.operations()))?;
    Ok(frames::frames(&computation, &view, drawn, derivation, settings))
}
