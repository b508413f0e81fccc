//! Gradients against the complex-step derivative, ∂E/∂w = Im E(w + ih) / h, which loses no digits
//! to cancellation (Squire and Trapp, 1998). It uses the forward equations alone.

use mlp_dsl::ir::{Derivation, equation::EquationId};

use super::{Array, Point, complex::Complex, cost, evaluate, evaluate_given};

/// How far the imaginary step goes: its square vanishes beside 1.
const STEP: f64 = 1e-40;
/// Scalar operations spent on checking; a large network is checked at evenly spaced places.
const BUDGET: u64 = 60_000_000;

/// Gradients that are compared, however large the network is.
const LEAST: usize = 32;

/// How many samples the check affords: at least 16, and more in a small network.
pub fn checkable_samples(derivation: &Derivation) -> usize {
    let forward = cost::evaluation(derivation, derivation.equations.len()).max(1);
    (BUDGET / forward / LEAST as u64).max(16) as usize
}

/// The result of a gradient check.
#[derive(Clone, Debug, PartialEq)]
pub struct GradientCheck {
    /// Gradients compared.
    pub checked: usize,
    /// Gradients in all.
    pub total: usize,
    /// ‖gradient − complex step‖ / ‖complex step‖ over all that were compared.
    pub normwise: f64,
    /// The largest single difference.
    pub worst: f64,
    /// Where it is: parameter and index, row after row.
    pub worst_at: Option<(String, usize)>,
}

/// Compares every gradient, or evenly spaced ones of a large network. `None` without a loss.
pub fn check_gradients(derivation: &Derivation, point: &Point) -> Option<GradientCheck> {
    let loss = derivation.loss.as_ref()?;
    let evaluation = evaluate::<f64>(derivation, point);
    let total = derivation.parameter_count() - derivation.frozen_count();
    let samples = point.samples().max(1) as u64;
    let forward = cost::evaluation(derivation, loss.objective.index() + 1).saturating_mul(samples);
    let affordable = (BUDGET / forward.max(1)).max(LEAST as u64) as usize;
    let stride = total.div_ceil(affordable).max(1);
    let mut check = GradientCheck { checked: 0, total, normwise: 0.0, worst: 0.0, worst_at: None };
    let (mut difference_norm, mut norm, mut index) = (0.0, 0.0, 0);
    for parameter in &derivation.parameters {
        let Some(objective) = parameter.objective() else { continue };
        let gradient = evaluation.value(objective)?;
        for (element, value) in gradient.iter().enumerate() {
            index += 1;
            if (index - 1) % stride != 0 {
                continue;
            }
            let witness = complex_step(derivation, point, loss.objective, parameter.equation, element);
            let difference = (value - witness).abs();
            check.checked += 1;
            difference_norm += difference * difference;
            norm += witness * witness;
            if difference > check.worst || difference.is_nan() {
                check.worst = difference;
                check.worst_at = Some((parameter.name.clone(), element));
            }
        }
    }
    check.normwise = if norm > 0.0 { (difference_norm / norm).sqrt() } else { difference_norm.sqrt() };
    Some(check)
}

/// ∂(objective)/∂(element of a parameter) from the forward pass alone.
pub fn complex_step(
    derivation: &Derivation,
    point: &Point,
    loss: EquationId,
    parameter: EquationId,
    element: usize,
) -> f64 {
    let given = |id: EquationId, sample: usize| -> Option<Array<Complex>> {
        let value = point.of(id, sample)?;
        if id != parameter {
            return Some(value.convert());
        }
        let step = |index| if index == element { STEP } else { 0.0 };
        let cells: Vec<Complex> = value.iter().enumerate().map(|(i, x)| Complex::new(x, step(i))).collect();
        Some(Array::from_row_major(value.shape(), &cells))
    };
    let evaluation = evaluate_given(derivation, loss.index() + 1, &given, point.samples());
    evaluation.scalar(loss).imaginary() / STEP
}
