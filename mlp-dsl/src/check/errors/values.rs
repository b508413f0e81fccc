//! M04: values.

use crate::wording::{one_of, plural};

use crate::{
    check::Parameter,
    diagnostic::Diagnostic,
    model::{NoGrid, Step},
    span::Span,
    spelling::closest,
    syntax::ast::{Call, Expression, ExpressionKind, Name},
};

pub(in crate::check) fn not_finite(span: Span) -> Diagnostic {
    Diagnostic::new("M0401", "this is not a finite number", span, "infinite or undefined")
        .help("check for division by zero and overflow")
}

pub(in crate::check) fn rate_of_dropout(rate: f64, span: Span) -> Diagnostic {
    let title = "the rate of dropout is at least 0 and less than 1";
    Diagnostic::new("M0432", title, span, format!("this is {rate}")).help(
        "it is the probability that a unit is left out of a step: write 0.2 for one of five, 0 for no dropout",
    )
}

pub(in crate::check) fn not_a_number(span: Span) -> Diagnostic {
    Diagnostic::new("M0402", "expected a number", span, "not known at compile time")
        .help("use literals, constants and `+ - * / ^`")
}

pub(in crate::check) fn drawn_is_no_number(call: &Call) -> Diagnostic {
    Diagnostic::new("M0402", "expected a number", call.span, "this is an initializer")
        .help(format!("write an initializer after `~`: `~ {}(…)`", call.name.text))
}

pub(in crate::check) fn not_whole(what: &str, value: f64, least: u64, most: u64, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0403",
        format!("{what} must be a whole number from {least} to {most}"),
        span,
        format!("this is {value}"),
    )
    .help(match what {
        "a class" => format!("classes are counted from 0: write a whole number from {least} to {most}"),
        _ => format!("write a whole number from {least} to {most}"),
    })
}

/// `what` is a noun in the singular, with its place: `value in a row`.
pub(in crate::check) fn value_count(
    name: &Name,
    wanted: usize,
    found: usize,
    what: &str,
    span: Span,
) -> Diagnostic {
    let (noun, place) =
        what.split_once(' ').map_or((what, String::new()), |(noun, rest)| (noun, format!(" {rest}")));
    let title = format!("`{}` needs {}{place}, not {found}", name.text, plural(wanted, noun));
    let help = match wanted.checked_sub(found) {
        Some(missing) if missing > 0 => format!("add {missing} more, or change the shape"),
        _ => format!("remove {}, or change the shape", found.saturating_sub(wanted)),
    };
    Diagnostic::new("M0404", title, span, format!("{found} here"))
        .also(name.span, format!("declared with {wanted}"))
        .help(help)
}

pub(in crate::check) fn list_for_scalar(name: &Name, span: Span) -> Diagnostic {
    Diagnostic::new("M0405", format!("`{}` is a scalar", name.text), span, "this is a list")
        .also(name.span, "declared without a shape")
        .help(format!("give it a shape, `{}[…]`, or a single number", name.text))
}

pub(in crate::check) fn row_expected(name: &Name, columns: usize, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0406",
        format!("`{}` is a matrix: each row is a list", name.text),
        span,
        "this is a single number",
    )
    .help(format!("write each row in brackets, with {}", plural(columns, "value")))
}

/// A flat list of numbers for a matrix.
pub(in crate::check) fn rows_expected(
    name: &Name,
    rows: usize,
    columns: usize,
    numbers: &[f64],
    span: Span,
) -> Diagnostic {
    let title = format!("`{}` is a matrix: each row is a list", name.text);
    let row = |row: &[f64]| format!("[{}]", row.iter().map(f64::to_string).collect::<Vec<_>>().join(", "));
    let diagnostic = Diagnostic::new("M0406", title, span, "this is a flat list");
    if numbers.len() == rows * columns && numbers.len() <= 12 {
        let written: Vec<String> = numbers.chunks(columns).map(row).collect();
        return diagnostic.help(format!("write each row in brackets: `[{}]`", written.join(", ")));
    }
    diagnostic.help(format!(
        "write {}, each in brackets with {}",
        plural(rows, "row"),
        plural(columns, "value")
    ))
}

pub(in crate::check) fn list_too_deep(span: Span) -> Diagnostic {
    Diagnostic::new("M0407", "this list is nested too deeply", span, "expected a number")
        .help("a vector is `[1, 2]`, a matrix `[[1, 2], [3, 4]]`")
}

pub(in crate::check) fn value_missing(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0408",
        format!("`{}` has no value, but other elements of its group do", name.text),
        name.span,
        "no value",
    )
    .help(format!("write `{} = …`, or remove all values of the group", name.text))
}

pub(in crate::check) fn data_is_not_drawn(what: &str, span: Span) -> Diagnostic {
    let title = format!("the {what} can be drawn by `uniform` alone");
    Diagnostic::new("M0409", title, span, "this is another initializer")
        .help("write `~ uniform(0, 1, step = 0.1)`, or values with `=`")
}

