//! `mlpc check` on good specifications, and what goes wrong outside of them.

use crate::common::{COURSE, check_text, error, folder, mlpc, output};
use predicates::prelude::*;

/// Every example, the 22 and more of a course beside the exercise: right gradients and no warning.
#[test]
fn the_course_is_good() {
    let entries = std::fs::read_dir(folder("../examples/course")).unwrap();
    let mut files: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    assert!(files.len() >= COURSE.len() + 22, "{files:?}");
    for file in &files {
        let said = output(&["check", "--deny", "warnings", file]);
        assert!(said.starts_with(&format!("{file}: no errors in the network")), "{said}");
        assert!(said.contains("verdict          right\n"), "{said}");
    }
}

#[test]
fn pages() {
    // The last digits of an error depend on the machine's library of functions.
    insta::with_settings!({ filters => vec![(r"\de-\d+( on)", "[error]$1"), (r"\d\.\de-\d+( at .*)?", "[error]")], omit_expression => true }, {
        insta::assert_snapshot!("exercise", output(&["check", "exercise.mlp"]));
        insta::assert_snapshot!("homework", output(&["check", "homework.mlp"]));
    });
}

#[test]
fn standard_input() {
    let text = std::fs::read_to_string(folder("../examples/course/exercise.mlp")).unwrap();
    let said = check_text(text, 0);
    assert!(said.contains("10 of 10 checked at the declared values"), "{said}");
}

#[test]
fn without_a_loss() {
    let said = check_text("network N { input x[2]; layer y[2] = relu(dense(x)); }", 0);
    assert!(said.contains("gradients  none: the network has no loss"), "{said}");
}

/// One neuron with its weight, target and loss.
fn neuron(output: &str, weight: &str, target: &str, loss: &str) -> String {
    format!(
        "network N: f64 {{\n input x {{ a = 1 }}\n weights {{ w = {weight} }}\n layer y {{ o = {output} }}\n \
         target t {{ u = {target} }}\n loss {loss};\n train sgd(rate = 0.1);\n}}\n"
    )
}

#[test]
fn few_digits_are_no_error() {
    let said = check_text(neuron("tanh(w*a)", "10", "0.5", "half_squared_error(y, t)"), 0);
    assert!(said.contains("verdict          right as far as this point allows: 7 digits count"), "{said}");
    assert!(said.contains("; a wrong rule is noticed from"), "{said}");
    let said = check_text(neuron("tanh(w*a)", "20", "0.5", "half_squared_error(y, t)"), 0);
    assert!(said.contains("right as far as this point allows: rounding leaves no digit"), "{said}");
    let said = check_text(neuron("sigmoid(w*a)", "10", "0", "binary_cross_entropy(y, t)"), 0);
    assert!(said.contains("verdict          right\n"), "{said}");
}

/// A finding about the values of the specification: a step from there makes every parameter NaN, so the exit code is 1.
#[test]
fn what_is_not_defined_is_named() {
    let said = check_text(neuron("w*a", "-0.3", "1", "cross_entropy(y, t)"), 1);
    let title = "error: the loss is not defined at the declared values: ln of -0.3 in `cross_entropy(y, t)`, line 6\n";
    assert!(said.contains(title), "{said}");
    assert!(said.contains("put `softmax` before it, or use `cross_entropy_from_logits`"), "{said}");
    let said = check_text(neuron("w*a", "-0.3", "1", "binary_cross_entropy(y, t)"), 1);
    assert!(said.contains("put `sigmoid` before it, or use `binary_cross_entropy_from_logits`"), "{said}");
    let said = check_text(neuron("w*a", "1", "1", "sqrt(mean_squared_error(y, t))"), 1);
    let title = "error: the gradients are not defined at the declared values: sqrt of 0 has no derivative in \
                 `sqrt(mean_squared_error(y, t))`, line 6\n";
    assert!(said.contains(title), "{said}");
    let said = check_text(neuron("exp(w*a)", "800", "1", "squared_error(y, t)"), 1);
    assert!(said.contains("exp of 800 is too large in"), "{said}");
}

#[test]
fn a_gradient_at_a_kink_is_right() {
    let bend =
        "fn bend(x) = if x < 0 then -x else x derivative if x < 0 then -1 else if x > 0 then 1 else 0;\n";
    let said = check_text(bend.to_owned() + &neuron("bend(w*a)", "0", "1", "squared_error(y, t)"), 0);
    assert!(said.contains("verdict          right\n"), "{said}");
    assert!(said.contains("at a kink        1, between the slopes on its two sides"), "{said}");
    let said = check_text(neuron("relu(w*a)", "0", "1", "squared_error(y, t)"), 0);
    assert!(said.contains("verdict          right\n") && !said.contains("kink"), "{said}");
}

