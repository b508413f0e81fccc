//! `mlpc graph`.

use crate::common::{COURSE, error, mlpc, output};

#[test]
fn the_exercise_has_its_names() {
    let text = output(&["graph", "exercise.mlp"]);
    assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"), "{text}");
    assert!(
        text.contains("role=\"img\"")
            && text.contains("<title id=\"picture-title\">The network Course</title>")
    );
    // Two inputs, two hidden neurons, two outputs, two biases; a link for each weight, and four for the biases.
    assert_eq!(text.matches("class=\"node ").count(), 8);
    assert_eq!(text.matches("<path class=\"edge\"").count(), 8);
    assert_eq!(text.matches("<path class=\"edge dashed\"").count(), 4);
    for number in 1..=8 {
        assert!(
            text.contains(&format!(">w<tspan dy=\"3.25\" font-size=\"9.75\">{number}</tspan></text>")),
            "w{number}"
        );
    }
    assert!(!text.contains("0.15"));
    let values = output(&["graph", "exercise.mlp", "--values", "--digits", "9"]);
    for value in ["0.15<", "0.593269992<", "0.751365070<", "0.6<"] {
        assert!(values.contains(value), "{value}");
    }
}

#[test]
fn every_format_of_every_example() {
    for file in COURSE {
        for values in [&[][..], &["--values"]] {
            for (format, start) in [("svg", "<svg "), ("dot", "digraph "), ("mermaid", "flowchart LR\n")] {
                let arguments = [&["graph", file, "--format", format][..], values].concat();
                let text = output(&arguments);
                assert!(text.starts_with(start), "{arguments:?}");
                assert_eq!(text, output(&arguments));
            }
        }
    }
}

#[test]
fn long_layers_say_what_is_left_out() {
    let text = output(&["graph", "homework.mlp"]);
    for said in ["1020 more", "16 more", "11 more", "6 more", ": 1024 × 20<", "1024 values"] {
        assert!(text.contains(said), "{said}");
    }
}

/// Marks and the lines that explain them.
#[test]
fn shared_and_frozen_weights_are_marked() {
    let text = "network N { input x { a = 0.1, b = 0.2 } weights { w = 0.5 } frozen weights { v = 0.25 } biases { c = 1 }
        layer h { p = tanh(w * a + v * b + c), q = tanh(w * b) } target t { s = 1, r = 0 }
        loss half_squared_error(h, t); train sgd(rate = 0.1); }";
    let run = mlpc(&["graph", "-", "--format", "dot"]).write_stdin(text).assert().code(0);
    let dot = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    for said in ["label=\"w*\"", "label=\"v†\"", "\"p\\n+ c\"", "* shared:", "† frozen:"] {
        assert!(dot.contains(said), "{said} in {dot}");
    }
}

/// A neuron that reads another twice has two edges, each probability reads all net inputs, and sizes are those of use.
#[test]
fn every_link_is_drawn() {
    let links = |file: &str| {
        let dot = output(&["graph", file, "--format", "dot"]);
        let edges = dot.lines().filter(|line| line.contains(" -> "));
        (edges.clone().filter(|line| line.contains("label")).count(), edges.count())
    };
    assert_eq!(links("skip.mlp"), (6, 12)); // six weights, two neurons added to two, four links of shared biases
    assert_eq!(links("softmax_two_named.mlp"), (4, 8));
    assert_eq!(links("exercise.mlp"), (8, 12));
    let tied = output(&["graph", "tied.mlp", "--format", "dot"]);
    for said in ["W*: 3 × 2", "W^T*: 2 × 3", "* shared:"] {
        assert!(tied.contains(said), "{said} in {tied}");
    }
}

#[test]
fn a_file_that_is_out_of_date_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("picture.svg");
    let file = file.to_str().unwrap();
    assert_eq!(output(&["graph", "xor.mlp", "--sample", "2", "--values", "-o", file]), "");
    assert_eq!(output(&["graph", "xor.mlp", "--sample", "2", "--values", "-o", file, "--check"]), "");
    let said = error(&["graph", "xor.mlp", "--format", "dot", "--digits", "3", "-o", file, "--check"], 1);
    assert!(said.contains("mlpc graph xor.mlp --format dot --digits 3 -o "), "{said}");
}
