//! The two kinds of parameters.

/// Whether a parameter multiplies or is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterKind {
    /// Declared under `weights`.
    Weight,
    /// Declared under `biases`.
    Bias,
}
