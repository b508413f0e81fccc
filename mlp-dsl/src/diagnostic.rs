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
        let labels = vec![Label { span, text: shortened(label.into()) }];
        Diagnostic { code, title: shortened(title.into()), labels, help: None }
    }

    /// Adds a second place.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: shortened(text.into()) });
        self
    }

    /// Adds the way to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(shortened(help.into()));
        self
    }

    /// The main place.
    pub fn span(&self) -> Span {
        self.labels.first().map(|label| label.span).unwrap_or_default()
    }
}

/// Words with what is quoted from the text in them: a name or number without end is cut.
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
