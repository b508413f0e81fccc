//! Comparisons that rounding decides, and those that it does not.

#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use mlp_dsl::compile;
use mlp_eval::{Edge, NearKink, Point, near_kinks};

fn of(text: &str) -> Vec<NearKink> {
    let derivation = compile(text).unwrap_or_else(|found| panic!("{text}\n{found:?}"));
    let point = match derivation.header.samples.as_slice() {
        [] => Point::declared(&derivation).expect("values"),
        samples => Point::at(&derivation, samples),
    };
    near_kinks(&derivation, &point)
}

fn neuron(inputs: &str, weights: &str, formula: &str) -> Vec<NearKink> {
    of(&format!(
        "network N: f64 {{ input x {{ {inputs} }} weights {{ {weights} }} layer y {{ o = {formula} }}
           target t {{ g = 1 }} loss squared_error(y, t); train sgd(rate = 0.1); }}"
    ))
}

const INPUTS: &str = "a = 1, b = 1, c = 1";
const WEIGHTS: &str = "w1 = 0.1, w2 = 0.2, w3 = -0.3";

#[test]
fn decimals_that_cancel() {
    for function in ["relu", "leaky_relu", "abs"] {
        let found = neuron(INPUTS, WEIGHTS, &format!("{function}(w1*a + w2*b + w3*c)"));
        let [kink] = found.as_slice() else { panic!("{function}: {found:?}") };
        assert!((kink.left - kink.right).abs() == 5.551115123125783e-17, "{kink:?}");
        assert_eq!((kink.decimal, kink.sample, kink.element), (Some(0.0), 0, (0, 0)));
        assert!((kink.size - 0.6).abs() < 1e-15, "{kink:?}");
        assert!(kink.decimals_differ());
    }
    let chosen = neuron(INPUTS, WEIGHTS, "if w1*a + w2*b > -w3*c then w1 else w2");
    assert!(
        matches!(chosen.as_slice(), [kink] if kink.function.is_none() && kink.decimals_differ()),
        "{chosen:?}"
    );
    let larger = neuron(INPUTS, WEIGHTS, "max(w1*a + w2*b, -w3*c)");
    assert!(matches!(larger.as_slice(), [kink] if kink.decimals_differ()), "{larger:?}");
    let floor = neuron(INPUTS, WEIGHTS, "w1 + floor((w1*a + w2*b) / -w3*c - 2 + 1)");
    assert!(matches!(floor.as_slice(), [kink] if kink.edge == Edge::Floor), "{floor:?}");
}

#[test]
fn exact_ties_of_trained_values_are_kinks() {
    let found = neuron("a = 1", "w1 = 0.5, w2 = -0.5", "relu(w1*a + w2)");
    assert!(matches!(found.as_slice(), [kink] if kink.decimal == Some(0.0) && !kink.decimals_differ()));
    let fit = of("network N: f64 { input x { a = 1 } weights { w = 0.3 } layer y { o = w*a }
                    target t { g = 0.3 } loss absolute_error(y, t); }");
    assert_eq!(fit.len(), 1, "{fit:?}");
}

#[test]
fn what_rounding_does_not_decide_is_left_out() {
    // A neuron without any term, data that are equal, smooth joints, guards, a schedule.
    for (inputs, weights, formula) in [
        ("a = 0", "w = 0.3, v = 0", "relu(w*a + v)"),
        ("a = 0.3", "w = 0.3", "w * (if a > 0.3 then 1 else 2)"),
        ("a = 1", "w = 0.5, v = -0.5", "softplus(w*a + v)"),
        ("a = 1", "w = 0.5, v = -0.5", "elu(w*a + v)"),
        ("a = 40", "w = 1", "softplus(w*a) + softplus(-w*a)"),
        ("a = 1", "w = 0.5, v = -0.5", "log_loss_from_logit(w*a + v, 0.5)"),
        ("a = 1", "w = 0.5", "if w == 0.5*a then w else (w^2 - 0.25) / (w - 0.5)"),
        ("a = 1", "w = 0.3", "relu(w*a - 0.30000000001)"),
    ] {
        let found = neuron(inputs, weights, formula);
        assert!(found.is_empty(), "{formula}: {found:?}");
    }
    let losses = ["binary_cross_entropy(y, t)", "huber(y, t, delta = 0.5)", "cross_entropy(y, t)"];
    for loss in losses {
        let found = of(&format!(
            "network N: f64 {{ input x {{ a = 1 }} weights {{ w = 0.25, v = 0.25 }} layer y {{ o = w*a + v*a }}
               target t {{ g = 1 }} loss {loss}; train sgd(rate = 0.1 * 0.5^floor((step - 1) / 10)); }}"
        ));
        assert!(found.is_empty(), "{loss}: {found:?}");
    }
}

#[test]
fn every_sample_and_element_is_looked_at() {
    let found =
        of("network N: f64 { input x[2]; weights W[2, 2] = [[0.1, 0.1], [0.2, 0.3]]; biases b[2] = -0.3;
                      layer h[2] = relu(x @ W + b); target t[2]; loss squared_error(h, t);
                      data { (1, 1) -> (0, 0), (2, 0.5) -> (1, 1), (1, 2) -> (0, 0), (1, 1) -> (1, 1) } }");
    let places: Vec<_> = found.iter().map(|kink| (kink.sample, kink.element.1)).collect();
    assert_eq!(places, [(0, 0), (1, 0), (3, 0)]);
}
