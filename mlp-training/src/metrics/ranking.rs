//! Metrics of probabilities and scores: the predicted class, the k most probable ones, log loss, the area under the ROC curve.

use mlp_runtime::Scalar;

/// The class that outputs predict: that of the greatest, the first of equal ones. A single output is the probability of class
/// 1: it predicts class 1 from 0.5 on.
pub fn predicted<S: Scalar>(outputs: &[S]) -> usize {
    if let [probability] = outputs {
        return usize::from(probability.to_f64() >= 0.5);
    }
    let (mut best, mut class) = (S::NEG_INFINITY, 0);
    for (index, &output) in outputs.iter().enumerate() {
        if output > best {
            (best, class) = (output, index);
        }
    }
    class
}

/// Whether the class is among the k greatest outputs; of equal ones the first counts as greater.
pub fn in_top<S: Scalar>(outputs: &[S], class: usize, k: usize) -> bool {
    let Some(&own) = outputs.get(class) else { return false };
    let above =
        outputs.iter().enumerate().filter(|&(index, &other)| other > own || other == own && index < class);
    !own.to_f64().is_nan() && above.count() < k
}

/// The log loss of a sample, −ln of the probability that the outputs give to its class. The probability is first limited to the
/// range from ε to 1 − ε, where ε is the distance from 1 to the next number of the type (2⁻²³ or 2⁻⁵²), as in scikit-learn; the logarithm is
/// of 64 bits. A single output is the probability of class 1. NaN if there is no such class.
pub fn log_loss<S: Scalar>(outputs: &[S], class: usize) -> f64 {
    let probability = match (outputs, class) {
        ([probability], 0) => S::ONE - *probability,
        ([probability], 1) => *probability,
        _ => match outputs.get(class) {
            Some(probability) => *probability,
            None => return f64::NAN,
        },
    };
    let epsilon =
        if S::from_f64(1.0 + f64::EPSILON) == S::ONE { f64::from(f32::EPSILON) } else { f64::EPSILON };
    -Scalar::ln(probability.to_f64().clamp(epsilon, 1.0 - epsilon))
}

/// The area under the ROC curve: the probability that a positive sample has a higher score than a negative one, where equal scores
/// count half. Sorts the samples, each a score and whether it is positive, by score. `None` if there are no positive samples, no
/// negative ones, or a score is NaN.
///
/// ```
/// let mut scores = [(0.1, false), (0.4, false), (0.35, true), (0.8, true)];
/// assert_eq!(mlp_training::metrics::area_under_roc(&mut scores), Some(0.75));
/// ```
pub fn area_under_roc<S: Scalar>(scores: &mut [(S, bool)]) -> Option<f64> {
    if scores.iter().any(|(score, _)| score.to_f64().is_nan()) {
        return None;
    }
    scores.sort_unstable_by(|(a, _), (b, _)| a.to_f64().total_cmp(&b.to_f64()));
    let (mut below, mut halves) = (0_u128, 0_u128);
    for equal in scores.chunk_by(|(a, _), (b, _)| a == b) {
        let positive = equal.iter().filter(|(_, positive)| *positive).count() as u128;
        let negative = equal.len() as u128 - positive;
        halves += positive * (2 * below + negative);
        below += negative;
    }
    let pairs = below * (scores.len() as u128 - below);
    (pairs > 0).then(|| halves as f64 / 2.0 / pairs as f64)
}
