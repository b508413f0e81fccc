//! Whether the step was right: the loss before and after it, and the gradients found in two other ways.

use mlp_dsl::{
    ir::{Derivation, Loss, Parameter, equation::EquationId},
    never,
    never::OrNever,
    shape::Shape,
};
use mlp_eval::{Array, Evaluation, Point, complex_step, cost, evaluate};

use crate::{
    content::{Form, Section, Side, Text},
    expression::{ArrayOp, Expression, Node},
    phrases,
};

use super::{
    arithmetic::number,
    facts::{Facts, ITEMS},
};

/// Gradients compared where parameters are arrays.
const SAMPLES: usize = 12;
/// Operations that all evaluations of the comparison together may take.
const AFFORDABLE: u64 = 10_000_000;

/// The section.
pub(super) fn check(facts: &Facts<'_>, loss: &Loss) -> Section {
    let mut section = Section::new("check");
    let derivation = facts.derivation;
    let operations = cost::evaluation(derivation, derivation.equations.len()).max(1);
    let operations = operations.saturating_mul(facts.samples() as u64);
    let affordable = (AFFORDABLE / operations) as usize;
    // Declared samples that have no numbers are too many.
    if affordable == 0 || (facts.numbers.is_none() && facts.has_samples()) {
        section.paragraph(phrases::too_large_to_check());
        return section;
    }
    let point = Point::declared(derivation).unwrap_or_else(|_| Point::drawn(derivation, 1, false));
    if facts.numbers.is_none() {
        section.paragraph(phrases::drawn_sample());
    }
    let evaluation = evaluate::<f64>(derivation, &point);
    loss_after(derivation, &mut section, &point, &evaluation, loss);
    section.paragraph(phrases::two_other_ways());
    let comparison = Comparison { facts, point: &point, evaluation: &evaluation, loss };
    let rows = comparison.rows(affordable);
    let total = derivation.parameter_count() - derivation.frozen_count();
    if rows.len() < total {
        section.paragraph(phrases::some_gradients(rows.len(), total));
    }
    section.table(&phrases::GRADIENTS, rows);
    section
}

/// The loss at the old and at the new parameters.
fn loss_after(
    derivation: &Derivation,
    section: &mut Section,
    point: &Point,
    before: &Evaluation<f64>,
    loss: &Loss,
) {
    let mut moved = point.clone();
    let mut any = false;
    for parameter in &derivation.parameters {
        if let Some(value) = parameter.updated().and_then(|id| before.value(id)) {
            moved.set(parameter.equation, value.clone());
            any = true;
        }
    }
    if !any {
        return;
    }
    let after = evaluate::<f64>(derivation, &moved).scalar(loss.objective);
    let before = before.scalar(loss.objective);
    section.paragraph(phrases::verdict(after.partial_cmp(&before)));
    let rows =
        vec![vec![phrases::before_the_step(), value(before)], vec![phrases::after_the_step(), value(after)]];
    section.table(&phrases::LOSSES, rows);
}

/// Gradients beside those of two ways that do not know the backward pass.
struct Comparison<'c> {
    facts: &'c Facts<'c>,
    point: &'c Point,
    evaluation: &'c Evaluation<f64>,
    loss: &'c Loss,
}

impl Comparison<'_> {
    /// A row for each gradient, for some where there are many.
    fn rows(&self, affordable: usize) -> Vec<Vec<Text>> {
        let parameters = &self.facts.derivation.parameters;
        let most = if self.facts.at_neuron_level() { ITEMS } else { SAMPLES }.min(affordable);
        let each = (most / parameters.len().max(1)).max(1);
        let mut rows = Vec::new();
        for parameter in parameters.iter().take(most) {
            let objective = parameter.objective();
            let Some(gradient) = objective.and_then(|id| self.evaluation.value(id)) else { continue };
            let stride = gradient.shape().count().div_ceil(each).max(1);
            let elements = gradient.iter().enumerate().step_by(stride);
            rows.extend(elements.map(|(element, own)| self.row(parameter, element, own)));
        }
        rows
    }

    fn row(&self, parameter: &Parameter, element: usize, own: f64) -> Vec<Text> {
        let derivation = self.facts.derivation;
        let difference = self.central_difference(parameter, element);
        let complex = complex_step(derivation, self.point, self.loss.objective, parameter.equation, element);
        let mut row = vec![vec![element_of(self.facts, parameter.equation, element).into()], value(own)];
        row.extend([value(difference), error(own, difference)]);
        row.extend([value(complex), error(own, complex)]);
        row
    }

    /// (E(w + h) − E(w − h)) / 2h
    fn central_difference(&self, parameter: &Parameter, element: usize) -> f64 {
        let Some(start) = self.point.of(parameter.equation, 0) else {
            never!("the point has no value for the parameter `{}`", parameter.name);
            return f64::NAN;
        };
        let here = start.iter().nth(element).or_never("a parameter has its elements", f64::NAN);
        let step = f64::EPSILON.cbrt() * here.abs().max(1.0);
        let at = |x: f64| {
            let mut moved: Array<f64> = start.clone();
            moved.set(element, x);
            let mut point = self.point.clone();
            point.set(parameter.equation, moved);
            evaluate::<f64>(self.facts.derivation, &point).scalar(self.loss.objective)
        };
        // The distance of the two points, as here ± step is rounded.
        let (above, below) = (here + step, here - step);
        (at(above) - at(below)) / (above - below)
    }
}

/// A parameter, or one of its elements.
fn element_of(facts: &Facts<'_>, id: EquationId, element: usize) -> Side {
    let mut expression = Expression::symbol(facts.derivation, id);
    let op = match facts.derivation.shape(id) {
        Shape::Scalar => return Side::symbols(expression),
        Shape::Vector(_) => ArrayOp::Element(element),
        Shape::Matrix(_, columns) => ArrayOp::Cell(element / columns.max(1), element % columns.max(1)),
    };
    let whole = expression.last();
    expression.push_shaped(Node::Array(op, vec![whole]), Shape::Scalar);
    Side::symbols(expression)
}

/// The relative error as the next power of ten above it. Below 10⁻¹⁴ it is rounding, and would
/// differ between machines.
fn error(own: f64, other: f64) -> Text {
    let difference = (own - other).abs();
    let relative = if own == 0.0 { difference } else { difference / own.abs() };
    let power = (!relative.is_nan()).then(|| relative.max(1e-15).log10().floor() as i32 + 1);
    phrases::error_below(power, own == 0.0)
}

fn value(x: f64) -> Text {
    vec![Side::new(Form::Numbers, number(x)).into()]
}
