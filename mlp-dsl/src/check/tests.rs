//! Specifications and what the checked model says about them, one property each.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use crate::{
    diagnostic::Diagnostics,
    model::{LayerBody, Model, Setting, Start, TypedKind, Value},
    shape::Shape,
    syntax::parse,
    weights::NoFiles,
};

fn check(statements: &str) -> Result<Model, Vec<String>> {
    let text = format!("network N: f64 {{ {statements} }}");
    let mut found = Diagnostics::default();
    let ast = parse(&text, &mut found);
    match super::check(&ast, &NoFiles, &mut found) {
        Some(model) => Ok(model),
        None => Err(found.into_sorted().into_iter().map(|d| format!("{} {}", d.code, d.title)).collect()),
    }
}

fn model(statements: &str) -> Model {
    check(statements).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

#[test]
fn the_elements_of_a_group_make_a_vector() {
    let m = model("input x { a, b, c } layer y[3] = 2 * x;");
    assert_eq!((m.inputs[0].shape, m.layers[0].shape), (Shape::Vector(3), Shape::Vector(3)));
    let LayerBody::Whole(typed) = &m.layers[0].body else { panic!("{:?}", m.layers[0].body) };
    let TypedKind::Chain(_, rest) = &typed.kind else { panic!("{typed:?}") };
    assert!(matches!(rest[0].1.kind, TypedKind::Value(Value::Input(0))));
}

#[test]
fn dense_declares_parameters_between_input_and_layer() {
    let m = model("input x[2]; layer y[3] = sigmoid(dense(x));");
    let declared: Vec<(&str, Shape)> = m.parameters.iter().map(|p| (p.name.text.as_str(), p.shape)).collect();
    assert_eq!(declared, [("W_y", Shape::Matrix(2, 3)), ("b_y", Shape::Vector(3))]);
}

#[test]
fn weights_before_a_relu_start_wider() {
    let rule = |activation: &str| {
        let m = model(&format!("input x[2]; layer y[3] = {activation}(dense(x));"));
        match &m.parameters[0].start {
            Start::Normal { .. } => "normal",
            Start::Uniform { rule, .. } => rule,
            Start::Fill(_) | Start::Values(_) | Start::Loaded(_) => "given",
        }
    };
    assert_eq!(["relu", "mish", "selu", "tanh"].map(rule), ["he", "he", "lecun", "xavier"]);
}

#[test]
fn a_scalar_broadcasts_and_vectors_of_two_lengths_do_not() {
    assert!(check("input x[2]; layer y[2] = 2 * x + 1;").is_ok());
    let errors = check("input x[2]; input z[3]; layer y[2] = x + z;").unwrap_err();
    assert!(errors[0].starts_with("M0301 "), "{errors:?}");
}

#[test]
fn the_last_error_of_a_chain_is_not_reported() {
    let errors = check("input x; layer h { h1 = x + q } layer y { y1 = h1 }").unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
}

#[test]
fn a_setting_that_is_left_out_has_its_default() {
    let m = model(
        "input x; target t; weights w = 1; layer y { o = w * x } loss (o - t)^2; train sgd(rate = 0.5);",
    );
    let settings = m.training.unwrap().settings;
    assert!(matches!(settings[0].1, Setting::Number(0.5)), "{settings:?}");
    assert!(settings[1..].iter().all(|(_, setting)| matches!(setting, Setting::Default(_))), "{settings:?}");
}

#[test]
fn a_schedule_is_a_formula_of_the_step() {
    let m = model(
        "input x; target t; weights w = 1; layer y { o = w * x } loss (o - t)^2; train sgd(rate = 0.5 / step);",
    );
    assert!(matches!(m.training.unwrap().settings[0].1, Setting::Schedule(_)));
}

#[test]
fn values_at_the_declarations_are_a_sample() {
    let m = model(
        "input x { a = 1, b = 2 } target t = 3; layer y { o = a * b } loss (o - t)^2; weights w = 1; penalty w;",
    );
    assert_eq!((m.header.samples[0].input.as_slice(), m.header.has_data), ([1.0, 2.0].as_slice(), false));
    assert_eq!(m.header.samples[0].target, [3.0]);
}
