//! Our functions and those of `common/exact.rs` at the points of `reference/*.csv`, with exact results by mpmath. Other
//! tests measure errors with `common/exact.rs`.

use crate::common::{
    Once,
    documented::bounds,
    exact::{self, Exact, Scaled},
    ulps,
};
use mlp_runtime::__private::{Scalar, Separate};

/// The rounding of the table.
const LAST_DIGIT: f64 = 2e-4;

struct Row {
    arguments: Vec<f64>,
    nearest: f64,
    /// The exact result minus the nearest double, in its ulps.
    excess: f64,
}

fn rows(table: &str) -> Vec<Row> {
    let row = |row: &str| {
        let (row, excess) = row.rsplit_once(',').unwrap();
        let mut arguments: Vec<f64> =
            row.split(',').map(|bits| f64::from_bits(u64::from_str_radix(bits, 16).unwrap())).collect();
        let nearest = arguments.pop().unwrap();
        Row { arguments, nearest, excess: excess.parse().unwrap() }
    };
    table.lines().skip(1).map(row).collect()
}

fn hold(table: &str, name: &str, fused: bool, function: impl Fn(&[f64]) -> f64) {
    let (_, bound) = bounds(name, "ulp", fused);
    for Row { arguments, nearest, excess } in rows(table) {
        let error = (ulps(function(&arguments), nearest) - excess).abs();
        // A NaN error must fail too.
        assert!(error <= bound + LAST_DIGIT, "{name}{arguments:?}: {error} ulps");
    }
}

fn hold_exact(table: &str, function: impl Fn(&[f64]) -> Scaled) {
    // The tail of smaller results would be below all doubles.
    for Row { arguments, nearest, excess } in
        rows(table).into_iter().filter(|row| row.arguments[0].abs() > 1e-290)
    {
        let error = function(&arguments).error(nearest, 0.0);
        let is_close = (error - excess.abs()).abs() <= LAST_DIGIT;
        assert!(is_close, "{arguments:?}: {error} ulps from the nearest, not {excess}");
    }
}

/// A test for each table: the function is within its bound, and the exact values are exact.
macro_rules! tables {
    ($($name:ident $file:literal: $($function:ident)?, $exact:expr;)*) => {$(
        #[test]
        fn $name() {
            let table = include_str!($file);
            $(
                hold(table, stringify!($name), false, |x| x[0].$function(Separate));
                hold(table, stringify!($name), true, |x| x[0].$function(Once));
            )?
            hold_exact(table, |x| $exact(x[0].into()));
        }
    )*};
}

tables! {
    exp "../reference/exp.csv": exp_by, exact::exp;
    ln "../reference/ln.csv": ln_by, |x: Exact| exact::ln(x).into();
    tanh "../reference/tanh.csv": tanh_by, |x: Exact| exact::tanh(x).into();
    erf "../reference/erf.csv": erf_by, |x: Exact| exact::erf(x).into();
    // `bounds.rs` alone tests the bounds of these.
    sigmoid "../reference/sigmoid.csv": , exact::sigmoid;
    softplus "../reference/softplus.csv": , exact::softplus;
    silu "../reference/silu.csv": , exact::silu;
    gelu "../reference/gelu.csv": , exact::gelu;
    gelu_tanh "../reference/gelu_tanh.csv": , exact::gelu_tanh;
    elu "../reference/elu.csv": , exact::elu;
}

#[test]
fn powers() {
    let table = include_str!("../reference/powf.csv");
    hold(table, "powf", false, |x| mlp_runtime::__private::functions::powf(x[0], x[1]));
    // Powers of negative bases have a sign if the exponent is odd; the exact values have none.
    for Row { arguments, nearest, excess } in rows(table) {
        let error = exact::powf(arguments[0].abs(), arguments[1]).error(nearest.abs(), 0.0);
        assert!((error - excess.abs()).abs() <= LAST_DIGIT, "{arguments:?}: {error}, not {excess}");
    }
}
