//! Splits a text into tokens, comments included. It is the only one: the scan before the parser, the explanation of
//! errors, the formatter and the editor use it, and a test holds it against the grammar.

/// The kinds of token that brackets and layout distinguish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name, keyword, number or string.
    Word,
    /// An operator or punctuation.
    Sign,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// A comment to the end of the line, or documentation.
    Line,
    /// A comment in `/* … */`.
    Block,
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// Its text.
    pub text: &'t str,
    /// Its kind.
    pub kind: Kind,
    /// Its offset in bytes.
    pub start: usize,
    /// The number of line breaks before it.
    pub breaks: usize,
    /// Whether it ends: a comment or string may have no end.
    pub ends: bool,
}

impl Token<'_> {
    /// Whether it is a comment; documentation is one here.
    pub fn is_comment(&self) -> bool {
        matches!(self.kind, Kind::Line | Kind::Block)
    }

    /// The offset after it.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The tokens of a text; for a text with syntax errors, approximate tokens.
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0 }
}

/// An iterator over the tokens of a text.
#[derive(Clone, Debug)]
pub struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl Tokens<'_> {
    /// Goes on at this offset.
    pub(super) fn skip_to(&mut self, at: usize) {
        self.at = at;
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        let rest = self.text.get(self.at..)?;
        let trimmed = rest.trim_start_matches(is_space);
        let first = trimmed.chars().next()?;
        let space = rest.len() - trimmed.len();
        let breaks = rest.bytes().take(space).filter(|byte| *byte == b'\n').count();
        let (length, kind) = next(trimmed, first);
        let (length, ends) = (length.unwrap_or(trimmed.len()), length.is_some());
        let start = self.at + space;
        self.at = start + length;
        Some(Token { text: trimmed.get(..length)?, kind, start, breaks, ends })
    }
}

/// The text up to the end of its last token that is no comment.
pub(super) fn code(text: &str) -> &str {
    let end = tokens(text).filter(|token| !token.is_comment()).last().map_or(0, |token| token.end());
    text.get(..end).unwrap_or(text)
}

/// The innermost open bracket at the end of a text without unmatched brackets.
pub(super) fn open_bracket(text: &str) -> Option<char> {
    let mut open = Vec::new();
    for token in tokens(text) {
        match token.kind {
            Kind::Open => open.push(token.text),
            Kind::Close => drop(open.pop()),
            Kind::Word | Kind::Sign | Kind::Line | Kind::Block => {}
        }
    }
    open.last().and_then(|bracket| bracket.chars().next())
}

/// The nesting depth of a block comment; the parser recurses into nested comments.
pub(super) fn comments_inside(comment: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for (_, opens) in comment_signs(comment) {
        depth = if opens { depth + 1 } else { depth.saturating_sub(1) };
        deepest = deepest.max(depth);
    }
    deepest
}

/// White space of the language.
fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{85}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}')
}

/// Characters of names; the parser rejects those that no name can have.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || (!c.is_ascii() && !is_space(c))
}

/// The length in bytes of the token at the start of a text, `None` for a comment or string without an end, and its
/// kind.
fn next(text: &str, first: char) -> (Option<usize>, Kind) {
    match first {
        '/' if text.starts_with("//") => (Some(text.find('\n').unwrap_or(text.len())), Kind::Line),
        '/' if text.starts_with("/*") => (block_comment(text), Kind::Block),
        '"' => (string(text), Kind::Word),
        'r' if is_raw_string(text) => (raw_string(text), Kind::Word),
        'r' if text.starts_with("r#") => (Some(2 + word(text.get(2..).unwrap_or_default())), Kind::Word),
        '0'..='9' => (Some(number(text)), Kind::Word),
        '(' | '[' | '{' => (Some(1), Kind::Open),
        ')' | ']' | '}' => (Some(1), Kind::Close),
        c if is_word(c) => (Some(word(text)), Kind::Word),
        c => {
            let double = ["<=", ">=", "==", "!=", "->"].iter().any(|sign| text.starts_with(sign));
            (Some(if double { 2 } else { c.len_utf8() }), Kind::Sign)
        }
    }
}

fn word(text: &str) -> usize {
    text.find(|c| !is_word(c)).unwrap_or(text.len())
}

/// The places of `/*` and `*/`, and whether they open.
fn comment_signs(text: &str) -> impl Iterator<Item = (usize, bool)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let bytes = text.as_bytes();
        while let Some(two) = bytes.get(at..at + 2) {
            at += 1;
            if two == b"/*" || two == b"*/" {
                at += 1;
                return Some((at - 2, two == b"/*"));
            }
        }
        None
    })
}

fn block_comment(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, opens) in comment_signs(text) {
        depth = if opens { depth + 1 } else { depth.saturating_sub(1) };
        if depth == 0 {
            return Some(at + 2);
        }
    }
    None
}

