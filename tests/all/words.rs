//! Documentation, comments and messages use plain English: a list of words and phrases that they avoid.
//!
//! Markdown is read as a whole; of Rust, of the grammar and of specifications, comments and string literals are read.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

/// Files and folders that are read, relative to the root. An empty path is the whole repository.
const PLACES: &[&str] = &[""];

/// Files that are not read, by the end of their path: this list and a generated parser.
const SKIPPED: &[&str] = &[file!(), "syntax/grammar.rs"];

/// Folders that hold no text of the project.
const FOREIGN: &[&str] = &["target", "node_modules", "corpus"];

const EXTENSIONS: &[&str] = &["rs", "md", "mlp", "pest"];

/// A word or phrase in lower case, and its replacement.
const AVOIDED: &[(&str, &str)] = &[
    ("stand", "be, is in, is at; `means` for a meaning"),
    ("stands", "is, is in, is at; `means` for a meaning"),
    ("stood", "was"),
    ("behind", "after"),
    ("anew", "again; or a verb with re-"),
    ("mend", "fix, repair"),
    ("mends", "fixes, repairs"),
    ("mended", "fixed, repaired"),
    ("mending", "fixing, repairing"),
    ("so many", "that many, this number of"),
    ("on the way", "intermediate; during …"),
    ("one's own", "own, private"),
    ("in front of", "before"),
    ("mistake", "error"),
    ("mistakes", "errors"),
];

/// After one of these words, within a sentence, a bare `by` should be `with respect to`.
const DERIVED: &[&str] = &["derivative", "derivatives", "gradient", "gradients", "partial", "partials"];

/// A word before `by` that makes it the agent of a verb, or a distance: "computed by", "one by one".
fn is_verb(word: &str) -> bool {
    const VERBS: &[&str] =
        &["found", "given", "written", "taken", "done", "made", "kept", "held", "one", "go", "drawn"];
    word.ends_with("ed") || word.ends_with("es") || VERBS.contains(&word)
}

/// A phrase that is allowed in a file, by the end of its path: for quotations and for the field's own terms.
const ALLOWED: &[(&str, &str)] = &[];

/// A word or a sign, in lower case, and its line.
struct Token {
    text: String,
    line: usize,
}

/// Replaces everything in a source file except comments and string literals by a mark that separates sentences.
/// Line breaks stay.
fn prose_of_source(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let at = |place: usize| characters.get(place).copied().unwrap_or('\n');
    let mut out = String::new();
    let mut place = 0;
    while place < characters.len() {
        let start = place;
        match at(place) {
            '/' if at(place + 1) == '/' => {
                while at(place) == '/' || at(place) == '!' {
                    place += 1;
                }
                while place < characters.len() && at(place) != '\n' {
                    out.push(at(place));
                    place += 1;
                }
            }
            '/' if at(place + 1) == '*' => {
                while place < characters.len() && !(at(place) == '*' && at(place + 1) == '/') {
                    out.push(at(place));
                    place += 1;
                }
                place += 2;
            }
            '"' => {
                // A raw string ends with as many signs as it has before its first quote, and knows no escapes.
                let signs = (0..start).rev().take_while(|&place| at(place) == '#').count();
                let raw = start.checked_sub(signs + 1).is_some_and(|before| at(before) == 'r');
                let ends = |place: usize| (1..=signs).all(|further| at(place + further) == '#');
                out.push('|');
                place += 1;
                while place < characters.len() && !(at(place) == '"' && (!raw || ends(place))) {
                    if at(place) == '\\' && !raw {
                        place += 1;
                        if at(place) == '\n' {
                            out.push('\n');
                        }
                    } else {
                        out.push(at(place));
                    }
                    place += 1;
                }
                out.push('|');
                place += 1;
            }
            // A character, not a lifetime.
            '\'' if at(place + 2) == '\'' || at(place + 1) == '\\' => {
                place += 2;
                while place < characters.len() && at(place) != '\'' && at(place) != '\n' {
                    place += 1;
                }
                place += 1;
            }
            '\n' | ' ' => {
                out.push(at(place));
                place += 1;
            }
            _ => {
                out.push('|');
                place += 1;
            }
        }
    }
    out
}

