//! W01: warnings that need no evaluation.

use crate::{
    diagnostic::Diagnostic,
    model::{Layer, LayerBody, Parameter, Start},
    shape::Shape,
    span::Span,
};

use super::{
    Allowed,
    loss::Compared,
    range::{Range, Source},
};

pub(super) fn softmax_of_one(span: Span) -> Diagnostic {
    Diagnostic::warning("W0101", "the softmax of one number is always 1", span, "of a vector of length 1")
        .help("for two classes write one `sigmoid` with `binary_cross_entropy`, or a softmax of two numbers")
}

pub(super) fn cross_entropy_of_one(loss: &str, span: Span, range: Range<'_>) -> Diagnostic {
    let title = format!("`{loss}` of one number is least when the number is largest, whatever the target is");
    let help = match range.source {
        Source::Function("sigmoid") => "write `binary_cross_entropy`",
        Source::Function(_) | Source::Free | Source::Softmax | Source::Unknown => {
            "for two classes write `sigmoid` and `binary_cross_entropy`; for a number write `half_squared_error`"
        }
    };
    Diagnostic::warning("W0102", title, span, describe(range)).help(help)
}

pub(super) fn no_distribution(loss: &str, span: Span, range: Range<'_>) -> Diagnostic {
    let title = format!("`{loss}` expects probabilities that sum to 1");
    let help = match range.source {
        Source::Free => "put `softmax` around the formula of the layer, or write `cross_entropy_from_logits`",
        Source::Function("sigmoid") => {
            "write `softmax` in place of `sigmoid`; for classes that do not exclude each other write \
             `binary_cross_entropy`"
        }
        Source::Function(_) | Source::Softmax | Source::Unknown => {
            "let the output be a `softmax`: `layer y[…] = softmax(dense(…));`"
        }
    };
    Diagnostic::warning("W0102", title, span, describe(range)).help(help)
}

pub(super) fn softmax_twice(span: Span, inner: Span) -> Diagnostic {
    Diagnostic::warning("W0103", "this is the softmax of a softmax", span, "applied to probabilities")
        .also(inner, "already a softmax")
        .help("remove one of the two: a second softmax makes all probabilities nearly equal")
}

pub(super) fn no_logits(loss: &str, span: Span, range: Range<'_>, neuron: Option<&str>) -> Diagnostic {
    let function = name(range);
    let without = loss.strip_suffix("_from_logits").unwrap_or(loss);
    let title = format!("`{loss}` expects the value before any activation, not that of `{function}`");
    let fits = matches!((without, range.source), ("cross_entropy", Source::Softmax))
        || matches!((without, range.source), ("binary_cross_entropy", Source::Function("sigmoid")));
    let help = if fits {
        format!("write `{without}`, or remove `{function}`")
    } else {
        format!("remove `{function}` from the output")
    };
    Diagnostic::warning("W0103", title, span, of_neuron(describe(range), neuron)).help(help)
}

pub(super) fn no_probability(span: Span, range: Range<'_>, neuron: Option<&str>) -> Diagnostic {
    let title = "`binary_cross_entropy` expects numbers between 0 and 1";
    let help = match range.source {
        Source::Free => {
            "put `sigmoid` around the formula, or write `binary_cross_entropy_from_logits`".to_owned()
        }
        Source::Function(name) => format!("write `sigmoid` in place of `{name}`"),
        Source::Softmax | Source::Unknown => "let the output be a `sigmoid`".to_owned(),
    };
    Diagnostic::warning("W0104", title, span, of_neuron(describe(range), neuron)).help(help)
}

