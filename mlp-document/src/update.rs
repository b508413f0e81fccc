//! The step of training, and whether it was right.

use mlp_dsl::{
    ir::{
        Derivation, Loss, Parameter,
        equation::{EquationId, Role},
    },
    model::Reduction,
};
use mlp_eval::{Array, Point, complex_step, cost, evaluate};

use super::{
    content::{Form, Inline, Section, Side, Text, plain},
    context::{Context, ITEMS, number},
    expression::Expression,
};

/// Gradients compared where parameters are arrays.
const SAMPLES: usize = 12;
/// Operations that all evaluations of the comparison together may take.
const AFFORDABLE: u64 = 10_000_000;

impl Context<'_> {
    /// Section 6.
    pub(super) fn update(&self) -> Section {
        let mut section = Section::new("update");
        let Some(training) = &self.derivation.training else {
            section.say("The specification names no training rule, so the parameters stay as they are.");
            return section;
        };
        let mut text = vec![Inline::Text("The rule is ".into()), Inline::Code(training.rule.clone())];
        for (index, setting) in training.settings.iter().enumerate() {
            let value = Expression::of_equation(self.derivation, *setting);
            text.push(Inline::Text(if index == 0 { " with " } else { ", " }.into()));
            text.push(Inline::Math(self.symbol(*setting)));
            text.push(Inline::Text(" = ".into()));
            text.push(Inline::Math(Side::new(Form::Numbers, value)));
        }
        text.push(Inline::Text(
            ". All parameters change at once, from gradients at the old values; ⁺ marks the new value."
                .into(),
        ));
        section.paragraph(text);
        if self.at_neuron_level() {
            let over = match self.derivation.loss.as_ref().map(|loss| loss.reduction) {
                Some(Reduction::Sum) => "sum",
                _ => "mean",
            };
            section.say(format!("The step is made for this one sample. For a batch, the gradient is the {over} over its samples."));
        }
        if let Some(step) = training.step {
            section.paragraph(vec![
                Inline::Text("This is the first step: ".into()),
                Inline::Math(self.symbol(step)),
                Inline::Text(" = 1, and what the rule keeps from step to step is 0 before it.".into()),
            ]);
        } else if self.derivation.has_optimizer_state() {
            section.say("This is the first step: what the rule keeps from step to step is 0 before it.");
        }
        let updates = self.named(Role::Update);
        section.lines(updates.iter().take(ITEMS).map(|id| self.line(*id)).collect());
        self.left_out(&mut section, updates.len(), "updates");
        section
    }

    /// Section 7.
    pub(super) fn check(&self, loss: &Loss) -> Section {
        let mut section = Section::new("check");
        let derivation = self.derivation;
        let affordable =
            (AFFORDABLE / cost::evaluation(derivation, derivation.equations.len()).max(1)) as usize;
        if affordable == 0 {
            section.say("The network is too large to check here; the complex-step check does it at evenly spaced places.");
            return section;
        }
        let point = Point::declared(derivation).unwrap_or_else(|_| Point::drawn(derivation, 1, false));
        if self.numbers.is_none() {
            section.say("The specification declares no values for input and target, so the numbers of this section belong to one drawn sample.");
        }
        self.loss_after(&mut section, &point, loss);
        self.gradients(&mut section, &point, loss, affordable);
        section
    }

    /// The loss at the old and at the new parameters.
    fn loss_after(&self, section: &mut Section, point: &Point, loss: &Loss) {
        let before = evaluate::<f64>(self.derivation, point);
        let mut moved = point.clone();
        let mut any = false;
        for parameter in &self.derivation.parameters {
            if let Some(value) = parameter.updated().and_then(|id| before.value(id)) {
                moved.set(parameter.equation, value.clone());
                any = true;
            }
        }
        if !any {
            return;
        }
        let after = evaluate::<f64>(self.derivation, &moved).scalar(loss.objective);
        let before = before.scalar(loss.objective);
        let verdict = match before.partial_cmp(&after) {
            Some(std::cmp::Ordering::Greater) => "The step makes the loss smaller.",
            Some(std::cmp::Ordering::Equal) => "The step leaves the loss as it is.",
            Some(std::cmp::Ordering::Less) => "The step makes the loss larger: it is too long.",
            None => "The loss after the step is no number.",
        };
        section.say(verdict);
        let row = |words: &str, x: f64| vec![plain(words), value(x)];
        let rows = vec![row("before the step", before), row("after the step", after)];
        section.table(&[("Loss", false), ("Value", true)], rows);
    }

    /// Each gradient beside two others that do not know the backward pass.
    fn gradients(&self, section: &mut Section, point: &Point, loss: &Loss, affordable: usize) {
        let derivation = self.derivation;
        section.say("Two other ways to the same gradients use the forward pass alone. The central difference moves one parameter a little both ways and is good to some digits. The complex step moves it by an imaginary amount and reads the derivative off the imaginary part of the loss; nothing cancels, so it is good to the last digits. The relative error is the distance to the gradient of the equations, divided by the gradient; the table gives the next power of ten.");
        let total = derivation.parameter_count() - derivation.frozen_count();
        let most = if self.at_neuron_level() { ITEMS } else { SAMPLES }.min(affordable);
        let each = (most / derivation.parameters.len().max(1)).max(1);
        let evaluation = evaluate::<f64>(derivation, point);
        let mut rows = Vec::new();
        for parameter in derivation.parameters.iter().take(most) {
            let Some(gradient) = parameter.objective().and_then(|id| evaluation.value(id)) else { continue };
            let stride = gradient.shape().count().div_ceil(each).max(1);
            for (element, own) in gradient.iter().enumerate().step_by(stride) {
                let difference = central_difference(derivation, point, loss.objective, parameter, element);
                let complex = complex_step(derivation, point, loss.objective, parameter.equation, element);
                let mut row = vec![self.name_of_element(parameter, element), value(own)];
                row.extend([value(difference), plain(error(own, difference))]);
                row.extend([value(complex), plain(error(own, complex))]);
                rows.push(row);
            }
        }
        if rows.len() < total {
            section.say(format!("{} of {total} gradients:", rows.len()));
        }
        let head = [
            ("By", false),
            ("Gradient", true),
            ("Central difference", true),
            ("Relative error", true),
            ("Complex step", true),
            ("Relative error", true),
        ];
        section.table(&head, rows);
    }

    fn name_of_element(&self, parameter: &Parameter, element: usize) -> Text {
        use mlp_dsl::shape::Shape;
        let name = Inline::Math(self.symbol(parameter.equation));
        match self.derivation.shape(parameter.equation) {
            Shape::Scalar => vec![name],
            Shape::Vector(_) => vec![name, Inline::Text(format!(" [{}]", element + 1))],
            Shape::Matrix(_, columns) => {
                let columns = columns.max(1);
                let place = format!(" [{}, {}]", element / columns + 1, element % columns + 1);
                vec![name, Inline::Text(place)]
            }
        }
    }
}

