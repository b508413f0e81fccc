//! Each update rule over 100 steps against the same rule written by hand, one number at a time.

#![allow(clippy::unwrap_used, reason = "tests")]

use mlp_dsl::compile;
use mlp_eval::{Point, evaluate};

/// One weight: the loss (w · 0.7 − 0.2)² / 2, from w = 1.5.
fn by_the_compiler(rule: &str) -> Vec<f64> {
    let text = format!(
        "network N: f64 {{ input x {{ i = 0.7 }} weights {{ w = 1.5 }} layer y {{ o = w * i }} target t {{ u = 0.2 }} \
         loss half_squared_error(y, t); train {rule}; }}"
    );
    let derivation = compile(&text).unwrap();
    let mut point = Point::declared(&derivation).unwrap();
    let weight = derivation.parameters[0].equation;
    let step = |_| {
        let evaluation = evaluate::<f64>(&derivation, &point);
        point.step(&derivation, &evaluation);
        point.of(weight, 0).unwrap().scalar()
    };
    (0..100).map(step).collect()
}

/// The same, by `step(w, g, k, state)`.
fn by_hand(step: impl Fn(f64, f64, i32, &mut [f64; 2]) -> f64) -> Vec<f64> {
    let (mut w, mut state) = (1.5, [0.0; 2]);
    let one = |k: i32| {
        let gradient = (w * 0.7 - 0.2) * 0.7;
        w = step(w, gradient, k, &mut state);
        w
    };
    (1..=100).map(one).collect()
}

fn same(rule: &str, step: impl Fn(f64, f64, i32, &mut [f64; 2]) -> f64) {
    for (k, (a, b)) in by_the_compiler(rule).into_iter().zip(by_hand(step)).enumerate() {
        assert!((a - b).abs() <= 1e-13 * b.abs().max(1.0), "{rule}, step {}: {a} instead of {b}", k + 1);
    }
}

fn adam(g: f64, k: i32, state: &mut [f64; 2]) -> f64 {
    state[0] += 0.1 * (g - state[0]);
    state[1] += 0.001 * (g * g - state[1]);
    let (m, v) = (state[0] / (1.0 - 0.9_f64.powi(k)), state[1] / (1.0 - 0.999_f64.powi(k)));
    m / (v.sqrt() + 1e-8)
}

#[test]
fn rules_are_the_published_ones() {
    same("sgd(rate = 0.1)", |w, g, _, _| w - 0.1 * g);
    same("sgd(rate = 0.1, decay = 0.2)", |w, g, _, _| w * (1.0 - 0.02) - 0.1 * g);
    same("sgd(rate = 0.5 * 0.98^step)", |w, g, k, _| w - 0.5 * 0.98_f64.powi(k) * g);
    same("sgd(rate = 0.1), clip_value = 0.05", |w, g, _, _| w - 0.1 * g.clamp(-0.05, 0.05));
    same("sgd(rate = 0.1), clip_norm = 0.05", |w, g, _, _| w - 0.1 * g * (0.05 / g.abs()).min(1.0));
    same("momentum(rate = 0.05)", |w, g, _, s| {
        s[0] = 0.9 * s[0] + g;
        w - 0.05 * s[0]
    });
    same("nesterov(rate = 0.05)", |w, g, _, s| {
        s[0] = 0.9 * s[0] + g;
        w - 0.05 * (g + 0.9 * s[0])
    });
    same("rmsprop(rate = 0.01)", |w, g, _, s| {
        s[0] = 0.99 * s[0] + 0.01 * g * g;
        w - 0.01 * g / (s[0].sqrt() + 1e-8)
    });
    same("adam(rate = 0.01)", |w, g, k, s| w - 0.01 * adam(g, k, s));
    same("adam(rate = 0.01, decay = 0.1)", |w, g, k, s| w - 0.01 * adam(g + 0.1 * w, k, s));
    same("adamw(rate = 0.01, decay = 0.1)", |w, g, k, s| w * (1.0 - 0.001) - 0.01 * adam(g, k, s));
}
