//! The streams of start values.

use mlp_runtime::__private::Stream;
use std::collections::HashSet;

/// The published algorithm, written independently of the crate.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e3779b97f4a7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d049bb133111eb);
    z ^ (z >> 31)
}

#[test]
fn reference_has_the_known_first_outputs() {
    let mut state = 1234567;
    assert_eq!(split_mix(&mut state), 6457827717110365317);
    assert_eq!(split_mix(&mut state), 3203168211198807973);
}

#[test]
fn stream_follows_its_formula() {
    let next = |mut state: u64| split_mix(&mut state);
    // FNV-1a of "a", from the authors' test vectors.
    let hash = 0xaf63dc4c8601ec8c;
    let mut state = next(next(next(42) ^ 7) ^ hash);
    let mut stream = Stream::new(42, 7, "a");
    for _ in 0..1000 {
        assert_eq!(stream.next_u64(), split_mix(&mut state));
    }
}

#[test]
fn values_are_pinned() {
    let first = |seed, salt, name| Stream::new(seed, salt, name).next_u64();
    assert_eq!(first(0, 0, ""), 0x220360b5b93d25d5);
    assert_eq!(first(42, 0, "hidden.weights"), 0x07cab2b2243ac617);
    assert_eq!(first(42, 0, "gewichte_π"), 0x8b6b163858ae848f);
    assert_eq!(Stream::new(42, 1, "w").uniform(-1.0, 1.0), 0.8438066939234212);
}

#[test]
fn each_of_seed_salt_and_name_changes_the_stream() {
    let mut seen = HashSet::new();
    for seed in 0..20 {
        for salt in 0..20 {
            for name in ["", "w", "b", "w1", "w2", "1w", "hidden", "hidden.w"] {
                let mut stream = Stream::new(seed, salt, name);
                for _ in 0..100 {
                    assert!(seen.insert(stream.next_u64()), "{seed}, {salt}, {name}");
                }
            }
        }
    }
}

#[test]
fn streams_are_uncorrelated() {
    let draw = |name| {
        let mut x = [0.0_f64; 10_000];
        Stream::new(5, 0, name).uniform_vector(-1.0, 1.0, &mut x);
        x
    };
    let (a, b) = (draw("w1"), draw("w2"));
    let mean = |x: &mut dyn Iterator<Item = f64>| x.sum::<f64>() / 10_000.0;
    let (mean_a, square_a) = (mean(&mut a.into_iter()), mean(&mut a.iter().map(|a| a * a)));
    let product = mean(&mut a.iter().zip(&b).map(|(a, b)| a * b));
    // Five standard errors.
    assert!(mean_a.abs() < 0.029, "{mean_a}");
    assert!((square_a - 1.0 / 3.0).abs() < 0.015, "{square_a}");
    assert!(product.abs() < 0.0167, "{product}");
}

#[test]
fn uniform_stays_in_its_interval() {
    let mut stream = Stream::new(1, 1, "x");
    for _ in 0..100_000 {
        let x = stream.uniform(0.0, 1.0);
        assert!((0.0..1.0).contains(&x));
        assert_eq!(x * 2.0_f64.powi(53) % 1.0, 0.0);
        assert!((-3.0..=-1.0).contains(&stream.uniform(-3.0, -1.0)));
    }
    assert_eq!(stream.uniform(2.0, 2.0), 2.0);
}

#[test]
fn arrays_fill_row_after_row() {
    let mut matrix = [[0.0_f32; 3]; 2];
    Stream::new(1, 1, "x").uniform_matrix(-1.0, 1.0, &mut matrix);
    let mut vector = [0.0_f32; 6];
    Stream::new(1, 1, "x").uniform_vector(-1.0, 1.0, &mut vector);
    assert_eq!(matrix.as_flattened(), vector);
    let mut stream = Stream::new(1, 1, "x");
    for x in vector {
        assert_eq!(x, stream.uniform(-1.0, 1.0) as f32);
    }
}

/// Mean, variance and tails of many numbers.
#[test]
fn normal_numbers() {
    let mut stream = Stream::new(7, 1, "W");
    let numbers: Vec<f64> = (0..20_000).map(|_| stream.normal(2.0, 0.5)).collect();
    let mean = numbers.iter().sum::<f64>() / 20_000.0;
    let variance = numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
    // Four standard errors: 0.5 / √20000 and 0.25 √(2 / 20000).
    assert!((mean - 2.0).abs() < 0.0142, "{mean}");
    assert!((variance - 0.25).abs() < 0.01, "{variance}");
    let beyond = numbers.iter().filter(|x| (**x - 2.0).abs() > 0.98).count();
    assert!((900..1100).contains(&beyond), "1 of 20 lies beyond 1.96 deviations: {beyond}");
}
