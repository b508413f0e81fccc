//! Attributes of a network.

use crate::{diagnostic::Diagnostic, span::Span, spelling::closest, wording::one_of};

pub(in crate::check) fn attribute_unreadable(span: Span) -> Diagnostic {
    Diagnostic::new("M0216", "this attribute can't be read", span, "not as Rust writes it")
        .help("write it as before a struct: `#[derive(Copy)]`, `#[cfg(feature = \"digits\")]`")
}

pub(in crate::check) fn unknown_attribute(path: &str, known: &[&str], span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        "M0216",
        format!("`{path}` can't be an attribute of a network"),
        span,
        "not known to the compiler",
    );
    match closest(path, known.iter().copied()) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
        None => diagnostic.help(format!(
            "it can have {}; for another one, put the network into a struct of yours",
            one_of(known)
        )),
    }
}

pub(in crate::check) fn layout_attribute(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0216",
        format!("generated types can't have `repr({name})`"),
        span,
        "their fields are borrowed and aligned",
    )
    .help("use `repr(C)`, `repr(align(64))` or both")
}

pub(in crate::check) fn trait_not_of_floats(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new("M0216", format!("`{name}` can't be derived"), span, "floats do not have it")
        .help("compare with `==`, which generated types have; for a hash, use the bits of the parameters")
}
