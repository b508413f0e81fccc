//! When a checkpoint may be written, and what it must have in common with the training that continues.
#![cfg_attr(not(feature = "std"), allow(dead_code, reason = "without files nobody reads them"))]

use crate::Order;

/// A place in the loop where a checkpoint may be due.
#[derive(Clone, Copy)]
pub(crate) enum Due {
    /// After a step.
    Step,
    /// After an epoch.
    Epoch,
    /// At the end of the training.
    End,
}

/// What a checkpoint must have in common with the training that continues.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) order: Option<Order>,
    pub(crate) samples: usize,
}
