//! Textbook forms, softmax by hand, branches, the parts of a rule, spelled differentiations, later steps.

use mlp_document::{Document, Options, derive, values};
use mlp_dsl::{
    compile,
    formula::evaluate::{Real, evaluate_formula},
    number::Arithmetic,
};
use mlp_eval::Ball;

const CLASSES: &str = "network Three: f64 {
    input x { x1 = 1, x2 = 2 }
    weights { w1 = 0.1, w2 = 0.2, w3 = -0.3, w4 = 0.4, w5 = 0.5, w6 = -0.1 }
    layer z { z1 = w1 * x1 + w2 * x2, z2 = w3 * x1 + w4 * x2, z3 = w5 * x1 + w6 * x2 }
    layer p = softmax(z);
    target t: class[3] = 1;
    loss cross_entropy(p, t);
    train adam(rate = 0.1);
}";

const RELU: &str = "network Relu: f64 {
    input x { x1 = 1, x2 = -2 }
    weights { w1 = 0.5, w2 = 0.3, w3 = -0.4, w4 = 0.6, w5 = 0.7, w6 = -0.2 }
    biases { b = 0.4 }
    layer h { h1 = relu(w1 * x1 + w2 * x2 + b), h2 = relu(w3 * x1 + w4 * x2) }
    layer o { o1 = tanh(w5 * h1 + w6 * h2) }
    target t { t1 = 0.5 }
    loss half_squared_error(o, t);
    train momentum(rate = 0.1);
}";

fn logistic(weight: f64) -> String {
    format!(
        "network Logistic: f64 {{ input x {{ x1 = 1 }} weights {{ w = {weight} }}
        layer o {{ p = sigmoid(w * x1) }} target y {{ t = 0 }} loss binary_cross_entropy(o, y);
        train sgd(rate = 0.5); }}"
    )
}

fn document(text: &str, options: &Options) -> Document {
    let document = derive(&compile(text).unwrap(), options);
    document.check().unwrap();
    document
}

fn page(text: &str) -> String {
    document(text, &Options { digits: 4, ..Options::default() }).to_markdown()
}

#[track_caller]
fn has(page: &str, all: &[&str]) {
    for part in all {
        assert!(page.contains(part), "{part} is not on the page");
    }
}

/// The two formulas of each function of the prelude, with twice the digits of a double, so that cancelling digits do not
/// hide a difference.
#[test]
fn textbook_forms_of_the_prelude_are_equal_to_what_is_computed() {
    let functions = compile(CLASSES).unwrap().header.functions;
    let stated: Vec<_> = functions.iter().filter(|function| function.textbook.is_some()).collect();
    assert!(stated.len() >= 6, "{}", stated.len());
    for function in stated {
        let mut compared = 0;
        for step in 0..2_000_u32 {
            let x = |leaf: u32| -20.0 + 0.01 * f64::from((2 * step * (7 * leaf + 1)) % 4_000) + 0.003;
            let scaled = |leaf: u32| if leaf == 1 { 0.5 + x(leaf) / 41.0 } else { x(leaf) };
            // The probability of a log loss is between 0 and 1.
            let narrow = function.name == "log_loss";
            let leaf = |leaf: u32| Ball::from(if narrow { 0.5 + x(leaf) / 41.0 } else { scaled(leaf) });
            let value = |formula| evaluate_formula(formula, &leaf, &functions, Arithmetic::Separate);
            let own: Ball = value(&function.body);
            let other = value(function.textbook.as_ref().unwrap());
            if own.real().is_finite() && other.real().is_finite() {
                let apart = (own - other).real().abs();
                assert!(apart <= 1e-15 * own.real().abs().max(1.0), "{}: {apart:e} at {step}", function.name);
                compared += 1;
            }
        }
        assert!(compared >= 900, "{} at {compared} points", function.name);
    }
}

#[test]
fn softmax_is_written_class_by_class() {
    let page = page(CLASSES);
    has(
        &page,
        &[
            r"e^{z_{1}} &= e^{0.5} \approx 1.6487",
            r"e^{z_{1}} + e^{z_{2}} + e^{z_{3}} &\approx 1.6487 + 1.6487 + 1.3499",
            r"p_{2} &= \frac{e^{z_{2}}}{e^{z_{1}} + e^{z_{2}} + e^{z_{3}}}",
            r"$`t_{1} = 0`$, $`t_{2} = 1`$, $`t_{3} = 0`$",
            r"E &= -\left(t_{1} \cdot \ln\left(p_{1}\right) + t_{2} \cdot \ln\left(p_{2}\right)",
            r"\frac{\partial E}{\partial z_{2}} &= p_{2} - t_{2} \approx 0.3548 - 1 = -0.6452",
            r"\frac{\partial E}{\partial p} \, \frac{\partial p}{\partial z}",
            "The targets sum to 1, so this is the prediction minus the target.",
        ],
    );
    assert!(!page.contains("Each row is one sample"), "matrix prose");
}

