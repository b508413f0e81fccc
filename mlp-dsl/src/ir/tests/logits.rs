//! Logarithms of probabilities are computed from net inputs.

use super::{derivation, equations};

/// The right side of an equation.
fn equation(statements: &str, name: &str) -> String {
    let d = derivation(statements);
    equations(&d, name, name).split_once(" = ").map(|(_, right)| right.to_owned()).unwrap_or_default()
}

const NEURON: &str = "input a; weights w = 0.5; target t { u } layer y { o = sigmoid(w * a) }";

#[test]
fn the_binary_cross_entropy_of_a_sigmoid_has_the_short_gradient() {
    let d = derivation(&format!("{NEURON} loss binary_cross_entropy(y, t);"));
    assert_eq!(
        equations(&d, "E_o", "d_w"),
        "E_o = log_loss_from_logit(net_o, u)\nE = E_o\nE_mean = batch_mean(E)\ndelta_o = o - u\nd_w = delta_o * a"
    );
}

#[test]
fn a_layer_of_sigmoids_keeps_its_other_uses() {
    let statements = "input x[3]; target t[4]; layer y[4] = sigmoid(dense(x)); loss binary_cross_entropy(y, t) + sum(y^2);";
    assert_eq!(equation(statements, "delta_y"), "d_y * d_y_d_net_y + (y - t)");
}

