//! Recovers from sentences that could not be parsed: reports each error, and parses the sentence with the
//! obvious correction if there is one. Otherwise it skips the sentence and records its names as lost.

use pest::Parser;

use super::{
    ast::Statement,
    build::{Builder, P},
    explain::{Explanation, after_attributes, after_docs, explain, token_at},
    grammar::{MlpParser, Rule},
    words::{self, Place},
};

use crate::{span::Span, spelling::closest, syntax::errors};

/// The rules that parse one sentence and several sentences at a place.
fn rules(place: Place) -> (Rule, Rule) {
    if place == Place::File {
        (Rule::lone_item, Rule::file)
    } else {
        (Rule::lone_statement, Rule::statements)
    }
}

impl Builder<'_> {
    /// Reports a sentence that could not be parsed, and recovers.
    pub(super) fn bad(&mut self, pair: &P<'_>, statements: &mut Vec<Statement>) {
        let place = if pair.as_rule() == Rule::bad_item { Place::File } else { Place::Network };
        let (text, start) = (pair.as_str(), pair.as_span().start());
        // Offsets in the sentence are relative to its start.
        let before = self.offset;
        self.offset = before.saturating_add_unsigned(start);
        let (word_at, first) = (after_attributes(text), after_docs(text));
        let word = token_at(text, word_at);
        let has_attribute = first < word_at;
        if self.diagnostics.is_full() {
            self.lose(text);
        } else if has_attribute && (word.is_empty() || place == Place::Network) {
            let end = first + text.get(first..word_at).unwrap_or_default().trim_end().len();
            self.diagnostics.push(errors::attribute_misplaced(Span::new(self.place(first), self.place(end))));
            self.lose(text.get(word_at..).unwrap_or_default());
        } else if words::starting(place).any(|known| known == word) {
            self.unreadable(place, text, statements);
        } else {
            self.unknown(place, text, word_at, word, statements);
        }
        self.offset = before;
    }

    /// A sentence that starts with a valid keyword.
    fn unreadable(&mut self, place: Place, text: &str, statements: &mut Vec<Statement>) {
        let (lone, several) = rules(place);
        let Explanation { problem, at, semicolon } = match MlpParser::parse(lone, text) {
            Err(error) => explain(&error, text, self.text, self.offset),
            Ok(read) => {
                let end = read.as_str().trim_end().len();
                let span = Span::new(self.place(end), self.place(end + 1));
                Explanation { problem: errors::unexpected(span), at: end, semicolon: false }
            }
        };
        let reported = self.lost.iter().any(|lost| (self.place(0)..=self.place(at)).contains(lost));
        if !reported {
            self.diagnostics.push(problem);
        }
        let (first, rest) = text.split_at_checked(at).unwrap_or((text, ""));
        let repaired = format!("{first};");
        if reported || !semicolon || !self.read(several, &repaired, statements) {
            self.torn = true;
            return self.lose(text);
        }
        self.offset = self.offset.saturating_add_unsigned(first.len());
        if !self.read(several, rest, statements) {
            self.lose(rest);
        }
    }

    /// A sentence that starts with an unknown word: parses it with the most similar keyword, if that
    /// succeeds.
    fn unknown(&mut self, place: Place, text: &str, at: usize, word: &str, statements: &mut Vec<Statement>) {
        let span = Span::new(self.place(at), self.place(at + word.len()));
        if place == Place::File && words::starts(word) {
            self.diagnostics.push(errors::outside_network(word, span));
            return self.lose(text);
        }
        let known: Vec<&str> = words::starting(place).collect();
        let meant = closest(word, known.iter().copied());
        if std::mem::take(&mut self.torn) && meant.is_none() {
            return self.lose(text);
        }
        let foreign = place == Place::File && meant.is_none() && !has_network(self.text);
        self.diagnostics.push(match foreign {
            true => errors::foreign_text(span),
            false => errors::unknown_statement(word, span, meant, &known),
        });
        let (before, after) = (text.get(..at), text.get(at + word.len()..));
        if let (Some(meant), Some(before), Some(after)) = (meant, before, after) {
            let repaired = format!("{before}{meant}{after}");
            let start = self.offset;
            self.offset += word.len() as isize - meant.len() as isize;
            let good = self.read(rules(place).1, &repaired, statements);
            self.offset = start;
            if good {
                return;
            }
        }
        self.lose(text);
    }

    /// Parses a corrected text if it has no errors.
    fn read(&mut self, rule: Rule, text: &str, statements: &mut Vec<Statement>) -> bool {
        let Some(pair) = MlpParser::parse(rule, text).ok().and_then(|mut pairs| pairs.next()) else {
            return false;
        };
        let is_bad = |pair: P<'_>| matches!(pair.as_rule(), Rule::bad_item | Rule::bad_statement);
        let good = !pair.clone().into_inner().any(is_bad);
        if good {
            self.sentences(pair.into_inner(), statements);
        }
        good
    }

    /// Records the names in a text that can't be parsed: they are not reported as unknown elsewhere.
    fn lose(&mut self, text: &str) {
        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
        let mut before = "";
        for word in words {
            if matches!(before, "fn" | "rule") {
                self.ast.lost_callables.push(word.to_owned());
            }
            self.ast.lost_names.push(word.to_owned());
            before = word;
        }
    }
}

/// Whether the text contains `network Name {` or `network Name:`.
fn has_network(text: &str) -> bool {
    text.split("network").skip(1).any(|rest| {
        let after = rest.trim_start().trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
        after.trim_start().starts_with(['{', ':'])
    })
}