/// Targets that need not sum to 1 keep their sum.
#[test]
fn the_sum_of_targets_falls_away_only_where_it_is_one() {
    let text = CLASSES.replace("target t: class[3] = 1;", "target t { t1 = 0.5, t2 = 0.2, t3 = 0.1 }");
    let page = page(&text);
    has(&page, &[r"p_{1} \cdot \left(t_{1} + t_{2} + t_{3}\right) - t_{1}", "If the targets sum to 1"]);
}

/// Where exponentials overflow, the page keeps what the program computes.
#[test]
fn a_softmax_that_overflows_by_hand_has_no_exponentials() {
    let page = page(&CLASSES.replace("w1 = 0.1", "w1 = 1000"));
    assert!(!page.contains(r"e^{z_{1}} &="));
    has(&page, &[r"\mathrm{softmax}"]);
}

#[test]
fn a_log_loss_has_the_form_of_the_books() {
    has(
        &page(&logistic(0.5)),
        &[
            r"E_{p} &= -\left(t \cdot \ln\left(p\right) + \left(1 - t\right) \cdot \ln\left(1 - p\right)\right)",
            r"-\left(0 \cdot \ln\left(0.6225\right) + \left(1 - 0\right) \cdot \ln\left(1 - 0.6225\right)\right)",
            r"\frac{\partial E}{\partial z} &= \frac{\partial E}{\partial p} \cdot \frac{\partial p}{\partial z}",
        ],
    );
}

/// A reader who sees p = 1.0000 can't take the logarithm of 1 − p.
#[test]
fn digits_that_cancel_are_not_left_to_the_reader() {
    let page = page(&logistic(40.0));
    assert!(!page.contains(r"\ln\left(1 - 1.0000\right)"));
    has(&page, &[r"\text{, since }\mathrm{net}_{p} = 40 \gt 0"]);
}

#[test]
fn the_branch_that_is_taken_has_its_reason() {
    let page = page(RELU);
    has(
        &page,
        &[
            r"h_{1} &= \mathrm{relu}\left(\mathrm{net}_{h_{1}}\right) = \mathrm{net}_{h_{1}} = 0.3\text{, since }\mathrm{net}_{h_{1}} = 0.3 \gt 0",
            r"= 0\text{, since }\mathrm{net}_{h_{2}} = -1.6 \le 0",
            r"\frac{\partial h_{1}}{\partial \mathrm{net}_{h_{1}}} &= 1\text{, since }",
            r"\tanh'\left(x\right) &=",
        ],
    );
    assert!(!page.contains(r"\begin{cases} 0 & \text{if } {0.3}"));
}

#[test]
fn the_parts_that_a_rule_names_have_lines() {
    has(
        &page(CLASSES),
        &[
            r"\hat{m}_{w_{1}} &= \frac{m_{w_{1}}^{+}}{1 - \beta_{1}^{\mathrm{step}}}",
            r"\sqrt{\hat{v}_{w_{1}}} + \varepsilon",
        ],
    );
}

#[test]
fn differentiations_are_spelled_out_on_demand() {
    let full = document(RELU, &Options { full_detail: true, ..Options::default() }).to_markdown();
    has(
        &full,
        &[
            r"2 \cdot \tfrac{1}{2} \cdot \left(t_{1} - o_{1}\right)^{2 - 1} \cdot \left(0 - 1\right) = -\left(t_{1} - o_{1}\right)",
            r"1 \cdot h_{1} \cdot w_{5}^{1 - 1} + 0 = h_{1} = 0.3",
            r"\mathrm{relu}'\left(\mathrm{net}_{h_{1}}\right) \cdot 1",
        ],
    );
    assert!(!page(RELU).contains("1 - 1}"));
}

/// The second step has the numbers of `eval --steps 2`.
#[test]
fn later_steps_begin_with_what_the_step_before_has_left() {
    for text in [CLASSES, RELU] {
        let options = Options { digits: 17, steps: 2, ..Options::default() };
        let document = document(text, &options);
        let section = document.sections().iter().find(|section| section.key == "steps").unwrap();
        let page = document.to_markdown();
        let (_, later) = page.split_once("### Step 2").unwrap();
        assert_eq!(document.heading(section), "The next steps");
        let expected = values::train(document.derivation(), 2, &|_| false).unwrap();
        for entry in expected.updated.iter().chain(&expected.loss) {
            let expected = entry.values[0];
            let printed = later.split(|c: char| !c.is_ascii_digit() && !".-".contains(c));
            let mut printed = printed.filter_map(|number| number.parse::<f64>().ok());
            let near = printed.any(|number| (number - expected).abs() <= 1e-12 * expected.abs().max(1.0));
            assert!(near, "{} = {expected} is not in step 2", entry.name);
        }
    }
}
