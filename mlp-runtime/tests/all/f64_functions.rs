//! The elementary functions of `f64` at special arguments, and their bits. `bounds.rs` tests their errors.

use crate::common::Once;
use mlp_runtime::__private::functions::{ln, powf};
use mlp_runtime::__private::{Scalar, Stream};

const SAMPLES: u32 = 1_000_000;
const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
const TINY: f64 = f64::from_bits(1);

/// Equal bits, or both NaN.
fn same(actual: f64, expected: f64) -> bool {
    actual.to_bits() == expected.to_bits() || actual.is_nan() && expected.is_nan()
}

#[test]
fn corners_of_exp() {
    let cases = [
        (0.0, 1.0),
        (-0.0, 1.0),
        (TINY, 1.0),
        (-TINY, 1.0),
        (INF, INF),
        (-INF, 0.0),
        (NAN, NAN),
        (709.782712893384, f64::from_bits(0x7fef_ffff_ffff_ff2a)),
        (709.7827128933841, INF),
        (f64::MAX, INF),
        (-745.1332191019411, TINY),
        (-745.1332191019412, 0.0),
        (f64::MIN, 0.0),
    ];
    for (x, expected) in cases {
        for ours in [Scalar::exp(x), x.exp_by(Once)] {
            assert!(same(ours, expected), "exp({x:e}) = {ours:e}");
        }
    }
}

#[test]
fn corners_of_ln() {
    let cases = [
        (1.0, 0.0),
        (0.0, -INF),
        (-0.0, -INF),
        (INF, INF),
        (-INF, NAN),
        (-1.0, NAN),
        (-TINY, NAN),
        (NAN, NAN),
        (TINY, -744.4400719213812),
        (f64::MAX, 709.782712893384),
        (2.0, std::f64::consts::LN_2),
        (10.0, std::f64::consts::LN_10),
    ];
    for (x, expected) in cases {
        assert!(same(ln(x), expected), "ln({x:e}) = {:e}", ln(x));
    }
}

#[test]
fn corners_of_tanh() {
    let cases = [
        (0.0, 0.0),
        (-0.0, -0.0),
        (TINY, TINY),
        (-TINY, -TINY),
        (f64::MIN_POSITIVE, f64::MIN_POSITIVE),
        (20.0, 1.0),
        (-20.0, -1.0),
        (f64::MAX, 1.0),
        (INF, 1.0),
        (-INF, -1.0),
        (NAN, NAN),
    ];
    for (x, expected) in cases {
        for ours in [Scalar::tanh(x), x.tanh_by(Once)] {
            assert!(same(ours, expected), "tanh({x:e}) = {ours:e}");
        }
    }
}

#[test]
fn tanh_stays_within_1() {
    let mut stream = Stream::new(1, 2, "tanh");
    for _ in 0..SAMPLES {
        let x = stream.uniform(0.0, 25.0);
        for [ours, mirrored] in [[x, -x].map(Scalar::tanh), [x, -x].map(|x| x.tanh_by(Once))] {
            assert!(ours <= 1.0 && ours == -mirrored, "{x:e}");
        }
    }
}

/// Whatever its bits are.
#[test]
fn a_nan_stays_one() {
    let mut stream = Stream::new(1, 2, "nan");
    for _ in 0..10_000 {
        let bits = stream.next_u64();
        let x = f64::from_bits(bits | 0x7ff << 52 | 1);
        let narrow = f32::from_bits(bits as u32 | 0xff << 23 | 1);
        let ours = [
            x.exp_by(Once),
            x.tanh_by(Once),
            x.erf_by(Once),
            Scalar::exp(x),
            Scalar::tanh(x),
            Scalar::erf(x),
        ];
        assert!(ours.into_iter().chain([ln(x), powf(x, 2.5), powf(2.5, x)]).all(f64::is_nan), "{bits:x}");
        let ours = [narrow.exp_by(Once), narrow.ln_by(Once), narrow.tanh_by(Once), narrow.erf_by(Once)];
        let others = [Scalar::exp(narrow), Scalar::ln(narrow), Scalar::tanh(narrow), Scalar::erf(narrow)];
        assert!(ours.into_iter().chain(others).all(f32::is_nan), "{bits:x}");
    }
}

