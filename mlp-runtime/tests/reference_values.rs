//! The elementary functions at the points of `reference/*.csv`, against exact results.

#![allow(clippy::unwrap_used)]

mod common;

use common::ulps;
use mlp_runtime::{
    functions::{exp, ln, powf, tanh},
    special::erf,
};

/// Fails where `function`, of the bits' doubles, errs by more than `bound` ulps.
fn check(table: &str, bound: f64, function: impl Fn(&[f64]) -> f64) {
    for row in table.lines().skip(1) {
        let (row, excess) = row.rsplit_once(',').unwrap();
        let excess: f64 = excess.parse().unwrap();
        let doubles: Vec<f64> =
            row.split(',').map(|bits| f64::from_bits(u64::from_str_radix(bits, 16).unwrap())).collect();
        let (&nearest, arguments) = doubles.split_last().unwrap();
        let error = (ulps(function(arguments), nearest) - excess).abs();
        // A NaN error must fail too.
        assert!(error <= bound, "{error} ulps at {arguments:?}");
    }
}

#[test]
fn exp_is_within_1_ulp() {
    check(include_str!("reference/exp.csv"), 1.0, |x| exp(x[0]));
}

#[test]
fn ln_is_within_1_ulp() {
    check(include_str!("reference/ln.csv"), 1.0, |x| ln(x[0]));
}

#[test]
fn tanh_is_within_2_ulps() {
    check(include_str!("reference/tanh.csv"), 2.0, |x| tanh(x[0]));
}

#[test]
fn powf_is_within_1_5_ulps() {
    check(include_str!("reference/powf.csv"), 1.5, |x| powf(x[0], x[1]));
}

#[test]
fn erf_is_within_1_ulp() {
    check(include_str!("reference/erf.csv"), 1.0, |x| erf(x[0]));
}
