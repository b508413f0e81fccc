//! The functions of 32-bit floats against those of 64 bits, whose own error is far below.

#![allow(clippy::print_stdout, reason = "the long test says what it found")]

use mlp_runtime::{exp, exp_f32, ln, ln_f32, tanh, tanh_f32};

struct Case {
    name: &'static str,
    single: fn(f32) -> f32,
    double: fn(f64) -> f64,
    /// In ulps of the result.
    bound: f64,
}

const CASES: [Case; 3] = [
    Case { name: "exp", single: exp_f32, double: exp, bound: 1.0 },
    Case { name: "ln", single: ln_f32, double: ln, bound: 1.0 },
    Case { name: "tanh", single: tanh_f32, double: tanh, bound: 2.0 },
];

/// The spacing of 32-bit floats around a number.
fn ulp(x: f64) -> f64 {
    let exponent = ((x.to_bits() >> 52) as i32 & 0x7ff) - 1023;
    f64::from(f32::from_bits(1)) * f64::from((exponent.clamp(-126, 127) + 126) as f32).exp2()
}

/// The error of a result in ulps; infinite where it is of another kind.
fn error(case: &Case, x: f32) -> f64 {
    let (ours, exact) = ((case.single)(x), (case.double)(f64::from(x)));
    let nearest = exact as f32;
    if ours.to_bits() == nearest.to_bits() || ours.is_nan() && nearest.is_nan() {
        return 0.0;
    }
    if !ours.is_finite() || !nearest.is_finite() {
        // The bound between the largest number and infinity is where rounding changes.
        let almost = exact.abs() > f64::from(f32::MAX) * (1.0 - 1e-7)
            && exact.abs() < f64::from(f32::MAX) * (1.0 + 1e-7);
        return if almost { 1.0 } else { f64::INFINITY };
    }
    (f64::from(ours) - exact).abs() / ulp(exact)
}

fn worst(case: &Case, step: usize) -> (f64, f32) {
    let all = (0..=u32::MAX).step_by(step).map(f32::from_bits);
    let corners =
        [0.0, f32::MIN_POSITIVE, 1.0, f32::MAX, f32::INFINITY, f32::NAN, 88.72284, 88.722_84, 0.625];
    all.chain(corners.into_iter().flat_map(|x| [x, -x]))
        .map(|x| (error(case, x), x))
        .fold((0.0, 0.0), |worst, next| if next.0 > worst.0 { next } else { worst })
}

#[test]
fn within_their_bounds() {
    for case in &CASES {
        let (error, x) = worst(case, 4099);
        assert!(error <= case.bound, "{}({x:e}): {error} ulps", case.name);
    }
}

#[test]
#[ignore = "all arguments there are: some minutes"]
fn within_their_bounds_everywhere() {
    for case in &CASES {
        let (error, x) = worst(case, 1);
        println!("{}: at most {error:.3} ulps, at {x:e}", case.name);
        assert!(error <= case.bound, "{}({x:e}): {error} ulps", case.name);
    }
}

#[test]
fn zeros_keep_their_sign() {
    assert_eq!(tanh_f32(-0.0).to_bits(), (-0.0_f32).to_bits());
    assert_eq!(tanh_f32(1e-40).to_bits(), 1e-40_f32.to_bits());
    assert_eq!((exp_f32(0.0), exp_f32(-0.0), ln_f32(1.0)), (1.0, 1.0, 0.0));
    assert_eq!(
        (ln_f32(-0.0), exp_f32(f32::NEG_INFINITY), tanh_f32(f32::NEG_INFINITY)),
        (f32::NEG_INFINITY, 0.0, -1.0)
    );
}
