//! M05: structure.

use crate::{
    diagnostic::Diagnostic,
    shape::Shape,
    span::Span,
    syntax::ast::{Call, Name},
};

pub(in crate::check) fn no_network() -> Diagnostic {
    Diagnostic::new("M0501", "no network is declared", Span::default(), "expected `network`")
        .help("write `network Name: f64 { … }`")
}

pub(in crate::check) fn second_network(name: &Name, first: Span) -> Diagnostic {
    Diagnostic::new("M0502", "a specification can have only one network", name.span, "second network")
        .also(first, "first network")
        .help("move it to another file or `mlp!`")
}

pub(in crate::check) fn second(what: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(
        "M0503",
        format!("a network can have only one `{what}`"),
        span,
        format!("second `{what}`"),
    )
    .also(first, format!("first `{what}`"))
    .help("remove one of the two")
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
        "nothing to compute from",
    )
    .help("add `input x[…];` or `input x { i1, i2 }`")
}

pub(in crate::check) fn empty_group(name: &Name) -> Diagnostic {
    Diagnostic::new("M0506", format!("`{}` is empty", name.text), name.span, "nothing between the braces")
        .help("declare at least one element")
}

pub(in crate::check) fn train_without_loss(span: Span) -> Diagnostic {
    Diagnostic::new("M0507", "`train` needs a loss", span, "nothing to minimize")
        .help("add `target …` and `loss …`, or remove `train` if the network is only for inference")
}

pub(in crate::check) fn kernel_outside_prelude(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0508",
        "`kernel` is reserved for the prelude",
        name.span,
        "not allowed in your own functions",
    )
    .help("remove it; the prelude's `softmax` and `cross_entropy` are already numerically stable")
}

pub(in crate::check) fn function_without_parameters(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0509",
        format!("the function `{}` has no parameters", name.text),
        name.span,
        "this is a constant",
    )
    .help(format!("write `const {} = …;`", name.text))
}

pub(in crate::check) fn derivative_of_many(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0510",
        "only a function of one parameter can state its derivative",
        name.span,
        "more than one parameter",
    )
    .help("remove the derivative; it is computed automatically")
}

pub(in crate::check) fn derivative_of_array_function(span: Span) -> Diagnostic {
    Diagnostic::new("M0511", "a function of vectors can't state its derivative", span, "stated here")
        .help("remove it; the derivative is computed automatically")
}

pub(in crate::check) fn wrong_derivative(name: &Name, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0513",
        format!("this is not the derivative of `{}`", name.text),
        span,
        "differs from the derivative at some points",
    )
    .also(name.span, "declared here")
    .help("fix it or remove it; the derivative is computed automatically")
}

pub(in crate::check) fn textbook_of_array_function(span: Span) -> Diagnostic {
    Diagnostic::new("M0524", "a function of vectors can't have a textbook form", span, "stated here")
        .help("state it for a function of numbers, and call that: `fn part(p, t) = … textbook …; fn total(p, t) = sum(part(p, t));`")
}

pub(in crate::check) fn wrong_textbook(name: &Name, span: Span, at: &str) -> Diagnostic {
    Diagnostic::new(
        "M0523",
        format!("the textbook form of `{}` is another function", name.text),
        span,
        format!("differs from the formula at {at}"),
    )
    .also(name.span, "declared here")
    .help("fix one of the two, or remove `textbook` and its form")
}

pub(in crate::check) fn target_in_layer(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0514",
        format!("a layer can't use the target `{}`", name.text),
        name.span,
        "not known at prediction time",
    )
    .help("use the target only in the loss; declare the values that a layer needs as `input`")
}

pub(in crate::check) fn sample_in_penalty(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0515",
        format!("a penalty can't use `{}`", name.text),
        name.span,
        "depends on the sample",
    )
    .help("use only weights, biases and constants: a penalty is added once per batch")
}

pub(in crate::check) fn penalty_without_loss(span: Span) -> Diagnostic {
    Diagnostic::new("M0516", "`penalty` needs a loss", span, "nothing to add it to")
        .help("add `loss …`, or remove the penalty")
}

pub(in crate::check) fn nothing_to_freeze(layer: &Name, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0518",
        format!("the layer `{}` has no parameters to freeze", layer.text),
        span,
        "no effect",
    )
    .help("`frozen` before a layer applies to the parameters of its `dense`; freeze others with `frozen weights …`")
}

