//! The functions of `f32` at special arguments, and their bits. `bounds.rs` tests their errors.

use crate::common::Once;
use mlp_runtime::__private::{Scalar, Stream};

const TINY: f32 = f32::from_bits(1);

/// In both arithmetics.
fn hold(name: &str, functions: [fn(f32) -> f32; 2], cases: &[(f32, f32)]) {
    for &(x, expected) in cases {
        for actual in functions.map(|function| function(x)) {
            let same = actual.to_bits() == expected.to_bits() || actual.is_nan() && expected.is_nan();
            assert!(same, "{name}({x:e}) is {actual:e}, not {expected:e}");
        }
    }
}

#[test]
fn corners_of_exp() {
    let cases = [
        (TINY, 1.0),
        (-TINY, 1.0),
        (88.722_83, f32::from_bits(0x7f7f_ff84)),
        (88.722_84, f32::INFINITY),
        (f32::MAX, f32::INFINITY),
        (-103.972_08, TINY),
        (-103.972_09, 0.0),
        (f32::MIN, 0.0),
    ];
    hold("exp", [Scalar::exp, |x| x.exp_by(Once)], &cases);
}

#[test]
fn corners_of_ln() {
    let cases = [
        (1.0, 0.0),
        (TINY, -103.278_93),
        (f32::MAX, 88.722_84),
        (-TINY, f32::NAN),
        (f32::MIN, f32::NAN),
        (2.0, std::f32::consts::LN_2),
        (10.0, std::f32::consts::LN_10),
    ];
    hold("ln", [Scalar::ln, |x| x.ln_by(Once)], &cases);
}

#[test]
fn corners_of_tanh() {
    let cases = [
        (TINY, TINY),
        (-TINY, -TINY),
        (f32::MIN_POSITIVE, f32::MIN_POSITIVE),
        (10.0, 1.0),
        (-10.0, -1.0),
        (f32::MAX, 1.0),
    ];
    hold("tanh", [Scalar::tanh, |x| x.tanh_by(Once)], &cases);
}

#[test]
fn corners_of_erf() {
    let cases = [(TINY, TINY), (-TINY, -TINY), (4.0, 1.0), (-4.0, -1.0), (f32::MAX, 1.0), (f32::MIN, -1.0)];
    hold("erf", [Scalar::erf, |x| x.erf_by(Once)], &cases);
}

/// The bits of the results are part of the language: every processor gives these hashes.
#[test]
fn bits_are_pinned() {
    let hash = |name: &str, low: f64, high: f64, function: fn(f32) -> f32| {
        let mut stream = Stream::new(0, 0, name);
        (0..100_000).fold(0_u64, |hash, _| {
            let result = function(stream.uniform(low, high) as f32);
            (hash ^ u64::from(result.to_bits())).wrapping_mul(0x0000_0100_0000_01b3)
        })
    };
    let hashes = [
        hash("exp", -103.0, 88.0, Scalar::exp),
        hash("exp", -103.0, 88.0, |x| x.exp_by(Once)),
        hash("ln", 0.0, 10.0, Scalar::ln),
        hash("ln", 0.0, 10.0, |x| x.ln_by(Once)),
        hash("tanh", -5.0, 5.0, Scalar::tanh),
        hash("tanh", -5.0, 5.0, |x| x.tanh_by(Once)),
        hash("erf", -4.0, 4.0, Scalar::erf),
        hash("erf", -4.0, 4.0, |x| x.erf_by(Once)),
    ];
    assert_eq!(
        hashes.map(|hash| format!("{hash:016x}")),
        [
            "47cc3b88401df192",
            "83a4d498dd14f572",
            "2f9a2a41c488765c",
            "f07e4a4fba87692c",
            "439843dfa7ee9cd3",
            "17ad61eec63243f5",
            "ffab5b469a2541ac",
            "033ec1be55c12baf"
        ]
    );
}
