//! `mlpc emit --format python` and `--format javascript`: the declared step as a program.

use std::fs;

use crate::common::{mlpc, output};

/// The ending of the file chooses the language; `--format` comes first.
#[test]
fn the_ending_chooses_the_language() {
    let folder = tempfile::tempdir().unwrap();
    let python = output(&["emit", "exercise.mlp", "--format", "python"]);
    let javascript = output(&["emit", "exercise.mlp", "--format", "javascript"]);
    assert!(
        python.contains("\nprint(\"E:\", E)\n") && javascript.contains("console.log(\"E: \" + shown(E));")
    );
    for (name, expected) in [("a.py", &python), ("a.mjs", &javascript), ("a.js", &javascript)] {
        let path = folder.path().join(name);
        mlpc(&["emit", "exercise.mlp", "-o"]).arg(&path).assert().code(0).stdout("").stderr("");
        assert_eq!(&fs::read_to_string(&path).unwrap(), expected, "{name}");
        mlpc(&["emit", "exercise.mlp", "--check", "-o"]).arg(&path).assert().code(0);
    }
    let path = folder.path().join("b.py");
    mlpc(&["emit", "exercise.mlp", "--format", "javascript", "-o"]).arg(&path).assert().code(0);
    assert_eq!(fs::read_to_string(&path).unwrap(), javascript);
    let run = mlpc(&["emit", "xor.mlp", "--format", "javascript", "--sample", "2", "--check", "-o"])
        .arg(&path)
        .assert();
    let error = String::from_utf8(run.code(1).get_output().stderr.clone()).unwrap();
    assert!(error.contains("mlpc emit xor.mlp --format javascript --sample 2 -o "), "{error}");
}

/// One sample is the whole step.
#[test]
fn a_sample_is_a_step() {
    let text = output(&["emit", "xor.mlp", "--format", "python", "--sample", "3"]);
    assert!(text.contains("\nx = [1.0, 0.0]\n") && !text.contains("samples"), "{text}");
}

#[test]
fn refusals_have_a_way_out() {
    let refused = [
        (&["emit", "homework.mlp", "--format", "python"][..], 1, "at most 10000\n  = help: "),
        (&["emit", "exercise.mlp", "--format", "python", "--standalone"], 2, "= help: remove --standalone"),
        (&["emit", "exercise.mlp", "--sample", "1"], 2, "remove --sample"),
        (&["emit", "xor.mlp", "--format", "python", "--sample", "9"], 1, "choose one from 1 to 4"),
    ];
    for (arguments, code, expected) in refused {
        let run = mlpc(arguments).assert().code(code).stdout("");
        let error = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        assert!(error.contains(expected), "{error}");
    }
}
