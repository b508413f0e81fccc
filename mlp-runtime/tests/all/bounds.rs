//! The error bounds of docs/functions.md: on a part of the arguments by default, on all 2³² of `f32` and twenty million of
//! `f64` with `cargo test --release -p mlp-runtime --test all -- bounds:: --ignored --nocapture`.

#![allow(clippy::print_stdout, reason = "the long tests print the errors that they find")]

use crate::common::{
    Once, documented,
    exact::{self, Exact, Scaled},
    prelude,
};
use core::hint::select_unpredictable as select;
use mlp_runtime::__private::{Arithmetic, Scalar, Separate, Stream, functions};

/// The greatest error and its argument.
#[derive(Clone, Copy, Debug)]
struct Worst(f64, f64);

impl Worst {
    fn or(self, error: f64, x: f64) -> Self {
        // NaN if one result is NaN and the other is a number.
        if error <= self.0 { self } else { Self(error, x) }
    }
}

/// The distance of a function of `f32` from one of `f64`, in ulps of the result or of `least`, whichever is larger. The
/// loops have no branch, so that they are vectorized and all arguments take seconds.
#[inline(always)]
fn single_errors(
    from: f32,
    step: u32,
    least: f64,
    function: impl Fn(f32) -> f32,
    exact: impl Fn(f64) -> f64,
) -> Worst {
    const LANES: usize = 64;
    let mut worst = Worst(0.0, 0.0);
    let mut first = 0_u32;
    loop {
        let mut arguments = [0.0; LANES];
        for (i, x) in arguments.iter_mut().enumerate() {
            *x = f32::from_bits(first.wrapping_add(step.wrapping_mul(i as u32)));
        }
        let (mut ours, mut exacts, mut errors) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for i in 0..LANES {
            ours[i] = function(arguments[i]);
        }
        for i in 0..LANES {
            exacts[i] = exact(f64::from(arguments[i]));
        }
        for i in 0..LANES {
            errors[i] = single_error(ours[i], exacts[i], least);
        }
        // Arguments below `from` and NaN are not tested.
        for (error, x) in errors.iter_mut().zip(&arguments) {
            *error = if *x >= from { *error } else { 0.0 };
        }
        if errors.iter().any(|error| *error > worst.0) {
            worst = errors.iter().zip(&arguments).fold(worst, |worst, (&e, &x)| worst.or(e, f64::from(x)));
        }
        match step.checked_mul(LANES as u32).and_then(|step| first.checked_add(step)) {
            Some(next) => first = next,
            None => return worst,
        }
    }
}

const SIGN: u64 = 1 << 63;
/// Twice the greatest power of 2 in `f32`.
const BEYOND: f64 = (1_u128 << 127) as f64 * 2.0;

#[inline(always)]
fn single_error(ours: f32, exact: f64, least: f64) -> f64 {
    let nearest = exact as f32;
    let same = (ours == nearest) & ours.is_infinite() | ours.is_nan() & nearest.is_nan();
    let size = select(exact.abs() > least, exact.abs(), least);
    let ulp = f64::from_bits(size.to_bits() & (0x7ff << 52)) / f64::from(1 << 23);
    // Infinity counts as the power of 2 after the largest number.
    let beyond = f64::from_bits(f64::from(ours).to_bits() & SIGN | BEYOND.to_bits());
    let ours = select(ours.is_infinite(), beyond, f64::from(ours));
    let error = select(same, 0.0, (ours - exact).abs() / ulp);
    select(error >= 0.0, error, f64::INFINITY)
}

fn double_errors(
    from: f64,
    samples: usize,
    least: f64,
    intervals: &[(f64, f64)],
    function: impl Fn(f64) -> f64,
    exact: impl Fn(Exact) -> Scaled,
) -> Worst {
    let mut stream = Stream::new(1, 2, "bounds");
    let mut worst = Worst(0.0, 0.0);
    for _ in 0..samples / intervals.len() {
        for &(low, high) in intervals {
            let x = stream.uniform(low, high);
            if x >= from {
                worst = worst.or(exact(x.into()).error(function(x), least), x);
            }
        }
    }
    worst
}

