//! M01: text and syntax.

mod reading;

pub(super) use reading::{Unreadable, cannot_read};

use crate::{diagnostic::Diagnostic, limits, span::Span};
use crate::{visible::on_one_line, wording::one_of};

pub(super) fn text_too_long() -> Diagnostic {
    let most = limits::TEXT_BYTES;
    Diagnostic::new(
        "M0101",
        "the text is too long",
        Span::default(),
        format!("more than {most} bytes from here on"),
    )
    .help("write wide layers as vectors: `layer h[20] = …;`")
}

pub(super) fn too_deep(span: Span) -> Diagnostic {
    let most = limits::NESTING;
    Diagnostic::new("M0102", "the nesting is too deep", span, format!("more than {most} levels"))
        .help("name the inner part: as a neuron, a layer or a `fn`")
}

pub(super) fn comment_too_deep(span: Span) -> Diagnostic {
    let most = limits::NESTING;
    Diagnostic::new(
        "M0102",
        "the nesting is too deep",
        span,
        format!("more than {most} comments inside one another"),
    )
    .help("write comments that end with their line: `// …`")
}

pub(super) fn unclosed(bracket: char, span: Span) -> Diagnostic {
    let closer = closer(bracket);
    Diagnostic::new(
        "M0103",
        format!("this `{bracket}` is never closed"),
        span,
        format!("`{closer}` is missing"),
    )
    .help(format!("add `{closer}` where the part ends"))
}

/// `before` is what ends the part it stands in.
pub(super) fn unclosed_before(bracket: char, span: Span, before: &str) -> Diagnostic {
    let closer = closer(bracket);
    Diagnostic::new(
        "M0103",
        format!("`{bracket}` is not closed before {before}"),
        span,
        format!("`{closer}` is missing"),
    )
    .help(format!("add `{closer}` where the part ends"))
}

/// `others` is how many more there are.
pub(super) fn hash_comment(span: Span, others: usize) -> Diagnostic {
    let diagnostic = Diagnostic::new("M0105", "`#` starts no comment", span, "not a token of the language");
    let help = "comments start with `//`, documentation with `///`";
    match others {
        0 => diagnostic.help(help),
        1 => diagnostic.help(format!("{help}; one more `#` stands further down")),
        _ => diagnostic.help(format!("{help}; {others} more `#` stand further down")),
    }
}

pub(super) fn foreign_text(span: Span) -> Diagnostic {
    Diagnostic::new("M0105", "this is not a specification of a network", span, "nothing that starts one")
        .help("write `network Name: f64 { … }`; constants, functions, rules and front matter may stand around it")
}

pub(super) fn mismatched(bracket: char, opened: Span, found: char, span: Span) -> Diagnostic {
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

pub(super) fn unopened(bracket: char, span: Span) -> Diagnostic {
    Diagnostic::new("M0103", format!("this `{bracket}` closes nothing"), span, "no bracket is open here")
        .help("remove it, or add the bracket that it should close")
}

/// A comment or a string.
pub(super) fn endless(comment: bool, span: Span) -> Diagnostic {
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

pub(super) fn missing_semicolon(span: Span) -> Diagnostic {
    Diagnostic::new("M0104", "a `;` is missing", span, "behind this").help("end the statement with `;`")
}

pub(super) fn unexpected(span: Span) -> Diagnostic {
    Diagnostic::new("M0104", "something is left over", span, "expected the end of the statement")
        .help("end the statement with `;`")
}

pub(super) fn unknown_statement(found: &str, span: Span, meant: Option<&str>, known: &[&str]) -> Diagnostic {
    let title = match on_one_line(found) {
        found if found.is_empty() => "no statement starts like this".to_owned(),
        found => format!("no statement starts with `{found}`"),
    };
    let diagnostic = Diagnostic::new("M0105", title, span, "not a statement");
    match meant {
        _ if found == "#" => diagnostic.help("comments start with `//`, documentation with `///`"),
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
        None => diagnostic.help(format!("a statement starts with {}", one_of(known))),
    }
}

pub(super) fn outside_network(found: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0105", format!("`{found}` stands outside a network"), span, "not a statement here")
        .help("put it between the braces of `network Name { … }`")
}

pub(super) fn number_too_large(text: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0106",
        format!("the number `{text}` is too large"),
        span,
        "beyond the largest 64-bit float",
    )
    .help("numbers reach up to about 1.8e308")
}

pub(super) fn name_too_long(span: Span) -> Diagnostic {
    let most = limits::NAME_BYTES;
    Diagnostic::new("M0107", "the name is too long", span, format!("more than {most} bytes"))
        .help("choose a shorter name")
}
