//! Metrics: how good outputs are for targets.
//!
//! [`Confusion`] and [`Errors`] take one sample after another and need no heap; so do the functions of one sample. The functions that
//! take a network and [`Samples`](crate::Samples) need the feature `alloc`: they compute the outputs in batches, which are those of
//! `forward`, bit for bit.

mod confusion;
#[cfg(feature = "alloc")]
mod networks;
mod ranking;
mod regression;

pub use confusion::{Confusion, Counts};
#[cfg(feature = "alloc")]
pub use networks::{accuracy, confusion, errors, for_each_output, mean_log_loss, top_k};
pub use ranking::{area_under_roc, in_top, log_loss, predicted};
pub use regression::Errors;

use mlp_runtime::{Class, Scalar};

/// A target that is a class.
pub trait Label {
    /// The number of the class, counted from 0.
    fn class(&self) -> usize;
}

impl<const N: usize> Label for Class<N> {
    fn class(&self) -> usize {
        self.index()
    }
}

/// A one-hot vector, or probabilities: the class that they [predict](predicted).
impl<S: Scalar, const N: usize> Label for [S; N] {
    fn class(&self) -> usize {
        predicted(self)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::vec::Vec;

    use super::*;

    const DATA: &str = include_str!("../../tests/metrics.csv");

    fn numbers(text: &str) -> Vec<f64> {
        text.split(',').map(|number| number.parse().unwrap()).collect()
    }

    /// The cases of a kind: scikit-learn's values, and the samples.
    fn cases(kind: &str) -> Vec<(Vec<f64>, Vec<Vec<f64>>)> {
        let mut cases = Vec::new();
        let mut is_wanted = false;
        for line in DATA.lines() {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                is_wanted = line.starts_with(kind);
                let values = line.split_once(',').unwrap().1;
                cases.extend(is_wanted.then(|| (numbers(values), Vec::new())));
            } else if let Some((_, samples)) = cases.last_mut().filter(|_| is_wanted) {
                samples.push(numbers(line));
            }
        }
        cases
    }

    fn assert_close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            let distance = (found - expected).abs();
            assert!(distance <= 1e-13 * expected.abs(), "{found} instead of {expected}");
        }
    }

    #[test]
    fn metrics_of_classes_are_those_of_scikit_learn() {
        let cases = cases("classes");
        assert_eq!(cases.len(), 3);
        for (expected, samples) in cases {
            let (mut confusion, mut top, mut loss) = (Confusion::<4>::new(), 0, 0.0);
            let mut ones = Vec::new();
            for row in &samples {
                let [class, outputs @ ..] = &row[..] else { unreachable!() };
                let class = *class as usize;
                confusion.add(class, predicted(outputs)).unwrap();
                top += u32::from(in_top(outputs, class, 2));
                loss += log_loss(outputs, class);
                ones.push((outputs[1], class == 1));
            }
            let count = samples.len() as f64;
            let found = [
                confusion.accuracy(),
                f64::from(top) / count,
                confusion.macro_precision(),
                confusion.macro_recall(),
                confusion.macro_f1(),
                loss / count,
                area_under_roc(&mut ones).unwrap(),
            ];
            assert_close(&found, &expected);
        }
    }

    #[test]
    fn metrics_of_numbers_are_those_of_scikit_learn() {
        let cases = cases("numbers");
        assert_eq!(cases.len(), 3);
        for (expected, samples) in cases {
            let (mut wide, mut narrow) = (Errors::<2>::new(), Errors::<2>::new());
            for row in &samples {
                let [t, u, o, p] = row[..] else { unreachable!() };
                wide.add(&[t, u], &[o, p]);
                narrow.add(&[t as f32, u as f32], &[o as f32, p as f32]);
            }
            let found = [wide.mean_squared(), wide.root_mean_squared(), wide.mean_absolute(), wide.r2()];
            assert_close(&found, &expected);
            assert_eq!(wide, narrow);
        }
    }

    #[test]
    fn a_probability_of_a_single_output_is_that_of_class_1() {
        assert_eq!([0.49, 0.5, 0.51].map(|p| predicted(&[p])), [0, 1, 1]);
        assert_eq!(log_loss(&[0.25_f32], 0), log_loss(&[0.75_f64, 0.25], 0));
        assert_eq!(log_loss(&[0.25_f32], 1), log_loss(&[0.75_f64, 0.25], 1));
        assert!(log_loss(&[0.25], 2).is_nan());
        assert_eq!(log_loss(&[0.0_f32, 1.0], 0), -f64::from(f32::EPSILON).ln());
    }

    #[test]
    fn unusual_outputs_have_metrics() {
        assert_eq!(predicted(&[1.0, 3.0, 3.0]), 1);
        assert_eq!(predicted(&[f64::NAN, 1.0]), 1);
        assert_eq!(predicted::<f64>(&[]), 0);
        assert!(!in_top(&[f64::NAN, 1.0], 0, 2));
        assert!(!in_top(&[2.0, 1.0], 2, 3));
        assert_eq!(area_under_roc(&mut [(0.5, true)]), None);
        assert_eq!(area_under_roc(&mut [(f32::NAN, true), (0.5, false)]), None);
        assert_eq!(area_under_roc(&mut [(0.0, true), (-0.0, false)]), Some(0.5));
        assert_eq!(Confusion::<2>::new().accuracy(), 0.0);
        assert_eq!(Confusion::<2>::new().macro_f1(), 0.0);
        assert!(Confusion::<2>::new().add(2, 0).is_err());
        assert!(Errors::<1>::new().r2().is_nan());
    }

    #[test]
    fn a_confusion_is_a_table() {
        let mut confusion = Confusion::<3>::new();
        for (actual, predicted, times) in [(0, 0, 12), (1, 2, 3), (2, 2, 7)] {
            for _ in 0..times {
                confusion.add(actual, predicted).unwrap();
            }
        }
        let table = std::format!("{confusion}");
        assert_eq!(table, "     0  1  2\n  0 12  0  0\n  1  0  0  3\n  2  0  0  7");
    }
}
