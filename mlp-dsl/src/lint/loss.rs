//! Outputs and losses that do not fit each other.

use std::collections::{BTreeSet, HashMap};

use super::{
    Lint, parts,
    range::{Range, Source},
    warnings,
};

use crate::{
    diagnostic::Diagnostic,
    model::{Kernel, LayerBody, Typed, TypedKind, Value},
};

/// The losses that compare an output with a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// Differences: the output is best where it equals the target.
    Values,
    /// `cross_entropy`, `kl_divergence`: both are distributions.
    Distribution,
    /// `cross_entropy_from_logits`.
    Logits,
    /// `binary_cross_entropy`.
    Probability,
    /// `binary_cross_entropy_from_logits`.
    Logit,
}

/// What a loss of the prelude compares.
pub(super) fn compared(loss: &str) -> Option<Compared> {
    Some(match loss {
        "half_squared_error" | "squared_error" | "mean_squared_error" => Compared::Values,
        "absolute_error" | "mean_absolute_error" | "huber" | "log_cosh" => Compared::Values,
        "cross_entropy" | "kl_divergence" => Compared::Distribution,
        "cross_entropy_from_logits" => Compared::Logits,
        "binary_cross_entropy" => Compared::Probability,
        "binary_cross_entropy_from_logits" => Compared::Logit,
        _ => return None,
    })
}

impl Lint<'_> {
    /// A softmax of one number, and one of a softmax.
    pub(super) fn softmaxes(&self, found: &mut Vec<Diagnostic>) {
        for typed in self.formulas().chain(&self.model.loss).flat_map(parts) {
            let (TypedKind::Inline(Some(Kernel::Softmax), arguments, _), Some(_)) =
                (&typed.kind, self.callee(typed))
            else {
                continue;
            };
            let Some(z) = arguments.first() else { continue };
            if z.shape.count() == 1 {
                found.push(warnings::softmax_of_one(typed.span));
            } else if self.ranges.formula(z).source == Source::Softmax {
                found.push(warnings::softmax_twice(typed.span, z.span));
            }
        }
    }

    /// The arguments of each loss of the prelude.
    pub(super) fn losses(&self, found: &mut Vec<Diagnostic>) {
        for typed in self.model.loss.iter().flat_map(parts) {
            let Some(name) = self.callee(typed) else { continue };
            let (Some(compared), TypedKind::Inline(_, arguments, _)) = (compared(name), &typed.kind) else {
                continue;
            };
            let [output, target, ..] = arguments.as_slice() else { continue };
            match compared {
                Compared::Values => {}
                Compared::Distribution => self.distribution(name, output, found),
                Compared::Logits if output.shape.count() == 1 => {
                    found.push(warnings::softmax_of_one(typed.span));
                }
                Compared::Logits => self.logits(name, output, true, found),
                Compared::Probability => self.probability(output, found),
                Compared::Logit => self.logits(name, output, false, found),
            }
            self.targets(compared, output, target, found);
        }
    }

    /// `cross_entropy` of what does not sum to 1.
    fn distribution(&self, loss: &str, output: &Typed, found: &mut Vec<Diagnostic>) {
        let range = self.ranges.formula(output);
        match range.source {
            Source::Softmax | Source::Unknown if output.shape.count() > 1 => {}
            Source::Softmax => {}
            Source::Unknown | Source::Free | Source::Function(_) if output.shape.count() == 1 => {
                found.push(warnings::cross_entropy_of_one(loss, output.span, range));
            }
            Source::Unknown => {}
            Source::Free | Source::Function(_) if range.whole && self.are_independent(output) => {
                found.push(warnings::no_distribution(loss, output.span, range));
            }
            Source::Free | Source::Function(_) => {}
        }
    }

    /// Whether no two elements share all their weights: `sigmoid(z)` and `sigmoid(-z)` sum to 1.
    fn are_independent(&self, output: &Typed) -> bool {
        let TypedKind::Value(Value::Layer(layer)) = &output.kind else { return true };
        let Some(LayerBody::Neurons(neurons)) = self.model.layers.get(*layer).map(|layer| &layer.body) else {
            return true;
        };
        let weights = |typed: &Typed| -> Vec<usize> {
            let parts = parts(typed).into_iter();
            parts
                .filter_map(|part| {
                    if let TypedKind::Value(Value::Parameter(index)) = &part.kind {
                        Some(*index)
                    } else {
                        None
                    }
                })
                .collect()
        };
        let all: Vec<Vec<usize>> = neurons.iter().map(|(_, typed)| weights(typed)).collect();
        let mut uses: HashMap<usize, usize> = HashMap::new();
        for weights in &all {
            let different: BTreeSet<usize> = weights.iter().copied().collect();
            different.into_iter().for_each(|index| *uses.entry(index).or_default() += 1);
        }
        all.iter().all(|weights| weights.iter().any(|index| uses.get(index) == Some(&1)))
    }

    /// `binary_cross_entropy` of what leaves the range from 0 to 1.
    fn probability(&self, output: &Typed, found: &mut Vec<Diagnostic>) {
        for (range, place) in self.elements(output) {
            if range.whole && (range.low < 0.0 || range.high > 1.0) {
                found.push(warnings::no_probability(output.span, range, place));
                return;
            }
        }
    }

    /// A loss from logits of what has a range already. A softmax reaches every distribution from numbers that are
    /// bounded on one side; a sigmoid does not.
    fn logits(&self, loss: &str, output: &Typed, classes: bool, found: &mut Vec<Diagnostic>) {
        for (range, place) in self.elements(output) {
            let bounded = [range.low, range.high].map(f64::is_finite);
            let narrow = if classes { bounded == [true, true] } else { bounded != [false, false] };
            if matches!(range.source, Source::Function(_) | Source::Softmax) && narrow {
                found.push(warnings::no_logits(loss, output.span, range, place));
                return;
            }
        }
    }

    /// The range of each neuron, with its name, or the one of all elements.
    pub(super) fn elements(&self, output: &Typed) -> Vec<(Range<'_>, Option<&str>)> {
        if let TypedKind::Value(Value::Layer(layer)) = &output.kind
            && let Some(LayerBody::Neurons(neurons)) = self.model.layers.get(*layer).map(|layer| &layer.body)
        {
            let names = neurons.iter().map(|(name, _)| name.text.as_str()).enumerate();
            return names.map(|(index, name)| (self.ranges.element(output, index), Some(name))).collect();
        }
        vec![(self.ranges.formula(output), None)]
    }
}