fn string(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn hashes(text: &str) -> usize {
    text.bytes().skip(1).take_while(|byte| *byte == b'#').count()
}

fn is_raw_string(text: &str) -> bool {
    text.as_bytes().get(1 + hashes(text)) == Some(&b'"')
}

fn raw_string(text: &str) -> Option<usize> {
    let hashes = hashes(text);
    let end = format!("\"{}", "#".repeat(hashes));
    text.get(hashes + 2..)?.find(&end).map(|at| hashes + 2 + at + end.len())
}

/// A number as in the grammar: digits, a fraction, an exponent. One digit where a word follows at once, as the grammar
/// takes any character of a wrong sentence.
fn number(text: &str) -> usize {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.find(|c: char| !(c.is_ascii_digit() || c == '_')).unwrap_or(rest.len())
    };
    let at = |index: usize| text.get(index..).and_then(|rest| rest.chars().next());
    let mut end = digits(0);
    if at(end) == Some('.') && !at(end + 1).is_some_and(|c| c == '.' || c.is_alphabetic()) {
        end = digits(end + 1);
    }
    if matches!(at(end), Some('e' | 'E')) {
        let sign = usize::from(matches!(at(end + 1), Some('+' | '-')));
        if at(end + 1 + sign).is_some_and(|c| c.is_ascii_digit() || c == '_') {
            end = digits(end + 1 + sign);
        }
    }
    if at(end).is_some_and(is_word) { 1 } else { end }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::{collections::BTreeSet, fs, path::PathBuf};

    use pest::{Parser, iterators::Pair};

    use super::{Kind, tokens};
    use crate::syntax::grammar::{MlpParser, Rule};

    /// The specifications of the project that the grammar reads: path and text.
    fn specifications() -> Vec<(PathBuf, String)> {
        let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let folders =
            ["mlp-dsl/src", "mlpc/tests/fixtures", "examples/course", "tests/trajectories/specifications"];
        let files = folders.iter().flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
        let files = files
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "mlp"));
        let texts = files.map(|path| (path.clone(), fs::read_to_string(path).unwrap()));
        texts.filter(|(_, text)| MlpParser::parse(Rule::file, text).is_ok()).collect()
    }

    /// The places of words, numbers, strings, documentation and operators that the grammar finds; `None` where it finds
    /// a sentence that is wrong.
    fn leaves(pair: Pair<'_, Rule>, found: &mut BTreeSet<(usize, usize)>) -> Option<()> {
        if matches!(pair.as_rule(), Rule::bad_item | Rule::bad_statement) {
            return None;
        }
        let span = (pair.as_span().start(), pair.as_span().end());
        let rule = format!("{:?}", pair.as_rule());
        let is_leaf = ["number", "name", "string", "doc_line"].contains(&rule.as_str())
            || rule.starts_with("kw_")
            || ["comparison", "sum_operator", "product_operator", "minus"].contains(&rule.as_str());
        let mut inner = pair.into_inner();
        if is_leaf {
            found.insert(span);
            return Some(());
        }
        inner.try_for_each(|pair| leaves(pair, found))
    }

    #[test]
    fn lexer_and_grammar_cut_the_same_tokens() {
        let mut compared = 0;
        for (path, text) in specifications() {
            let mut of_grammar = BTreeSet::new();
            let mut pairs = MlpParser::parse(Rule::file, &text).unwrap();
            if pairs.try_for_each(|pair| leaves(pair, &mut of_grammar)).is_none() {
                continue;
            }
            compared += 1;
            let all: Vec<_> = tokens(&text).collect();
            let place = |token: &super::Token<'_>| (token.start, token.end());
            let words: BTreeSet<_> = all.iter().filter(|token| token.kind == Kind::Word).map(place).collect();
            let every: BTreeSet<_> = all.iter().map(place).collect();
            let missed: Vec<_> = words.difference(&of_grammar).map(|(from, to)| &text[*from..*to]).collect();
            assert!(missed.is_empty(), "{}: no tokens of the grammar: {missed:?}", path.display());
            let missed: Vec<_> = of_grammar.difference(&every).map(|(from, to)| &text[*from..*to]).collect();
            assert!(missed.is_empty(), "{}: no tokens of the lexer: {missed:?}", path.display());
        }
        assert!(compared > 100, "only {compared} specifications compared");
    }

    #[test]
    fn what_has_no_end_says_so() {
        for text in ["/* a", "\"a", "r#\"a\"", "/* /* */"] {
            let token = tokens(text).next().unwrap();
            assert_eq!((token.text, token.ends), (text, false));
        }
    }

    #[test]
    fn tokens_are_the_longest() {
        let text = "1.5e-3 1..2 3x r#if r##\"a\"#\"## <= -> é\u{2028}b";
        let cut: Vec<&str> = tokens(text).map(|token| token.text).collect();
        let expected =
            ["1.5e-3", "1", ".", ".", "2", "3", "x", "r#if", "r##\"a\"#\"##", "<=", "->", "é", "b"];
        assert_eq!(cut, expected);
    }
}
