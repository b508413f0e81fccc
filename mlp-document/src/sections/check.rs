//! Whether the step was right: the loss before and after it, and the gradients found in two other ways.

use mlp_dsl::{
    ir::{Loss, Parameter, equation::EquationId},
    never,
    never::OrNever,
    shape::Shape,
};
use mlp_eval::{Array, Compared, Evaluation, Gradients, Outcome, Point, Verdict, cost, evaluate};

use crate::{
    content::{Form, Section, Side, Text},
    expression::{ArrayOp, Expression, Node},
    known::Known,
    phrases,
    selection::element,
    shown,
    values::missing_values,
};

use super::{
    arithmetic::number,
    facts::{Facts, ITEMS},
};

/// Gradients compared where parameters are arrays.
const SAMPLES: usize = 12;
/// The relative error from which a central difference is called rough.
const ROUGH: f64 = 1e-3;
/// Operations that all evaluations of the comparison together may take.
const AFFORDABLE: u64 = 5_000_000;

/// The section.
pub(super) fn check(facts: &Facts<'_>, loss: &Loss) -> Section {
    let mut section = Section::new("check");
    let derivation = facts.derivation;
    let operations = cost::evaluation(derivation, derivation.equations.len()).max(1);
    let operations = operations.saturating_mul(facts.samples() as u64);
    let affordable = (AFFORDABLE / operations) as usize;
    let missing = missing_values(derivation);
    // Declared samples that have no numbers are too many.
    if affordable == 0 || (facts.numbers.is_none() && missing.is_empty()) {
        section.paragraph(phrases::too_large_to_check());
        return section;
    }
    let point = Point::declared(derivation).unwrap_or_else(|_| Point::drawn(derivation, 1, false));
    if !missing.is_empty() {
        section.paragraph(phrases::drawn_sample(&missing));
    }
    let evaluation = evaluate::<f64>(derivation, &point);
    loss_after(facts, &mut section, &point, &evaluation, loss);
    let Some(gradients) = Gradients::at(derivation, &point) else { return section };
    let comparison = Comparison { facts, point: &point, loss };
    let compared = comparison.gradients(&gradients, affordable);
    let check = gradients.judge(&compared);
    if let Verdict::Undefined(fault) = &check.verdict {
        section.paragraph(phrases::gradients_undefined(fault.as_ref()));
        return section;
    }
    if facts.options.round_each.is_some() && facts.numbers.is_some() {
        section.paragraph(phrases::checked_with_all_digits());
    } else if facts.numbers.is_some_and(|numbers| shown::parting(derivation, &point, numbers).is_some()) {
        section.paragraph(phrases::checked_in_doubles());
    }
    section.paragraph(phrases::two_other_ways(facts.options.is_brief()));
    if check.checked < check.total {
        section.paragraph(phrases::some_gradients(check.checked, check.total));
    }
    let (rows, rough) = comparison.rows(&compared);
    section.table(&phrases::GRADIENTS, rows);
    section.paragraph(phrases::gradients_verdict(&check.verdict));
    if check.kinks > 0 {
        section.paragraph(phrases::gradients_at_kinks(check.kinks));
    }
    if rough {
        section.paragraph(phrases::rough_differences());
    }
    section
}

/// The loss at the old and at the new parameters.
fn loss_after(
    facts: &Facts<'_>,
    section: &mut Section,
    point: &Point,
    before: &Evaluation<f64>,
    loss: &Loss,
) {
    let derivation = facts.derivation;
    // The numbers of the page, where it has some: its decimals may take another branch than doubles.
    let value_of = |id: EquationId| match facts.numbers {
        Some(numbers) => numbers.value(id, 0).map(|value| value.map(Known::value)),
        None => before.value(id).cloned(),
    };
    let mut moved = point.clone();
    let mut any = false;
    for parameter in &derivation.parameters {
        if let Some(value) = parameter.updated().and_then(value_of) {
            moved.set(parameter.equation, value);
            any = true;
        }
    }
    if !any {
        return;
    }
    let after = match facts.numbers {
        Some(_) => {
            let numbers = shown::numbers(derivation, &moved, facts.options);
            numbers.value(loss.objective, 0).map_or(f64::NAN, |loss| loss.scalar().value())
        }
        None => evaluate::<f64>(derivation, &moved).scalar(loss.objective),
    };
    let before = value_of(loss.objective).map_or(f64::NAN, |loss| loss.scalar());
    section.paragraph(phrases::verdict(after.partial_cmp(&before), !derivation.dropouts.is_empty()));
    let rows =
        vec![vec![phrases::before_the_step(), value(before)], vec![phrases::after_the_step(), value(after)]];
    section.table(&phrases::LOSSES, rows);
}

/// Gradients beside those of two ways that do not know the backward pass.
struct Comparison<'c> {
    facts: &'c Facts<'c>,
    point: &'c Point,
    loss: &'c Loss,
}

/// A gradient of a parameter at an element, beside its complex step.
type Place<'p> = (&'p Parameter, usize, Compared);

impl<'c> Comparison<'c> {
    /// Each gradient, or some where there are many.
    fn gradients(&self, gradients: &Gradients<'_>, affordable: usize) -> Vec<Place<'c>> {
        let derivation = self.facts.derivation;
        let shown = |p: &&Parameter| self.facts.wants(p.equation) && self.facts.in_full(p.equation);
        let parameters: Vec<&'c Parameter> = derivation.parameters.iter().filter(shown).collect();
        let most = if self.facts.at_neuron_level() { ITEMS } else { SAMPLES }.min(affordable);
        let each = (most / parameters.len().max(1)).max(1);
        let mut found = Vec::new();
        for parameter in parameters.into_iter().take(most) {
            let count = derivation.shape(parameter.equation).count();
            let chosen = element::chosen(self.facts, parameter.equation);
            let all = (0..count).step_by(count.div_ceil(each).max(1));
            let elements = if chosen.is_empty() { all.collect() } else { chosen };
            let compare = |element| Some((parameter, element, gradients.compare(parameter, element)?));
            found.extend(elements.into_iter().filter_map(compare));
        }
        found
    }

    /// A row for each, and whether a central difference has few digits.
    fn rows(&self, compared: &[Place<'_>]) -> (Vec<Vec<Text>>, bool) {
        let (mut rows, mut rough) = (Vec::new(), false);
        for (parameter, element, one) in compared {
            let own = one.gradient;
            let difference = self.central_difference(parameter, *element);
            rough |= (difference - own).abs() > ROUGH * own.abs().max(f64::MIN_POSITIVE);
            let name = element_of(self.facts, parameter.equation, *element);
            let mut row = vec![vec![name.into()], value(own)];
            row.extend([value(difference), error(own, difference)]);
            let apart =
                if one.outcome == Outcome::Kink { phrases::at_a_kink() } else { error(own, one.witness) };
            row.extend([value(one.witness), apart]);
            rows.push(row);
        }
        (rows, rough)
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
pub(crate) fn element_of(facts: &Facts<'_>, id: EquationId, element: usize) -> Side {
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
