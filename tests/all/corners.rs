//! Each function and its derivative where numbers are extreme, by the compiled code, number by number and in loops, and
//! by the interpreter, against the tables that `corners/corners.py` wrote beside its specifications.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use mlp::{Network, Scalar, Trainable};
use mlp_eval::{Array, Point, evaluate};

/// A row of a table.
struct Row {
    formula: &'static str,
    single: bool,
    operands: Vec<f64>,
    value: f64,
    derivatives: Vec<f64>,
    line: &'static str,
}

/// The rows of a table whose formulas have this many operands.
fn rows(table: &'static str, operands: usize) -> Vec<Row> {
    let row = |line: &'static str| {
        let mut cells: Vec<&str> = line.split(';').collect();
        cells.pop();
        let numbers: Vec<f64> = cells[2..].iter().map(|cell| cell.parse().unwrap()).collect();
        Row {
            formula: cells[0],
            single: cells[1] == "f32",
            operands: numbers[..operands].to_vec(),
            value: numbers[operands],
            derivatives: numbers[operands + 1..].to_vec(),
            line,
        }
    };
    table.lines().skip(2).map(row).collect()
}

/// Rounding, in units of the last place of a number above 1. Derivatives of saturated functions are differences of
/// numbers near 1.
const UNITS: f64 = 24.0;

fn same(found: f64, expected: f64, single: bool) -> bool {
    let unit = if single { f64::from(f32::EPSILON) } else { f64::EPSILON };
    if expected.is_nan() || expected.is_infinite() || found.is_infinite() {
        return found.is_nan() && expected.is_nan() || found == expected;
    }
    (found - expected).abs() <= UNITS * unit * expected.abs().max(1.0)
}

/// The differences of one computation from a table.
#[derive(Default)]
struct Found(Vec<String>);

impl Found {
    fn compare(&mut self, by: &str, row: &Row, value: f64, derivatives: &[f64]) {
        let at_nan = row.operands.iter().any(|x| x.is_nan());
        let mut good = same(value, row.value, row.single);
        if !at_nan {
            let mut pairs = derivatives.iter().zip(&row.derivatives);
            good &= pairs.all(|(found, expected)| same(*found, *expected, row.single));
        }
        if !good {
            self.0.push(format!("{by}: {}: {value:e} {derivatives:?}", row.line));
        }
    }

    fn none(self) {
        for line in &self.0 {
            println!("{line}");
        }
        assert!(self.0.is_empty(), "{} corners differ", self.0.len());
    }
}

/// One evaluation: the network's outputs for these parameters and inputs, and the gradient of each parameter.
trait Computes {
    fn run(&self, parameters: &[(String, Vec<f64>)], inputs: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>);
}

/// The compiled code, whose rule replaces parameters by their gradients.
struct Compiled<N: Network> {
    network: fn() -> N,
    output: fn() -> N::Output,
}

impl<N: Trainable> Computes for Compiled<N>
where
    N::Input: for<'a> TryFrom<&'a [N::Scalar]>,
    N::Target: for<'a> TryFrom<&'a [N::Scalar]>,
    N::Output: AsRef<[N::Scalar]>,
{
    fn run(&self, parameters: &[(String, Vec<f64>)], inputs: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let numbers = |values: &[f64]| values.iter().map(|x| N::Scalar::from_f64(*x)).collect::<Vec<_>>();
        let back = |values: &[N::Scalar]| values.iter().map(|x| x.to_f64()).collect::<Vec<_>>();
        let mut network = (self.network)();
        for (name, values) in parameters {
            network.parameter_mut(name).unwrap().copy_from_slice(&numbers(values));
        }
        let inputs = numbers(inputs);
        let Ok(input) = N::Input::try_from(inputs.as_slice()) else { return Default::default() };
        let Ok(target) = N::Target::try_from([].as_slice()) else { return Default::default() };
        let (mut workspace, mut output) = (N::Workspace::default(), (self.output)());
        network.forward_into(&input, &mut workspace, &mut output);
        let (mut optimizer, mut gradients) = (N::Optimizer::default(), N::Gradients::default());
        network.train_into(&input, &target, &mut optimizer, &mut workspace, &mut gradients);
        let gradients = parameters.iter().map(|(name, _)| back(network.parameter(name).unwrap()));
        (back(output.as_ref()), gradients.collect())
    }
}

