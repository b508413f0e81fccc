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
    /// The value whose paths to the loss are drawn, and nothing else.
    pub focus: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { digits: 5, focus: None }
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
    let graph = draw(derivation, numbers, settings)?;
    Ok(Picture { kind: PictureKind::Computation, graph })
}

fn draw(
    derivation: &Derivation,
    numbers: Option<&Numbers<Known>>,
    settings: &Settings,
) -> Result<Graph, Refusal> {
    if derivation.loss.is_none() {
        return Err(Refusal::NoLoss);
    }
    let Some(computation) = with_numbers(derivation, numbers) else {
        return match &settings.focus {
            Some(_) => Err(Refusal::Grouped { gates: expand::TERMS, most: GATES }),
            None => group::layers(derivation),
        };
    };
    let view = match &settings.focus {
        Some(name) => view::focus(&computation, derivation, name)?,
        None => view::all(&computation),
    };
    if view.operations(&computation) > GATES {
        return match &settings.focus {
            Some(_) => Err(Refusal::Grouped { gates: computation.operations(), most: GATES }),
            None => group::neurons(&computation, derivation, settings)
                .map_or_else(|| group::layers(derivation), Ok),
        };
    }
    Ok(draw::graph(&computation, &view, derivation, settings).graph)
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
    let view = match &settings.focus {
        Some(name) => view::focus(&computation, derivation, name)?,
        None => view::all(&computation),
    };
    if view.operations(&computation) > GATES {
        return Err(too_large(computation.operations()));
    }
    let drawn = draw::graph(&computation, &view, derivation, settings);
    Ok(frames::frames(&computation, &view, drawn, derivation, settings))
}
