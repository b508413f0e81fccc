//! Whether a contender computes what ours does.

use crate::contender::Contender;
use crate::workloads::{Data, Float, Pass, Workload};

/// What the passes of a workload result in.
pub struct Results {
    pub outputs: Vec<f64>,
    /// After three steps.
    pub parameters: Vec<f64>,
}

pub fn results(contender: &mut dyn Contender) -> Results {
    contender.reset();
    contender.forward();
    let outputs = contender.outputs();
    contender.reset();
    if contender.does(Pass::Train) {
        (0..3).for_each(|_| contender.train());
    }
    let parameters = contender.parameters();
    contender.reset();
    Results { outputs, parameters }
}

/// Says how the results of a contender that does not agree with ours differ.
pub fn compare(
    workload: &Workload,
    data: &Data,
    ours: &Results,
    contender: &mut dyn Contender,
) -> Result<(), String> {
    let theirs = results(contender);
    let (tolerance, epsilon) = match workload.float {
        Float::F32 => (1e-4, f64::from(f32::EPSILON)),
        Float::F64 => (1e-9, f64::EPSILON),
    };
    let error = distance(&theirs.outputs, &ours.outputs)? / norm(&ours.outputs);
    if !(error <= tolerance) {
        return Err(format!("its outputs differ by {error:.1e}"));
    }
    if !workload.passes.contains(&Pass::Train) || !contender.does(Pass::Train) {
        return Ok(());
    }
    let tolerance = workload.step_tolerance.unwrap_or(tolerance);
    for (layer, range) in parts(workload) {
        let [start, ours, theirs] =
            [&data.parameters, &ours.parameters, &theirs.parameters].map(|values| values.get(range.clone()));
        let (Some(start), Some(ours), Some(theirs)) = (start, ours, theirs) else {
            return Err("it has fewer parameters".into());
        };
        // The steps are held against each other; a parameter is only as exact as its last digit.
        let rounding = 4.0 * epsilon * norm(start);
        let error = (distance(theirs, ours)? - rounding).max(0.0) / distance(ours, start)?;
        if !(error <= tolerance) {
            return Err(format!("its steps differ by {error:.1e} in layer {layer}"));
        }
    }
    Ok(())
}

/// Where weights and biases of each layer, counted from 1, lie among the parameters.
fn parts(workload: &Workload) -> Vec<(usize, std::ops::Range<usize>)> {
    let mut parts = Vec::new();
    let mut at = 0;
    for (layer, (inputs, outputs)) in workload.layers().enumerate() {
        for length in [inputs * outputs, outputs] {
            parts.push((layer + 1, at..at + length));
            at += length;
        }
    }
    parts
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn distance(left: &[f64], right: &[f64]) -> Result<f64, String> {
    if left.len() != right.len() {
        return Err(format!("it has {} numbers instead of {}", left.len(), right.len()));
    }
    Ok(norm(&left.iter().zip(right).map(|(a, b)| a - b).collect::<Vec<_>>()))
}