/// The interpreter.
struct Interpreted(mlp_dsl::ir::Derivation);

impl Computes for Interpreted {
    fn run(&self, parameters: &[(String, Vec<f64>)], inputs: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let Interpreted(derivation) = self;
        let sample = mlp_dsl::model::Sample { input: inputs.to_vec(), target: Vec::new() };
        let mut point = Point::at(derivation, &[sample]);
        let of = |name: &str| derivation.parameters.iter().find(|p| p.name == name).unwrap();
        for (name, values) in parameters {
            let id = of(name).equation;
            point.set(id, Array::from_row_major(derivation.shape(id), values));
        }
        let evaluation = evaluate::<f64>(derivation, &point);
        let outputs = derivation.output().unwrap().value.equations().to_vec();
        let numbers = |id| evaluation.value(id).unwrap().iter().collect::<Vec<_>>();
        let gradients = parameters.iter().map(|(name, _)| numbers(of(name).objective().unwrap()));
        (outputs.into_iter().flat_map(numbers).collect(), gradients.collect())
    }
}

/// The formulas of a table, in its order.
fn formulas(rows: &[Row]) -> Vec<&'static str> {
    let mut formulas: Vec<&str> = Vec::new();
    for row in rows {
        if !formulas.contains(&row.formula) {
            formulas.push(row.formula);
        }
    }
    formulas
}

/// The operands of the rows in this type, each list once.
fn operands(rows: &[Row], single: bool) -> Vec<Vec<f64>> {
    let mut seen = Vec::new();
    let mut all: Vec<Vec<f64>> = Vec::new();
    for row in rows.iter().filter(|row| row.single == single) {
        let bits: Vec<u64> = row.operands.iter().map(|x| x.to_bits()).collect();
        if !seen.contains(&bits) {
            seen.push(bits);
            all.push(row.operands.clone());
        }
    }
    all
}

fn is_same_place(row: &Row, operands: &[f64]) -> bool {
    row.operands.iter().zip(operands).all(|(a, b)| a.to_bits() == b.to_bits())
}

/// Formula k has the parameter `w<k>`, one number for each of the first `varied` operands, and `u<k>` for the second
/// operand where it has a gradient; the other operands are inputs.
fn each_row(by: &str, computes: &dyn Computes, rows: &[Row], single: bool, varied: usize, found: &mut Found) {
    let formulas = formulas(rows);
    let of_second =
        |formula: &&str| rows.iter().any(|row| row.formula == *formula && row.derivatives.len() > varied);
    for operands in operands(rows, single) {
        let mut parameters = Vec::new();
        for (k, formula) in formulas.iter().enumerate() {
            parameters.push((format!("w{k}"), operands[..varied].to_vec()));
            if of_second(formula) {
                parameters.push((format!("u{k}"), operands[varied..].to_vec()));
            }
        }
        let inputs: Vec<f64> = [1.0].into_iter().chain(operands[varied..].iter().copied()).collect();
        let (values, gradients) = computes.run(&parameters, &inputs);
        for row in rows.iter().filter(|row| row.single == single && is_same_place(row, &operands)) {
            let k = formulas.iter().position(|formula| *formula == row.formula).unwrap();
            let own = parameters.iter().zip(&gradients);
            let own = own.filter(|((name, _), _)| [format!("w{k}"), format!("u{k}")].contains(name));
            let gradients: Vec<f64> = own.flat_map(|(_, gradient)| gradient.iter().copied()).collect();
            found.compare(by, row, values[k], &gradients);
        }
    }
}

/// All places at once: parameter `w<k>` has a number for each.
fn all_rows(by: &str, computes: &dyn Computes, rows: &[Row], single: bool, found: &mut Found) {
    let places: Vec<f64> = operands(rows, single).concat();
    let formulas = formulas(rows).into_iter().filter(|formula| !["l1(x, 1)", "l2(x, 1)"].contains(formula));
    let formulas: Vec<&str> = formulas.collect();
    let parameters = (0..formulas.len()).map(|k| (format!("w{k}"), places.clone()));
    let (values, gradients) = computes.run(&parameters.collect::<Vec<_>>(), &[1.0]);
    for (k, formula) in formulas.iter().enumerate() {
        for (i, x) in places.iter().enumerate() {
            let is_here =
                |row: &&Row| row.formula == *formula && row.single == single && is_same_place(row, &[*x]);
            let row = rows.iter().find(is_here).unwrap();
            found.compare(by, row, values[k * places.len() + i], &gradients[k][i..=i]);
        }
    }
}