#[test]
fn too_large_to_be_evaluated() {
    let with = |length: u64, width: u64| {
        let head = format!("network N {{ input x[{length}]; layer y[{width}] = sigmoid(dense(x));");
        format!("{head} target t[{width}]; loss squared_error(y, t); train sgd(rate = 1); }}")
    };
    let said = check_text(with(10_000, 1_000), 1);
    assert!(said.contains("it has 10001000 parameters, but at most 4000000 can be evaluated"), "{said}");
    let said = check_text(with(16_000_000, 8), 1);
    assert!(said.contains("it has 128000008 parameters"), "{said}");
    let wide: String = (1..50).map(|i| format!("layer h{i} = tanh(h{});\n", i - 1)).collect();
    let text =
        format!("network N {{ input x[1000000]; weights w; layer h0 = w * x; {wide} loss sum(h49); }}");
    let said = check_text(text, 1);
    assert!(said.contains("values to compute, but at most 33554432 can be evaluated"), "{said}");
}

#[test]
fn missing_files_and_wrong_usage() {
    let said = error(&["check", "nothing.mlp"], 2);
    assert_eq!(
        said,
        "error: can't read nothing.mlp: there is no such file\n  \
         = help: give the path of a `.mlp` file, or `-` for standard input\n"
    );
    assert!(error(&["check", "."], 2).contains("it is a directory"));
    for wrong in [
        &["check"][..],
        &[],
        &["chek", "xor.mlp"],
        &["check", "xor.mlp", "--loud"],
        &["summary", "xor.mlp", "--batch", "0"],
        &["summary", "xor.mlp", "--batch", "-3"],
        &["summary", "xor.mlp", "--samples", "many"],
        &["summary", "xor.mlp", "--format", "yaml"],
        &["eval", "xor.mlp", "--steps", "0"],
        &["derive", "xor.mlp", "--digits", "99"],
        &["derive", "xor.mlp", "--check"],
        &["emit", "xor.mlp", "--check"],
        &["emit", "xor.mlp", "--check", "-o", "-"],
        &["emit", "xor.mlp", "-o", "xor.mlp"],
        &["emit", "xor.mlp", "-o", "no/such/folder/x.rs"],
    ] {
        mlpc(wrong).assert().code(2).stdout("").stderr(predicate::str::is_empty().not());
    }
}

#[test]
fn help_and_version() {
    assert!(output(&["--version"]).starts_with("mlpc "));
    let help = output(&["--help"]);
    for command in ["check", "summary", "eval", "derive", "emit"] {
        assert!(help.contains(command), "{help}");
        output(&[command, "--help"]);
    }
}

/// Items next to each other are not nested, in any number.
#[test]
fn long_lists() {
    for formula in [
        "x^2",
        "x^-2 + x^2^x - (x^2)^2",
        "if x > 0 then x else 0",
        "let a = x, b = if a > 0 then a else x^2 in a * b",
        "max(if x > 0 then x else 0, let a = x in a)",
    ] {
        let neurons: String = (0..200).map(|i| format!("h{i} = {formula},\n")).collect();
        let sum: String = (0..200).map(|i| format!(" + (h{i} - 1)^2")).collect();
        check_text(
            format!("network N {{ input i {{ x }} layer h {{ {neurons} }} layer y {{ o = 0{sum} }} }}"),
            0,
        );
    }
}

/// Composed and decomposed a name is the same.
#[test]
fn normal_forms() {
    let text = std::fs::read_to_string(folder("../tests/names/forms.mlp")).unwrap();
    assert!(text.contains("e\u{301}") && text.contains('\u{e9}'), "{text}");
    check_text(text, 0);
}

/// The derivative that a function states is compared with the derived one at a few points; this one is wrong elsewhere.
#[test]
fn wrong_gradients_are_found() {
    let text = |weight: &str| {
        format!(
            "fn square(x) = x * x derivative if x < 100 then 2 * x else x;\n\
             network N: f64 {{ input x {{ i = 1 }} weights w = {weight}; layer y {{ o = square(w * i) }} \
             target t {{ c = 1 }} loss squared_error(y, t); train sgd(rate = 0.1); }}"
        )
    };
    assert!(check_text(text("2"), 0).contains("1 of 1 checked"));
    let said = check_text(text("200"), 1);
    assert!(said.contains("error: the gradients are wrong: 1.59996e7 instead of 3.19992e7 at w\n"), "{said}");
    assert!(said.contains("help: rounding does not explain the difference"), "{said}");
}

