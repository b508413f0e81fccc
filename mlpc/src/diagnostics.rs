//! How diagnostics look on a terminal. Of all modules this one alone knows the library that
//! draws them.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use mlp_dsl::diagnostic::Diagnostic;

use crate::escape::{self, Escaped};

/// All diagnostics of a file, blank lines between them, and a last line that counts them. Styled;
/// the stream they are written to takes the colours out where it is no terminal.
pub(crate) fn render(found: &[Diagnostic], source: &Escaped, file: &str) -> String {
    let mut report = String::new();
    for diagnostic in found {
        report.push_str(&one(diagnostic, source, file));
        report.push_str("\n\n");
    }
    let mistakes = if found.len() == 1 { "mistake" } else { "mistakes" };
    let more = if found.len() >= mlp_dsl::limits::DIAGNOSTICS { " or more" } else { "" };
    let last = format!("{}{more} {mistakes} in {file}", found.len());
    report.push_str(&Renderer::styled().render(&[Group::with_title(Level::ERROR.primary_title(last))]));
    report
}

fn one(diagnostic: &Diagnostic, source: &Escaped, file: &str) -> String {
    let ranges: Vec<Range<usize>> = diagnostic.labels.iter().map(|label| source.range(label.span)).collect();
    let (window, first_line) = source.window(&ranges);
    let labels = diagnostic.labels.iter().zip(&ranges).enumerate();
    let labels = labels.map(|(index, (label, range))| -> Annotation<'_> {
        let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let range = range.start - window.start..range.end - window.start;
        kind.span(range).label(escape::line(&label.text))
    });
    let shown = source.text.get(window.clone()).unwrap_or_default();
    let snippet = Snippet::source(shown).line_start(first_line).path(file).annotations(labels);
    let title = Level::ERROR.primary_title(escape::line(&diagnostic.title)).id(diagnostic.code);
    let mut group = title.element(snippet);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(escape::line(help)));
    }
    Renderer::styled().render(&[group])
}
