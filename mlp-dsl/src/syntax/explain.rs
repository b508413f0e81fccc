//! Turns a parser error in a sentence into a diagnostic.

use pest::{
    Parser,
    error::{Error, InputLocation},
};

use super::{
    grammar::{MlpParser, Rule},
    lexer::{code, open_bracket},
    words,
};
use crate::{
    diagnostic::Diagnostic,
    limits,
    span::Span,
    syntax::errors::{self, Unreadable},
};

/// A diagnostic and its place.
pub(super) struct Explanation {
    pub(super) problem: Diagnostic,
    /// The place in the sentence.
    pub(super) at: usize,
    /// Whether only a `;` is missing at the place.
    pub(super) semicolon: bool,
}

/// `sentence` is the parsed text; its offsets are `offset` less than those in the `whole` text.
pub(super) fn explain(error: &Error<Rule>, sentence: &str, whole: &str, offset: isize) -> Explanation {
    let failed = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let keyword = keyword(sentence);
    // The missing token may be a bracket, unless a word must come first.
    let unfinished =
        expected_words(error, true).iter().any(|word| ["`then`", "`else`", "`in`"].contains(word));
    let at = if unfinished { failed } else { behind_closers(sentence, failed) };
    let (words, unnamed) = (expected_words(error, at == failed), behind_words(sentence, at));
    let (at, mut words) = match unnamed {
        Some(at) if words.is_empty() || words == ["a name"] => (at, Vec::new()),
        _ => (at, words),
    };
    let place = |at: usize| at.saturating_add_signed(offset).min(whole.len());
    let before = code(sentence.get(..at).unwrap_or_default());
    let operand = ends_operand(before) && !before.ends_with(keyword);
    let open = open_bracket(before);
    let next = token_at(sentence, at);
    // `batch` starts a statement as well; in a line with `train` it is meant as its option.
    let option = keyword == "train"
        && words::OPTIONS.iter().any(|option| option.text == next)
        && !sentence.get(before.len()..at).unwrap_or_default().contains('\n');
    if operand && open.is_none() && !option && (next.is_empty() || words::starts(next)) {
        let last = before.chars().next_back().map_or(0, char::len_utf8);
        let problem = errors::missing_semicolon(Span::new(place(before.len() - last), place(before.len())));
        return Explanation { problem, at: before.len(), semicolon: true };
    }
    let demanded = ["a name", "a comparison such as `>`", "`then`", "`else`", "`in`"];
    if words.is_empty() && unnamed == Some(at) {
        words.extend(signs_behind_a_name(keyword, open));
    } else if operand && !words.iter().any(|word| demanded.contains(word)) {
        words.extend(signs_behind_an_operand(keyword, before, open));
    }
    let found = token_at(whole, place(at));
    let problem = errors::cannot_read(&Unreadable {
        keyword,
        before,
        rest: whole.get(place(at)..).unwrap_or_default(),
        found,
        span: Span::new(place(at), place(at) + found.len().min(limits::NAME_BYTES)),
        expected: listed(&words),
        after: operand.then_some(open),
    });
    Explanation { problem, at, semicolon: false }
}

/// The word that starts a sentence.
fn keyword(sentence: &str) -> &str {
    token_at(sentence, after_attributes(sentence))
}

/// The offset of a sentence after its documentation.
pub(super) fn after_docs(text: &str) -> usize {
    after(&[Rule::doc], text)
}

/// The offset of a sentence after its documentation and attributes.
pub(super) fn after_attributes(text: &str) -> usize {
    after(&[Rule::doc, Rule::attribute], text)
}

fn after(rules: &[Rule], text: &str) -> usize {
    let mut rest = text;
    let first = |rest| rules.iter().find_map(|rule| MlpParser::parse(*rule, rest).ok()?.next());
    while let Some(part) = first(rest) {
        rest = rest.get(part.as_str().len()..).unwrap_or_default().trim_start();
    }
    text.len() - rest.len()
}

/// If punctuation is missing after a valid word, the parser fails before that word, because punctuation has
/// no rule: after `const c`, `fn f(x)`, `h1`. Returns the offset after the word.
fn behind_words(text: &str, failed: usize) -> Option<usize> {
    let word_at = |at: usize| Some(token_at(text, at)).filter(|word| is_name(word));
    let next = |at: usize, length: usize| {
        let rest = text.get(at + length..).unwrap_or_default();
        text.len() - rest.trim_start().len()
    };
    if ends_operand(code(text.get(..failed)?)) {
        return None;
    }
    let first = word_at(failed)?;
    let mut at = next(failed, first.len());
    if words::starts(first) && failed == after_docs(text) {
        if let Some(name) = word_at(at) {
            at = next(at, name.len());
        }
        if text.get(at..)?.starts_with('(') && matches!(first, "fn" | "rule") {
            at = next(at, text.get(at..)?.find(')')? + 1);
        }
    }
    Some(at)
}

