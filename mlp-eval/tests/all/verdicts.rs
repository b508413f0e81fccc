//! The verdicts of the gradient check where neurons are confident, at kinks, and where nothing is defined.

#![allow(clippy::unwrap_used, reason = "tests")]

use mlp_dsl::compile;
use mlp_eval::{Fault, FaultKind, GradientCheck, Outcome, Point, Verdict, check_gradients};

fn check_with(functions: &str, weights: &str, output: &str, target: &str, loss: &str) -> GradientCheck {
    let text = format!(
        "{functions} network N: f64 {{ input x {{ a = 1 }} weights {{ {weights} }} layer y {{ o = {output} }} \
         target t {{ u = {target} }} loss {loss}; train sgd(rate = 0.1); }}"
    );
    let derivation = compile(&text).unwrap();
    check_gradients(&derivation, &Point::declared(&derivation).unwrap()).unwrap()
}

fn neuron(function: &str, z: f64, target: &str, loss: &str) -> GradientCheck {
    check_with("", &format!("w = {z:?}"), &format!("{function}(w*a)"), target, &format!("{loss}(y, t)"))
}

fn kind(check: &GradientCheck) -> Option<FaultKind> {
    match &check.verdict {
        Verdict::Undefined(fault) => fault.as_ref().map(|fault| fault.kind.clone()),
        Verdict::Right | Verdict::Limited(_) | Verdict::Wrong => None,
    }
}

fn is_good(check: &GradientCheck) -> bool {
    matches!(check.verdict, Verdict::Right | Verdict::Limited(_))
}

/// Where the probability is on the side of the target, fewer digits count; on the other side all do.
#[test]
fn a_confident_sigmoid() {
    for z in [1.0, 10.0, 20.0, 36.0, -1.0, -10.0, -20.0, -36.0] {
        for target in ["0", "1", "0.3"] {
            let check = neuron("sigmoid", z, target, "binary_cross_entropy");
            assert!(is_good(&check), "{z}, {target}: {check:?}");
            let against = (z > 0.0) != (target == "1");
            assert!(!against || check.verdict == Verdict::Right, "{z}, {target}: {check:?}");
        }
    }
    // As probabilities, 1 − p is 0 from 37 on: right, or not defined, and named.
    for z in [40.0, 800.0, -40.0, -800.0] {
        for target in ["0", "1"] {
            let check = neuron("sigmoid", z, target, "binary_cross_entropy");
            assert!(is_good(&check) || kind(&check) == Some(FaultKind::Logarithm(0.0)), "{z}: {check:?}");
        }
    }
    for z in [10.0, 36.0, 40.0, 800.0, -10.0, -40.0, -800.0] {
        for target in ["0", "1", "0.3"] {
            let check = neuron("identity", z, target, "binary_cross_entropy_from_logits");
            assert_eq!(check.verdict, Verdict::Right, "{z}, {target}: {check:?}");
        }
    }
}

#[test]
fn a_confident_tanh() {
    let verdict = |z| neuron("tanh", z, "0.5", "half_squared_error").verdict;
    assert_eq!(verdict(1.0), Verdict::Right);
    assert_eq!(verdict(5.0), Verdict::Right);
    // y = 1 − 4.1e-9: of 1 − y² seven digits count; from 19 on y is 1.
    assert!(matches!(verdict(10.0), Verdict::Limited(6..=8)), "{:?}", verdict(10.0));
    assert!(matches!(verdict(-10.0), Verdict::Limited(6..=8)), "{:?}", verdict(-10.0));
    assert_eq!(verdict(20.0), Verdict::Limited(0));
    // The derivative is smaller than every float, so 0 is right.
    assert_eq!(verdict(800.0), Verdict::Right);
}

/// What rounding takes is stated, and what a wrong rule could hide as well.
#[test]
fn a_limited_verdict_is_not_blind() {
    let check = neuron("tanh", 10.0, "0.5", "half_squared_error");
    assert!(check.normwise > 1e-9 && check.normwise < 1e-7, "{check:?}");
    assert!(check.resolution < 1e-18, "{check:?}");
    let wrong = "fn steep(x) = tanh(x) derivative if x < 5 then 1 - y^2 else (1 - y^2) * (1 + 1e-12);";
    let check = check_with(wrong, "w = 10", "steep(w*a)", "0.5", "half_squared_error(y, t)");
    assert_eq!(check.verdict, Verdict::Wrong, "{check:?}");
}

#[test]
fn xor_with_confident_outputs() {
    let text = "network Xor: f64 { input x { a, b } \
         weights { w11 = 24, w12 = 24, w21 = -24, w22 = -24, v1 = 24, v2 = 24 } \
         biases { b1 = -12, b2 = 36, c = -36 } \
         layer h { h1 = sigmoid(w11*a + w12*b + b1), h2 = sigmoid(w21*a + w22*b + b2) } \
         layer y { o = sigmoid(v1*h1 + v2*h2 + c) } target t { u } \
         loss binary_cross_entropy(y, t); train sgd(rate = 0.5); \
         data { (0, 0) -> 0, (0, 1) -> 1, (1, 0) -> 1, (1, 1) -> 0 } }";
    let derivation = compile(text).unwrap();
    let check = check_gradients(&derivation, &Point::at(&derivation, &derivation.header.samples)).unwrap();
    assert!(is_good(&check) && check.checked == 9, "{check:?}");
}