pub(in crate::check) fn step_is_no_decimal(step: f64, span: Span) -> Diagnostic {
    let title = format!("a step has at most {} decimal places", Step::DECIMALS);
    Diagnostic::new("M0429", title, span, format!("this is {step}")).help("write a step such as 0.05")
}

pub(in crate::check) fn step_does_not_fit(why: NoGrid, span: Span) -> Diagnostic {
    let (title, label, help) = match why {
        NoGrid::Coarse => (
            "the step is larger than the range",
            "at most one multiple of this step can be drawn",
            "write a smaller step, such as a tenth of the range",
        ),
        NoGrid::Fine => (
            "the step is too small for the range",
            "the range has multiples of this step that no float can represent",
            "write a larger step",
        ),
    };
    Diagnostic::new("M0430", title, span, label).help(help)
}

/// `data 8;` without numbers to draw.
pub(in crate::check) fn nothing_to_draw(name: Option<&Name>, span: Span) -> Diagnostic {
    let title = match name {
        Some(name) => format!("samples are drawn, but `{}` has neither a range nor a value", name.text),
        None => "samples are drawn, but no input or target has a range".to_owned(),
    };
    Diagnostic::new("M0431", title, span, "this number of samples is drawn").help(
        "write ranges, such as `input x[2] ~ uniform(0, 1, step = 0.1);`, or the samples as `data { … }`",
    )
}

pub(in crate::check) fn empty_range(span: Span, low: f64, high: f64) -> Diagnostic {
    Diagnostic::new("M0410", "the range is empty", span, format!("{low} is not below {high}"))
        .help("write `uniform(low, high)` with low < high")
}

pub(in crate::check) fn initializer_needs_matrix(call: &Call) -> Diagnostic {
    let name = &call.name.text;
    Diagnostic::new(
        "M0411",
        format!("`{name}` needs a vector or a matrix"),
        call.span,
        "a scalar has no fan-in",
    )
    .help("for a scalar write a value, or `~ uniform(-1, 1)`")
}

pub(in crate::check) fn unknown_argument(of: &Name, argument: &Name, known: &[Parameter]) -> Diagnostic {
    let names: Vec<&str> = known.iter().map(|parameter| parameter.name.as_str()).collect();
    let title = format!("`{}` has no parameter `{}`", of.text, argument.text);
    let diagnostic = Diagnostic::new("M0412", title, argument.span, "unknown parameter");
    let dense = matches!(of.text.as_str(), "dense" | "linear");
    match closest(&argument.text, names.iter().copied()) {
        _ if of.text == "sgd" && argument.text == "momentum" => {
            diagnostic.help("use the rule `momentum`: `momentum(rate = …, momentum = 0.9)`")
        }
        _ if of.text == "sgd" && argument.text == "nesterov" => {
            diagnostic.help("use the rule `nesterov`: `nesterov(rate = …, momentum = 0.9)`")
        }
        _ if dense && argument.text == "activation" => {
            diagnostic.help(format!("write the activation around it: `relu({}(x))`", of.text))
        }
        _ if dense && matches!(argument.text.as_str(), "bias" | "use_bias") => {
            diagnostic.help("`dense` has a bias, `linear` has none")
        }
        _ if of.text == "softmax" && matches!(argument.text.as_str(), "dim" | "axis") => {
            diagnostic.help("remove it: `softmax` is over the whole vector")
        }
        _ if argument.text == "reduction" => diagnostic
            .help("the objective is the mean over a batch; `train …, reduction = sum` makes it the sum"),
        Some(close) => diagnostic.help(format!("did you mean `{close}`?")),
        None if names.is_empty() => diagnostic.help("remove the name"),
        None => diagnostic.help(format!("use {}", one_of(&names))),
    }
}

pub(in crate::check) fn argument_twice(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0413", format!("`{name}` is given twice"), span, "given again")
        .help("remove one of the two")
}

pub(in crate::check) fn argument_missing(call: &Call, parameters: &[Parameter], missing: &str) -> Diagnostic {
    let name = &call.name.text;
    if call.arguments.iter().all(|(name, _)| name.is_none()) && parameters.iter().all(|p| p.default.is_none())
    {
        return argument_count(call, parameters);
    }
    Diagnostic::new(
        "M0414",
        format!("`{name}` needs `{missing}`"),
        call.span,
        format!("`{missing}` is missing"),
    )
    .help(format!("write `{name}({missing} = …)`"))
}

pub(in crate::check) fn position_after_name(span: Span, before: &Name) -> Diagnostic {
    Diagnostic::new("M0415", "positional argument after a named argument", span, "this argument has no name")
        .also(before.span, "named here")
        .help("move it before the named arguments, or give it a name")
}

/// The arguments of a call, if there are several and all are names.
fn names_of(call: &Call) -> Option<String> {
    let name = |argument: &Expression| {
        if let ExpressionKind::Name(name) = &argument.kind { Some(name.text.clone()) } else { None }
    };
    let names: Option<Vec<String>> = call.arguments.iter().map(|(_, argument)| name(argument)).collect();
    names.filter(|names| names.len() > 1).map(|names| names.join(", "))
}

