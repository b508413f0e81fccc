//! What pages say at the edges: each was once false, left out, or said twice.

use mlp_document::{Options, derive};
use mlp_dsl::compile;

use crate::contains;

fn page(text: &str, options: &Options) -> String {
    derive(&compile(text).unwrap_or_else(|found| panic!("{found:#?}")), options).to_markdown()
}

fn digits(digits: usize) -> Options {
    Options { digits, ..Options::default() }
}

const EXERCISE: &str = include_str!("../../../examples/course/exercise.mlp");
const SHORT_E: &str = include_str!("../../../examples/course/exercise_short_e.mlp");

const FROZEN: &str =
    "network F { input x { a = 0.5 } frozen weights { f1 = 0.2, f2 = 0.3 } weights { w = 0.4 }
    biases { b = 0.1 } layer h { p = tanh(f1*a), q = tanh(f2*a) } layer o { y = w*p + f2*q + b }
    target t { s = 1 } loss half_squared_error(o, t); train sgd(rate = 0.1); }";

const CHAIN: &str = "network C { input x { a = 0.5 } weights { w = 0.4, v = 0.2 } biases { b = 0.1 }
    layer h { d4 = w*a, d5 = v*a } layer g { d3 = d4 + d5 } layer o { d1 = d3 + b }
    target t { s = 1 } loss half_squared_error(o, t); train sgd(rate = 0.1); }";

const NO_TARGET: &str = "network N { input x { a = 0.5 } weights { w = 0.4 } layer o { y = w*a*a }
    loss sum(o * o); train sgd(rate = 0.1); }";

const ZERO: &str =
    "network Z { input x { a = 0.5 } weights { w = 0 } biases { b = 0 } layer o { y = sigmoid(w*a + b) }
    target t { s = 0 } loss binary_cross_entropy(o, t); train sgd(rate = 0.1); }";

const CANCEL: &str =
    "network C: f64 { input x { a = 1, b = 1, c = 1 } weights { w1 = 0.1, w2 = 0.2, w3 = -0.3 }
    layer o { y = relu(w1*a + w2*b + w3*c) }
    target t { s = 1 } loss squared_error(o, t); train sgd(rate = 0.1); }";

#[test]
fn trained_and_frozen_parameters_are_counted_apart() {
    let text = page(FROZEN, &Options::default());
    contains(
        &text,
        &[
            "the number of distinct parameters is 4.",
            "2 are trained and 2 are frozen",
            "All trained parameters",
        ],
    );
    assert!(!page(EXERCISE, &Options::default()).contains("frozen"));
}

/// The bound of scientific notation is that of the page, and all 17 digits of a double are printed.
#[test]
fn numbers_are_printed_as_the_page_says() {
    let three = page(EXERCISE, &digits(3));
    contains(&three, &[r"Numbers below $`0.001`$", r"4.39 \cdot 10^{-4}", "0.009", "3 significant digits"]);
    let all = page(SHORT_E, &digits(17));
    // The program of the course prints these.
    for printed in
        [0.593_269_992_105_208_7, 0.596_884_378_257_715_7, 0.751_365_069_547_507_6, 0.298_371_108_757_532_53]
    {
        let found =
            all.split([' ', '`', '\n']).filter_map(|word| word.parse::<f64>().ok()).any(|x| x == printed);
        assert!(found, "{printed} is missing in\n{all}");
    }
}

#[test]
fn sentences_appear_where_they_are_true() {
    let text = page(NO_TARGET, &Options::default());
    for word in ["target,", "the target", r"\delta", r"\mathrm{net}", "ransposed"] {
        assert!(!text.contains(word), "{word} in\n{text}");
    }
    contains(&text, &["It depends on no target.", "Each neuron is computed from the values before it."]);
    let layers = "network L { input x[2] = [1, 2]; weights s = 0.5; layer o = s * x; loss sum(o * o); train sgd(rate = 0.1); }";
    let text = page(layers, &Options::default());
    for word in ["the target", r"\delta", "ransposed", "softmax", "A bias"] {
        assert!(!text.contains(word), "{word} in\n{text}");
    }
    let forward =
        page("network G { input x { a } weights { w = 0.5 } layer o { y = w*a } }", &Options::default());
    contains(
        &forward,
        &["The input `x` has no declared values", "declares no loss, so there are no gradients"],
    );
}

/// Up times local is down at every node, and no line comes twice.
#[test]
fn the_chain_rule_skips_no_node() {
    let text = page(CHAIN, &Options::default());
    let derivative = |of: &str, by: &str| format!(r"\frac{{\partial {of}}}{{\partial {by}}}");
    for (below, above) in [("d_{3}", "d_{1}"), ("d_{4}", "d_{3}"), ("d_{5}", "d_{3}")] {
        let local = derivative(above, below);
        let line = format!(
            r"{} &= {} \cdot {local} = \left(-0.6\right) \cdot 1 = -0.6",
            derivative("E", below),
            derivative("E", above)
        );
        contains(&text, &[&line, &format!("{local} &= 1")]);
    }
    for text in [text, page(EXERCISE, &Options::default())] {
        let lines =
            text.lines().filter(|line| line.contains(" &= ")).map(|line| line.trim_end_matches(r" \\[10pt]"));
        let mut seen = std::collections::HashSet::new();
        for line in lines {
            assert!(seen.insert(line), "twice: {line}");
        }
    }
}

#[test]
fn there_is_no_negative_zero() {
    let text = page(ZERO, &Options::default());
    assert!(!text.contains("-0 ") && !text.contains("-0}") && !text.contains(r"-0\right"), "{text}");
    contains(&text, &["e^{0}"]);
}

/// `=` where the printed digits are exact, `≈` where digits were dropped.
#[test]
fn dropped_digits_show() {
    let text = page(EXERCISE, &Options::default());
    contains(
        &text,
        &[
            r"0.15 \cdot 0.05 + 0.2 \cdot 0.1 + 0.35 = 0.3775",
            r"\frac{1}{1 + e^{-0.3775}} \approx 0.593269992",
            r"&\approx 0.4 \cdot 0.593269992 + 0.45 \cdot 0.596884378 + 0.6",
            r"\approx 0.274811083 + 0.023560026 = 0.298371109",
        ],
    );
}

/// As with a calculator: what is printed is what is used next.
#[test]
fn each_number_is_rounded_before_it_is_used() {
    let text = page(EXERCISE, &Options { round_each: Some(4), ..Options::default() });
    contains(
        &text,
        &[
            "is rounded to 4 decimal places before it is used further",
            r"\frac{1}{1 + e^{-0.3775}} \approx 0.5933",
            r"= 0.4 \cdot 0.5933 + 0.45 \cdot 0.5969 + 0.6 \approx 1.1059",
            r"= 0.2748 + 0.0236 = 0.2984",
            r"= 0.4 - 0.5 \cdot 0.0822 = 0.3589",
        ],
    );
}

/// Decimals cancel where doubles do not: the page computes as its reader does, and says what a program gets.
#[test]
fn decimals_cancel() {
    let text = page(CANCEL, &Options::default());
    contains(
        &text,
        &[
            r"0.1 \cdot 1 + 0.2 \cdot 1 + \left(-0.3\right) \cdot 1 = 0",
            r"$`\mathrm{net}_{y}`$ is $`0`$, but a program gets $`5.55111512 \cdot 10^{-17}`$",
            r"is $`0`$, but a program gets $`1`$.",
        ],
    );
    assert!(!page(EXERCISE, &Options::default()).contains("but a program gets"));
}