/// The compiled network and the interpreter of each specification.
macro_rules! networks {
    ($($name:ident: $network:ident = $file:literal),* $(,)?) => {$(
        mod $name {
            mlp::mlp!(file = $file);

            pub(super) fn compiled() -> impl super::Computes {
                super::Compiled::<$network> { network: || $network::ZERO, output: || [0.0; $network::OUTPUTS] }
            }

            #[allow(dead_code, reason = "the interpreter has one type")]
            pub(super) fn interpreted() -> impl super::Computes {
                super::Interpreted(mlp_dsl::compile(include_str!(concat!("../../", $file))).unwrap())
            }
        }
    )*};
}

networks! {
    functions_f32: Functions = "tests/corners/specifications/functions_f32.mlp",
    functions_f64: Functions = "tests/corners/specifications/functions_f64.mlp",
    loops_f32: Loops = "tests/corners/specifications/loops_f32.mlp",
    loops_f64: Loops = "tests/corners/specifications/loops_f64.mlp",
    pairs_f32: Pairs = "tests/corners/specifications/pairs_f32.mlp",
    pairs_f64: Pairs = "tests/corners/specifications/pairs_f64.mlp",
    classes_f32: Classes = "tests/corners/specifications/classes_f32.mlp",
    classes_f64: Classes = "tests/corners/specifications/classes_f64.mlp",
}

#[test]
fn functions() {
    let rows = rows(include_str!("../corners/functions.csv"), 1);
    let mut found = Found::default();
    each_row("f32", &functions_f32::compiled(), &rows, true, 1, &mut found);
    each_row("f64", &functions_f64::compiled(), &rows, false, 1, &mut found);
    each_row("interpreter", &functions_f64::interpreted(), &rows, false, 1, &mut found);
    all_rows("f32 in loops", &loops_f32::compiled(), &rows, true, &mut found);
    all_rows("f64 in loops", &loops_f64::compiled(), &rows, false, &mut found);
    all_rows("interpreted loops", &loops_f64::interpreted(), &rows, false, &mut found);
    found.none();
}

#[test]
fn functions_of_two_numbers_and_losses() {
    let rows = rows(include_str!("../corners/pairs.csv"), 2);
    let mut found = Found::default();
    each_row("f32", &pairs_f32::compiled(), &rows, true, 1, &mut found);
    each_row("f64", &pairs_f64::compiled(), &rows, false, 1, &mut found);
    each_row("interpreter", &pairs_f64::interpreted(), &rows, false, 1, &mut found);
    found.none();
}

#[test]
fn losses_of_classes() {
    let rows = rows(include_str!("../corners/classes.csv"), 6);
    let mut found = Found::default();
    each_row("f32", &classes_f32::compiled(), &rows, true, 3, &mut found);
    each_row("f64", &classes_f64::compiled(), &rows, false, 3, &mut found);
    each_row("interpreter", &classes_f64::interpreted(), &rows, false, 3, &mut found);
    found.none();
}

/// A network with each rule and each way to clip: a gradient that is NaN is not held back.
macro_rules! trained {
    ($($name:ident: { $($train:tt)* }),* $(,)?) => {$(
        mod $name {
            mlp::mlp! {
                network Trained: f64 {
                    input x { a, b }
                    weights { w = 0.5, v = 0.25 }
                    layer y { o = relu(w * a), p = max(v * b, 0.1) }
                    target t { s, u }
                    loss squared_error(y, t);
                    train $($train)*;
                }
            }

            pub(super) fn after(sample: [f64; 2]) -> [f64; 2] {
                let mut network = Trained::new();
                network.train_batch(
                    mlp::Batch::new(&[sample], &[[1.0, 1.0]]).unwrap(),
                    &mut Default::default(),
                    &mut Default::default(),
                    &mut Default::default(),
                );
                [network.w, network.v]
            }
        }
    )*};
}
trained! {
    sgd: { sgd(rate = 0.1) },
    momentum: { momentum(rate = 0.1) },
    nesterov: { nesterov(rate = 0.1) },
    rmsprop: { rmsprop(rate = 0.1) },
    adam: { adam(rate = 0.1) },
    adamw: { adamw(rate = 0.1) },
    clip_value: { sgd(rate = 0.1), clip_value = 0.5 },
    clip_norm: { sgd(rate = 0.1), clip_norm = 0.5 },
}

