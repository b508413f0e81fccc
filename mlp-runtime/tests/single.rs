//! The functions of `f32` at corners, and their bits. Their errors are in `bounds.rs`.

use mlp_runtime::{Stream, erf_f32, exp_f32, ln_f32, tanh_f32};

const TINY: f32 = f32::from_bits(1);

fn hold(name: &str, function: fn(f32) -> f32, cases: &[(f32, f32)]) {
    for &(x, expected) in cases {
        let actual = function(x);
        let same = actual.to_bits() == expected.to_bits() || actual.is_nan() && expected.is_nan();
        assert!(same, "{name}({x:e}) is {actual:e}, not {expected:e}");
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
    hold("exp", exp_f32, &cases);
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
    hold("ln", ln_f32, &cases);
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
    hold("tanh", tanh_f32, &cases);
}

#[test]
fn corners_of_erf() {
    let cases = [(TINY, TINY), (-TINY, -TINY), (4.0, 1.0), (-4.0, -1.0), (f32::MAX, 1.0), (f32::MIN, -1.0)];
    hold("erf", erf_f32, &cases);
}

/// The results' bits are part of the language: these hashes hold on every machine.
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
        hash("exp", -103.0, 88.0, exp_f32),
        hash("ln", 0.0, 10.0, ln_f32),
        hash("tanh", -5.0, 5.0, tanh_f32),
        hash("erf", -4.0, 4.0, erf_f32),
    ];
    assert_eq!(
        hashes.map(|hash| format!("{hash:016x}")),
        ["885a8824760bfcad", "2f9a2a41c488765c", "ad65d83ecf9c030c", "099fc8f5707aad3a"]
    );
}
