//! The error of a plan that needs too much memory: M0607.

use crate::{diagnostic::Diagnostic, limits, span::Span};

pub(super) fn workspace_too_large(bytes: usize, span: Span) -> Diagnostic {
    let most = limits::WORKSPACE_BYTES;
    Diagnostic::new(
        "M0607",
        format!("the workspace would take {bytes} bytes"),
        span,
        "all values of a sample that the forward and the backward pass keep",
    )
    .help(format!("a workspace has at most {most} bytes: make layers narrower, or fewer"))
}
