//! Warnings: a fixture for each, and silence on everything that is sensible.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use mlp_dsl::{Compilation, diagnostic::Diagnostic, diagnostic::Severity, lint, weights::NoFiles};
use mlp_eval::Effort;

use crate::common::{folder, mlpc};

/// All warnings of a text, as `check` gives them.
pub(crate) fn warnings(text: &str) -> Vec<Diagnostic> {
    let compiled = Compilation::of(text, &NoFiles).unwrap_or_else(|found| panic!("{text}\n{found:?}"));
    match mlp_eval::warnings(&compiled.derivation, Effort::Thorough) {
        Some(found) => compiled.warnings.with(found),
        None => compiled.warnings.without_evaluation(),
    }
}

fn fixtures() -> Vec<(String, String)> {
    let mut fixtures: Vec<(String, String)> = fs::read_dir(folder("tests/warnings"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "mlp"))
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
        })
        .collect();
    fixtures.sort();
    assert!(fixtures.len() > 30, "{}", fixtures.len());
    fixtures
}

/// `line:column code title`
fn short(text: &str, warning: &Diagnostic) -> String {
    let before = &text[..warning.span().start];
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!("{}:{column} {} {}", before.matches('\n').count() + 1, warning.code, warning.title)
}

/// The snapshot of each fixture is the page that the user sees.
#[test]
fn fixtures_of_warnings() {
    insta::glob!("../warnings", "*.mlp", |path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let mut command = mlpc(&["check", name, "--deny", "warnings"]);
        let run = command.current_dir(folder("tests/warnings")).assert().code(1).stdout("");
        let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(said) });
    });
}

/// Each fixture ends with its expected warnings, `//~ line:column code title`.
#[test]
fn fixtures_say_what_they_are_warned_of() {
    let mut shown = BTreeSet::new();
    for (name, text) in fixtures() {
        let found = warnings(&text);
        assert!(found.iter().all(|warning| warning.severity == Severity::Warning), "{name}");
        let lines: Vec<String> = found.iter().map(|warning| short(&text, warning)).collect();
        let expected: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("//~ ")).collect();
        assert_eq!(lines, expected, "{name}");
        assert!(found.iter().all(|warning| warning.help.is_some()), "{name}");
        shown.extend(found.iter().map(|warning| warning.code));
    }
    assert!(shown.into_iter().eq(lint::codes()), "a warning without a fixture");
}

/// Each warning can be allowed by its code, and the others stay.
#[test]
fn allowed_warnings_are_silent() {
    for (name, text) in fixtures() {
        let before = warnings(&text);
        let codes: BTreeSet<&str> = before.iter().map(|warning| warning.code).collect();
        for code in codes {
            let end = text.find("\n}").unwrap();
            let allowing = format!("{}\n    allow {code};{}", &text[..end], &text[end..]);
            let left: Vec<&str> = warnings(&allowing).iter().map(|warning| warning.code).collect();
            let expected: Vec<&str> =
                before.iter().map(|warning| warning.code).filter(|other| *other != code).collect();
            assert_eq!(left, expected, "{name}: {code}");
        }
    }
}

#[test]
fn the_commands_report_and_go_on() {
    let file = folder("tests/warnings/equal_zeros.mlp");
    for command in ["check", "summary", "emit"] {
        let run = mlpc(&[command]).arg(&file).assert().code(0);
        let (said, printed) = (&run.get_output().stderr, &run.get_output().stdout);
        let said = String::from_utf8_lossy(said);
        assert!(said.contains("warning[W0106]: the 4 neurons of `h` start equal"), "{command}: {said}");
        assert!(said.contains("try `mlpc explain W0106`"), "{said}");
        assert!(!printed.is_empty(), "{command}");
        let run = mlpc(&[command, "--deny", "warnings"]).arg(&file).assert().code(1).stdout("");
        let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(said.contains("With `--deny warnings` a warning is an error."), "{command}: {said}");
    }
    // Those that need an evaluation are for `check`.
    let dead = folder("tests/warnings/dead_relu.mlp");
    mlpc(&["summary", "--deny", "warnings"]).arg(&dead).assert().code(0).stderr("");
    mlpc(&["check", "--deny", "warnings"]).arg(&dead).assert().code(1);
}

#[test]
fn the_formats_of_messages() {
    let file = folder("tests/warnings/softmax_of_one.mlp");
    let said = |format: &str| {
        let run = mlpc(&["summary", "--message-format", format]).arg(&file).assert().code(0);
        String::from_utf8(run.get_output().stderr.clone()).unwrap()
    };
    let short = said("short");
    assert!(short.ends_with(":3:18: warning[W0101]: the softmax of one number is always 1\n"), "{short}");
    let json: serde_json::Value = serde_json::from_str(&said("json")).unwrap();
    assert_eq!((json["level"].as_str(), json["code"].as_str()), (Some("warning"), Some("W0101")));
    assert_eq!((&json["labels"][0]["line"], &json["labels"][0]["column"]), (&3.into(), &18.into()));
}