struct Case {
    name: &'static str,
    unit: &'static str,
    fused: bool,
    /// The greatest errors: of `f32` at every `step`th number, of `f64` at random samples.
    single: fn(u32) -> Worst,
    double: fn(usize) -> Worst,
    /// The divisor of the number of samples, for functions whose exact values are slow.
    slow: usize,
}

/// Below these arguments e^-x overflows, and `sigmoid` and `silu` are 0.
const CUT_F32: f32 = -88.722_83;
const CUT_F64: f64 = -709.782712893384;

/// Below the least normal number of `f32`, ulps are those of subnormal numbers.
const ANY_F32: f64 = f32::MIN_POSITIVE as f64;

macro_rules! cases {
    ($fused:ident: $($name:literal $unit:literal slow $slow:literal from $from32:expr, $from64:expr, least $least32:expr, $least64:expr,
       $single:expr, $double:expr, $exact:expr, $intervals:expr;)*) => {
        [$(Case {
            name: $name,
            unit: $unit,
            fused: $fused,
            slow: $slow,
            single: |step| single_errors($from32, step, $least32, $single, $double),
            double: |samples| double_errors($from64, samples, $least64, &$intervals, $double, $exact),
        }),*]
    };
}

const FROM_32: f32 = f32::NEG_INFINITY;
const FROM_64: f64 = f64::NEG_INFINITY;

#[inline(always)]
fn exp<A: Arithmetic + Default, T: Scalar>(x: T) -> T {
    x.exp_by(A::default())
}

#[inline(always)]
fn ln<A: Arithmetic + Default, T: Scalar>(x: T) -> T {
    x.ln_by(A::default())
}

#[inline(always)]
fn tanh<A: Arithmetic + Default, T: Scalar>(x: T) -> T {
    x.tanh_by(A::default())
}

#[inline(always)]
fn erf<A: Arithmetic + Default, T: Scalar>(x: T) -> T {
    x.erf_by(A::default())
}

fn cases() -> Vec<Case> {
    [cases_of::<Separate>(false), cases_of::<Once>(true)].into_iter().flatten().collect()
}

fn cases_of<A: Arithmetic + Default>(fused: bool) -> [Case; 10] {
    cases! { fused:
        "exp" "ulp" slow 1 from FROM_32, FROM_64, least ANY_F32, 0.0,
            exp::<A, f32>, exp::<A, f64>, exact::exp,
            [(-745.2, 709.782712893384), (-1.0, 1.0), (-20.0, 20.0), (-709.0, -700.0)];
        "ln" "ulp" slow 1 from FROM_32, FROM_64, least ANY_F32, 0.0,
            ln::<A, f32>, ln::<A, f64>, |x| exact::ln(x).into(),
            [(f64::MIN_POSITIVE, 10.0), (0.5, 2.0), (0.999, 1.001), (5e-324, 1e-307), (0.69, 0.72), (1.0, f64::MAX)];
        "tanh" "ulp" slow 1 from FROM_32, FROM_64, least ANY_F32, 0.0,
            tanh::<A, f32>, tanh::<A, f64>, |x| exact::tanh(x).into(),
            [(-23.0, 23.0), (-1.0, 1.0), (0.1, 0.4), (0.0, 1e-3)];
        "erf" "ulp" slow 4 from FROM_32, FROM_64, least ANY_F32, 0.0,
            erf::<A, f32>, erf::<A, f64>, |x| exact::erf(x).into(),
            [(-6.0, 6.0), (-1.0, 1.0), (0.75, 0.95), (0.0, 1e-3)];
        "sigmoid" "ulp" slow 1 from CUT_F32, CUT_F64, least ANY_F32, 0.0,
            prelude::sigmoid::<A, f32>, prelude::sigmoid::<A, f64>, exact::sigmoid,
            [(-709.78, 40.0), (-4.0, 4.0), (-40.0, 40.0), (-1.0, 1.0)];
        "softplus" "ulp" slow 2 from FROM_32, FROM_64, least ANY_F32, 0.0,
            prelude::softplus::<A, f32>, prelude::softplus::<A, f64>, exact::softplus,
            [(-745.2, 800.0), (-4.0, 4.0), (-40.0, 40.0), (-1.0, 1.0)];
        "silu" "ulp" slow 1 from CUT_F32, CUT_F64, least ANY_F32, 0.0,
            prelude::silu::<A, f32>, prelude::silu::<A, f64>, exact::silu,
            [(-709.78, 40.0), (-4.0, 4.0), (-40.0, 40.0), (-1.0, 1.0)];
        "elu" "ulp of 1" slow 1 from f32::MIN, f64::MIN, least 1.0, 1.0,
            prelude::elu::<A, f32>, prelude::elu::<A, f64>, exact::elu, [(-40.0, 0.0), (-4.0, 0.0), (-1.0, 0.0)];
        "gelu" "ulp of 1" slow 4 from f32::MIN, f64::MIN, least 1.0, 1.0,
            prelude::gelu::<A, f32>, prelude::gelu::<A, f64>, exact::gelu,
            [(-10.0, 10.0), (-4.0, 4.0), (-2.0, 0.0), (0.0, 2.0)];
        "gelu_tanh" "ulp of 1" slow 1 from f32::MIN, f64::MIN, least 1.0, 1.0,
            prelude::gelu_tanh::<A, f32>, prelude::gelu_tanh::<A, f64>, exact::gelu_tanh,
            [(-10.0, 10.0), (-4.0, 4.0), (-2.0, 0.0), (0.0, 2.0)];
    }
}

