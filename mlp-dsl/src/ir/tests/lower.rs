use super::{derivation, equations};

#[test]
fn the_argument_of_an_activation_is_an_equation() {
    let d = derivation("input x; weights w = 0.5; biases b = 0.1; layer y { y1 = tanh(w * x + b) }");
    assert_eq!(equations(&d, "net_y1", "y1"), "net_y1 = w * x + b\ny1 = tanh(net_y1)");
}

#[test]
fn a_dense_layer_is_a_product_and_a_bias() {
    let d = derivation("input x[2]; layer y[3] = sigmoid(dense(x));");
    let expected = "step_1 = x @ W_y\nnet_y = step_1 + b_y\ny = sigmoid(net_y)";
    assert_eq!(equations(&d, "step_1", "y"), expected);
}

#[test]
fn named_scalars_are_stacked_once_where_a_vector_is_needed() {
    let d =
        derivation("input x { a, b } weights W[2, 3] = 1; weights V[2, 3] = 1; layer y[3] = x @ W + x @ V;");
    assert_eq!(d.to_string().matches("= [a, b]").count(), 1, "{d}");
}

#[test]
fn named_scalars_stay_scalars_in_an_element_wise_formula() {
    let d = derivation("input x { a, b } layer y[2] = 2 * x;");
    assert_eq!(equations(&d, "step_1", "y"), "step_1 = 2 * a\nstep_2 = 2 * b\ny = [step_1, step_2]");
}

#[test]
fn a_let_around_a_formula_is_an_equation() {
    let d = derivation("input x; layer y { y1 = let u = x * x in u + u }");
    assert_eq!(equations(&d, "u_y1", "y1"), "u_y1 = x * x\ny1 = u_y1 + u_y1");
}

#[test]
fn a_let_inside_a_formula_is_written_out() {
    let d = derivation("input x; layer y { y1 = 1 + (let u = x * x in u + u) }");
    assert_eq!(equations(&d, "y1", "y1"), "y1 = 1 + (x * x + x * x)");
}

#[test]
fn the_loss_has_a_part_for_each_named_output() {
    let d = derivation(
        "input x; target t { t1, t2 } weights w = 1; layer o { o1 = w * x, o2 = 2 * x } loss half_squared_error(o, t);",
    );
    let expected =
        "E_o1 = 0.5 * (t1 - o1) ^ 2\nE_o2 = 0.5 * (t2 - o2) ^ 2\nE = E_o1 + E_o2\nE_mean = batch_mean(E)";
    assert_eq!(equations(&d, "E_o1", "E_mean"), expected);
}

#[test]
fn cross_entropy_of_a_softmax_is_computed_from_the_net_input() {
    let d = derivation(
        "input x[2]; target t: class[3]; layer y[3] = softmax(dense(x)); loss cross_entropy(y, t);",
    );
    assert_eq!(equations(&d, "E", "E"), "E = softmax_cross_entropy(net_y, t)");
}