pub(in crate::check) fn argument_count(call: &Call, parameters: &[Parameter]) -> Diagnostic {
    let found = call.arguments.len();
    let least = parameters.iter().filter(|parameter| parameter.default.is_none()).count();
    let most = parameters.len();
    let wanted =
        if least == most { plural(most, "argument") } else { format!("{least} to {most} arguments") };
    let title = format!("`{}` takes {wanted}, not {found}", call.name.text);
    let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let surplus = call.arguments.get(most..).unwrap_or_default();
    let diagnostic = match (surplus.first(), surplus.last()) {
        (Some((_, first)), Some((_, last))) => {
            Diagnostic::new("M0416", title, first.span.to(last.span), "too many arguments")
        }
        _ => Diagnostic::new("M0416", title, call.span, format!("{} here", plural(found, "argument"))),
    };
    if let ("dense" | "linear", Some(inputs)) = (call.name.text.as_str(), names_of(call)) {
        return diagnostic.help(format!("join the inputs: `{}(concat({inputs}))`", call.name.text));
    }
    diagnostic.help(format!("write `{}({})`", call.name.text, names.join(", ")))
}

pub(in crate::check) fn beyond_single(value: f64, span: Span) -> Diagnostic {
    let title = format!("{value:e} is too large for `f32`");
    Diagnostic::new("M0417", title, span, "larger than the largest 32-bit float")
        .help("use a number of at most 3.4e38, or make the network `f64`")
}

pub(in crate::check) fn not_positive(what: &str, value: f64, span: Span) -> Diagnostic {
    Diagnostic::new("M0418", format!("`{what}` must be greater than 0"), span, format!("this is {value}"))
        .help("write a number greater than 0")
}

pub(in crate::check) fn setting_out_of_range(
    rule: &str,
    name: &str,
    value: f64,
    most: Option<f64>,
    span: Span,
) -> Diagnostic {
    let (title, help) = match most {
        Some(most) => (
            format!("`{name}` of `{rule}` must be at least 0 and less than {most}"),
            format!("write a number of at least 0 and less than {most}, such as 0.9"),
        ),
        None => (
            format!("`{name}` of `{rule}` must not be negative"),
            "write a number of at least 0; the rule itself has the minus sign".to_owned(),
        ),
    };
    Diagnostic::new("M0427", title, span, format!("this is {value}")).help(help)
}

pub(in crate::check) fn batch_above_samples(batch: usize, samples: usize, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0428",
        "the batch is larger than the number of samples",
        span,
        format!("a batch of {batch} from {}", plural(samples, "sample")),
    )
    .help(format!("reduce `batch` to {samples} or less, or increase `samples`"))
}

pub(in crate::check) fn unknown_choice(what: &str, span: Span, known: &[&str]) -> Diagnostic {
    Diagnostic::new("M0419", format!("{what} must be {}", one_of(known)), span, "neither of these")
        .help(format!("write {}", one_of(known)))
}

pub(in crate::check) fn class_is_number(classes: usize, span: Span) -> Diagnostic {
    Diagnostic::new("M0420", "a class is a single number", span, "this is a list").help(format!(
        "write the number of the class, from 0 to {}; for a distribution declare the target as a vector",
        classes.saturating_sub(1)
    ))
}

pub(in crate::check) fn values_and_data(name: &Name, data: Span) -> Diagnostic {
    Diagnostic::new(
        "M0421",
        format!("`{}` has values, but `data` also has samples", name.text),
        name.span,
        "values here",
    )
    .also(data, "samples here")
    .help("remove the values or the samples")
}

pub(in crate::check) fn sample_length(what: &str, wanted: usize, found: usize, span: Span) -> Diagnostic {
    let title = format!("the {what} of a sample needs {}, not {found}", plural(wanted, "number"));
    Diagnostic::new("M0422", title, span, format!("{found} here"))
        .help("write `(inputs) -> (target)`, with the numbers in the order of the declarations")
}

pub(in crate::check) fn sample_without_target(span: Span) -> Diagnostic {
    Diagnostic::new("M0423", "this sample has no target", span, "expected `->` and a target after this")
        .help("write `(inputs) -> (target)`")
}

pub(in crate::check) fn sample_with_target(span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0424",
        "this sample has a target, but the network has none",
        span,
        "the target of the sample",
    )
    .help("declare a target with `target …`, or remove `-> …`")
}

pub(in crate::check) fn no_samples(span: Span) -> Diagnostic {
    Diagnostic::new("M0425", "`data` is empty", span, "no samples here")
        .help("add samples such as `(0, 1) -> 1`, or remove `data`")
}

pub(in crate::check) fn entry_kind(name: &Name, wanted: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0426", format!("`{}` must be {wanted}", name.text), span, format!("not {wanted}"))
        .help(format!("write {wanted}"))
}
