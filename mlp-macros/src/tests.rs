//! Fixtures of the command line through the macro: `proc_macro2` lexes them and remembers lines and columns, so no
//! rustc is needed. `tests/all/ui.rs` has rustc compile them, all in one program.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use mlp_dsl::diagnostic::Diagnostic;
use mlp_support::fixtures::{Fixture, fixtures};
use proc_macro2::{LineColumn, TokenStream, TokenTree};

use super::expand;

/// Fixtures that the macro does not see as their text, and why.
const TEXT_ONLY: [(&str, &str); 44] = [
    ("backward_pass_too_large", LARGE),
    ("bidi_in_title", NO_TOKENS),
    ("bracket_mismatched", NO_TOKENS),
    ("bracket_unclosed", NO_TOKENS),
    ("bracket_unopened", NO_TOKENS),
    ("brackets_several", NO_TOKENS),
    ("comment_endless", NO_TOKENS),
    ("comment_too_deep", "rustc drops the comment"),
    ("comment_with_hash", "tokens have no ends of lines"),
    ("comments_with_hash", NO_TOKENS),
    ("control_characters", NO_TOKENS),
    ("declarations_unreadable", NO_TOKENS),
    ("layers_too_many", LARGE),
    ("multiplication_sign", NO_TOKENS),
    ("names_decorated", NO_TOKENS),
    ("neurons_too_many", LARGE),
    ("signs_from_elsewhere", NO_TOKENS),
    ("expect_many", A_FILE),
    ("expect_missing", A_FILE),
    ("expect_nan", A_FILE),
    ("expect_nowhere", A_FILE),
    ("expect_rows", A_FILE),
    ("weights_cut", A_FILE),
    ("weights_double", A_FILE),
    ("weights_empty", A_FILE),
    ("weights_few", A_FILE),
    ("weights_folder", A_FILE),
    ("weights_foreign", A_FILE),
    ("weights_header", A_FILE),
    ("weights_infinite", A_FILE),
    ("weights_many", A_FILE),
    ("weights_map_untransposed", A_FILE),
    ("weights_map_square", A_FILE),
    ("weights_map_spare", A_FILE),
    ("weights_map_missing", A_FILE),
    ("weights_map_ignores_nothing", A_FILE),
    ("weights_nameless", A_FILE),
    ("weights_nowhere", A_FILE),
    ("weights_objects", A_FILE),
    ("weights_other", A_FILE),
    ("weights_started", A_FILE),
    ("weights_turned", A_FILE),
    ("weights_turned_needlessly", A_FILE),
    ("weights_whole", A_FILE),
];
const NO_TOKENS: &str = "rustc refuses it before a macro sees it";
const LARGE: &str = "a second in a debug build";
const A_FILE: &str = "it names a file, which the macro seeks in its user's crate";

/// Each fixture has its errors in its own lines `//~ line:column code title`. The macro reports the same, under the same
/// characters and with the same labels and help as the compiler of texts.
#[test]
fn the_macro_reports_what_the_command_line_reports() {
    let mut codes = Vec::new();
    let mut count = 0;
    for Fixture { name, text, expected, .. } in fixtures() {
        if TEXT_ONLY.iter().any(|(fixture, _)| *fixture == name) {
            continue;
        }
        let errors = errors(&text);
        let found: Vec<String> = errors.iter().map(Error::line).collect();
        assert_eq!(found, expected, "{name}");
        let of_text = mlp_dsl::compile(&text).unwrap_err();
        assert_eq!(errors.len(), of_text.len(), "{name}");
        for (error, diagnostic) in errors.iter().zip(&of_text) {
            assert!(error.says(diagnostic), "{name}: {}\n{diagnostic:#?}", error.message);
            let underlined = diagnostic.span();
            let ends = error.end == place(&text, underlined.end) || underlined.start == underlined.end;
            assert!(ends, "{name}: {}", error.message);
            codes.push(diagnostic.code);
        }
        count += 1;
    }
    codes.sort_unstable();
    codes.dedup();
    assert!(count >= 151 && codes.len() >= 90, "{count} fixtures, {} codes: {codes:?}", codes.len());
}