/// At a net input of exactly 0, as XOR has it for its first sample, the log loss has no kink.
#[test]
fn the_log_loss_is_smooth_at_zero() {
    for target in [0, 1] {
        let said = check_text(
            format!(
                "network N: f64 {{ input x {{ a = 1 }} weights {{ w = 0 }} layer y {{ o = sigmoid(w * a) }}
                 target t {{ g = {target} }} loss binary_cross_entropy(y, t); train sgd(rate = 1); }}"
            ),
            0,
        );
        assert!(said.contains("verdict          right\n") && !said.contains("kink"), "{target}: {said}");
    }
}

/// A text that is too long because of numbers says so, and what to do with them.
#[test]
fn long_texts_say_what_is_long() {
    let check = |statements: &str| {
        let network = "network N { input x[1]; weights v[1, 1]; layer y = x @ v; target t[1];";
        check_text(format!("{network} {statements} }}"), 1)
    };
    let samples = check(&format!("data {{ {} }}", "0.5 -> 0.5, ".repeat(50_000)));
    assert!(samples.contains("M0101") && samples.contains("most of it is samples"), "{samples}");
    assert!(samples.contains("the generated code takes others"), "{samples}");
    let values = check(&format!("weights w[60000] = [{}];", "0.1234567, ".repeat(60_000)));
    assert!(values.contains("most of it is start values") && values.contains("weights from"), "{values}");
    let formulas = check(&"layer h { a = x }\n".repeat(40_000));
    assert!(formulas.contains("write wide layers as vectors"), "{formulas}");
}

/// A network whose parameters are all frozen has a loss, and no gradients.
#[test]
fn a_frozen_network_may_have_a_loss() {
    let text = "network Frozen: f64 { input x { a = 1, b = 2 } frozen weights { w1 = 0.5, w2 = 0.25 }
                layer y { o = sigmoid(w1 * a + w2 * b) } target t { g = 1 } loss half_squared_error(y, t); ";
    let said = check_text(format!("{text} }}"), 0);
    assert!(said.contains("gradients  none: no parameter is trained"), "{said}");
    let run = |command: &str| {
        let run = mlpc(&[command, "-"]).write_stdin(format!("{text} }}")).assert().code(0).stderr("");
        String::from_utf8(run.get_output().stdout.clone()).unwrap()
    };
    // ½ (1 − σ(1))², from 50 digits.
    assert!(run("eval").contains("0.036164744064256"), "{}", run("eval"));
    let page = run("derive");
    assert!(page.contains("No parameter is trained, so there are no gradients"), "{page}");
    assert!(!page.contains("Backward pass") && !page.contains("Was it right?"), "{page}");
    assert!(run("summary").contains("3 multiply-adds") || run("summary").contains("2 multiply-adds"));
    let code = run("emit");
    assert!(code.contains("pub fn loss(") && code.contains("pub fn backward(&self) {}"), "{code}");
    let trained = check_text(format!("{text} train sgd(rate = 1); }}"), 1);
    assert!(trained.contains("M0512") && trained.contains("remove `frozen` from a parameter"), "{trained}");
}

#[test]
fn expected_values_are_compared_with_the_networks_own_bits() {
    let network = |expect: &str| {
        format!(
            "network N: f32 {{ input x[2]; weights w[2] = [0.25, 0.5]; layer h[2] = tanh(w * x); layer y {{ s = sum(h) }}
             expect {{ x = [0.5, 1], {expect} }} within 1e-6; }}"
        )
    };
    let said = check_text(network("h = [0.124353, 0.462117], s = 0.58647"), 0);
    assert!(
        said.contains("expected   3 values of 1 sample are within 1e-6; largest distance 1.9e-7\n"),
        "{said}"
    );
    let said = check_text(network("h = [0.124353, 0.46213]"), 1);
    let wrong = "`h[2]` of sample 1 is 0.4621172 instead of 0.46213: the distance 1.3e-5 is more than 1.0e-6, \
                 the tolerance of `expect` in line 2";
    assert!(said.contains(wrong), "{said}");
}
