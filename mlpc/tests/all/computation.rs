//! `mlpc graph --kind computation`.

use crate::common::{COURSE, error, mlpc, output};

const KIND: [&str; 3] = ["graph", "--kind", "computation"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&KIND[..], more].concat()
}

#[test]
fn every_format_of_every_example() {
    for file in COURSE {
        for (format, start) in [("svg", "<svg "), ("dot", "digraph "), ("mermaid", "flowchart LR\n")] {
            let arguments = with(&[file, "--format", format]);
            let text = output(&arguments);
            assert!(text.starts_with(start), "{arguments:?}");
            assert_eq!(text, output(&arguments));
        }
    }
}

#[test]
fn values_gradients_and_rules_are_there() {
    let text = output(&with(&["exercise.mlp"]));
    for said in [
        ">0.00043857<",
        ">−0.038098<",
        ">d11<",
        ">up × 0.24130<",
        "a sum passes the gradient on to each input",
    ] {
        assert!(text.contains(said), "{said}");
    }
    assert!(output(&with(&["exercise.mlp", "--digits", "9"])).contains(">0.000438567734<"));
    let focus = output(&with(&["exercise.mlp", "--focus", "w1"]));
    assert!(focus.contains("the paths from w1 to the loss") && !focus.contains(">w3<"));
}

#[test]
fn frames_are_numbered_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("step.svg");
    assert_eq!(output(&with(&["exercise.mlp", "--frames", "-o", file.to_str().unwrap()])), "");
    let mut names: Vec<String> =
        folder.path().read_dir().unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.len(), 24);
    assert_eq!((names[0].as_str(), names[23].as_str()), ("step-01.svg", "step-24.svg"));
    let last = std::fs::read_to_string(folder.path().join("step-24.svg")).unwrap();
    assert!(
        last.contains("Step 24 of 24, backward:") && last.contains("grad w1 = 0.0087714 × 0.05 = 0.00043857")
    );
}

#[test]
fn refusals_say_what_to_do() {
    let said = error(&with(&["exercise.mlp", "--focus", "w9"]), 1);
    assert!(said.contains("`w9`") && said.contains("choose one of w1, w2"), "{said}");
    for (arguments, words) in [
        (&["graph", "exercise.mlp", "--focus", "w1"][..], "--kind computation"),
        (&with(&["exercise.mlp", "--values"]), "always has values"),
        (&with(&["exercise.mlp", "--frames", "--format", "dot", "-o", "x"]), "SVG only"),
        (&with(&["exercise.mlp", "--frames"]), "--output"),
    ] {
        let said = error(arguments, 2);
        assert!(said.contains(words), "{said}");
    }
    let text = "network N { input x { a = 1 } weights { w = 2 } layer o { y = w * a } }";
    let run = mlpc(&with(&["-"])).write_stdin(text).assert().code(1);
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(said.contains("has no loss"), "{said}");
}
