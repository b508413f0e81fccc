//! What the harness asks of a contender.

/// One implementation of a workload, with its data and parameters.
pub trait Contender {
    /// Back to the start values, and to a rule that has made no step.
    fn reset(&mut self);
    /// The outputs of the whole batch.
    fn forward(&mut self);
    /// One step on the whole batch.
    fn train(&mut self);
    /// What `forward` computed, row by row.
    fn outputs(&self) -> Vec<f64>;
    /// In the order of the start values.
    fn parameters(&self) -> Vec<f64>;
}
