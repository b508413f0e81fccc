//! The extension for VS Code: its words are those of the language, and it starts this program.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use fancy_regex::{Regex, RegexBuilder};
use mlp_dsl::syntax::{
    PRELUDE, parse_prelude,
    words::{INITIALIZERS, INSIDE, OPTIONS, PRIMITIVES, STARTS, Word},
};
use serde_json::Value;

const GRAMMAR: &str = "syntaxes/mlp.tmLanguage.json";
const INJECTION: &str = "syntaxes/mlp.rust.injection.json";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../editors/vscode")
}

fn text(file: &str) -> String {
    fs::read_to_string(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn json(file: &str) -> Value {
    serde_json::from_str(&text(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The words of an entry of the grammar: those in the `\b(…)\b` of each of its patterns.
fn listed(entry: &str) -> BTreeSet<String> {
    let grammar = json(GRAMMAR);
    let entry = &grammar["repository"][entry];
    let alone = std::slice::from_ref(entry);
    let patterns = entry["patterns"].as_array().map_or(alone, Vec::as_slice);
    let list = Regex::new(r"\\b\(([\w|]+)\)\\b").unwrap();
    let mut words = BTreeSet::new();
    for pattern in patterns {
        let regex = pattern["match"].as_str().or(pattern["begin"].as_str()).unwrap();
        let lists: Vec<_> = list.captures_iter(regex).map(Result::unwrap).collect();
        assert_eq!(lists.len(), 1, "one list in {regex}");
        for word in lists[0][1].split('|') {
            assert!(words.insert(word.to_owned()), "`{word}` is there twice");
        }
    }
    words
}

fn known<'w>(words: impl IntoIterator<Item = &'w Word>) -> BTreeSet<String> {
    words.into_iter().map(|word| word.text.to_owned()).collect()
}

#[test]
fn the_words_are_those_of_the_language() {
    assert_eq!(listed("sentences"), known(STARTS.iter().map(|(_, word)| word)));
    assert_eq!(listed("inside"), known(&INSIDE));
    assert_eq!(listed("primitives"), known(&PRIMITIVES));
    assert_eq!(listed("initializers"), known(&INITIALIZERS));
    assert_eq!(listed("options"), known(&OPTIONS));
}

#[test]
fn the_functions_and_rules_are_those_of_the_prelude() {
    let prelude = parse_prelude(PRELUDE);
    let functions = prelude.functions.iter().map(|function| function.name.text.clone());
    let rules = prelude.rules.iter().map(|rule| rule.name.text.clone());
    assert_eq!(listed("prelude"), functions.collect());
    assert_eq!(listed("rules"), rules.collect());
}

/// Each regular expression, an `end` after its `begin`, whose groups it may name; each `include`.
fn collect(grammar: &Value, regexes: &mut Vec<String>, includes: &mut Vec<String>) {
    match grammar {
        Value::Array(parts) => parts.iter().for_each(|part| collect(part, regexes, includes)),
        Value::Object(parts) => {
            let part = |key: &str| parts.get(key).and_then(Value::as_str);
            assert_eq!(part("begin").is_some(), part("end").is_some(), "{grammar}");
            regexes.extend(part("match").map(str::to_owned));
            regexes
                .extend(part("begin").zip(part("end")).map(|(begin, end)| format!("(?:{begin})(?:{end})")));
            includes.extend(part("include").map(str::to_owned));
            parts.values().for_each(|part| collect(part, regexes, includes));
        }
        _ => {}
    }
}

#[test]
fn the_grammars_hold_together() {
    let grammar = json(GRAMMAR);
    for file in [GRAMMAR, INJECTION] {
        let (mut regexes, mut includes) = (Vec::new(), Vec::new());
        collect(&json(file), &mut regexes, &mut includes);
        assert!(!regexes.is_empty());
        for regex in regexes {
            // An editor reads them with Oniguruma.
            RegexBuilder::new(&regex).oniguruma_mode(true).build().unwrap_or_else(|e| panic!("{regex}: {e}"));
        }
        for include in includes {
            let found = match include.strip_prefix('#') {
                Some(entry) => file == GRAMMAR && grammar["repository"].get(entry).is_some(),
                None => include == "$self" || grammar["scopeName"] == include,
            };
            assert!(found, "{file} includes {include}");
        }
    }
}

/// What a manifest names as `./…`.
fn files(manifest: &Value, found: &mut Vec<String>) {
    match manifest {
        Value::String(text) if text.starts_with("./") => found.push(text.clone()),
        Value::Array(parts) => parts.iter().for_each(|part| files(part, found)),
        Value::Object(parts) => parts.values().for_each(|part| files(part, found)),
        _ => {}
    }
}

#[test]
fn the_manifest_names_what_is_there() {
    let manifest = json("package.json");
    let mut named = Vec::new();
    files(&manifest, &mut named);
    named.sort();
    let expected = [
        "./extension.js",
        "./language-configuration.json",
        &format!("./{INJECTION}"),
        &format!("./{GRAMMAR}"),
    ];
    assert_eq!(named, expected);
    for file in named {
        assert!(folder().join(&file).is_file(), "{file}");
    }

    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    let contributes = &manifest["contributes"];
    assert_eq!(contributes["languages"][0]["id"], "mlp");
    assert_eq!(contributes["languages"][0]["extensions"], serde_json::json!([".mlp"]));
    for (contributed, file) in contributes["grammars"].as_array().unwrap().iter().zip([GRAMMAR, INJECTION]) {
        assert_eq!(contributed["path"], format!("./{file}"));
        assert_eq!(contributed["scopeName"], json(file)["scopeName"]);
    }
    // What the injection embeds is the language.
    let embedded = json(INJECTION)["patterns"][0]["contentName"].as_str().unwrap().to_owned();
    assert_eq!(contributes["grammars"][1]["embeddedLanguages"][embedded], "mlp");
    json("language-configuration.json");
}

#[test]
fn the_extension_starts_the_language_server() {
    let program = Path::new(env!("CARGO_BIN_EXE_mlpc")).file_stem().unwrap();
    let setting = &json("package.json")["contributes"]["configuration"]["properties"]["mlp.server.path"];
    assert_eq!(setting["default"].as_str(), program.to_str());
    let extension = text("extension.js");
    for part in ["{ command, args: [\"lsp\"] }", "SETTING = \"mlp.server.path\"", "{ language: \"mlp\" }"] {
        assert!(extension.contains(part), "{part}");
    }
}
