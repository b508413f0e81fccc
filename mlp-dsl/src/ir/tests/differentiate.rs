use super::{derivation, equations};

#[test]
fn the_chain_rule_of_one_neuron() {
    let d = derivation(
        "input x; target t; weights w = 0.5; layer y { o = sigmoid(w * x) } loss 0.5 * (t - o)^2;",
    );
    assert_eq!(
        equations(&d, "d_o", "mean_d_w"),
        "d_o = -(t - o)\nd_o_d_net_o = o * (1 - o)\ndelta_o = d_o * d_o_d_net_o\nd_w = delta_o * x\nmean_d_w = batch_mean(d_w)"
    );
}

#[test]
fn the_gradients_of_a_dense_layer_are_products() {
    let d = derivation(
        "input x[2]; target t[3]; layer h[2] = dense(x); layer y[3] = dense(h); loss squared_error(y, t);",
    );
    let text = d.to_string();
    assert!(text.contains("d_W_y = outer(h, d_y)"), "{text}");
    assert!(text.contains("d_h = W_y @ d_y"), "{text}");
    assert!(text.contains("d_b_y = d_y"), "{text}");
}

#[test]
fn a_value_with_two_uses_adds_their_gradients_in_order() {
    let d = derivation(
        "input x; target t; weights w = 0.5; layer h { h1 = w * x } layer y { o = 2 * h1 + h1 } loss o + 3 * h1 + t;",
    );
    assert!(d.to_string().contains("d_h1 = 2 + 1 + 3"), "{d}");
}

#[test]
fn a_scalar_in_a_vector_sums_the_gradients_of_its_elements() {
    let d =
        derivation("input x[3]; target t[3]; weights w = 0.5; layer y[3] = w * x; loss squared_error(y, t);");
    assert!(equations(&d, "d_w", "d_w").starts_with("d_w = sum("), "{d}");
}

#[test]
fn softmax_with_cross_entropy_has_the_short_gradient() {
    let d = derivation(
        "input x[2]; target t: class[3]; layer y[3] = softmax(dense(x)); loss cross_entropy(y, t);",
    );
    assert!(equations(&d, "delta_y", "delta_y").starts_with("delta_y = y * step_"), "{d}");
}

#[test]
fn a_branch_that_is_not_selected_contributes_nothing() {
    let d = derivation("input x; target t; weights w = 0.5; layer y { o = relu(w * x) } loss (o - t)^2;");
    assert_eq!(equations(&d, "d_o_d_net_o", "d_o_d_net_o"), "d_o_d_net_o = if net_o <= 0 then 0 else 1");
}

#[test]
fn frozen_parameters_and_inputs_have_no_gradient() {
    let d = derivation(
        "input x; target t; frozen weights v = 2; weights w = 0.5; layer y { o = w * (v * x) } loss (o - t)^2;",
    );
    let text = d.to_string();
    assert!(!text.contains("\nd_v ") && !text.contains("\nd_x "), "{text}");
    assert!(d.parameters[0].trained.is_none() && d.parameters[1].trained.is_some());
}

#[test]
fn the_gradient_of_the_objective_adds_the_penalty_once() {
    let d = derivation(
        "input x; target t; weights w = 0.5; layer y { o = w * x } loss (o - t)^2; penalty 0.1 * w^2;",
    );
    assert_eq!(equations(&d, "d_P_d_w", "d_P_d_w"), "d_P_d_w = 0.2 * w");
    assert_eq!(equations(&d, "d_J_d_w", "d_J_d_w"), "d_J_d_w = mean_d_w + d_P_d_w");
}