#[test]
fn no_rule_and_no_bound_holds_nan_back() {
    let rules: [fn([f64; 2]) -> [f64; 2]; 7] = [
        sgd::after,
        momentum::after,
        nesterov::after,
        rmsprop::after,
        adam::after,
        adamw::after,
        clip_value::after,
    ];
    for after in rules {
        let [w, v] = after([f64::NAN, 2.0]);
        assert!(w.is_nan() && v.is_finite(), "{w} {v}");
        let [w, v] = after([2.0, f64::NAN]);
        assert!(w.is_finite() && v.is_nan(), "{w} {v}");
    }
    // The norm is NaN, and all gradients are divided by it, as in PyTorch.
    assert!(clip_norm::after([f64::NAN, 2.0]).iter().all(|w| w.is_nan()));
}

/// The numbers of an exact fit and of a weight at 0 are those of PyTorch: such a weight stays.
mod at_kinks {
    mlp::mlp! {
        network Kinks: f64 {
            input x { a }
            weights { w = 2, zero = 0 }
            layer y { o = w * a }
            target t { s }
            loss absolute_error(y, t);
            penalty l1(zero, 0.1);
            train sgd(rate = 0.5);
        }
    }

    #[test]
    fn an_exact_fit_and_a_weight_at_0_stay() {
        let mut network = Kinks::new();
        network.train(&[1.0], &[2.0]);
        assert_eq!((network.w, network.zero), (2.0, 0.0));
    }
}

/// A number of the table in docs/functions.md.
fn shown(x: f64) -> String {
    if x.is_nan() {
        return "NaN".into();
    }
    let size = match x.abs() {
        size if size.is_infinite() => "∞".into(),
        size => format!("{size:.4}").trim_end_matches('0').trim_end_matches('.').to_owned(),
    };
    if x < 0.0 && size != "0" { format!("−{size}") } else { size }
}

#[test]
fn the_documentation_has_these_numbers() {
    let text = include_str!("../../docs/functions.md");
    let table = text.lines().skip_while(|line| *line != "## Values and derivatives");
    let table = table.skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let documented: Vec<Vec<&str>> =
        table.skip(2).map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect();
    let rows = rows(include_str!("../corners/functions.csv"), 1);
    assert_eq!(documented.len(), formulas(&rows).len());
    let places = [f64::NAN, f64::NEG_INFINITY, -1e4, -0.0, 0.0, 1e4, f64::INFINITY];
    for (cells, formula) in documented.iter().zip(formulas(&rows)) {
        assert_eq!(cells[0], format!("`{formula}`"));
        for (x, cell) in places.iter().zip(&cells[1..]) {
            let is_here = |row: &&Row| row.formula == formula && !row.single && is_same_place(row, &[*x]);
            let row = rows.iter().find(is_here).unwrap();
            let value = shown(row.value);
            let expected = if x.is_nan() { value } else { format!("{value}; {}", shown(row.derivatives[0])) };
            assert_eq!(*cell, expected, "{formula} at {x}");
        }
    }
}

/// The tables have each function of the prelude and each primitive.
#[test]
fn no_function_is_without_a_corner() {
    let prelude = include_str!("../../mlp-dsl/src/prelude.mlp").lines();
    let prelude = prelude.filter_map(|line| line.strip_prefix("fn ")?.split('(').next());
    let primitives = mlp_dsl::formula::scalar::Unary::ALL.iter().filter_map(|op| op.name());
    let tables = [
        include_str!("../corners/functions.csv"),
        include_str!("../corners/pairs.csv"),
        include_str!("../corners/classes.csv"),
    ];
    // `tests/memory` compares this one with PyTorch.
    for name in prelude.chain(primitives).filter(|name| *name != "normalize") {
        assert!(tables.iter().any(|table| table.contains(&format!("{name}("))), "{name}");
    }
}