impl Case {
    /// The documented bounds, for `f32` and `f64`.
    fn bounds(&self) -> (f64, f64) {
        documented::bounds(self.name, self.unit, self.fused)
    }

    fn hold(&self, width: &str, worst: Worst, bound: f64) {
        let arithmetic = if self.fused { "fused" } else { "separate" };
        hold(self.name, &format!("{width}, {arithmetic}"), worst, bound);
    }
}

fn hold(name: &str, width: &str, Worst(error, x): Worst, bound: f64) {
    assert!(error <= bound, "{name}({x:e}) of {width}: {error}, documented are {bound}");
}

/// The exact values at the first arguments for which our results are 0.
#[test]
fn what_is_cut_off() {
    for (name, exact) in [("sigmoid", exact::sigmoid as fn(Exact) -> Scaled), ("silu", exact::silu)] {
        let bounds = documented::bounds(name, "absolute, where cut off", false);
        let first = (f64::from(CUT_F32.next_down()), CUT_F64.next_down());
        for (x, bound) in [(first.0, bounds.0), (first.1, bounds.1)] {
            let lost = exact(x.into()).value().0.abs();
            assert!(lost <= bound && bound < 1.01 * lost, "{name}({x}) is {lost:e}, documented {bound:e}");
        }
    }
}

/// Each row has a test: here or, for the exact functions, in `exact_functions.rs`.
#[test]
fn no_row_is_without_a_test() {
    let mut rows: Vec<_> = documented::table("Errors").iter().map(|row| (row[0], row[1])).collect();
    rows.retain(|row| {
        row.1 != "absolute, where cut off" && !["`powf`", "`sqrt`", "`floor`"].contains(&row.0)
    });
    let cases = cases_of::<Separate>(false).map(|case| (format!("`{}`", case.name), case.unit));
    assert!(rows.into_iter().eq(cases.iter().map(|(name, unit)| (name.as_str(), *unit))));
    // These are the same in both arithmetics.
    for (name, bounds) in [("sqrt", (0.5, 0.5)), ("floor", (0.0, 0.0))] {
        assert_eq!([false, true].map(|fused| documented::bounds(name, "ulp", fused)), [bounds; 2]);
    }
    for (name, unit) in
        [("powf", "ulp"), ("sigmoid", "absolute, where cut off"), ("silu", "absolute, where cut off")]
    {
        assert_eq!(documented::bounds(name, unit, false), documented::bounds(name, unit, true));
    }
}