pub(super) fn target_outside(
    value: f64,
    place: Span,
    compared: Compared,
    range: Range<'_>,
    output: Span,
) -> Diagnostic {
    let (what, by) = match compared {
        Compared::Values => (format!("`{}`", name(range)), format!("gives numbers {}", interval(range))),
        Compared::Distribution | Compared::Logits => {
            ("a cross-entropy".to_owned(), "compared with probabilities".to_owned())
        }
        Compared::Probability | Compared::Logit => {
            ("a binary cross-entropy".to_owned(), "compared with probabilities".to_owned())
        }
    };
    let help = match compared {
        Compared::Values => {
            "scale the targets into this range, or let the output be linear: `dense(…)`".to_owned()
        }
        Compared::Distribution | Compared::Logits => {
            "write a distribution: numbers from 0 to 1 that sum to 1".to_owned()
        }
        Compared::Probability | Compared::Logit => {
            "write 0 or 1, or a number between them; for other numbers write `half_squared_error`".to_owned()
        }
    };
    let title = format!("the target {} is out of the reach of {what}", number(value));
    Diagnostic::warning("W0105", title, place, format!("it is not {}", interval(range)))
        .also(output, by)
        .help(help)
}

/// In scientific notation where the decimal would be long.
fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-6..1e12).contains(&size) { format!("{value}") } else { format!("{value:e}") }
}

pub(super) fn target_sum(sum: f64, place: Span, output: Span) -> Diagnostic {
    // Nine digits, without the noise of the sum.
    let sum = format!("{sum:.9}");
    let sum = sum.trim_end_matches('0').trim_end_matches('.');
    Diagnostic::warning("W0105", format!("the target sums to {sum}, not to 1"), place, "no distribution")
        .also(output, "compared with probabilities that sum to 1")
        .help("write a distribution, or declare one class: `target label: class[…]`")
}

pub(super) fn equal_neurons(layer: &Layer, weight: &Parameter) -> Diagnostic {
    let title = format!("the {} neurons of `{}` start equal", layer.shape.count(), layer.name.text);
    let label = match (&weight.start, &layer.body) {
        (_, LayerBody::Neurons(_)) => "their weights start at the same numbers".to_owned(),
        (Start::Fill(start), LayerBody::Whole(_)) => format!("all weights start at {}", number(*start)),
        (Start::Values(_) | Start::Loaded(_) | Start::Normal { .. } | Start::Uniform { .. }, _) => {
            "the weights of each neuron start at the same numbers".to_owned()
        }
    };
    let help = match weight.shape {
        Shape::Scalar => "start them at different numbers: equal neurons get equal gradients".to_owned(),
        Shape::Vector(_) | Shape::Matrix(..) => {
            "draw the start values, with `~ xavier()`: equal neurons get equal gradients".to_owned()
        }
    };
    Diagnostic::warning("W0106", title, weight.name.span, label)
        .also(layer.name.span, "its neurons compute the same number for every input")
        .help(help)
}

pub(super) fn needless_allow(allowed: &Allowed) -> Diagnostic {
    let title = format!("there is no warning {} to allow", allowed.code);
    Diagnostic::warning("W0107", title, allowed.span, "allows nothing").help("remove it")
}

/// The function of a range, for a sentence.
fn name(range: Range<'_>) -> &str {
    match range.source {
        Source::Function(name) => name,
        Source::Softmax => "softmax",
        Source::Free | Source::Unknown => "the output",
    }
}

/// What a value is.
fn describe(range: Range<'_>) -> String {
    match range.source {
        Source::Function(name) => format!("this is a `{name}`"),
        Source::Softmax => "this is a `softmax`".to_owned(),
        Source::Free => "this is a sum without an activation: any number".to_owned(),
        Source::Unknown => "this is a single number".to_owned(),
    }
}

fn of_neuron(text: String, neuron: Option<&str>) -> String {
    match neuron {
        Some(neuron) => format!("{text}, in `{neuron}`"),
        None => text,
    }
}

fn interval(range: Range<'_>) -> String {
    match (range.low.is_finite(), range.high.is_finite()) {
        (true, true) => format!("from {} to {}", range.low, range.high),
        (true, false) => format!("from {} on", range.low),
        (false, true) => format!("up to {}", range.high),
        (false, false) => "any number".to_owned(),
    }
}
