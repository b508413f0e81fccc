//! A prepared network.

use alloc::{string::String, vec::Vec};

use mlp_dsl::{kind::ParameterKind, plan::Entry, shape::Shape};

use crate::step::{Instruction, Step};

/// A named array of memory.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) at: usize,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parameter {
    pub(crate) array: Named,
    pub(crate) kind: ParameterKind,
    /// Where its gradient is; none where it is frozen.
    pub(crate) gradient: Option<usize>,
}

/// What a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The network has no loss.
    None,
    Numbers(usize),
    /// One of this number of classes.
    Class(usize),
}

/// The steps of each entry point, and the memory that they run over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Program<S> {
    pub(crate) name: String,
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) target: Target,
    /// Samples of a block at most.
    pub(crate) block: usize,
    /// Samples of a group; none where all are added in one sum.
    pub(crate) group: Option<usize>,
    /// Whether losses and gradients of a batch are means.
    pub(crate) mean: bool,
    pub(crate) penalized: bool,
    /// Whether the mean of a batch is over weights of its samples.
    pub(crate) weighted: bool,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) settings: Vec<Named>,
    pub(crate) states: Vec<Named>,
    pub(crate) trace: Vec<Named>,
    /// Where the input and the target of one sample are.
    pub(crate) input_at: usize,
    pub(crate) target_at: usize,
    /// Where the gradient with respect to the output of one sample is.
    pub(crate) output_gradient_at: usize,
    /// Where registers of loops are.
    pub(crate) registers_at: usize,
    /// Numbers of memory.
    pub(crate) size: usize,
    /// What is not 0 at first: constants and settings.
    pub(crate) initial: Vec<(usize, S)>,
    pub(crate) instructions: Vec<Instruction<u32>>,
    pub(crate) routines: Routines,
}

/// The steps of entry points. Each has two routines: one that begins a batch, and one that goes on with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Routines(Vec<Option<Vec<Step>>>);

impl Routines {
    pub(crate) fn insert(&mut self, entry: Entry, first: bool, steps: Vec<Step>) {
        let place = 2 * entry as usize + usize::from(first);
        let length = self.0.len().max(place + 1);
        self.0.resize(length, None);
        if let Some(place) = self.0.get_mut(place) {
            *place = Some(steps);
        }
    }
}

impl<S> Program<S> {
    /// The steps of an entry point; none where the network has no such entry point.
    pub(crate) fn routine(&self, entry: Entry, first: bool) -> Option<&[Step]> {
        self.routines.0.get(2 * entry as usize + usize::from(first))?.as_deref()
    }
}