#[test]
fn errors_of_f32() {
    for case in cases() {
        let step = if cfg!(debug_assertions) { 40_009 } else { 1009 };
        case.hold("f32", (case.single)(step), case.bounds().0);
    }
}

#[test]
fn errors_of_f64() {
    for case in cases() {
        let samples = if cfg!(debug_assertions) { 4_000 } else { 200_000 };
        case.hold("f64", (case.double)(samples / case.slow), case.bounds().1);
    }
}

/// Prints and returns the greatest errors of all cases.
fn survey(width: &str, worst: impl Fn(&Case) -> Worst) -> Vec<(Case, Worst)> {
    let case = |case: Case| {
        let worst = worst(&case);
        let fused = if case.fused { ", fused" } else { "" };
        println!("{} of {width}{fused}: at most {:.4}, at {:e}", case.name, worst.0, worst.1);
        (case, worst)
    };
    cases().into_iter().map(case).collect()
}

/// The documented bounds hold, and are not much larger than the errors found.
#[test]
#[ignore = "all arguments there are: half an hour"]
fn errors_of_f32_everywhere() {
    for (case, worst) in survey("f32", |case| (case.single)(1)) {
        let (bound, _) = case.bounds();
        case.hold("f32", worst, bound);
        assert!(bound - worst.0 < 0.01, "{}: documented are {bound}, found {}", case.name, worst.0);
    }
}

#[test]
#[ignore = "twenty million arguments each: some minutes"]
fn errors_of_f64_at_many_arguments() {
    for (case, worst) in survey("f64", |case| (case.double)(20_000_000)) {
        let (_, bound) = case.bounds();
        case.hold("f64", worst, bound);
        assert!(bound - worst.0 < 0.1, "{}: documented are {bound}, found {}", case.name, worst.0);
    }
}

fn powers(samples: usize) -> (Worst, Worst) {
    let mut stream = Stream::new(1, 2, "powf");
    let (mut single, mut double) = (Worst(0.0, 0.0), Worst(0.0, 0.0));
    for _ in 0..samples / 3 {
        // Results over the whole range: bases near 1, bases of all magnitudes, small exponents.
        let wide = f64::from_bits(stream.next_u64() >> 1);
        let filling = stream.uniform(-708.0, 709.0) / wide.ln();
        let pairs = [
            (stream.uniform(0.0, 10.0), stream.uniform(-300.0, 300.0)),
            (stream.uniform(0.5, 2.0), stream.uniform(-1000.0, 1000.0)),
            (wide, filling),
        ];
        for (x, y) in pairs.into_iter().filter(|(x, y)| x.is_finite() && y.is_finite()) {
            let exact = exact::powf(x, y);
            if (1e-307..f64::MAX).contains(&exact.value().0) {
                double = double.or(exact.error(functions::powf(x, y), 0.0), x);
            }
            let (x, y) = (x as f32, y as f32);
            let exact = exact::powf(f64::from(x), f64::from(y)).value().0;
            if x > 0.0 && x < f32::INFINITY && exact < f64::from(f32::MAX) {
                single =
                    single.or(single_error(mlp_runtime::Scalar::powf(x, y), exact, ANY_F32), f64::from(x));
            }
        }
    }
    (single, double)
}

#[test]
fn errors_of_powf() {
    let (single, double) = powers(if cfg!(debug_assertions) { 10_000 } else { 300_000 });
    let bounds = documented::bounds("powf", "ulp", false);
    hold("powf", "f32", single, bounds.0);
    hold("powf", "f64", double, bounds.1);
}

#[test]
#[ignore = "twenty million pairs: a minute"]
fn errors_of_powf_at_many_arguments() {
    let (single, double) = powers(20_000_000);
    println!("powf: {single:?} of f32, {double:?} of f64");
    let bounds = documented::bounds("powf", "ulp", false);
    hold("powf", "f32", single, bounds.0);
    hold("powf", "f64", double, bounds.1);
}
