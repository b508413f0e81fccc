use super::{derivation, equations};

const NETWORK: &str = "input x; target t; weights w = 0.5; layer y { o = w * x } loss (o - t)^2;";

fn updates(statements: &str) -> String {
    let d = derivation(&format!("{NETWORK} {statements}"));
    let text = d.to_string();
    text.lines().skip_while(|line| !line.starts_with("mean_d_w")).skip(1).collect::<Vec<_>>().join("\n")
}

#[test]
fn plain_descent_is_one_equation() {
    assert_eq!(updates("train sgd(rate = 0.5);"), "w_plus = w - rate * mean_d_w");
}

#[test]
fn a_state_is_updated_before_the_parameter_uses_it() {
    let expected = "v_w_plus = momentum * v_w + mean_d_w\nw_plus = w - rate * v_w_plus";
    assert_eq!(updates("train momentum(rate = 0.1);"), expected);
}

#[test]
fn a_state_that_changes_twice_is_updated_from_its_new_value() {
    let rule = "rule twice(rate) { state s; s = s + g; s = 2 * s; w = w - rate * s; }";
    let text = format!("{rule} network N: f64 {{ {NETWORK} train twice(rate = 0.1); }}");
    let d = crate::compile(&text).unwrap();
    let expected =
        "s_w_plus = s_w + mean_d_w\ns_w_plus_plus = 2 * s_w_plus\nw_plus = w - rate * s_w_plus_plus";
    assert_eq!(equations(&d, "s_w_plus", "w_plus"), expected);
    assert_eq!(crate::ir::verify::verify(&d), Ok(()));
}

#[test]
fn a_parameter_that_changes_twice_is_updated_from_its_new_value() {
    let rule = "rule twice(rate) { w = w - rate * g; w = 0.9 * w; }";
    let text = format!("{rule} network N: f64 {{ {NETWORK} train twice(rate = 0.1); }}");
    let d = crate::compile(&text).unwrap();
    assert_eq!(crate::ir::verify::verify(&d), Ok(()));
    assert_eq!(
        equations(&d, "w_plus", "w_plus_plus"),
        "w_plus = w - rate * mean_d_w\nw_plus_plus = 0.9 * w_plus"
    );
}

#[test]
fn the_norm_is_clipped_over_all_gradients() {
    let text = updates("train sgd(rate = 0.5), clip_norm = 1;");
    let expected = "gradient_norm = sqrt(mean_d_w * mean_d_w)\n\
                    clip_factor = if gradient_norm <= clip_norm then 1 else clip_norm / gradient_norm\n\
                    w_plus = w - rate * (mean_d_w * clip_factor)";
    assert_eq!(text, expected);
}

#[test]
fn a_sum_reduces_a_batch_without_dividing() {
    let d = derivation(&format!("{NETWORK} train sgd(rate = 0.5), reduction = sum;"));
    assert_eq!(equations(&d, "sum_d_w", "w_plus"), "sum_d_w = batch_sum(d_w)\nw_plus = w - rate * sum_d_w");
}
