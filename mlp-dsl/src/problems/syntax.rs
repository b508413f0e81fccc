//! M01: text and syntax.

use super::{one_of, visible};
use crate::{diagnostic::Diagnostic, limits, span::Span};

pub(crate) fn text_too_long() -> Diagnostic {
    let most = limits::TEXT_BYTES;
    Diagnostic::new(
        "M0101",
        "the text is too long",
        Span::default(),
        format!("more than {most} bytes from here on"),
    )
    .help("write wide layers as vectors: `layer h[20] = …;`")
}

pub(crate) fn too_deep(span: Span) -> Diagnostic {
    let most = limits::NESTING;
    Diagnostic::new("M0102", "the nesting is too deep", span, format!("more than {most} levels"))
        .help("name the inner part: as a neuron, a layer or a `fn`")
}

pub(crate) fn comment_too_deep(span: Span) -> Diagnostic {
    let most = limits::NESTING;
    Diagnostic::new(
        "M0102",
        "the nesting is too deep",
        span,
        format!("more than {most} comments inside one another"),
    )
    .help("write comments that end with their line: `// …`")
}

pub(crate) fn unclosed(bracket: char, span: Span) -> Diagnostic {
    let closer = closer(bracket);
    Diagnostic::new(
        "M0103",
        format!("this `{bracket}` is never closed"),
        span,
        format!("`{closer}` is missing"),
    )
    .help(format!("add `{closer}` where the part ends"))
}

pub(crate) fn mismatched(bracket: char, opened: Span, found: char, span: Span) -> Diagnostic {
    let closer = closer(bracket);
    Diagnostic::new(
        "M0103",
        format!("`{bracket}` is closed by `{found}`"),
        span,
        format!("expected `{closer}`"),
    )
    .also(opened, "opened here")
    .help(format!("close with `{closer}`, or remove the bracket that is too much"))
}

pub(crate) fn unopened(bracket: char, span: Span) -> Diagnostic {
    Diagnostic::new("M0103", format!("this `{bracket}` closes nothing"), span, "no bracket is open here")
        .help("remove it, or add the bracket that it should close")
}

/// A comment or a string.
pub(crate) fn endless(comment: bool, span: Span) -> Diagnostic {
    let (what, end) = if comment { ("comment", "`*/`") } else { ("string", "the closing quote") };
    Diagnostic::new("M0103", format!("this {what} never ends"), span, format!("{end} is missing"))
        .help(format!("add {end} where the {what} ends"))
}

fn closer(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// `after` is there when an operand stands before the place: the bracket that is open then.
pub(crate) fn cannot_read(
    found: &str,
    span: Span,
    expected: &str,
    after: Option<Option<char>>,
) -> Diagnostic {
    let found = visible(found);
    let label =
        if expected.is_empty() { "not expected here".to_owned() } else { format!("expected {expected}") };
    let title = if found.is_empty() {
        "the text ends too early".to_owned()
    } else {
        format!("can't read `{found}` here")
    };
    Diagnostic::new("M0104", title, span, label).help(reading_help(&found, after))
}

fn reading_help(found: &str, after: Option<Option<char>>) -> String {
    let first = found.chars().next().unwrap_or(' ');
    let starts_operand = first.is_alphanumeric() || first == '_' || first == '(';
    let help = match (found, after) {
        ("and" | "or" | "not" | "&" | "|" | "!", _) => {
            "a condition is one comparison: put one `if` into another"
        }
        ("?", _) => "a choice is written `if x > 0 then x else 0`",
        (".", _) => "elements of a vector have no names of their own; numbers are written `0.5`",
        ("[", Some(_)) => {
            "elements of a vector have no names in formulas: use named scalars, or `@` for products"
        }
        ("[", None) => "a list is a start value: `= [0.1, 0.2]`; in formulas use names",
        ("if" | "then" | "else", _) => "`if`, `then` and `else` can't be names",
        ("×" | "·" | "⋅", _) => "to multiply write `*`",
        ("=", Some(_)) => "to compare two numbers write `==`; `loss`, `train` and `seed` take no `=`",
        _ if first == '.' => return format!("write a zero in front: `0{found}`"),
        (_, None) if first.is_ascii_digit() => {
            "numbers are written as in Rust, without a suffix: `0.5`, `1e-3`; to multiply write `*`"
        }
        (_, Some(Some('('))) if starts_operand => "to multiply write `*`; arguments are separated by `,`",
        (_, Some(Some(_))) if starts_operand => "elements are separated by `,`; to multiply write `*`",
        (_, Some(None)) if starts_operand => "put `,` or `;` in front of it; to multiply write `*`",
        ("*" | "/" | "+" | "-" | "@" | "^", _) => {
            "an operator needs an operand on each side; a power is written `^`"
        }
        (")" | "]" | "}" | "," | ";", None) => return format!("something is missing in front of `{found}`"),
        _ => "see the language reference for the form of each statement",
    };
    help.to_owned()
}

pub(crate) fn missing_semicolon(span: Span) -> Diagnostic {
    Diagnostic::new("M0104", "a `;` is missing", span, "behind this").help("end the statement with `;`")
}

pub(crate) fn unexpected(span: Span, expected: &str) -> Diagnostic {
    Diagnostic::new("M0104", "something is left over", span, format!("expected {expected}"))
        .help("end the statement with `;`")
}

pub(crate) fn unknown_statement<'w>(
    found: &str,
    span: Span,
    known: impl Iterator<Item = &'w str>,
) -> Diagnostic {
    let known: Vec<&str> = known.collect();
    let close = crate::check::closest(found, known.iter().copied());
    let title = match visible(found) {
        found if found.is_empty() => "no statement starts like this".to_owned(),
        found => format!("no statement starts with `{found}`"),
    };
    let diagnostic = Diagnostic::new("M0105", title, span, "not a statement");
    match close {
        _ if found == "#" => diagnostic.help("comments start with `//`, documentation with `///`"),
        Some(close) => diagnostic.help(format!("did you mean `{close}`?")),
        None => diagnostic.help(format!("a statement starts with {}", one_of(&known))),
    }
}

pub(crate) fn outside_network(found: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0105", format!("`{found}` stands outside a network"), span, "not a statement here")
        .help("put it between the braces of `network Name { … }`")
}

pub(crate) fn number_too_large(text: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0106",
        format!("the number `{text}` is too large"),
        span,
        "beyond the largest 64-bit float",
    )
    .help("numbers reach up to about 1.8e308")
}

pub(crate) fn name_too_long(span: Span) -> Diagnostic {
    let most = limits::NAME_BYTES;
    Diagnostic::new("M0107", "the name is too long", span, format!("more than {most} bytes"))
        .help("choose a shorter name")
}
