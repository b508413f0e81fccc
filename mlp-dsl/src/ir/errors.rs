//! Errors that show when equations are made: M0206, M03, M06.

pub(super) use crate::check::errors::{name_is_generated, too_many_operations};
use crate::{diagnostic::Diagnostic, limits, span::Span};

pub(super) fn derivation_too_large(span: Span) -> Diagnostic {
    let (most, each) = (limits::OPERATIONS, limits::EQUATION);
    Diagnostic::new(
        "M0603",
        "the formulas are too large",
        span,
        format!(
            "more than {most} operations with the backward pass and the updates, {each} added for each equation"
        ),
    )
    .help("write wide layers as vectors: `layer h[20] = sigmoid(dense(x));`")
}

pub(super) fn too_large_to_unroll(multiply_adds: usize, span: Span) -> Diagnostic {
    let most = limits::UNROLLED;
    Diagnostic::new(
        "M0605",
        format!("the network is too large to unroll: {multiply_adds} multiply-adds"),
        span,
        "unrolling is requested here",
    )
    .help(format!("remove `unroll always`; at most {most} multiply-adds can be unrolled"))
}

/// `frozen`: all parameters are.
pub(super) fn loss_without_parameters(span: Span, frozen: bool) -> Diagnostic {
    Diagnostic::new(
        "M0512",
        "the loss does not depend on any trained parameter",
        span,
        "training would change nothing",
    )
    .help(match frozen {
        true => {
            "remove `frozen` from a parameter, or remove `train`: a loss alone needs no trained parameter"
        }
        false => "compare the output with the target in the loss",
    })
}

pub(super) fn penalty_without_parameters(span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0517",
        "the penalty does not depend on any trained parameter",
        span,
        "this is a constant",
    )
    .help("use a weight or bias that is not frozen, or remove the penalty")
}
