//! M05: structure.

use crate::{diagnostic::Diagnostic, span::Span, syntax::ast::Name};

pub(crate) fn no_network() -> Diagnostic {
    Diagnostic::new("M0501", "no network is declared", Span::default(), "expected `network`")
        .help("write `network Name: f64 { … }`")
}

pub(crate) fn second_network(name: &Name) -> Diagnostic {
    Diagnostic::new("M0502", "a specification has one network", name.span, "a second one")
        .help("put it into a file or `mlp!` of its own")
}

pub(crate) fn second(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0503", format!("a network has one `{what}`"), span, "a second one")
        .help("keep one of the two")
}

pub(crate) fn no_layers(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0504",
        format!("the network `{}` has no layer", name.text),
        name.span,
        "nothing to compute",
    )
    .help("add `layer output[…] = …;`; the last layer is the output")
}

pub(crate) fn no_inputs(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0505",
        format!("the network `{}` has no input", name.text),
        name.span,
        "nothing to read",
    )
    .help("add `input x[…];` or `input x { i1, i2 }`")
}

pub(crate) fn empty_group(name: &Name) -> Diagnostic {
    Diagnostic::new("M0506", format!("`{}` is empty", name.text), name.span, "nothing between the braces")
        .help("declare at least one element")
}

pub(crate) fn train_without_loss(span: Span) -> Diagnostic {
    Diagnostic::new("M0507", "`train` without a loss", span, "nothing to minimise")
        .help("add `target …` and `loss …`, or remove `train` for inference only")
}

pub(crate) fn kernel_outside_prelude(name: &Name) -> Diagnostic {
    Diagnostic::new("M0508", "`kernel` belongs to the prelude", name.span, "not for a function of your own")
        .help("remove it; the prelude's `softmax` and `cross_entropy` are stable already")
}

pub(crate) fn function_without_parameters(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0509",
        format!("the function `{}` has no parameter", name.text),
        name.span,
        "a constant in disguise",
    )
    .help(format!("write `const {} = …;`", name.text))
}

pub(crate) fn derivative_of_many(name: &Name) -> Diagnostic {
    Diagnostic::new("M0510", "a stated derivative needs one parameter", name.span, "more than one parameter")
        .help("leave the derivative out: it is derived by rule")
}

pub(crate) fn derivative_of_array_function(span: Span) -> Diagnostic {
    Diagnostic::new("M0511", "a function of vectors can't state its derivative", span, "stated here")
        .help("leave it out: it is derived by rule")
}

pub(crate) fn loss_without_parameters(span: Span) -> Diagnostic {
    Diagnostic::new("M0512", "the loss depends on no parameter", span, "nothing can be learnt from it")
        .help("let the loss compare the output with the target")
}

pub(crate) fn wrong_derivative(name: &Name, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0513",
        format!("this is not the derivative of `{}`", name.text),
        span,
        "another value at some points",
    )
    .also(name.span, "declared here")
    .help("mend it, or leave it out: the derivative is found by rule")
}

pub(crate) fn target_in_layer(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0514",
        format!("a layer can't use the target `{}`", name.text),
        name.span,
        "not known when predicting",
    )
    .help("compare with the target in the loss; what a layer needs is an `input`")
}