/// Annex F of C99, each clause on `pow`.
#[test]
fn corners_of_powf() {
    let cases = [
        (0.0, -3.0, INF),
        (-0.0, -3.0, -INF),
        (-0.0, -2.0, INF),
        (-0.0, -0.5, INF),
        (0.0, -INF, INF),
        (-0.0, -INF, INF),
        (0.0, 3.0, 0.0),
        (-0.0, 3.0, -0.0),
        (-0.0, 2.0, 0.0),
        (-0.0, 0.5, 0.0),
        (-1.0, INF, 1.0),
        (-1.0, -INF, 1.0),
        (1.0, NAN, 1.0),
        (1.0, INF, 1.0),
        (NAN, 0.0, 1.0),
        (NAN, -0.0, 1.0),
        (INF, 0.0, 1.0),
        (-8.0, 1.0 / 3.0, NAN),
        (0.5, -INF, INF),
        (-0.5, -INF, INF),
        (2.0, -INF, 0.0),
        (-2.0, -INF, 0.0),
        (0.5, INF, 0.0),
        (2.0, INF, INF),
        (-2.0, INF, INF),
        (-INF, -3.0, -0.0),
        (-INF, -2.0, 0.0),
        (-INF, -0.5, 0.0),
        (-INF, 3.0, -INF),
        (-INF, 2.0, INF),
        (-INF, 0.5, INF),
        (INF, -0.5, 0.0),
        (INF, 0.5, INF),
        (NAN, 1.0, NAN),
        (2.0, NAN, NAN),
        (NAN, NAN, NAN),
        (0.0, NAN, NAN),
        (INF, NAN, NAN),
        // Overflow and underflow, with the sign of an odd power.
        (10.0, 309.0, INF),
        (-10.0, 309.0, -INF),
        (-10.0, -325.0, -0.0),
        (2.0, f64::MAX, INF),
        (1.0 + f64::EPSILON, f64::MAX, INF),
        (1.0 - f64::EPSILON, f64::MAX, 0.0),
        (f64::MAX, f64::MIN, 0.0),
        (TINY, f64::MAX, 0.0),
        (TINY, -f64::MAX, INF),
        (2.0, TINY, 1.0),
        // The last odd integer, and the first of the even numbers alone.
        (-1.0, 9007199254740991.0, -1.0),
        (-1.0, 9007199254740992.0, 1.0),
        (-1.0, -9007199254740991.0, -1.0),
        (-1.0, 4503599627370495.5, NAN),
        (2.0, -1074.0, TINY),
        (2.0, -1023.0, f64::from_bits(1 << 51)),
    ];
    for (x, y, expected) in cases {
        assert!(same(powf(x, y), expected), "powf({x:e}, {y:e}) = {:e}", powf(x, y));
    }
}

#[test]
fn integer_powers_are_exact() {
    for base in 2..=100_i32 {
        let mut power = 1_u64;
        for exponent in 0.. {
            assert_eq!(powf(f64::from(base), f64::from(exponent)), power as f64);
            let sign = if exponent % 2 == 0 { 1.0 } else { -1.0 };
            assert_eq!(powf(-f64::from(base), f64::from(exponent)), sign * power as f64);
            power *= base as u64;
            if power >= 1 << 53 {
                break;
            }
        }
    }
    for exponent in -1074..=1023 {
        let scaled = 2.0_f64.powi(exponent.max(-1000)) * 2.0_f64.powi((exponent + 1000).min(0));
        assert_eq!(powf(2.0, f64::from(exponent)), scaled);
    }
}

#[test]
fn powf_of_f32_is_that_of_f64_rounded_once_more() {
    for bits in (0..=u32::MAX).step_by(4999) {
        let x = f32::from_bits(bits);
        let wide = f64::from(x);
        let (narrow, wide) = (Scalar::powf(x, 2.5), powf(wide, 2.5));
        assert!(same(f64::from(narrow), f64::from(wide as f32)), "{x:e}");
    }
    assert_eq!(<f32 as Scalar>::from_f64(0.1), 0.1_f32);
    assert_eq!(Scalar::to_f64(0.1_f32), f64::from(0.1_f32));
    assert_eq!(<f64 as Scalar>::from_f64(0.1), 0.1);
    assert_eq!(<f32 as Scalar>::NEG_INFINITY, f32::NEG_INFINITY);
    assert_eq!((<f32 as Scalar>::ZERO, <f64 as Scalar>::ONE), (0.0, 1.0));
}

/// The bits of the results are part of the language: every processor gives these hashes.
#[test]
fn bits_are_pinned() {
    let hash = |name: &str, result: fn(&mut Stream) -> f64| {
        let mut stream = Stream::new(0, 0, name);
        (0..100_000)
            .fold(0_u64, |hash, _| (hash ^ result(&mut stream).to_bits()).wrapping_mul(0x0000_0100_0000_01b3))
    };
    let hashes = [
        hash("exp", |s| Scalar::exp(s.uniform(-745.0, 709.0))),
        hash("exp", |s| s.uniform(-745.0, 709.0).exp_by(Once)),
        hash("ln", |s| ln(s.uniform(0.0, 10.0))),
        hash("tanh", |s| Scalar::tanh(s.uniform(-5.0, 5.0))),
        hash("tanh", |s| s.uniform(-5.0, 5.0).tanh_by(Once)),
        hash("erf", |s| Scalar::erf(s.uniform(-6.0, 6.0))),
        hash("erf", |s| s.uniform(-6.0, 6.0).erf_by(Once)),
        hash("powf", |s| powf(s.uniform(0.0, 10.0), s.uniform(-300.0, 300.0))),
    ];
    assert_eq!(
        hashes.map(|hash| format!("{hash:016x}")),
        [
            "bb262c67345d321c",
            "a819f681d4688011",
            "b56382af860b9d2e",
            "d73ae5f040595b4f",
            "25ba0d7c3e5e8fe2",
            "532b12ecb84489b9",
            "06c63a4a6edfa7be",
            "2eef412c8046f4c0"
        ]
    );
}