fn tokens(text: &str) -> Vec<Token> {
    let mut all = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let mut word = String::new();
        for character in line.chars().chain([' ']) {
            if character.is_alphanumeric()
                || "'’_".contains(character)
                || (character == '-' && !word.is_empty())
            {
                word.extend(character.to_lowercase());
                continue;
            }
            if !word.is_empty() {
                all.push(Token { text: std::mem::take(&mut word), line: number + 1 });
            }
            if !character.is_whitespace() {
                all.push(Token { text: character.to_string(), line: number + 1 });
            }
        }
    }
    all
}

/// Each avoided phrase: its line, the phrase and the advice.
fn found(text: &str) -> Vec<(usize, String, &'static str)> {
    let tokens = tokens(text);
    let mut all = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let is_placeholder = place.checked_sub(1).is_some_and(|before| tokens[before].text == "{");
        if is_placeholder {
            continue; // a variable in a format string
        }
        let rest = || tokens.iter().skip(place).map(|token| token.text.as_str());
        for (phrase, advice) in AVOIDED {
            let count = phrase.split(' ').count();
            if rest().take(count).eq(phrase.split(' ')) {
                all.push((token.line, (*phrase).to_owned(), *advice));
            }
        }
        // "Divides gradients by n" has a verb of its own.
        let is_object = place.checked_sub(1).is_some_and(|before| tokens[before].text == "divides");
        if DERIVED.contains(&token.text.as_str()) && !is_object {
            let sentence: Vec<&str> = rest()
                .take(9)
                .take_while(|text| !".,;:|(){}!?—–".contains(*text) || text.is_empty())
                .collect();
            let by =
                sentence.windows(3).find(|next| next[1] == "by" && !is_verb(next[0]) && next[0] != next[2]);
            if let Some(next) = by {
                all.push((token.line, format!("{} … {} by", token.text, next[0]), "with respect to"));
            }
        }
    }
    all
}

/// All files below a place, in order.
fn files(place: &Path, all: &mut Vec<PathBuf>) {
    let name = place.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if place.is_dir() && !FOREIGN.contains(&name) && (!name.starts_with('.') || name.is_empty()) {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for entry in entries {
            files(&entry, all);
        }
    } else if place.extension().and_then(|end| end.to_str()).is_some_and(|end| EXTENSIONS.contains(&end)) {
        all.push(place.to_owned());
    }
}

#[test]
fn texts_avoid_the_listed_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for place in PLACES {
        files(&root.join(place), &mut all);
    }
    assert!(all.len() > 10, "only {} files", all.len());
    let mut report = String::new();
    for file in all.iter().filter(|file| !SKIPPED.iter().any(|end| file.ends_with(end))) {
        let text = fs::read_to_string(file).unwrap();
        let markdown = file.extension().is_some_and(|end| end == "md");
        let prose = if markdown { text.clone() } else { prose_of_source(&text) };
        for (line, phrase, advice) in found(&prose) {
            if ALLOWED.iter().any(|(end, allowed)| file.ends_with(end) && *allowed == phrase) {
                continue;
            }
            let path = file.strip_prefix(root).unwrap().display();
            let _ = writeln!(report, "{path}:{line}: `{phrase}`, better: {advice}");
        }
    }
    assert!(report.is_empty(), "{} places:\n{report}", report.lines().count());
}

#[test]
fn phrases_are_found_in_prose_alone() {
    let here = |text: &str| {
        found(&prose_of_source(text)).into_iter().map(|(line, phrase, _)| (line, phrase)).collect::<Vec<_>>()
    };
    let phrase = |line: usize, text: &str| (line, text.to_owned());
    assert_eq!(here("let behind = 1; // it stands here"), [phrase(1, "stands")]);
    assert_eq!(here("/// a value on\n/// the way\nfn f() {}"), [phrase(1, "on the way")]);
    assert_eq!(here("say(\"there\\\n  behind \\\"it\\\"\", 'x')"), [phrase(2, "behind")]);
    assert_eq!(here("r#\"so \"many\" anew\"# + behind"), [phrase(1, "anew")]);
    assert_eq!(here("// The derivative of the loss by a net input."), [phrase(1, "derivative … loss by")]);
    assert_eq!(
        here(
            "// The gradient is divided by n; gradients sample by sample; the derivative with respect to x."
        ),
        []
    );
    assert_eq!(here("format!(\"{behind}\")"), []);
    assert_eq!(here("// stand-alone, standard, understanding, 'a' and '\\''"), []);
}
