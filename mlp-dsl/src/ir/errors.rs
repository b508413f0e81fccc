//! Errors that show when equations are made: M0215, M03, M06.

pub(super) use crate::check::errors::{name_is_generated, too_many_operations};
use crate::{diagnostic::Diagnostic, limits, span::Span};

pub(super) fn derivation_too_large(span: Span) -> Diagnostic {
    let (most, each) = (limits::OPERATIONS, limits::EQUATION);
    Diagnostic::new(
        "M0603",
        "the formulas are too large",
        span,
        format!(
            "with backward pass and updates more than {most} operations, {each} for each equation included"
        ),
    )
    .help("write wide layers as vectors: `layer h[20] = sigmoid(dense(x));`")
}

pub(super) fn too_large_to_unroll(multiply_adds: usize, span: Span) -> Diagnostic {
    let most = limits::UNROLLED;
    Diagnostic::new(
        "M0605",
        format!("the network is too large to be written out: {multiply_adds} multiply-adds"),
        span,
        "all in straight lines",
    )
    .help(format!("up to {most} can be; leave `unroll always` out"))
}

pub(super) fn loss_without_parameters(span: Span) -> Diagnostic {
    Diagnostic::new("M0512", "the loss depends on no parameter", span, "nothing can be learnt from it")
        .help("let the loss compare the output with the target")
}

pub(super) fn penalty_without_parameters(span: Span) -> Diagnostic {
    Diagnostic::new("M0517", "the penalty depends on no trained parameter", span, "nothing changes it")
        .help("use a weight or bias that is not frozen, or remove the penalty")
}