/// The specifications of a text: blocks of Markdown marked `mlp` alone, or invocations of the macro.
fn specifications(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("mlp") => vec![text],
        Some("md") => {
            let blocks = text.split("```mlp\n").skip(1);
            blocks.map(|block| block.split("\n```").next().unwrap().to_owned()).collect()
        }
        _ => text.split("mlp! {").skip(1).filter_map(inside).collect(),
    }
}

/// The text up to the brace that closes the one before it.
fn inside(text: &str) -> Option<String> {
    let mut depth = 1;
    let end = text.find(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0
    })?;
    Some(text[..end].to_owned())
}

fn walk(at: &Path, found: &mut Vec<PathBuf>) {
    const NOT: [&str; 5] = ["target", "fixtures", "warnings", "ui", "node_modules"];
    for entry in fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !name.starts_with('.') && !NOT.contains(&name) {
            walk(&path, found);
        } else if ["mlp", "md", "rs"].iter().any(|e| path.extension().is_some_and(|found| found == *e)) {
            found.push(path);
        }
    }
}

/// Examples and documentation have no warnings.
#[test]
fn the_examples_are_silent() {
    let mut files = Vec::new();
    for place in
        ["../examples", "../docs", "../README.md", "../CHANGELOG.md", "../src", "../tests/trajectories"]
    {
        let place = folder(place);
        if place.is_dir() { walk(&place, &mut files) } else { files.push(place) }
    }
    let mut count = 0;
    let mut wrong = Vec::new();
    for path in files {
        for text in specifications(&path) {
            let Ok(compiled) = Compilation::of(&text, &NoFiles) else { continue };
            count += 1;
            let evaluated = mlp_eval::warnings(&compiled.derivation, Effort::Thorough).unwrap_or_default();
            let found = compiled.warnings.with(evaluated);
            wrong.extend(found.iter().map(|w| format!("{} {} {}", path.display(), w.code, w.title)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 40, "{count}");
}

/// Networks that look like a fault and are none.
#[test]
fn exceptions_are_silent() {
    let network = |declarations: &str, loss: &str| {
        format!("network N: f64 {{ input x {{ a, b }} {declarations} target t[2]; loss {loss}; }}")
    };
    for (declarations, loss) in [
        // Two numbers that sum to 1.
        (
            "weights { v, w } layer y { p = sigmoid(v*a + w*b), q = sigmoid(-v*a - w*b) }",
            "cross_entropy(y, t)",
        ),
        (
            "weights { v, w } layer h { p = sigmoid(v*a + w*b) } layer y { q = p, r = 1 - p }",
            "cross_entropy(y, t)",
        ),
        // Probabilities that are not of the prelude's sigmoid.
        ("layer y[2] = 0.5 + 0.5 * tanh(dense(x));", "binary_cross_entropy(y, t)"),
        ("layer y[2] = softmax(dense(x));", "binary_cross_entropy(y, t)"),
        ("fn sigmoid(z) = 4 * z; layer y[2] = sigmoid(dense(x));", "binary_cross_entropy_from_logits(y, t)"),
        // A softmax that is no output, of numbers with bounds.
        ("layer h[2] = softmax(tanh(dense(x))); layer y[2] = dense(h * x);", "half_squared_error(y, t)"),
        ("layer h[8] = relu(dense(x)); layer y[2] = relu(dense(h));", "cross_entropy_from_logits(y, t)"),
        // Zeros in an output layer, in a branch beside a skip, in a gate, in frozen weights.
        ("weights W[2, 2] ~ zeros(); layer y[2] = x @ W;", "half_squared_error(y, t)"),
        (
            "weights W[2, 2] ~ zeros(); layer h[2] = x + tanh(x @ W); layer y[2] = dense(h);",
            "half_squared_error(y, t)",
        ),
        (
            "weights W[2, 2] ~ zeros(); layer g[2] = sigmoid(x @ W); layer h[2] = g * x; layer y[2] = dense(h);",
            "half_squared_error(y, t)",
        ),
        (
            "frozen weights W[2, 2] = 1; layer h[2] = tanh(x @ W); layer y[2] = dense(h);",
            "half_squared_error(y, t)",
        ),
    ] {
        let text = network(declarations, loss);
        let found = warnings(&text);
        assert!(found.is_empty(), "{text}\n{found:#?}");
    }
}
