//! Networks in which every count is one: no text says "1 weights".

use std::fs;

use crate::common::{check_text, mlpc};

/// Networks of one input, one neuron, one parameter, one sample.
const ONES: [(&str, &str); 8] = [
    (
        "named",
        "input x { a = 1 } weights { w = 0.5 } layer y { o = w * a } target t { g = 1 }
         loss squared_error(y, t); train sgd(rate = 0.1), batch 1, samples 1;",
    ),
    (
        "dense",
        "input x[1] = [1]; layer y[1] = sigmoid(dense(x)); target t[1] = [1]; loss squared_error(y, t);
         penalty l2(W_y, 0.1); train adam(rate = 0.1), batch 1, samples 1, clip_norm = 1;",
    ),
    (
        "data",
        "input x[1]; layer y[1] = linear(x); target t[1]; loss half_squared_error(y, t);
         train momentum(rate = 0.1), reduction = sum; data { 1 -> 2 }",
    ),
    (
        "frozen",
        "input x { a = 1 } frozen weights { f = 0.5 } biases b = 1; layer y { o = relu(f * a + b) }
         target t { g = 1 } loss squared_error(y, t);",
    ),
    (
        "all_frozen",
        "input x { a = 1 } frozen weights { f = 0.5 } layer y { o = relu(f * a) }
         target t { g = 1 } loss squared_error(y, t);",
    ),
    ("inference", "input x[1]; layer y[1] = tanh(dense(x)); layer z[1] = concat(y); unroll never;"),
    (
        "shared",
        "input x { a = 1 } weights { w = 0.5 } biases { b = 0.5 } layer h { h1 = sigmoid(w * a + b) }
         layer y { o = sigmoid(w * h1 + b) } target t { g = 1 } loss squared_error(y, t); train sgd(rate = 0.1);",
    ),
    (
        "class",
        "input x[1]; layer y[1] = softmax(dense(x)); target t: class[1]; loss cross_entropy(y, t);
         train sgd(rate = 0.1), batch 1; data { 1 -> 0 } unroll never;",
    ),
];

const COMMANDS: [&[&str]; 7] = [
    &["check"],
    &["summary"],
    &["summary", "--format", "markdown", "--batch", "1", "--samples", "1"],
    &["eval"],
    &["derive"],
    &["emit"],
    &["emit", "--standalone"],
];

/// Words after a 1 that end in s and are no plural.
const SINGULAR: [&str; 8] = ["bias", "is", "as", "was", "has", "times", "less", "exceeds"];

/// The places where a 1 has a plural after it.
fn plurals(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let pairs = words.windows(2).filter(|pair| {
        let noun: &str = pair[1].trim_end_matches(|c: char| !c.is_alphabetic());
        let is_word = noun.len() > 2 && noun.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        pair[0].trim_start_matches(['(', '`']) == "1"
            && is_word
            && noun.ends_with('s')
            && !SINGULAR.contains(&noun)
    });
    pairs.map(|pair| pair.join(" ")).collect()
}

#[test]
fn one_has_no_plural() {
    let folder = tempfile::tempdir().unwrap();
    for (name, statements) in ONES {
        let path = folder.path().join(name).with_extension("mlp");
        fs::write(&path, format!("network One: f64 {{ {statements} }}")).unwrap();
        for command in COMMANDS {
            let run = mlpc(command).arg(&path).output().unwrap();
            let text = String::from_utf8(run.stdout).unwrap() + &String::from_utf8(run.stderr).unwrap();
            let is_refused = command == ["eval"] && ["inference"].contains(&name);
            assert!(run.status.success() || is_refused, "{name} {command:?}: {text}");
            // A table has numbers in columns, and the layers' names in the next line.
            let found: Vec<String> =
                text.lines().filter(|line| !line.contains("  ")).flat_map(plurals).collect();
            let indented: Vec<String> = text
                .lines()
                .filter_map(|line| line.trim_start().strip_prefix("///"))
                .flat_map(plurals)
                .collect();
            assert!(found.is_empty() && indented.is_empty(), "{name} {command:?}: {found:?} {indented:?}");
        }
    }
}

#[test]
fn messages_count_in_the_singular() {
    let network = |statements: &str| format!("network One: f64 {{ {statements} }}");
    let wrong = [
        "input x[1] = [1, 2]; layer y[1] = dense(x);",
        "input x[1]; weights W[1, 1] = [[1, 2]]; layer y = x @ W;",
        "input x[1]; weights W[1, 1] = [[1], [2]]; layer y = x @ W;",
        "input x[1]; layer y[1] = dense(x); target t[1]; loss squared_error(y, t); train sgd(rate = 1), batch 2, samples 1;",
        "input x[1]; layer y[1] = dense(x); data { (1, 2) }",
        "input x[1]; layer y[1] = sigmoid(dense(x), 2);",
        "input x[1]; layer y[1] = softmax(dense(x)); target t: class[1] = 1; loss cross_entropy(y, t);",
    ];
    for statements in wrong {
        let said = check_text(network(statements), 1);
        let found = plurals(&said.replace('\n', " "));
        assert!(found.is_empty(), "{statements}: {found:?}\n{said}");
    }
}
