//! M01: text and syntax.

mod reading;

pub(super) use reading::{Unreadable, cannot_read};

use crate::{diagnostic::Diagnostic, limits, span::Span};
use crate::{visible::on_one_line, wording::one_of};

/// What most of a text is that is too long.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bulk {
    /// The samples of `data`.
    Samples,
    /// Numbers in lists: start values.
    Numbers,
    Formulas,
}

/// `bulk` starts at the span.
pub(super) fn text_too_long(bulk: Bulk, span: Span) -> Diagnostic {
    let most = limits::TEXT_BYTES;
    let (label, help) = match bulk {
        Bulk::Samples => (
            format!("most of it is samples; the text can have at most {most} bytes"),
            "keep some samples here; the generated code takes others, of any number, as `Batch`",
        ),
        Bulk::Numbers => (
            format!("most of it is start values; the text can have at most {most} bytes"),
            "read the start values from a file: `weights from \"course.safetensors\";`",
        ),
        Bulk::Formulas => {
            (format!("longer than {most} bytes"), "write wide layers as vectors: `layer h[20] = …;`")
        }
    };
    Diagnostic::new("M0101", "the specification is too long", span, label).help(help)
}

pub(super) fn too_deep(span: Span) -> Diagnostic {
    let most = limits::NESTING;
    Diagnostic::new("M0102", "the nesting is too deep", span, format!("more than {most} levels"))
        .help("give the inner part a name: as a neuron, a layer or a `fn`")
}

pub(super) fn comment_too_deep(span: Span) -> Diagnostic {
    let most = limits::NESTING;
    Diagnostic::new("M0102", "the nesting is too deep", span, format!("more than {most} nested comments"))
        .help("use line comments: `// …`")
}

pub(super) fn unclosed(bracket: char, span: Span) -> Diagnostic {
    let closer = closer(bracket);
    Diagnostic::new(
        "M0103",
        format!("this `{bracket}` is never closed"),
        span,
        format!("no matching `{closer}`"),
    )
    .help(format!("add the matching `{closer}`"))
}

/// `before` is the token that ends the enclosing part.
pub(super) fn unclosed_before(bracket: char, span: Span, before: &str) -> Diagnostic {
    let closer = closer(bracket);
    Diagnostic::new(
        "M0103",
        format!("`{bracket}` is not closed before {before}"),
        span,
        format!("no matching `{closer}`"),
    )
    .help(format!("add the matching `{closer}`"))
}

/// `others` is the number of further `#`.
pub(super) fn hash_comment(span: Span, others: usize) -> Diagnostic {
    let diagnostic =
        Diagnostic::new("M0105", "`#` does not start a comment", span, "not part of the language");
    let help = "start comments with `//` and documentation with `///`";
    match others {
        0 => diagnostic.help(help),
        1 => diagnostic.help(format!("{help}; one more `#` follows")),
        _ => diagnostic.help(format!("{help}; {others} more `#` follow")),
    }
}

pub(super) fn foreign_text(span: Span) -> Diagnostic {
    Diagnostic::new("M0105", "this is not a network specification", span, "no declaration starts like this")
        .help("write `network Name: f64 { … }`; only constants, functions, rules and front matter may be outside it")
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
    .help(format!("write `{closer}`, or remove the extra bracket"))
}

pub(super) fn unopened(bracket: char, span: Span) -> Diagnostic {
    Diagnostic::new("M0103", format!("unmatched `{bracket}`"), span, "no bracket is open here")
        .help("remove it, or add the matching opening bracket")
}

/// A comment or a string.
pub(super) fn endless(comment: bool, span: Span) -> Diagnostic {
    let (what, end) = if comment { ("comment", "`*/`") } else { ("string", "quote") };
    Diagnostic::new("M0103", format!("this {what} is never closed"), span, format!("no closing {end}"))
        .help(format!("add the closing {end} at the end of the {what}"))
}

fn closer(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

pub(super) fn missing_semicolon(span: Span) -> Diagnostic {
    Diagnostic::new("M0104", "missing `;`", span, "expected `;` after this")
        .help("end the statement with `;`")
}

pub(super) fn unexpected(span: Span) -> Diagnostic {
    Diagnostic::new("M0104", "unexpected text after a statement", span, "expected the end of the statement")
        .help("end the statement with `;`")
}

pub(super) fn unknown_statement(found: &str, span: Span, meant: Option<&str>, known: &[&str]) -> Diagnostic {
    let title = match on_one_line(found) {
        found if found.is_empty() => "expected a statement".to_owned(),
        found => format!("unknown statement `{found}`"),
    };
    let diagnostic = Diagnostic::new("M0105", title, span, "not a statement");
    match meant {
        _ if found == "#" => diagnostic.help("start comments with `//` and documentation with `///`"),
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
        None => diagnostic.help(format!("a statement starts with {}", one_of(known))),
    }
}

pub(super) fn outside_network(found: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0105",
        format!("`{found}` is not allowed outside a network"),
        span,
        "belongs inside a network",
    )
    .help("move it into the braces of `network Name { … }`")
}

pub(super) fn attribute_misplaced(span: Span) -> Diagnostic {
    Diagnostic::new("M0216", "an attribute is not allowed here", span, "belongs before a network")
        .help("write it before `network`: there it reaches the generated types")
}

pub(super) fn number_too_large(text: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0106",
        format!("the number `{text}` is too large"),
        span,
        "larger than the largest 64-bit float",
    )
    .help("use a number of at most 1.8e308")
}

pub(super) fn name_too_long(span: Span) -> Diagnostic {
    let most = limits::NAME_BYTES;
    Diagnostic::new("M0107", "the name is too long", span, format!("more than {most} bytes"))
        .help("choose a shorter name")
}