/// Each warning that needs no evaluation is the use of a deprecated constant at its token; its note is the message.
#[test]
fn warnings_are_deprecated_constants_at_their_tokens() {
    let mut count = 0;
    for entry in std::fs::read_dir(mlp_support::root().join("mlpc/tests/warnings")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let expected = text.lines().filter_map(|line| line.strip_prefix("//~ "));
        let expected: Vec<&str> = expected.filter(|line| line.contains(" W01")).collect();
        assert_eq!(warnings(&text), expected, "{}", path.display());
        assert!(errors(&text).is_empty(), "{}", path.display());
        count += expected.len();
    }
    assert!(count > 20, "{count}");
}

/// `line:column code title` of each warning.
fn warnings(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    flatten(expand(text.parse().unwrap()), &mut tokens);
    let mut found = Vec::new();
    let mut rest = tokens.into_iter();
    while rest.any(|token| matches!(&token, TokenTree::Ident(name) if name == "note")) {
        let mut code = rest.by_ref().skip_while(|token| !matches!(token, TokenTree::Literal(_)));
        let note = unescaped(&code.next().unwrap().to_string());
        let mut names =
            code.filter(|token| matches!(token, TokenTree::Ident(name) if name.to_string().starts_with('W')));
        let (declared, used) = (names.next().unwrap(), names.next().unwrap());
        assert_eq!(declared.to_string(), used.to_string());
        let start = used.span().start();
        let title = note.lines().next().unwrap_or_default();
        found.push(format!("{}:{} {used} {title}", start.line, start.column + 1));
    }
    found
}

/// What is listed as no text for tokens is none.
#[test]
fn the_others_have_no_tokens() {
    let fixtures = fixtures();
    for (name, reason) in TEXT_ONLY {
        let fixture = fixtures.iter().find(|fixture| fixture.name == name).unwrap();
        assert_eq!(fixture.text.parse::<TokenStream>().is_err(), reason == NO_TOKENS, "{name}");
    }
}

/// A `compile_error!` in the macro's output.
struct Error {
    message: String,
    start: LineColumn,
    end: LineColumn,
}

impl Error {
    /// `line:column code title`; both count from 1.
    fn line(&self) -> String {
        let first = self.message.lines().next().unwrap_or_default();
        let (code, title) = first.strip_prefix('[').and_then(|rest| rest.split_once("] ")).unwrap();
        format!("{}:{} {code} {title}", self.start.line, self.start.column + 1)
    }

    /// Whether the message has all that the diagnostic has.
    fn says(&self, diagnostic: &Diagnostic) -> bool {
        let mut lines = self.message.lines().skip(1);
        let labels = diagnostic.labels.iter().enumerate().all(|(index, label)| match index {
            0 => lines.next() == Some(&format!("  here: {}", label.text)),
            _ => lines.next().is_some_and(|line| {
                line.starts_with("  at `") && line.ends_with(&format!("`: {}", label.text))
            }),
        });
        let help = diagnostic.help.iter().all(|help| lines.next() == Some(&format!("  help: {help}")));
        labels && help && lines.next().is_none()
    }
}

fn errors(text: &str) -> Vec<Error> {
    let mut tokens = Vec::new();
    flatten(expand(text.parse().unwrap()), &mut tokens);
    let calls = tokens.windows(4).filter_map(|tokens| match tokens {
        [TokenTree::Ident(name), _, TokenTree::Group(group), TokenTree::Literal(message)]
            if name == "compile_error" =>
        {
            let (start, end) = (name.span().start(), group.span().end());
            Some(Error { message: unescaped(&message.to_string()), start, end })
        }
        _ => None,
    });
    calls.collect()
}

/// Tokens in their order, a group before its content.
fn flatten(tokens: TokenStream, into: &mut Vec<TokenTree>) {
    for token in tokens {
        into.push(token.clone());
        if let TokenTree::Group(group) = token {
            flatten(group.stream(), into);
        }
    }
}

/// The text of a string literal.
fn unescaped(literal: &str) -> String {
    let inner = literal.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap();
    let mut text = String::new();
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        text.push(match (c, if c == '\\' { rest.next() } else { None }) {
            (_, Some('n')) => '\n',
            (_, Some(escaped)) => escaped,
            (c, None) => c,
        });
    }
    text
}

/// A byte of the text as `proc_macro2` counts: lines from 1, columns from 0.
fn place(text: &str, at: usize) -> LineColumn {
    let before = text.get(..at).unwrap();
    let column = before.chars().rev().take_while(|c| *c != '\n').count();
    LineColumn { line: before.matches('\n').count() + 1, column }
}
