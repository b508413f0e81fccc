//! What the document says, section by section.

mod chain;
pub(crate) mod facts;
mod layers;
mod network;
mod neuron;
mod penalty;
mod update;