pub(in crate::check) fn dropout_inside(call: &Call) -> Diagnostic {
    let title = "`dropout` belongs around the whole formula of a layer";
    Diagnostic::new("M0530", title, call.name.span, "not around the formula of a layer").help(
        "give its operand a layer of its own, `layer kept = dropout(…, rate = 0.2);`, and use that; a layer of named neurons can't have it",
    )
}

pub(in crate::check) fn dropout_of_output(layer: &Name, span: Span) -> Diagnostic {
    let title = format!("the layer `{}` is an output and can't have dropout", layer.text);
    Diagnostic::new("M0531", title, span, "the loss would compare outputs that are left out")
        .help("remove it, or move it to an earlier layer")
}

pub(in crate::check) fn dropout_without_train(span: Span) -> Diagnostic {
    let title = "a network without `train` can't have dropout";
    Diagnostic::new("M0532", title, span, "units are left out in steps of training only").help(
        "add `train sgd(rate = 0.1);` with a loss, or remove the dropout: inference is the same without it",
    )
}

pub(in crate::check) fn rule_without_update(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0519",
        format!("the rule `{}` never updates the parameter", name.text),
        name.span,
        "no `w = …;`",
    )
    .help("add an update of `w`, such as `w = w - rate * g;`")
}

pub(in crate::check) fn state_never_changes(name: &Name) -> Diagnostic {
    Diagnostic::new("M0520", format!("the state `{}` is never assigned", name.text), name.span, "always 0")
        .help(format!("write `{} = …;`, or remove it", name.text))
}

pub(in crate::check) fn setting_assigned(name: &Name, setting: Span) -> Diagnostic {
    let text = &name.text;
    let title = format!("the setting `{text}` can't be assigned");
    Diagnostic::new("M0521", title, name.span, "assigned here").also(setting, "declared as a setting").help(format!(
        "to decay it use `step`, as in `{text} * 0.99^step`; for an intermediate value choose another name"
    ))
}

pub(in crate::check) fn not_assignable(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0521",
        format!("`{}` is neither the parameter nor a state", name.text),
        name.span,
        "can't be assigned",
    )
    .help(format!("declare `state {0};`, or name a value with `let {0} = …;`", name.text))
}

pub(in crate::check) fn stale_let(name: &Name, changed: &str) -> Diagnostic {
    Diagnostic::new(
        "M0522",
        format!("`{}` was computed from `{changed}`, which has changed since", name.text),
        name.span,
        "the old value is no longer available",
    )
    .help(format!("use `{}` before the assignment to `{changed}`", name.text))
}

pub(in crate::check) fn output_is_layer(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0525",
        format!("`{}` is not a layer", name.text),
        name.span,
        "the output consists of layers",
    )
    .help("name layers as a whole, as in `output kind, size;`")
}

pub(in crate::check) fn output_twice(name: &Name) -> Diagnostic {
    Diagnostic::new("M0526", format!("the output has `{}` twice", name.text), name.span, "named again")
        .help("name each layer once")
}

pub(in crate::check) fn not_in_weight(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0527",
        format!("the weight of a sample can't use `{}`", name.text),
        name.span,
        "not given with the targets",
    )
    .help("use only targets, importances, constants and frozen parameters; declare a number of each sample with `importance w;`")
}

pub(in crate::check) fn weight_of_no_sample(span: Span) -> Diagnostic {
    Diagnostic::new("M0528", "all samples have the same weight", span, "uses no target and no importance")
        .help("declare a number of each sample with `importance w;` and write `weighted by w`, or remove `weighted by …`")
}

pub(in crate::check) fn weight_is_scalar(found: Shape, span: Span) -> Diagnostic {
    Diagnostic::new("M0529", "the weight of a sample is one number", span, format!("this is {found}"))
        .help("take one number of it, as in `concat(1, 2, 0.5) @ label` for the weights of three classes")
}

pub(in crate::check) fn importance_is_number(name: &Name, span: Span) -> Diagnostic {
    Diagnostic::new("M0529", format!("the importance `{}` is one number", name.text), span, "a size")
        .help(format!("write `importance {};`", name.text))
}
