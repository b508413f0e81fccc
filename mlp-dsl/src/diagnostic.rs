//! What is wrong with a specification, as data. How it looks is the business of two renderers:
//! the command line's and the macro's.

use crate::span::Span;

/// One mistake: what it is, where it stands, how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, such as `M0201`.
    pub code: &'static str,
    /// The mistake in one line of plain words.
    pub title: String,
    /// The places that matter; the first is the one to look at.
    pub labels: Vec<Label>,
    /// How to mend it.
    pub help: Option<String>,
}

/// A place and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What.
    pub text: String,
}

impl Diagnostic {
    /// A diagnostic whose main place is `span`.
    pub fn new(code: &'static str, title: impl Into<String>, span: Span, label: impl Into<String>) -> Self {
        Diagnostic { code, title: title.into(), labels: vec![Label { span, text: label.into() }], help: None }
    }

    /// Adds a second place.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds the way to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The main place.
    pub fn span(&self) -> Span {
        self.labels.first().map(|label| label.span).unwrap_or_default()
    }
}

/// Collects diagnostics; the border of a phase asks whether there are any.
#[derive(Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Keeps a diagnostic, unless one already stands at the same place with the same code.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let known = |d: &Diagnostic| d.code == diagnostic.code && d.span() == diagnostic.span();
        if !self.is_full() && !self.found.iter().any(known) {
            self.found.push(diagnostic);
        }
    }

    /// Whether no further diagnostic is kept.
    pub fn is_full(&self) -> bool {
        self.found.len() >= crate::limits::DIAGNOSTICS
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All diagnostics in the order of the text.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|d| (d.span().start, d.span().end));
        self.found
    }
}
