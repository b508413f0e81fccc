//! The square root and the floor, which are exact and so equal to those of the processor; the error function at special
//! arguments.

use crate::common::Once;
use mlp_runtime::__private::{
    Scalar, Stream,
    functions::{floor, floor_f32, sqrt, sqrt_f32},
};

/// Numbers of all magnitudes, subnormal ones included, squares and their neighbours.
fn numbers() -> impl Iterator<Item = f64> {
    let mut stream = Stream::new(5, 0, "special");
    (0..400_000).flat_map(move |_| {
        let any = f64::from_bits(stream.next_u64());
        let near = f64::from_bits(stream.next_u64() >> 12 | 1023 << 52);
        let square = near * near;
        let subnormal = f64::from_bits(stream.next_u64() >> 13);
        let small = stream.uniform(-1e6, 1e6);
        [any, near, 2.0 * near, square, square.next_up(), square.next_down(), subnormal, small]
    })
}

const CORNERS: [f64; 14] = [
    0.0,
    -0.0,
    1.0,
    4.0,
    -1.0,
    0.5,
    -0.5,
    5e-324,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    4503599627370495.5,
];

fn same(ours: f64, theirs: f64) -> bool {
    ours.to_bits() == theirs.to_bits() || (ours.is_nan() && theirs.is_nan())
}

#[test]
fn sqrt_is_correctly_rounded() {
    for x in numbers().chain(CORNERS) {
        assert!(same(sqrt(x), x.sqrt()), "sqrt({x:e}) is {:e}, not {:e}", sqrt(x), x.sqrt());
    }
    assert!(sqrt(f64::NAN).is_nan());
}

#[test]
fn floor_is_exact() {
    for x in numbers().chain(CORNERS) {
        assert!(same(floor(x), x.floor()), "floor({x:e}) is {:e}, not {:e}", floor(x), x.floor());
    }
    assert!(floor(f64::NAN).is_nan());
}

#[test]
fn erf_at_its_corners() {
    for erf in [<f64 as Scalar>::erf, |x: f64| x.erf_by(Once)] {
        assert!(same(erf(0.0), 0.0));
        assert!(same(erf(-0.0), -0.0));
        assert!(erf(f64::NAN).is_nan());
        for x in [6.0, 30.0, f64::MAX, f64::INFINITY] {
            assert!(same(erf(x), 1.0) && same(erf(-x), -1.0));
        }
        for x in numbers().filter(|x| x.is_finite()) {
            assert!(same(erf(-x), -erf(x)), "odd at {x}");
        }
    }
}

#[test]
fn singles_are_exact_too() {
    for x in numbers().chain(CORNERS).map(|x| x as f32) {
        let roots = (f64::from(sqrt_f32(x)), f64::from(x.sqrt()));
        assert!(same(roots.0, roots.1), "sqrt({x:e}) is {:e}, not {:e}", roots.0, roots.1);
        let whole = (f64::from(floor_f32(x)), f64::from(x.floor()));
        assert!(same(whole.0, whole.1), "floor({x:e}) is {:e}, not {:e}", whole.0, whole.1);
    }
}

#[test]
#[ignore = "all arguments there are: a minute"]
fn singles_are_exact_everywhere() {
    for x in (0..=u32::MAX).map(f32::from_bits) {
        assert!(same(f64::from(sqrt_f32(x)), f64::from(x.sqrt())), "sqrt({x:e})");
        assert!(same(f64::from(floor_f32(x)), f64::from(x.floor())), "floor({x:e})");
    }
}