#[test]
fn what_is_not_defined() {
    let exact = check_with("", "w = 2", "w*a", "2", "sqrt(mean_squared_error(y, t))");
    assert_eq!(kind(&exact), Some(FaultKind::RootOfZero), "{exact:?}");
    let negative = check_with("", "w = -0.3", "w*a", "1", "cross_entropy(y, t)");
    assert_eq!(kind(&negative), Some(FaultKind::Logarithm(-0.3)), "{negative:?}");
    let zero = check_with("", "w = 0, b = 0.5", "(w*a)^b", "1", "squared_error(y, t)");
    assert_eq!(kind(&zero), Some(FaultKind::PowerSlope(0.0, 0.5)), "{zero:?}");
    let root = check_with("", "w = -2", "sqrt(w*a)", "1", "squared_error(y, t)");
    assert_eq!(kind(&root), Some(FaultKind::Root(-2.0)), "{root:?}");
    let divided = check_with("", "w = 0", "1 / (w*a)", "1", "squared_error(y, t)");
    assert_eq!(kind(&divided), Some(FaultKind::Division), "{divided:?}");
    let large = check_with("", "w = 800", "exp(w*a)", "1", "squared_error(y, t)");
    assert_eq!(kind(&large), Some(FaultKind::Exponential(800.0)), "{large:?}");
    let square = check_with("", "w = 1e200", "w*a", "1", "squared_error(y, t)");
    assert_eq!(kind(&square), Some(FaultKind::Overflow), "{square:?}");
    let power = check_with("", "w = -2", "(w*a)^0.5", "1", "squared_error(y, t)");
    assert_eq!(kind(&power), Some(FaultKind::Power(-2.0, 0.5)), "{power:?}");
}

/// The functions around the operation, the outermost first. What an `if` does not choose is not at fault.
#[test]
fn the_function_at_fault() {
    let functions = "fn inner(x) = if x > 5 then sqrt(-x) else ln(x); fn outer(x) = 2 * inner(x - 1);";
    let found = check_with(functions, "w = 0.5", "outer(w*a)", "1", "squared_error(y, t)");
    let Verdict::Undefined(Some(Fault { functions, kind, .. })) = &found.verdict else {
        unreachable!("{found:?}")
    };
    assert_eq!((functions.join(" "), kind), ("outer inner".to_owned(), &FaultKind::Logarithm(-0.5)));
    assert_eq!(kind.to_string(), "ln of -0.5");
}

/// 0 to a positive power is 0 whatever the power: the derivative with respect to it is 0, or not defined.
#[test]
fn powers_of_zero() {
    let check = check_with("", "w = 0, b = 1.5", "(w*a)^b", "1", "squared_error(y, t)");
    assert!(is_good(&check) || kind(&check) == Some(FaultKind::PowerSlope(0.0, 1.5)), "{check:?}");
}

/// Where the gradient takes the side that the value takes, it is right; between the sides it is at a kink.
#[test]
fn kinks() {
    for output in
        ["relu(w*a)", "leaky_relu(w*a)", "max(w*a, 0)", "min(w*a, 0)", "if w*a <= 0 then 0.5*w else w"]
    {
        let check = check_with("", "w = 0", output, "1", "squared_error(y, t)");
        assert_eq!((&check.verdict, check.kinks), (&Verdict::Right, 0), "{output}: {check:?}");
    }
    let between =
        "fn bend(x) = if x < 0 then -x else x derivative if x < 0 then -1 else if x > 0 then 1 else 0;";
    let found = check_with(between, "w = 0", "bend(w*a)", "1", "squared_error(y, t)");
    assert_eq!((&found.verdict, found.kinks), (&Verdict::Right, 1), "{found:?}");
    // Outside of both sides it is wrong.
    let outside =
        "fn bend(x) = if x < 0 then -x else x derivative if x < 0 then -1 else if x > 0 then 1 else 3;";
    let found = check_with(outside, "w = 0", "bend(w*a)", "1", "squared_error(y, t)");
    assert_eq!(found.verdict, Verdict::Wrong, "{found:?}");
    // abs has one of them, whatever its convention.
    let found = check_with("", "w = 1", "w*a", "1", "absolute_error(y, t)");
    assert!(found.verdict == Verdict::Right && found.kinks <= 1, "{found:?}");
}

#[test]
fn a_wrong_gradient_is_named() {
    let wrong = "fn square(x) = x * x derivative if x < 100 then 2 * x else x;";
    let check = check_with(wrong, "w = 200", "square(w*a)", "1", "squared_error(y, t)");
    assert_eq!(check.verdict, Verdict::Wrong);
    let worst = check.worst.unwrap();
    assert_eq!((worst.parameter.as_str(), worst.compared.outcome), ("w", Outcome::Different));
    assert!((worst.compared.witness / worst.compared.gradient - 2.0).abs() < 1e-12, "{worst:?}");
}