/// (E(w + h) − E(w − h)) / 2h
fn central_difference(
    derivation: &Derivation,
    point: &Point,
    loss: EquationId,
    parameter: &Parameter,
    element: usize,
) -> f64 {
    let Some(start) = point.of(parameter.equation, 0) else { return f64::NAN };
    let here = start.iter().nth(element).unwrap_or(f64::NAN);
    let step = f64::EPSILON.cbrt() * here.abs().max(1.0);
    let at = |x: f64| {
        let mut moved: Array<f64> = start.clone();
        moved.set(element, x);
        let mut point = point.clone();
        point.set(parameter.equation, moved);
        evaluate::<f64>(derivation, &point).scalar(loss)
    };
    // The step that was really made: here ± step is rounded.
    let (above, below) = (here + step, here - step);
    (at(above) - at(below)) / (above - below)
}

/// The relative error as the next power of ten above it. Below 10⁻¹⁴ it is rounding, and would
/// differ between machines.
fn error(own: f64, other: f64) -> String {
    let difference = (own - other).abs();
    let relative = if own == 0.0 { difference } else { difference / own.abs() };
    if relative.is_nan() {
        return "no number".to_owned();
    }
    let power = relative.max(1e-15).log10().floor() as i32 + 1;
    format!("< 1e{power}{}", if own == 0.0 { " absolute" } else { "" })
}

fn value(x: f64) -> Text {
    vec![Inline::Math(Side::new(Form::Numbers, number(x)))]
}
