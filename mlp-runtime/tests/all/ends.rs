//! Special arguments and the ends of the ranges of functions, as listed in docs/functions.md.

use crate::common::{
    Once,
    documented::{number, table},
    prelude,
};
use mlp_runtime::__private::{Scalar, Separate};

/// A function in both number types and one arithmetic; `f32` only on numbers of `f32`.
struct Function {
    name: &'static str,
    single: fn(f32) -> f32,
    double: fn(f64) -> f64,
}

macro_rules! functions {
    ($($name:literal $separate:expr, $fused:expr;)*) => {
        &[$(
            [Function { name: $name, single: $separate, double: $separate },
             Function { name: $name, single: $fused, double: $fused }]
        ),*]
    };
}

const FUNCTIONS: &[[Function; 2]] = functions! {
    "exp" Scalar::exp, |x| x.exp_by(Once);
    "ln" Scalar::ln, |x| x.ln_by(Once);
    "tanh" Scalar::tanh, |x| x.tanh_by(Once);
    "erf" Scalar::erf, |x| x.erf_by(Once);
    "sqrt" Scalar::sqrt, Scalar::sqrt;
    "floor" Scalar::floor, Scalar::floor;
    "sigmoid" prelude::sigmoid::<Separate, _>, prelude::sigmoid::<Once, _>;
    "softplus" prelude::softplus::<Separate, _>, prelude::softplus::<Once, _>;
    "silu" prelude::silu::<Separate, _>, prelude::silu::<Once, _>;
    "elu" prelude::elu::<Separate, _>, prelude::elu::<Once, _>;
    "gelu" prelude::gelu::<Separate, _>, prelude::gelu::<Once, _>;
    "gelu_tanh" prelude::gelu_tanh::<Separate, _>, prelude::gelu_tanh::<Once, _>;
};

fn functions(cell: &str) -> &'static [Function; 2] {
    let name = cell.trim_matches('`');
    FUNCTIONS.iter().find(|both| both[0].name == name).unwrap_or_else(|| panic!("no function {name}"))
}

fn same(actual: f64, expected: f64) -> bool {
    actual.to_bits() == expected.to_bits() || actual.is_nan() && expected.is_nan()
}

/// The result in a cell: a number, or an expression in x.
fn result(cell: &str, x: f64) -> f64 {
    match cell {
        "x" => x,
        "x / 2" => x / 2.0,
        _ => number(cell),
    }
}

#[test]
fn the_prelude_has_these_formulas() {
    let text = include_str!("../../../mlp-dsl/src/prelude.mlp");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in prelude::LINES {
        assert!(text.contains(line), "{line}");
    }
}

#[test]
fn corners() {
    let rows = table("Corners");
    assert_eq!(rows.len(), FUNCTIONS.len());
    let arguments = [f64::NAN, f64::NEG_INFINITY, f64::INFINITY, -0.0, 0.0];
    for row in rows {
        for Function { name, single, double } in functions(row[0]) {
            for (x, cell) in arguments.into_iter().zip(&row[1..]) {
                let expected = result(cell, x);
                assert!(same(double(x), expected), "{name}({x}) of f64 is {:?}, not {cell}", double(x));
                let (narrow, expected) = (f64::from(single(x as f32)), f64::from(expected as f32));
                assert!(same(narrow, expected), "{name}({x}) of f32 is {narrow:?}, not {cell}");
            }
        }
    }
}

#[test]
fn subnormal_arguments() {
    let rows = table("Subnormal arguments");
    assert_eq!(rows.len(), FUNCTIONS.len());
    for row in rows {
        // Without the least number, whose half is not representable.
        for bits in [2_u32, 100, 0x3456, 0x7f_fffe] {
            for (sign, cell) in [(1.0, row[1]), (-1.0, row[2])] {
                if cell == "by its bound" {
                    continue; // `bounds.rs` has them
                }
                let x = f32::from_bits(bits).copysign(sign);
                let wide = f64::from_bits(u64::from(bits)).copysign(sign.into());
                for Function { name, single, double } in functions(row[0]) {
                    let ours = double(wide);
                    assert!(
                        same(ours, result(cell, wide)),
                        "{name}({wide:e}) of f64 is {ours:?}, not {cell}"
                    );
                    let (ours, expected) = (single(x), result(cell, f64::from(x)) as f32);
                    assert!(
                        same(f64::from(ours), f64::from(expected)),
                        "{name}({x:e}) of f32 is {ours:?}, not {cell}"
                    );
                }
            }
        }
    }
}

/// Numbers outward from one number: a hundred thousand neighbours, then distant ones.
fn outward(x: f64, next: fn(f64) -> f64, greatest: f64) -> impl Iterator<Item = f64> {
    let near = std::iter::successors(Some(next(x)), move |x| Some(next(*x))).take(100_000);
    let far = (1..).map(move |n| x * f64::from(n * n)).take(300).chain([greatest.copysign(x)]);
    near.chain(far.skip(1))
}

fn wider_f64(x: f64) -> f64 {
    if x > 0.0 { x.next_up() } else { x.next_down() }
}

fn wider_f32(x: f64) -> f64 {
    f64::from(if x > 0.0 { (x as f32).next_up() } else { (x as f32).next_down() })
}

/// The cell, the function, the next number outward and the greatest.
type Width<'a> = (&'a str, &'a dyn Fn(f64) -> f64, fn(f64) -> f64, f64);

#[test]
fn ends() {
    for row in table("Ends") {
        for (Function { name, single, double }, arithmetic) in functions(row[0]).iter().zip([0, 1]) {
            let narrow = |x: f64| f64::from(single(x as f32));
            let widths: [Width<'_>; 2] =
                [(row[2], &narrow, wider_f32, f64::from(f32::MAX)), (row[3], double, wider_f64, f64::MAX)];
            for (cell, function, next, greatest) in widths {
                let last = number(cell.split(", ").nth(arithmetic).unwrap_or(cell));
                let last = if greatest < f64::MAX { f64::from(last as f32) } else { last };
                let limit = |x: f64| result(row[1], x);
                assert!(!same(function(last), limit(last)), "{name} reaches {} before {cell}", row[1]);
                for x in outward(last, next, greatest) {
                    let x =
                        if greatest < f64::MAX { f64::from((x as f32).clamp(f32::MIN, f32::MAX)) } else { x };
                    assert!(
                        same(function(x), limit(x)),
                        "{name} is {:?} at {x:e}, not {}",
                        function(x),
                        row[1]
                    );
                }
            }
        }
    }
}
