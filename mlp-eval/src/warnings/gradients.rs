//! W0205: parameters that the declared samples do not train.

use mlp_dsl::{diagnostic::Diagnostic, ir::Parameter};

use super::Declared;

use crate::{Evaluation, Point, evaluate};

/// Other inputs that are tried where there is a single sample: a gradient that is 0 because an input is 0 is right.
const OTHERS: u64 = 3;

impl Declared<'_> {
    /// Parameters whose whole gradient is exactly 0 for all samples, before and after the declared step: weights
    /// that start at 0 can block the gradients of others, but not for long.
    pub(super) fn without_gradient(&self, found: &mut Vec<Diagnostic>) {
        let mut still: Vec<&Parameter> = self.derivation.parameters.iter().collect();
        self.retain_zero(&mut still, &self.evaluation, self.samples.len());
        if still.is_empty() {
            return;
        }
        if self.derivation.training.is_some() {
            let mut point = self.point.clone();
            point.step(self.derivation, &self.evaluation);
            let after = evaluate::<f64>(self.derivation, &point);
            self.retain_zero(&mut still, &after, self.samples.len());
        }
        if self.samples.len() == 1 {
            for seed in 1..=OTHERS {
                let point = Point::drawn(self.derivation, seed, false);
                self.retain_zero(&mut still, &evaluate::<f64>(self.derivation, &point), 1);
            }
        }
        if let Some(first) = still.first() {
            found.push(self.untrained(first, &still));
        }
    }

    fn retain_zero(&self, still: &mut Vec<&Parameter>, evaluation: &Evaluation<f64>, samples: usize) {
        still.retain(|parameter| {
            let Some(trained) = &parameter.trained else { return false };
            let zero = |id, sample| {
                evaluation.value_of(id, sample).is_some_and(|gradient| gradient.iter().all(|x| x == 0.0))
            };
            zero(trained.objective, 0) && (0..samples).all(|sample| zero(trained.gradient, sample))
        });
    }

    fn untrained(&self, first: &Parameter, all: &[&Parameter]) -> Diagnostic {
        const NAMED: usize = 5;
        let names: Vec<String> =
            all.iter().take(NAMED).map(|parameter| format!("`{}`", parameter.name)).collect();
        let more = match all.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let (which, verb) = if all.len() == 1 { ("gradient", "is") } else { ("gradients", "are") };
        let title = format!("the {which} of {}{more} {verb} exactly 0 for {}", names.join(", "), self.which);
        let span = self.derivation.equation(first.equation).span;
        Diagnostic::warning("W0205", title, span, "no sample changes it").help(
            "look for a `relu` that is never active, a factor 0, or an input that is always 0; \
             write `frozen` if that is meant",
        )
    }
}
