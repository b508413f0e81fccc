//! What reaches a value from several uses is added in the order of the uses: with numbers of such
//! different size another order gives another sum.

#![allow(clippy::unwrap_used, reason = "tests")]

use mlp_dsl::{compile, model::Sample};
use mlp_eval::{Point, evaluate};

fn gradient(layers: &str) -> f64 {
    let text = format!(
        "network N: f64 {{ input x {{ p = 1e16, q = -1e16, r = 1 }} weights {{ w = 1 }} {layers} train sgd(rate = 1); }}"
    );
    let derivation = compile(&text).unwrap();
    let evaluation = evaluate::<f64>(&derivation, &Point::declared(&derivation).unwrap());
    evaluation.scalar(derivation.parameters[0].gradient().unwrap())
}

#[test]
fn inside_a_formula() {
    assert_eq!(gradient("layer y { o = p*w + q*w + r*w } loss o;"), 1.0);
    assert_eq!(gradient("layer y { o = r*w + p*w + q*w } loss o;"), 0.0);
}

#[test]
fn between_equations() {
    assert_eq!(gradient("layer y { a = p*w, b = q*w, c = r*w } loss a + b + c;"), 1.0);
    assert_eq!(gradient("layer y { c = r*w, a = p*w, b = q*w } loss c + a + b;"), 0.0);
}

/// What `if` does not select may be anything.
#[test]
fn a_branch_that_is_not_selected_reaches_no_gradient() {
    let at_zero = |formula: &str| gradient(&format!("layer y {{ o = {formula} + 0*(p + q + r) }} loss o;"));
    assert_eq!(at_zero("(if w > 1 then ln(w - 1)*ln(w - 1) else w)"), 1.0);
    assert_eq!(at_zero("(if w > 0 then (if w > 1 then ln(w - 1) + ln(w - 1)^2 else 2*w) else ln(-w))"), 2.0);
    assert_eq!(at_zero("(if w > 1 then 1/(w - 1) else w) * w"), 2.0);
}

/// Samples are added in groups where the network has 32 bits: 2 reaches the sum before −1e16 does.
#[test]
fn over_the_samples_of_a_batch() {
    let sum = |precision: &str| {
        let text = format!(
            "network N: {precision} {{ input x {{ a }} weights {{ w = 1 }} layer y {{ o = w * a }} loss o;
             train sgd(rate = 1), reduction = sum; }}"
        );
        let derivation = compile(&text).unwrap();
        let mut inputs = vec![0.0; 256];
        inputs[0] = 1e16;
        inputs.extend([1.0, 1.0, -1e16]);
        let samples: Vec<Sample> =
            inputs.into_iter().map(|a| Sample { input: vec![a], target: Vec::new() }).collect();
        let evaluation = evaluate::<f64>(&derivation, &Point::at(&derivation, &samples));
        evaluation.scalar(derivation.parameters[0].batch().unwrap())
    };
    assert_eq!((sum("f32"), sum("f64")), (2.0, 0.0));
    // The code generator and the runtime have groups of one size.
    assert_eq!(mlp_dsl::number::GROUP, <f32 as mlp_runtime::Scalar>::GROUP);
}
