//! M04: values.

use super::{one_of, plural};
use crate::{diagnostic::Diagnostic, span::Span, syntax::ast::Call, syntax::ast::Name};

pub(crate) fn not_finite(span: Span) -> Diagnostic {
    Diagnostic::new("M0401", "this is not a finite number", span, "infinite or undefined")
        .help("check for a division by zero and for overflow")
}

pub(crate) fn not_a_number(span: Span) -> Diagnostic {
    Diagnostic::new("M0402", "a number is needed here", span, "not known when compiling")
        .help("use literals, constants and `+ - * / ^`")
}

pub(crate) fn not_whole(what: &str, value: f64, least: u64, most: u64, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0403",
        format!("{what} is a whole number from {least} to {most}"),
        span,
        format!("this is {value}"),
    )
    .help(format!("write a whole number from {least} to {most}"))
}

pub(crate) fn value_count(name: &Name, wanted: usize, found: usize, what: &str, span: Span) -> Diagnostic {
    let title = format!("`{}` needs {wanted} {what}, not {found}", name.text);
    let help = match wanted.checked_sub(found) {
        Some(missing) if missing > 0 => format!("add {missing} more, or change the shape"),
        _ => format!("remove {}, or change the shape", found.saturating_sub(wanted)),
    };
    Diagnostic::new("M0404", title, span, format!("{found} here"))
        .also(name.span, format!("declared with {wanted}"))
        .help(help)
}

pub(crate) fn list_for_scalar(name: &Name, span: Span) -> Diagnostic {
    Diagnostic::new("M0405", format!("`{}` is a scalar", name.text), span, "a list")
        .also(name.span, "declared without a shape")
        .help(format!("give it a shape, `{}[…]`, or one number", name.text))
}

pub(crate) fn row_expected(name: &Name, columns: usize, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0406",
        format!("`{}` is a matrix: each row is a list", name.text),
        span,
        "a single number",
    )
    .help(format!("write each row in brackets, with {}", plural(columns, "value")))
}

pub(crate) fn list_too_deep(span: Span) -> Diagnostic {
    Diagnostic::new("M0407", "a list too deep", span, "a number is needed here")
        .help("a vector is `[1, 2]`, a matrix `[[1, 2], [3, 4]]`")
}

pub(crate) fn value_missing(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0408",
        format!("`{}` has no value, but others of its group have", name.text),
        name.span,
        "no value",
    )
    .help(format!("write `{} = …`, or leave all values out", name.text))
}

pub(crate) fn data_is_not_drawn(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0409", format!("the values of an {what} can't be drawn"), span, "an initializer")
        .help("give values with `=`; only weights and biases have initializers")
}

pub(crate) fn empty_range(span: Span, low: f64, high: f64) -> Diagnostic {
    Diagnostic::new("M0410", "the range is empty", span, format!("{low} is not below {high}"))
        .help("write `uniform(low, high)` with low < high")
}

pub(crate) fn initializer_needs_matrix(call: &Call) -> Diagnostic {
    let name = &call.name.text;
    Diagnostic::new(
        "M0411",
        format!("`{name}` needs a vector or matrix"),
        call.span,
        "a scalar has no fan-in",
    )
    .help("for a scalar write a value, or `~ uniform(-1, 1)`")
}

pub(crate) fn unknown_setting(of: &Name, span: Span, known: &[&str]) -> Diagnostic {
    let help = if known.is_empty() { "remove it".to_owned() } else { format!("it takes {}", one_of(known)) };
    Diagnostic::new("M0412", format!("`{}` has no such setting", of.text), span, "not a setting").help(help)
}

pub(crate) fn setting_twice(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0413", format!("`{name}` is given twice"), span, "given again")
        .help("keep one of the two")
}

pub(crate) fn missing_setting(call: &Call, missing: &str) -> Diagnostic {
    let name = &call.name.text;
    Diagnostic::new(
        "M0414",
        format!("`{name}` needs `{missing}`"),
        call.span,
        format!("`{missing}` is missing"),
    )
    .help(format!("write `{name}({missing} = …)`"))
}

pub(crate) fn named_argument(name: &Name) -> Diagnostic {
    Diagnostic::new("M0415", "arguments of a function have no names", name.span, "a name")
        .help(format!("remove `{} =`", name.text))
}

pub(crate) fn argument_count(call: &Call, wanted: usize) -> Diagnostic {
    let found = call.arguments.len();
    let title = format!("`{}` takes {}, not {found}", call.name.text, plural(wanted, "argument"));
    Diagnostic::new("M0416", title, call.span, format!("{} here", plural(found, "argument")))
        .help(format!("give it {}", plural(wanted, "argument")))
}

pub(crate) fn beyond_single(value: f64, span: Span) -> Diagnostic {
    let title = format!("{value:e} is too large for `f32`");
    Diagnostic::new("M0417", title, span, "beyond the largest 32-bit float")
        .help("`f32` reaches up to about 3.4e38: use a smaller number, or `f64` for the network")
}
