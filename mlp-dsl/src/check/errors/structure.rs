//! M05: structure.

use crate::{diagnostic::Diagnostic, span::Span, syntax::ast::Name};

pub(in crate::check) fn no_network() -> Diagnostic {
    Diagnostic::new("M0501", "no network is declared", Span::default(), "expected `network`")
        .help("write `network Name: f64 { … }`")
}

pub(in crate::check) fn second_network(name: &Name) -> Diagnostic {
    Diagnostic::new("M0502", "a specification has one network", name.span, "a second one")
        .help("put it into a file or `mlp!` of its own")
}

pub(in crate::check) fn second(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0503", format!("a network has one `{what}`"), span, "a second one")
        .help("keep one of the two")
}

pub(in crate::check) fn no_layers(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0504",
        format!("the network `{}` has no layer", name.text),
        name.span,
        "nothing to compute",
    )
    .help("add `layer output[…] = …;`; the last layer is the output")
}

pub(in crate::check) fn no_inputs(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0505",
        format!("the network `{}` has no input", name.text),
        name.span,
        "nothing to read",
    )
    .help("add `input x[…];` or `input x { i1, i2 }`")
}

pub(in crate::check) fn empty_group(name: &Name) -> Diagnostic {
    Diagnostic::new("M0506", format!("`{}` is empty", name.text), name.span, "nothing between the braces")
        .help("declare at least one element")
}

pub(in crate::check) fn train_without_loss(span: Span) -> Diagnostic {
    Diagnostic::new("M0507", "`train` without a loss", span, "nothing to minimise")
        .help("add `target …` and `loss …`, or remove `train` for inference only")
}

pub(in crate::check) fn kernel_outside_prelude(name: &Name) -> Diagnostic {
    Diagnostic::new("M0508", "`kernel` belongs to the prelude", name.span, "not for a function of your own")
        .help("remove it; the prelude's `softmax` and `cross_entropy` are stable already")
}

pub(in crate::check) fn function_without_parameters(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0509",
        format!("the function `{}` has no parameter", name.text),
        name.span,
        "a constant in disguise",
    )
    .help(format!("write `const {} = …;`", name.text))
}

pub(in crate::check) fn derivative_of_many(name: &Name) -> Diagnostic {
    Diagnostic::new("M0510", "a stated derivative needs one parameter", name.span, "more than one parameter")
        .help("leave the derivative out: it is derived by rule")
}

pub(in crate::check) fn derivative_of_array_function(span: Span) -> Diagnostic {
    Diagnostic::new("M0511", "a function of vectors can't state its derivative", span, "stated here")
        .help("leave it out: it is derived by rule")
}

pub(in crate::check) fn wrong_derivative(name: &Name, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0513",
        format!("this is not the derivative of `{}`", name.text),
        span,
        "another value at some points",
    )
    .also(name.span, "declared here")
    .help("mend it, or leave it out: the derivative is found by rule")
}

pub(in crate::check) fn target_in_layer(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0514",
        format!("a layer can't use the target `{}`", name.text),
        name.span,
        "not known when predicting",
    )
    .help("compare with the target in the loss; what a layer needs is an `input`")
}

pub(in crate::check) fn sample_in_penalty(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0515",
        format!("`{}` is used in a penalty", name.text),
        name.span,
        "belongs to a sample",
    )
    .help("a penalty is added once for a batch: it is a formula of weights, biases and constants")
}

pub(in crate::check) fn penalty_without_loss(span: Span) -> Diagnostic {
    Diagnostic::new("M0516", "a penalty without a loss", span, "nothing to add it to")
        .help("add `loss …`, or remove the penalty")
}

pub(in crate::check) fn nothing_to_freeze(layer: &Name, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0518",
        format!("the layer `{}` has no parameters of its own to freeze", layer.text),
        span,
        "without effect",
    )
    .help("`frozen` before a layer concerns its `dense`; declare other parameters with `frozen weights …`")
}

pub(in crate::check) fn rule_without_update(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0519",
        format!("the rule `{}` never changes the parameter", name.text),
        name.span,
        "no `w = …;`",
    )
    .help("write `w = w - rate * g;` or what the rule does")
}

pub(in crate::check) fn state_never_changes(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0520",
        format!("the state `{}` is never given a value", name.text),
        name.span,
        "stays 0",
    )
    .help(format!("write `{} = …;`, or remove it", name.text))
}

pub(in crate::check) fn setting_assigned(name: &Name, setting: Span) -> Diagnostic {
    let text = &name.text;
    let title = format!("`{text}` is a setting of the rule and stays as it is");
    Diagnostic::new("M0521", title, name.span, "can't be given a value").also(setting, "a setting").help(format!(
        "for one that falls use the number of the step, `{text} * 0.99^step`; for a value on the way another name"
    ))
}

pub(in crate::check) fn not_assignable(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0521",
        format!("`{}` is neither the parameter nor a state", name.text),
        name.span,
        "can't be given a value",
    )
    .help(format!("declare `state {0};`, or name a value with `let {0} = …;`", name.text))
}

pub(in crate::check) fn stale_let(name: &Name, changed: &str) -> Diagnostic {
    Diagnostic::new(
        "M0522",
        format!("`{}` was computed from `{changed}`, which has changed since", name.text),
        name.span,
        "the old value is gone",
    )
    .help(format!("use `{}` before `{changed}` is given its new value", name.text))
}
