//! Runs the parser, and says what is wrong with what it could not read.

use pest::{
    Parser,
    error::{Error, InputLocation},
    iterators::Pair,
};

use super::{ast::Ast, build::Builder, grammar::MlpParser, grammar::Rule, scan::scan};
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
    let span = pair.as_span();
    let strict = match pair.as_rule() {
        Rule::bad_item => Rule::lone_item,
        _ => Rule::lone_statement,
    };
    let first = first_word(span.as_str());
    if !STARTS.iter().any(|(word, items)| *word == first && (*items || strict == Rule::lone_statement)) {
        let start = span.start();
        let place = Span::new(start, start + first.len().max(1).min(span.as_str().len()));
        let known = STARTS.iter().filter(|(_, items)| *items || strict == Rule::lone_statement);
        diagnostics.push(problems::unknown_statement(first, place, known.map(|(word, _)| *word)));
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

/// The words that start a statement, and whether they may start an item too.
const STARTS: [(&str, bool); 12] = [
    ("network", true),
    ("pub", true),
    ("fn", true),
    ("const", true),
    ("input", false),
    ("weights", false),
    ("biases", false),
    ("layer", false),
    ("target", false),
    ("loss", false),
    ("train", false),
    ("seed", false),
];

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The token that starts at `at`: a word or one character.
pub(super) fn token_at(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or_default();
    let word = first_word(rest);
    let one = rest.chars().next().map_or(0, char::len_utf8);
    if word.is_empty() { rest.get(..one).unwrap_or_default() } else { word }
}

fn explain(error: &Error<Rule>, text: &str, offset: usize) -> crate::diagnostic::Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let found = token_at(text, at);
    let span = Span::new(offset + at, offset + at + found.len().min(limits::NAME_BYTES));
    problems::cannot_read(found, span, &expected(error, text, at))
}

/// What could have stood at the place of an error, in words. The grammar's rules know operands;
/// punctuation follows from what stands before.
fn expected(error: &Error<Rule>, text: &str, at: usize) -> String {
    let pest::error::ErrorVariant::ParsingError { positives, .. } = &error.variant else {
        return String::new();
    };
    let mut words: Vec<&str> = positives.iter().filter_map(|rule| human(*rule)).collect();
    words.sort_unstable();
    words.dedup();
    let before = text.get(..at).unwrap_or_default().trim_end();
    let after_operand = before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ')' || c == ']');
    if after_operand && words.iter().all(|word| *word != "a name") {
        words.push("`,`");
        words.push("`;`");
        words.push("a closing bracket");
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
        Rule::expression | Rule::sum | Rule::product | Rule::signed | Rule::power | Rule::primary => {
            "a formula"
        }
        Rule::number | Rule::call | Rule::conditional | Rule::value | Rule::list => "a formula",
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
