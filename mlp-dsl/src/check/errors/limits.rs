//! M06: limits.

use crate::{diagnostic::Diagnostic, limits, span::Span, syntax::ast::Name};

pub(in crate::check) fn too_many_parameters(count: u64, span: Span) -> Diagnostic {
    let most = limits::PARAMETERS;
    Diagnostic::new("M0601", format!("{count} parameters are too many"), span, "the limit is passed here")
        .help(format!("a network has at most {most} parameters"))
}

pub(in crate::check) fn function_too_large(name: &Name) -> Diagnostic {
    too_large("function", name)
}

pub(in crate::check) fn rule_too_large(name: &Name) -> Diagnostic {
    too_large("rule", name)
}

fn too_large(what: &str, name: &Name) -> Diagnostic {
    let most = limits::FUNCTION_OPERATIONS;
    Diagnostic::new(
        "M0602",
        format!("the {what} `{}` is too large", name.text),
        name.span,
        "functions it calls included",
    )
    .help(format!("a {what} has at most {most} operations"))
}

pub(crate) fn too_many_operations(span: Span) -> Diagnostic {
    let most = limits::OPERATIONS;
    Diagnostic::new(
        "M0603",
        "the formulas are too large",
        span,
        format!("more than {most} operations in all"),
    )
    .help("write wide layers as vectors: `layer h[20] = sigmoid(dense(x));`")
}

pub(in crate::check) fn calls_too_large(span: Span) -> Diagnostic {
    let (operations, calls) = (limits::OPERATIONS, limits::INLINED_CALLS);
    Diagnostic::new(
        "M0603",
        "the formulas are too large",
        span,
        format!("with the functions it calls: more than {operations} parts, or more than {calls} calls deep"),
    )
    .help("let a function of vectors call another one once, and give its result a name as a layer")
}

pub(in crate::check) fn too_many_layers(span: Span) -> Diagnostic {
    let most = limits::LAYERS;
    Diagnostic::new("M0606", format!("more than {most} layers"), span, "the limit is passed here")
        .help(format!("a network has at most {most} layers"))
}

pub(in crate::check) fn too_many_neurons(span: Span) -> Diagnostic {
    let most = limits::NEURONS;
    Diagnostic::new("M0606", format!("more than {most} named neurons"), span, "the limit is passed here")
        .help("write wide layers as vectors: `layer h[20] = sigmoid(dense(x));`")
}

/// `what` has so many: `a function has at most 200 parameters`.
pub(in crate::check) fn too_many_names(what: &str, of: &str, span: Span) -> Diagnostic {
    let most = limits::NAMES;
    Diagnostic::new("M0606", format!("more than {most} {what}"), span, "the limit is passed here")
        .help(format!("{of} has at most {most} {what}"))
}

pub(in crate::check) fn too_many_samples(count: usize, numbers: u64, span: Span) -> Diagnostic {
    let (most, most_numbers) = (limits::SAMPLES, limits::SAMPLE_NUMBERS);
    Diagnostic::new(
        "M0604",
        format!("{count} samples with {numbers} numbers are too many"),
        span,
        "a class counts as the vector that it stands for",
    )
    .help(format!("a specification has at most {most} samples with {most_numbers} numbers; hand more to the generated code"))
}

pub(in crate::check) fn too_much_data(count: u64, span: Span) -> Diagnostic {
    let most = limits::DATA;
    Diagnostic::new(
        "M0604",
        format!("{count} numbers of inputs and target are too many"),
        span,
        "the limit is passed here",
    )
    .help(format!("the inputs and the target of a sample have at most {most} numbers together"))
}
