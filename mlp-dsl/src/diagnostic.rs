//! Diagnostics as data: the errors and warnings of a specification. The command line and the macro render them.

use crate::span::Span;

/// Whether a specification with it is refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Severity {
    /// No output is made. Codes of errors begin with `M`.
    #[default]
    Error,
    /// The specification is valid, and surely not what was meant. Codes of warnings begin with `W`.
    Warning,
}

impl Severity {
    /// The word before a code in messages.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// One error or warning: its title, its places and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// The stable code, such as `M0201` or `W0101`.
    pub code: &'static str,
    /// The error or warning in one line of plain words.
    pub title: String,
    /// The labelled places; the first is the main place.
    pub labels: Vec<Label>,
    /// How to fix it.
    pub help: Option<String>,
}

/// A place with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The text: what the underlined code is.
    pub text: String,
}

impl Diagnostic {
    /// A diagnostic with the main place `span`.
    pub fn new(code: &'static str, title: impl Into<String>, span: Span, label: impl Into<String>) -> Self {
        let labels = vec![Label { span, text: shortened(label.into()) }];
        Diagnostic { severity: Severity::Error, code, title: shortened(title.into()), labels, help: None }
    }

    /// A warning with the main place `span`.
    pub fn warning(
        code: &'static str,
        title: impl Into<String>,
        span: Span,
        label: impl Into<String>,
    ) -> Self {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::new(code, title, span, label) }
    }

    /// Adds a second place.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: shortened(text.into()) });
        self
    }

    /// Adds a help line.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(shortened(help.into()));
        self
    }

    /// The main place.
    pub fn span(&self) -> Span {
        self.labels.first().map(|label| label.span).unwrap_or_default()
    }
}

/// Shortens long quotations from the text, such as a very long name or number.
fn shortened(words: String) -> String {
    const WHOLE: usize = crate::limits::NAME_BYTES + 20;
    if words.len() <= WHOLE {
        return words;
    }
    let cut = |word: &str| match word.char_indices().nth(60) {
        Some((at, _)) if word.len() > WHOLE => {
            let end = if word.trim_end().ends_with('`') { "`" } else { "" };
            format!("{}…{end}", word.get(..at).unwrap_or_default())
        }
        _ => word.to_owned(),
    };
    words.split(' ').map(cut).collect::<Vec<_>>().join(" ")
}

/// Collects diagnostics. At the end of a phase the caller asks whether there are any.
#[derive(Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds a diagnostic, unless there is one with the same code at the same place.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let known = |d: &Diagnostic| d.code == diagnostic.code && d.span() == diagnostic.span();
        if !self.is_full() && !self.found.iter().any(known) {
            self.found.push(diagnostic);
        }
    }

    /// Whether the limit is reached: further diagnostics are dropped.
    pub fn is_full(&self) -> bool {
        self.found.len() >= crate::limits::DIAGNOSTICS
    }

    /// Whether there is no diagnostic so far.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All diagnostics in the order of the text.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|d| (d.span().start, d.span().end));
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Span};

    #[test]
    fn words_without_end_are_cut() {
        let words = |length: usize| format!("the number `{}` is large", "é".repeat(length));
        let title = |length| Diagnostic::new("M0000", words(length), Span::new(0, 1), "").title;
        assert_eq!(title(50), words(50));
        assert_eq!(title(1000), format!("the number `{}…` is large", "é".repeat(59)));
    }
}
