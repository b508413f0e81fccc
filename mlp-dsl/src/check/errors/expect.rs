//! M09: `expect`.

use super::weights::{listed, quoted, some};

use crate::{
    diagnostic::Diagnostic, limits, span::Span, spelling::closest, syntax::ast::Name, wording::plural,
};

pub(in crate::check) fn expects_unknown<'n>(
    name: &Name,
    known: impl Iterator<Item = &'n str>,
    is_target: bool,
) -> Diagnostic {
    let title = match is_target {
        true => format!("`{}` is a target: `expect` is about inputs and layers", name.text),
        false => format!("`{}` is neither an input nor a layer", name.text),
    };
    let near = if is_target { None } else { closest(&name.text, known) };
    Diagnostic::new("M0901", title, name.span, "nothing to compare").help(match near {
        Some(near) => format!("is it `{near}`?"),
        None => "write the inputs, and the layers or neurons with their expected values".to_owned(),
    })
}

/// A name, or a part of it, that is there before.
pub(in crate::check) fn expected_twice(name: &Name, first: Span) -> Diagnostic {
    Diagnostic::new("M0902", format!("`{}` has values twice", name.text), name.span, "the second time")
        .also(first, "the first time")
        .help("remove one of the two entries; for another sample write another `expect`")
}

pub(in crate::check) fn expects_without_input(missing: &[&str], span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0903",
        format!("`expect` has no value for the input {}", some(missing)),
        span,
        "incomplete",
    )
    .help("write a value for each input")
}

pub(in crate::check) fn expects_nothing(span: Span) -> Diagnostic {
    Diagnostic::new("M0903", "`expect` names no layer", span, "nothing to compare")
        .help("write a layer and its values, such as `y = [0.3]`")
}

pub(in crate::check) fn expected_count(name: &Name, wanted: usize, found: usize, span: Span) -> Diagnostic {
    let title = format!("`{}` has {}, not {found}", name.text, plural(wanted, "value"));
    Diagnostic::new("M0904", title, span, format!("{found} here")).help(match found.checked_sub(wanted) {
        Some(more) => format!("remove {more}; for another sample write another `expect`"),
        None => format!("add {} more", wanted.saturating_sub(found)),
    })
}

/// A tensor whose rows are not those of the samples; `wanted` has their number, if it is known, and their length.
pub(in crate::check) fn expected_rows(
    name: &Name,
    (samples, length): (Option<usize>, usize),
    (sizes, span): (&[usize], Span),
) -> Diagnostic {
    let rows = samples.map_or("n".to_owned(), |samples| samples.to_string());
    let title =
        format!("the values of `{}` are {}, but [{rows}, {length}] is needed", name.text, listed(sizes));
    Diagnostic::new("M0904", title, span, "this tensor")
        .help("save one row for each sample, and the same number of rows for each name")
}

pub(in crate::check) fn expected_tensor_missing(
    path: &str,
    (tensor, span): (&str, Span),
    known: &[&str],
) -> Diagnostic {
    let title = format!("`{path}` has no tensor `{}`", quoted(tensor));
    let help = match (closest(tensor, known.iter().copied()), known) {
        (Some(near), _) => format!("is it `{}`?", quoted(near)),
        (None, []) => "the file has none".to_owned(),
        (None, known) => format!("the file contains {}", some(known)),
    };
    Diagnostic::new("M0905", title, span, "not in this file").help(help)
}

pub(in crate::check) fn expected_not_finite(name: &Name, sample: usize, span: Span) -> Diagnostic {
    let title = format!("a value of `{}` is not a finite number in sample {}", name.text, sample + 1);
    Diagnostic::new("M0906", title, span, "infinite, undefined or too large")
        .help("save samples for which all values are finite")
}

pub(in crate::check) fn too_many_files_expected(span: Span) -> Diagnostic {
    let title = format!("more than {} `expect` read a file", limits::EXPECTED_FILES);
    Diagnostic::new("M0907", title, span, "one too many").help("save all samples in one file, as rows")
}

pub(in crate::check) fn too_much_expected(span: Span) -> Diagnostic {
    let title = format!("`expect` has more than {} numbers", limits::EXPECTED_NUMBERS);
    Diagnostic::new("M0907", title, span, "too many").help("a few samples are enough: save fewer rows")
}
