//! Texts through the parser, the whole pipeline and the formatter.

use mlp_document::{summary::Summary, values};
use mlp_dsl::{
    Compilation,
    diagnostic::{Diagnostic, Diagnostics},
    format::format,
    ir::verify,
    outline::outlines,
    plan,
    syntax::parse,
    weights::NoFiles,
};

use super::tree;

/// Equations of a network whose worked derivation is written out: longer ones take the fuzzer's time.
const SHORT: usize = 400;

/// Every place that is reported lies in the text, between characters, and has words.
pub(crate) fn check_places(text: &str, found: &[Diagnostic]) {
    for diagnostic in found {
        assert!(!diagnostic.title.is_empty() && !diagnostic.labels.is_empty(), "{diagnostic:?}");
        for label in &diagnostic.labels {
            let (start, end) = (label.span.start, label.span.end.min(text.len()));
            assert!(start <= text.len() && start <= label.span.end, "{diagnostic:?}");
            assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{diagnostic:?}");
        }
    }
}

/// The parser reads what it can and reports the rest.
pub(crate) fn parser(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut found = Diagnostics::default();
    let ast = parse(text, &mut found);
    drop(format!("{ast:?}"));
    check_places(text, &found.into_sorted());
}

/// A text is refused in words or becomes equations that hold, code, a plan, a document.
pub(crate) fn pipeline(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Compilation::of(text, &NoFiles) {
        Ok(compiled) => good(&compiled, text),
        Err(found) => {
            assert!(!found.is_empty());
            check_places(text, &found);
            let ast = parse(text, &mut Diagnostics::default());
            drop(mlp_rust::stub(&outlines(&ast, text), None, None));
        }
    }
}

fn good(compiled: &Compilation, text: &str) {
    let derivation = &compiled.derivation;
    verify::verify(derivation).unwrap_or_else(|reason| panic!("{reason}\n{text}"));
    plan::verify(derivation, &compiled.plan).unwrap_or_else(|reason| panic!("{reason}\n{text}"));
    let options = mlp_rust::Options::default();
    let (first, second) = (mlp_rust::emit(compiled, &options), mlp_rust::emit(compiled, &options));
    assert_eq!(first.to_string(), second.to_string(), "{text}");
    drop(Summary::new(compiled, None, None));
    if derivation.equations.len() <= SHORT
        && values::affordable_for(derivation, derivation.declared_samples().len().max(1)).is_ok()
    {
        let written = mlp_document::derive(derivation, &mlp_document::Options::default()).to_markdown();
        assert!(written.ends_with('\n'), "{text}");
        drop(values::train(derivation, 1, &|_| true));
    }
}

/// A text without syntax errors keeps its tree in the one style, which is its own style.
pub(crate) fn formatter(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some(before) = tree(text) else {
        assert!(format(text).is_err(), "{text}");
        return;
    };
    let once = format(text).unwrap_or_else(|found| panic!("{found:?}\n{text}"));
    assert_eq!(tree(&once).as_ref(), Some(&before), "{text}\n--\n{once}");
    assert_eq!(format(&once).as_ref(), Ok(&once), "{text}\n--\n{once}");
}
