//! Drawn numbers with a step: short decimals in their range, the same for inputs, samples and start values.

#![allow(clippy::unwrap_used, reason = "tests")]

use mlp_dsl::ir::Derivation;
use mlp_eval::Point;

fn derivation(seed: u32, precision: &str) -> Derivation {
    let text = format!(
        "network N: {precision} {{ seed {seed};
         input x[30] ~ uniform(-1, 1, step = 0.05); input z {{ a ~ uniform(0, 9, step = 3), c = 0.123 }}
         weights U[30, 20] ~ uniform(-0.99, 0.99, step = 0.05), X[20, 20] ~ xavier(step = 0.1);
         weights G[20, 20] ~ normal(step = 0.25), P[20, 3] ~ uniform(-1, 1);
         layer h[20] = tanh(x @ U) + a * c; layer k[20] = h @ X; layer l[20] = k @ G; layer y[3] = softmax(l @ P);
         target t: class[3] ~ uniform(seed = 1); loss cross_entropy(y, t); data 40; }}"
    );
    mlp_dsl::compile(&text).unwrap()
}

/// Whether these are multiples of the step up to the bound, each the float nearest to its decimal.
fn are_decimals(numbers: &[f64], (numerator, denominator): (i32, i32), most: f64) {
    let all = || (-40_000..=40_000).map(|k| f64::from(k * numerator) / f64::from(denominator));
    for x in numbers {
        assert!(x.abs() <= most && all().any(|decimal| decimal.to_bits() == x.to_bits()), "{x:?}");
    }
    let mut different = numbers.to_vec();
    different.sort_by(f64::total_cmp);
    different.dedup();
    assert!(different.len() > 3 && different.first() < Some(&0.0), "{different:?}");
}

#[test]
fn samples_are_decimals() {
    let samples = derivation(1, "f32").header.samples;
    assert_eq!(samples.len(), 40);
    let of_x: Vec<f64> = samples.iter().flat_map(|sample| sample.input[..30].to_vec()).collect();
    are_decimals(&of_x, (5, 100), 1.0);
    assert!(of_x.contains(&1.0) && of_x.contains(&-1.0) && of_x.contains(&0.35));
    for sample in &samples {
        assert!([0.0, 3.0, 6.0, 9.0].contains(&sample.input[30]), "{sample:?}");
        assert_eq!(sample.input[31].to_bits(), 0.123_f64.to_bits());
        assert_eq!(sample.target.iter().sum::<f64>(), 1.0);
    }
    assert!((0..3).all(|class| samples.iter().any(|sample| sample.target[class] == 1.0)));
}

#[test]
fn start_values_are_decimals() {
    let derivation = derivation(1, "f64");
    let point = Point::at(&derivation, &derivation.header.samples);
    let start = |name: &str| {
        let parameter = derivation.parameters.iter().find(|parameter| parameter.name == name).unwrap();
        point.of(parameter.equation, 0).unwrap().iter().collect::<Vec<f64>>()
    };
    are_decimals(&start("U"), (5, 100), 0.95);
    are_decimals(&start("X"), (1, 10), 0.3);
    are_decimals(&start("G"), (25, 100), 10.0);
    assert!(start("P").iter().all(|x| format!("{x}").len() > 10), "without a step: all digits");
}

#[test]
fn a_seed_is_a_sheet() {
    let numbers = |seed| derivation(seed, "f64").header.samples.remove(0).input;
    assert_eq!(numbers(1), numbers(1));
    assert_ne!(numbers(1), numbers(2));
}

/// The input of one sample is the first of several.
#[test]
fn one_sample_is_the_first_of_many() {
    let samples = |data: &str| {
        let text = format!(
            "network N {{ input x[3] ~ uniform(0, 1, step = 0.1, seed = 2); layer y[1] = dense(x); {data} }}"
        );
        mlp_dsl::compile(&text).unwrap().header.samples
    };
    let (one, many) = (samples(""), samples("data 5;"));
    assert_eq!(one[0].input, many[0].input);
    assert_ne!(many[0].input, many[1].input);
}