#[test]
fn each_part_of_a_concat_is_traced_by_itself() {
    let statements =
        "input x[3]; target t[5]; weights V[3, 2]; layer y[2] = sigmoid(dense(x)); layer u[2] = x @ V;
        layer z[5] = concat(y, softmax(u), u @ y); loss binary_cross_entropy(z, t);";
    let d = derivation(statements);
    let text = d.to_string();
    for part in
        ["= t[0..2]", "log_loss_from_logit(net_y, step_", "= log_softmax(u)", "= t[4]", "E_z = concat("]
    {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    assert!(text.contains("delta_y = d_y * d_y_d_net_y + (y - step_"), "{text}");
}

#[test]
fn named_neurons_and_a_whole_target_are_taken_apart() {
    let statements = "input a; weights w = 0.5; target t[2]; layer y { o = sigmoid(w * a), q = w * a } loss binary_cross_entropy(y, t);";
    let text = derivation(statements).to_string();
    assert!(text.contains("log_loss_from_logit(net_o, step_"), "{text}");
    assert!(text.contains("ln(1 - q)") && !text.contains("ln(1 - o)"), "{text}");
}

#[test]
fn half_of_the_pair_is_computed_from_the_net_input() {
    let net = |loss: &str| equation(&format!("{NEURON} {loss}"), "E");
    assert_eq!(net("loss -u * ln(o);"), "-u * log_sigmoid(net_o)");
    assert_eq!(net("loss -ln(1 - o) + u;"), "-log_sigmoid(-net_o) + u");
    assert_eq!(net("loss -ln(sigmoid(3 * w)) * u;"), "-log_sigmoid(3 * w) * u");
    assert_eq!(net("loss let p = o in -ln(p) * u;"), "-log_sigmoid(net_o) * u");
    assert_eq!(
        net("loss -ln(if u == 1 then o else 1 - o);"),
        "-log_sigmoid(if u == 1 then net_o else -net_o)"
    );
    assert_eq!(
        net("loss -ln(o^u * (1 - o)^(1 - u));"),
        "-(u * log_sigmoid(net_o) + (1 - u) * log_sigmoid(-net_o))"
    );
    assert_eq!(net("loss u * ln(u / o);"), "u * (ln(u) - log_sigmoid(net_o))");
    assert_eq!(net("loss -u * ln_1p(-o);"), "-u * log_sigmoid(-net_o)");
    assert_eq!(net("loss -u * ln(identity(1 - (1 - o)));"), "-u * log_sigmoid(net_o)");
}

#[test]
fn a_function_of_the_specification_is_looked_into() {
    let focal = "fn focal(p, t) = -t * (1 - p)^2 * ln(p);";
    let text = format!("{focal} network N: f64 {{ {NEURON} loss focal(o, u); }}");
    let d = crate::compile(&text).unwrap_or_else(|errors| panic!("{errors:#?}"));
    assert_eq!(equations(&d, "E", "E"), "E = -u * sigmoid(-net_o) ^ 2 * log_sigmoid(net_o)");
}

#[test]
fn what_is_not_the_sigmoid_of_the_prelude_is_left_as_it_is() {
    let own = "fn sigmoid(x) = 1 / (1 + exp(-2 * x));";
    let text = format!("{own} network N: f64 {{ {NEURON} loss -u * ln(o); }}");
    let d = crate::compile(&text).unwrap_or_else(|errors| panic!("{errors:#?}"));
    assert_eq!(equations(&d, "E", "E"), "E = -u * ln(o)");
    let untraced = |loss: &str| equation(&format!("{NEURON} {loss}"), "E");
    assert_eq!(untraced("loss -ln(2 - o) * u;"), "-ln(2 - o) * u");
    assert_eq!(untraced("loss (1 - o)^2 + u;"), "(1 - o) ^ 2 + u");
}

#[test]
fn logarithms_of_a_softmax_are_one_operation() {
    let statements = "input x[2]; target t[3]; layer y[3] = softmax(dense(x)); loss -sum(t * ln(y));";
    let text = derivation(statements).to_string();
    assert!(text.contains("= log_softmax(net_y)") && !text.contains("ln(y)"), "{text}");
    assert!(text.contains("- y * step_"), "the softmax of the forward pass is used: {text}");
}

#[test]
fn a_long_chain_of_names_is_not_followed_to_its_end() {
    let chain: String = (1..2000).map(|n| format!("layer y{n} {{ p{n} = 1 - p{} }} ", n - 1)).collect();
    let statements = format!(
        "input a; weights w = 0.5; target t {{ u }} layer y0 {{ p0 = sigmoid(w * a) }} {} loss -u * ln(p900);",
        chain.split_inclusive("} ").take(900).collect::<String>()
    );
    assert_eq!(equation(&statements, "E"), "-u * ln(p900)");
}

/// The values of whose gradients the loss knows, from the loss back.
fn with_gradients(statements: &str) -> String {
    let d = derivation(statements);
    let gradients = d.loss.iter().flat_map(|loss| &loss.gradients);
    let names = gradients.map(|(id, _)| d.name_of(*id));
    names.filter(|name| !name.starts_with("step")).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_probability_that_the_loss_does_not_read_has_no_gradient() {
    assert_eq!(
        with_gradients(&format!("{NEURON} loss binary_cross_entropy(y, t);")),
        "E E_o net_o w",
        "∂E/∂o is not 0"
    );
    let softmax = "input x[2]; target t[3]; layer y[3] = softmax(dense(x));";
    assert_eq!(with_gradients(&format!("{softmax} loss cross_entropy(y, t);")), "E net_y b_y W_y");
    // The other use alone is not the gradient either.
    assert_eq!(with_gradients(&format!("{softmax} loss cross_entropy(y, t) + sum(y^2);")), "E net_y b_y W_y");
    assert_eq!(with_gradients(&format!("{softmax} loss squared_error(y, t);")), "E E_y y net_y b_y W_y");
}

#[test]
fn a_concat_of_one_part_is_that_part() {
    let statements = "input x[2]; target t[2]; layer y[2] = sigmoid(dense(x)); layer z = ln(concat(y)); loss squared_error(z, t);";
    let d = derivation(statements);
    assert!(d.to_string().contains("log_sigmoid(net_y)"), "{d}");
    assert!(derivation(&statements.replace("concat(y)", "concat(concat(y))")).equations.len() > 5);
}
