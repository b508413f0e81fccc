//! The error of a plan that needs too much memory: M0607.

use crate::{diagnostic::Diagnostic, limits, span::Span};

pub(super) fn workspace_too_large(bytes: usize, span: Span) -> Diagnostic {
    let most = limits::WORKSPACE_BYTES;
    Diagnostic::new(
        "M0607",
        format!("the workspace would need {bytes} bytes"),
        span,
        "the values that the forward and the backward pass keep for a sample",
    )
    .help(format!("a workspace can have at most {most} bytes: use fewer or narrower layers"))
}
