//! What central differences find, and what they excuse.

use mlp_random::{checks::Findings, difference::hold};

fn held(slope: f64, at: impl Fn(f64) -> f64) -> Findings {
    let mut found = Findings::default();
    hold(slope, at, "test", &mut found);
    found
}

#[test]
fn a_jump_of_the_second_derivative_is_no_error_and_a_wrong_slope_is() {
    let softsign = |x: f64| x / (1.0 + x.abs());
    assert!(held(1.0, softsign).wrong.is_empty());
    assert_eq!(held(1.0 + 1e-5, softsign).wrong.len(), 1);
    assert_eq!(held(1.0 - 1e-5, |x| x).wrong.len(), 1);
    assert_eq!(held(0.0, |x: f64| x.max(0.0)).kinks, 1);
}
