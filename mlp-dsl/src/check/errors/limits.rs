//! M06: limits.

use crate::{diagnostic::Diagnostic, limits, span::Span, syntax::ast::Name, wording::plural};

pub(in crate::check) fn too_many_parameters(count: u64, span: Span) -> Diagnostic {
    let most = limits::PARAMETERS;
    Diagnostic::new("M0601", format!("too many parameters: {count}"), span, "the limit is exceeded here")
        .help(format!("a network can have at most {most} parameters"))
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
        "counting the functions that it calls",
    )
    .help(format!("a {what} can have at most {most} operations"))
}

pub(crate) fn too_many_operations(span: Span) -> Diagnostic {
    let most = limits::OPERATIONS;
    Diagnostic::new(
        "M0603",
        "the formulas are too large",
        span,
        format!("more than {most} operations in total"),
    )
    .help("write wide layers as vectors: `layer h[20] = sigmoid(dense(x));`")
}

pub(in crate::check) fn calls_too_large(span: Span) -> Diagnostic {
    let (operations, calls) = (limits::OPERATIONS, limits::INLINED_CALLS);
    Diagnostic::new(
        "M0603",
        "the formulas are too large",
        span,
        format!("more than {operations} operations in the functions that it calls, or calls nested more than {calls} deep"),
    )
    .help("call another vector function at most once in each function, and name results as layers")
}

pub(in crate::check) fn too_many_layers(span: Span) -> Diagnostic {
    let most = limits::LAYERS;
    Diagnostic::new("M0606", format!("more than {most} layers"), span, "the limit is exceeded here")
        .help(format!("a network can have at most {most} layers"))
}

pub(in crate::check) fn too_many_neurons(span: Span) -> Diagnostic {
    let most = limits::NEURONS;
    Diagnostic::new("M0606", format!("more than {most} named neurons"), span, "the limit is exceeded here")
        .help("write wide layers as vectors: `layer h[20] = sigmoid(dense(x));`")
}

/// `of` has too many `what`: `a function can have at most 200 parameters`.
pub(in crate::check) fn too_many_names(what: &str, of: &str, span: Span) -> Diagnostic {
    let most = limits::NAMES;
    Diagnostic::new("M0606", format!("more than {most} {what}"), span, "the limit is exceeded here")
        .help(format!("{of} can have at most {most} {what}"))
}

pub(in crate::check) fn too_many_samples(count: usize, numbers: u64, span: Span) -> Diagnostic {
    let (most, most_numbers) = (limits::SAMPLES, limits::SAMPLE_NUMBERS);
    Diagnostic::new(
        "M0604",
        format!("too much data: {} with {numbers} numbers", plural(count, "sample")),
        span,
        "a class counts as a vector with one number per class",
    )
    .help(format!("a specification can have at most {most} samples with {most_numbers} numbers; pass more data to the generated code"))
}

pub(in crate::check) fn too_many_drawn(numbers: u64, span: Span) -> Diagnostic {
    let most = limits::DRAWN_NUMBERS;
    Diagnostic::new(
        "M0604",
        format!("too much data: {numbers} drawn numbers"),
        span,
        "this number of samples",
    )
    .help(format!("drawn samples can have at most {most} numbers; pass more data to the generated code"))
}

pub(in crate::check) fn too_much_data(count: u64, span: Span) -> Diagnostic {
    let most = limits::DATA;
    Diagnostic::new(
        "M0604",
        format!("too many numbers in the inputs and the target: {count}"),
        span,
        "the limit is exceeded here",
    )
    .help(format!("the inputs and the target of a sample can have at most {most} numbers in total"))
}
