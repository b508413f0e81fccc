//! Turns diagnostics into text for a terminal, short lines or JSON. Only this module uses the
//! rendering library.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use mlp_dsl::diagnostic::{Diagnostic, Severity};

use crate::{
    escape::{self, Escaped},
    json::Json,
};

/// All diagnostics of a file, separated by blank lines, then their number and a hint at `explain`. The width
/// is that of the terminal, if there is one. The text has styles; the output stream removes them if it is
/// not a terminal.
pub(crate) fn render(found: &[Diagnostic], source: &Escaped, file: &str) -> String {
    let styled = Renderer::styled();
    let renderer = match terminal_size::terminal_size_of(std::io::stderr()) {
        Some((width, _)) => styled.term_width(width.0.into()),
        None => styled,
    };
    let mut report = String::new();
    for diagnostic in found {
        report.push_str(&one(diagnostic, source, file, &renderer));
        report.push_str("\n\n");
    }
    let severity = found.first().map_or(Severity::Error, |first| first.severity);
    let word = severity.word();
    let words = if found.len() == 1 { word.to_owned() } else { format!("{word}s") };
    let more = if found.len() >= mlp_dsl::limits::DIAGNOSTICS { " or more" } else { "" };
    let last = format!("found {}{more} {words} in {file}", found.len());
    report.push_str(&renderer.render(&[Group::with_title(level(severity).primary_title(last))]));
    if let Some(first) = found.first() {
        report.push_str(&format!(
            "\n\nFor more information about {} {word}, try `mlpc explain {}`.",
            if severity == Severity::Error { "an" } else { "a" },
            first.code
        ));
    }
    report
}

/// One line per diagnostic: its place, code and title.
pub(crate) fn short(found: &[Diagnostic], text: &str, file: &str) -> String {
    let line = |diagnostic: &Diagnostic| {
        let (line, column) = place(text, diagnostic.span().start);
        let (word, title) = (diagnostic.severity.word(), escape::line(&diagnostic.title));
        format!("{file}:{line}:{column}: {word}[{}]: {title}", diagnostic.code)
    };
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// One line of JSON per diagnostic. Offsets count bytes from 0, lines and columns (of characters) from 1.
pub(crate) fn json(found: &[Diagnostic], text: &str, file: &str) -> String {
    let source = Escaped::lines(text);
    let object = |diagnostic: &Diagnostic| {
        let labels = diagnostic.labels.iter().map(|label| {
            let ((line, column), (end_line, end_column)) =
                (place(text, label.span.start), place(text, label.span.end));
            Json::object([
                ("start", Json::whole(label.span.start as u64)),
                ("end", Json::whole(label.span.end as u64)),
                ("line", Json::whole(line as u64)),
                ("column", Json::whole(column as u64)),
                ("end_line", Json::whole(end_line as u64)),
                ("end_column", Json::whole(end_column as u64)),
                ("text", Json::text(&label.text)),
            ])
        });
        let rendered =
            anstream::adapter::strip_str(&one(diagnostic, &source, file, &Renderer::styled())).to_string();
        Json::object([
            ("level", Json::text(diagnostic.severity.word())),
            ("code", Json::text(diagnostic.code)),
            ("title", Json::text(&diagnostic.title)),
            ("file", Json::text(file)),
            ("labels", Json::List(labels.collect())),
            ("help", diagnostic.help.as_ref().map_or(Json::Null, Json::text)),
            ("rendered", Json::text(rendered)),
        ])
        .line()
    };
    found.iter().map(object).collect::<Vec<_>>().join("\n")
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    }
}

/// Line and column of an offset, counted from 1.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    (line, before.chars().rev().take_while(|c| *c != '\n').count() + 1)
}

fn one(diagnostic: &Diagnostic, source: &Escaped, file: &str, renderer: &Renderer) -> String {
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
    let title = level(diagnostic.severity).primary_title(escape::line(&diagnostic.title)).id(diagnostic.code);
    let mut group = title.element(snippet);
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(escape::line(help)));
    }
    renderer.render(&[group])
}
