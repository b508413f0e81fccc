//! Runs the parser, and says what is wrong with what it could not read.

use pest::{
    Parser,
    error::{Error, InputLocation},
    iterators::Pair,
};

use super::{
    ast::Ast,
    build::Builder,
    grammar::{MlpParser, Rule},
    scan::{open_bracket, scan},
    words::{self, Place},
};
use crate::{diagnostic::Diagnostics, limits, problems, span::Span};

/// Reads a specification. What can't be read is reported and left out.
pub fn parse(text: &str, diagnostics: &mut Diagnostics) -> Ast {
    if let Err(diagnostic) = scan(text) {
        diagnostics.push(diagnostic);
        return Ast::default();
    }
    let mut pairs = match MlpParser::parse(Rule::file, text) {
        Ok(pairs) => pairs,
        Err(error) => {
            diagnostics.push(explain(&error, text, 0));
            return Ast::default();
        }
    };
    let mut builder = Builder::new(text, diagnostics);
    pairs.next().map(|file| builder.file(file)).unwrap_or_default()
}

/// Reads the prelude, which may name kernels.
pub fn parse_prelude(text: &str) -> Ast {
    parse(text, &mut Diagnostics::default())
}

/// Reports an item or statement that could not be read, by reading it alone.
pub(super) fn report_bad(pair: &Pair<'_, Rule>, diagnostics: &mut Diagnostics) {
    if diagnostics.is_full() {
        return;
    }
    let span = pair.as_span();
    let strict = match pair.as_rule() {
        Rule::bad_item => Rule::lone_item,
        _ => Rule::lone_statement,
    };
    let first = token_at(span.as_str(), 0);
    let outside = strict == Rule::lone_item;
    let mut known = words::starting(if outside { Place::File } else { Place::Network });
    if !known.clone().any(|word| word == first) {
        let start = span.start();
        let place = Span::new(start, start + first.len());
        if outside && words::starts(first) {
            diagnostics.push(problems::outside_network(first, place));
            return;
        }
        diagnostics.push(problems::unknown_statement(first, place, &mut known));
        return;
    }
    match MlpParser::parse(strict, span.as_str()) {
        Ok(read) => {
            let end = span.start() + read.as_str().trim_end().len();
            diagnostics.push(problems::unexpected(Span::new(end, end + 1), "the end of the statement"));
        }
        Err(error) => diagnostics.push(explain(&error, span.as_str(), span.start())),
    }
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The token that starts at `at`: a word, what looks like a number, or one character.
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

/// The parser fails in front of a bracket that closes well when what it misses behind it is
/// punctuation, which has no rule of its own: the place to look at is behind the bracket.
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

fn explain(error: &Error<Rule>, text: &str, offset: usize) -> crate::diagnostic::Diagnostic {
    let failed = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let at = behind_closers(text, failed);
    let found = token_at(text, at);
    let before = text.get(..at).unwrap_or_default().trim_end();
    let operand = before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ')' || c == ']');
    let open = open_bracket(before);
    if operand && open.is_none() && (found.is_empty() || words::starts(found)) {
        let last = before.chars().next_back().map_or(0, char::len_utf8);
        return problems::missing_semicolon(Span::new(offset + before.len() - last, offset + before.len()));
    }
    let expected = expected(error, operand, open, at == failed);
    let span = Span::new(offset + at, offset + at + found.len().min(limits::NAME_BYTES));
    problems::cannot_read(found, span, &expected, operand.then_some(open))
}

/// What could have stood at the place of an error, in words. The grammar's rules know operands;
/// punctuation follows from what stands before: an operand, in brackets or not.
fn expected(error: &Error<Rule>, operand: bool, open: Option<char>, by_rules: bool) -> String {
    let pest::error::ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        return String::new();
    };
    let mut words: Vec<&str> =
        positives.iter().filter(|_| by_rules).filter_map(|rule| human(*rule)).collect();
    words.sort_unstable();
    words.dedup();
    let demanded = ["a name", "a comparison such as `>`", "`then`", "`else`"];
    if operand && !words.iter().any(|word| demanded.contains(word)) {
        words.extend(match open {
            Some('(') => ["`,`", "`)`"],
            Some('[') => ["`,`", "`]`"],
            Some(_) => ["`,`", "`}`"],
            None => ["`,`", "`;`"],
        });
    }
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
        Rule::kw_then => "`then`",
        Rule::kw_else => "`else`",
        Rule::derivative | Rule::kw_derivative => "`derivative`",
        _ => return None,
    })
}
