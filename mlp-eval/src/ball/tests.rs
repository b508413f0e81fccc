//! Functions against values of 120 digits; operations against what contains their results.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn functions_are_within_the_error_they_state() {
    let mut worst = Wide::ZERO;
    for line in include_str!("values.txt").lines() {
        let parts: Vec<&str> = line.split(' ').collect();
        let [name, x, high, low, exponent] = parts.as_slice() else { unreachable!("{line}") };
        let [x, high, low] = [x, high, low].map(|number| number.parse::<f64>().unwrap());
        let exact = Wide::new(high, low, exponent.parse().unwrap());
        let ball = Ball::from(x);
        let found = match *name {
            "exp" => ball.exp(),
            "ln" => ball.ln(),
            "tanh" => ball.tanh(),
            "erf" => ball.erf(),
            _ => ball.sqrt(),
        };
        let apart = Size::of(found.value - exact);
        assert!(apart.at_most(found.radius), "{line}: {found:?}");
        // The reduction of a large argument of exp costs digits.
        if x.abs() < 20.0 {
            let relative = ((found.value - exact) / exact).abs();
            worst = if (relative - worst).is_negative() { worst } else { relative };
        }
    }
    assert!(worst.to_f64() < 2.0_f64.powi(-96), "{:e}", worst.to_f64());
}

fn ball(x: f64) -> Ball {
    Ball::from(x)
}

#[test]
fn operations_keep_106_bits() {
    let tiny = ball(2.0_f64.powi(-90));
    assert_eq!(((ball(1.0) + tiny) - ball(1.0)).real(), 2.0_f64.powi(-90));
    let third = ball(1.0) / ball(3.0);
    assert!((third * ball(3.0) - ball(1.0)).value.abs().to_f64() < 2.0_f64.powi(-103));
    assert!((third * ball(3.0)).meets(ball(1.0)) && !third.meets(ball(1.0 / 3.0)));
    let root = ball(2.0).sqrt();
    assert!((root * root).meets(ball(2.0)));
    assert_eq!(ball(5e-324).real(), 5e-324);
    assert_eq!(ball(f64::MAX).real(), f64::MAX);
}

#[test]
fn nothing_overflows() {
    let far = ball(800.0).exp() * ball(-800.0).exp();
    assert!(far.meets(ball(1.0)) && far.error() < 1e-25);
    let large = (ball(1e9).exp() * ball(1e9).exp()).ln();
    assert!(large.meets(ball(2e9)) && large.is_known());
    assert!(ball(1e30).exp().error().is_infinite());
    assert!(ball(-1e30).exp().error() == 0.0 && ball(-1e30).exp().real() == 0.0);
}

#[test]
fn what_has_no_value() {
    for nothing in
        [ball(-0.3).ln(), ball(0.0).ln(), ball(-1.0).sqrt(), ball(1.0) / ball(0.0), ball(-2.0).pow(ball(0.5))]
    {
        assert!(nothing.is_nan(), "{nothing:?}");
    }
    // An exact 0 that is not known to be one.
    let zero = (ball(1.0) / ball(3.0)) * ball(3.0) - ball(1.0);
    assert!(!zero.ln().is_known() && !zero.ln().is_nan() && !(ball(1.0) / zero).is_known());
}

#[test]
fn powers() {
    assert_eq!(ball(-2.0).pow(ball(3.0)).real(), -8.0);
    assert_eq!(ball(-2.0).pow(ball(-1.0)).real(), -0.5);
    assert_eq!(ball(0.0).pow(ball(0.0)).real(), 1.0);
    assert!(ball(0.0).pow(ball(0.5)).is_exactly_zero());
    assert!(ball(2.0).pow(ball(0.5)).meets(ball(2.0).sqrt()));
}

#[test]
fn whole_parts() {
    let floor = |x: f64| ball(x).floor().real();
    assert_eq!(
        [2.5, -2.5, 3.0, -3.0, 0.0, 0.3, -0.3, 1e300].map(floor),
        [2.0, -3.0, 3.0, -3.0, 0.0, 0.0, -1.0, 1e300]
    );
    let below = ball(3.0) - ball(2.0_f64.powi(-80));
    assert_eq!(below.floor().real(), 2.0);
}
