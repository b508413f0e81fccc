//! What a user sees when the specification or its use is wrong, as rustc of the current stable release prints it:
//! each program of `tests/ui` has its messages beside it. `UI=overwrite cargo test --test all ui` renews them.
//!
//! Each fixture of the command line goes through the macro twice: `mlp-macros/src/tests.rs` compares code, title, place
//! and help; here rustc compiles the stubs of all of them and must have nothing to add.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use mlp_support::{
    cargo::Crate,
    fixtures::{Fixture, fixtures},
    root,
};
use serde_json::Value;

fn stem(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

/// The messages of rustc by program, as cargo passes them on; none where a program compiles.
fn messages(programs: &Crate) -> BTreeMap<String, Vec<Value>> {
    let output = programs.cargo(&["check", "--keep-going", "--message-format", "json"]);
    let mut messages = BTreeMap::<String, Vec<Value>>::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let (message, name) = (line["message"].take(), &line["target"]["name"]);
        if message["spans"].as_array().is_some_and(|spans| !spans.is_empty()) {
            messages.entry(name.as_str().unwrap().to_owned()).or_default().push(message);
        }
    }
    assert!(!messages.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    messages
}

#[test]
fn errors_are_underlined_in_the_users_source() {
    let entries = fs::read_dir(root().join("tests/ui")).unwrap().map(|entry| entry.unwrap().path());
    let mut programs: Vec<_> = entries.filter(|path| path.extension().is_some_and(|e| e == "rs")).collect();
    programs.sort();
    let mut targets = String::new();
    for path in &programs {
        writeln!(targets, "[[bin]]\nname = {:?}\npath = {path:?}", stem(path)).unwrap();
    }
    let nested = Crate::new("ui", "");
    nested.manifest("", &targets);
    let messages = messages(&nested);
    let mut wrong = Vec::new();
    for path in &programs {
        let rendered = messages.get(stem(path)).into_iter().flatten().map(|message| &message["rendered"]);
        let found: String = rendered.filter_map(Value::as_str).collect();
        let found = format!("{}\n", found.replace(&format!("{}/", root().display()), "").trim_end());
        let expected = path.with_extension("stderr");
        if std::env::var("UI").is_ok_and(|mode| mode == "overwrite") {
            fs::write(&expected, &found).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{} prints\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(programs.len() >= 9, "{}", programs.len());
}

/// The names that rustc finds confusing are those of fixtures.
const HEAD: &str = "#![allow(confusable_idents, mixed_script_confusables)]\n";

/// All fixtures in one program, a module for each.
#[test]
fn rustc_adds_nothing_to_the_errors_of_a_fixture() {
    let (mut program, mut expected, mut count) = (HEAD.to_owned(), Vec::new(), 0);
    for fixture in fixtures().iter().filter(|fixture| is_compiled(fixture)) {
        writeln!(program, "mod {} {{ mlp::mlp! {{", fixture.name).unwrap();
        let above = program.lines().count();
        writeln!(program, "{}\n}}}}", fixture.text).unwrap();
        expected.extend(fixture.expected.iter().map(|line| {
            let (line, rest) = line.split_once(':').unwrap();
            format!("{}:{rest}", line.parse::<usize>().unwrap() + above)
        }));
        count += 1;
    }
    assert!(count >= 150, "{count}");
    program.push_str("fn main() {}\n");
    let nested = Crate::new("fixtures", "");
    nested.write("src/main.rs", &program);
    let found: Vec<String> = messages(&nested).values().flatten().map(error).collect();
    let wrong: Vec<_> = found.iter().filter(|found| !expected.contains(found)).collect();
    let missing: Vec<_> = expected.iter().filter(|expected| !found.contains(expected)).collect();
    assert!(wrong.is_empty() && missing.is_empty(), "{wrong:#?}\n{missing:#?}");
    assert_eq!(found.len(), expected.len());
}

/// Whether a fixture can be a part of a program; `mlp-macros/src/tests.rs` has the reasons of the others.
fn is_compiled(Fixture { name, text, .. }: &Fixture) -> bool {
    let others = [
        "backward_pass_too_large",
        "comment_too_deep",
        "comment_with_hash",
        "empty", // its place is the macro's call
        "layers_too_many",
        "neurons_too_many",
    ];
    let names_a_file = ["weights from \"", "expect from \""].iter().any(|start| text.contains(start))
        && !["expect_mixed", "weights_path", "weights_twice", "weights_word"].contains(&name.as_str());
    !others.contains(&name.as_str()) && !names_a_file && text.parse::<proc_macro2::TokenStream>().is_ok()
}

/// A message in the form of a fixture's expectation, `line:column code title`.
fn error(message: &Value) -> String {
    let text = message["message"].as_str().unwrap();
    let first = text.lines().next().unwrap_or_default();
    let (code, title) = first.strip_prefix('[').and_then(|rest| rest.split_once("] ")).unwrap_or(("", text));
    let spans = message["spans"].as_array().unwrap();
    let primary = spans.iter().find(|span| span["is_primary"] == true).unwrap();
    format!("{}:{} {code} {title}", primary["line_start"], primary["column_start"])
}
