//! W0204: a declared step that makes the loss larger.

use mlp_dsl::{
    diagnostic::Diagnostic,
    ir::{
        Derivation,
        array::Op,
        equation::{EquationId, Symbol},
    },
};

use super::{Declared, Effort};

use crate::{Evaluation, Point, evaluate};

/// A loss below this is 0 up to rounding.
const NOTHING: f64 = 1e-18;
/// A growth below this, relative to the loss, is rounding.
const ROUNDING: f64 = 1e-9;
/// Rules with a state have a first step of their own size: a little growth is no fault of the rate.
const FIRST_STEP: f64 = 0.1;
/// How often the rate is halved in search of a better one.
const HALVINGS: i32 = 12;

impl Declared<'_> {
    pub(super) fn larger_loss(&self, effort: Effort, found: &mut Vec<Diagnostic>) {
        let (Some(loss), Some(training)) = (&self.derivation.loss, &self.derivation.training) else { return };
        let batch = training.batch.unwrap_or(usize::MAX).min(self.samples.len());
        let Some(samples) = self.samples.get(..batch) else { return };
        let point = Point::at(self.derivation, samples);
        let here = evaluate::<f64>(self.derivation, &point);
        let before = here.scalar(loss.objective);
        let after = stepped(self.derivation, &point, &here, loss.objective);
        let has_state = self.derivation.parameters.iter().any(|parameter| !parameter.state().is_empty());
        if !is_larger(before, after, if has_state { FIRST_STEP } else { ROUNDING }) {
            return;
        }
        let rate =
            self.derivation.numbered().find_map(|(id, equation)| match (&equation.symbol, &equation.op) {
                (Symbol::Setting(name), Op::Setting(value)) if name == "rate" => Some((id, *value)),
                _ => None,
            });
        let better = rate.filter(|_| effort == Effort::Thorough).and_then(|(id, rate)| {
            let mut derivation = self.derivation.clone();
            (1..=HALVINGS).map(|halvings| rate * 0.5_f64.powi(halvings)).find(|rate| {
                if let Some(equation) = derivation.equations.get_mut(id.index()) {
                    equation.op = Op::Setting(*rate);
                }
                let here = evaluate::<f64>(&derivation, &point);
                let after = stepped(&derivation, &point, &here, loss.objective);
                after < before
            })
        });
        let span = training.settings.first().map(|id| self.derivation.equation(*id).span);
        let span = span.unwrap_or(self.derivation.header.name_span);
        let title = "the declared step makes the loss larger";
        let label = format!("from {} to {}", short(before), short(after));
        let help = match (rate, better) {
            (Some((_, rate)), Some(better)) => {
                format!("with the rate {} in place of {rate} the same step makes it smaller", short(better))
            }
            (Some(_), None) => "try a smaller rate".to_owned(),
            (None, _) => "try smaller steps".to_owned(),
        };
        found.push(Diagnostic::warning("W0204", title, span, label).help(help));
    }
}

/// The objective after a step.
fn stepped(derivation: &Derivation, point: &Point, here: &Evaluation<f64>, objective: EquationId) -> f64 {
    let mut after = point.clone();
    after.step(derivation, here);
    evaluate::<f64>(derivation, &after).scalar(objective)
}

fn is_larger(before: f64, after: f64, growth: f64) -> bool {
    if !before.is_finite() {
        return false;
    }
    !after.is_finite() || after > NOTHING && after - before > growth * before.abs()
}

/// Four significant digits.
fn short(x: f64) -> String {
    if !x.is_finite() {
        return x.to_string();
    }
    let rounded: f64 = format!("{x:.3e}").parse().unwrap_or(x);
    if (1e-4..1e6).contains(&rounded.abs()) { rounded.to_string() } else { format!("{rounded:e}") }
}