fn ends_operand(text: &str) -> bool {
    text.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ')' || c == ']')
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_') && !words::is_reserved(word)
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The token that starts at `at`: a word, a text that looks like a number, or one character.
pub(super) fn token_at(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or_default();
    let mut characters = rest.chars();
    let numeric = match characters.next() {
        Some('.') => characters.next().is_some_and(|c| c.is_ascii_digit()),
        first => first.is_some_and(|c| c.is_ascii_digit()),
    };
    if numeric {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
        return rest.get(..end).unwrap_or_default();
    }
    let word = first_word(rest);
    let one = rest.chars().next().map_or(0, char::len_utf8);
    if word.is_empty() { rest.get(..one).unwrap_or_default() } else { word }
}

/// If punctuation is missing after a valid closing bracket, the parser fails before that bracket, because
/// punctuation has no rule. Returns the offset after the bracket.
fn behind_closers(text: &str, failed: usize) -> usize {
    let mut at = failed;
    loop {
        let (before, rest) = (text.get(..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
        let closes = matches!(
            (open_bracket(before), rest.chars().next()),
            (Some('('), Some(')')) | (Some('['), Some(']'))
        );
        let filled =
            !before.trim_end().ends_with(['(', '[', ',', '+', '-', '*', '/', '@', '^', '=', '<', '>']);
        if !closes || !filled {
            return at;
        }
        let behind = rest.get(1..).unwrap_or_default();
        at += 1 + behind.len() - behind.trim_start().len();
    }
}

/// The rules that the grammar expected at the place of an error, in words.
fn expected_words(error: &Error<Rule>, by_rules: bool) -> Vec<&'static str> {
    let pest::error::ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        return Vec::new();
    };
    let mut words: Vec<&str> =
        positives.iter().filter(|_| by_rules).filter_map(|rule| human(*rule)).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The punctuation that can follow the declared name of a sentence.
fn signs_behind_a_name(keyword: &str, open: Option<char>) -> Vec<&'static str> {
    match (keyword, open) {
        ("data" | "document" | "expect" | "network" | "pub" | "rule", None) => vec!["`{`"],
        (_, Some('(')) => Vec::new(),
        ("output", None) => vec!["`,`", "`;`"],
        _ => vec!["`=`"],
    }
}

/// The punctuation that can follow an operand; it has no rules in the grammar.
fn signs_behind_an_operand(keyword: &str, before: &str, open: Option<char>) -> Vec<&'static str> {
    match (open, keyword) {
        (Some('('), _) => vec!["`,`", "`)`"],
        (Some('['), _) => vec!["`,`", "`]`"],
        (Some(_), "rule") => vec!["`;`"],
        (Some(_), _) => vec!["`,`", "`}`"],
        (None, "weights" | "biases" | "frozen" | "train" | "output") => vec!["`,`", "`;`"],
        (None, "layer") if !before.contains('=') => vec!["`=`", "`{`"],
        (None, _) => vec!["`;`"],
    }
}

fn listed(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

fn human(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::EOI => "the end",
        Rule::network | Rule::kw_network => "`network`",
        Rule::name => "a name",
        Rule::expression | Rule::power | Rule::number | Rule::call | Rule::conditional | Rule::list => {
            "a formula"
        }
        Rule::sum_operator | Rule::product_operator => "an operator",
        Rule::comparison => "a comparison such as `>`",
        Rule::declaration | Rule::declarations | Rule::neuron | Rule::neurons | Rule::group => "a name",
        Rule::shape => "a shape such as `[20]`",
        Rule::start_value => "`=` and a start value",
        Rule::initializer => "`~` and an initializer",
        Rule::train_option => "an option such as `batch 50`",
        Rule::string => "a text in quotes",
        Rule::kw_transposed => "`transposed`",
        Rule::kw_untransposed => "`untransposed`",
        Rule::mapping | Rule::mappings => "an entry such as `hidden = \"net.0\"`",
        Rule::kw_ignore => "`ignore`",
        Rule::kw_within => "`within` and a tolerance",
        Rule::expected_value | Rule::expected_values => "an entry such as `x = [0.5, 1]`",
        Rule::expected_tensor | Rule::expected_tensors => "an entry such as `x = \"expect.x\"`",
        Rule::column | Rule::columns => "an entry such as `kind = \"species\"`",
        Rule::texts => "a text in quotes, or a list of them",
        Rule::kw_classes => "`classes`",
        Rule::kw_then => "`then`",
        Rule::kw_else => "`else`",
        Rule::kw_in => "`in`",
        Rule::textbook | Rule::kw_textbook => "`textbook`",
        Rule::derivative | Rule::kw_derivative => "`derivative`",
        _ => return None,
    })
}
