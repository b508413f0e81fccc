//! The backward pass neuron by neuron, each number written out.

use std::collections::HashSet;

use mlp_dsl::{
    formula::FunctionId,
    ir::equation::{EquationId, Role, Symbol},
};

use crate::{
    content::{Block, Form, Line, Section, Side},
    expression::{
        Expression, Quantity,
        equation::{is_unnamed, of_equation},
    },
    phrases::{self, Items},
    sections::{
        facts::{Facts, ITEMS},
        lines::{function, in_numbers, left_out, line, outermost_call, symbol},
        samples::gradients_of_neurons,
    },
};

use super::{chain::Chain, sigmoid::sigmoid_with_cross_entropy};

/// How many paths a chain is spelled out for.
const PATHS: usize = 4;

/// The section.
pub(super) fn backward(facts: &Facts<'_>, loss: EquationId) -> Section {
    let mut section = Section::new("backward");
    section.paragraph(phrases::backward_of_neurons());
    sigmoid_with_cross_entropy(facts, &mut section);
    let walk = Walk { facts, chain: Chain::new(facts, loss), loss };
    let mut derived = HashSet::new();
    let (mut values, mut parameters) = (0, 0);
    for group in walk.groups() {
        let (shown_values, shown_parameters) =
            (ITEMS.saturating_sub(values), ITEMS.saturating_sub(parameters));
        values += group.values.len();
        parameters += group.parameters.len();
        if group.is_silent(&walk.chain) || shown_values + shown_parameters == 0 {
            continue;
        }
        section.blocks.extend(group.title.map(Block::Heading));
        for value in group.values.iter().take(shown_values) {
            walk.value(&mut section, *value, &mut derived);
        }
        for parameter in group.parameters.iter().take(shown_parameters) {
            section.lines(walk.parameter(*parameter));
        }
    }
    left_out(&mut section, values, Items::Values);
    left_out(&mut section, parameters, Items::Parameters);
    gradients_of_neurons(facts, &mut section);
    section
}

/// The walk from the loss back to the inputs.
struct Walk<'w> {
    facts: &'w Facts<'w>,
    chain: Chain<'w, 'w>,
    loss: EquationId,
}

impl Walk<'_> {
    /// The loss, then the layers from the last to the first; a parameter comes where its last
    /// factor is known.
    fn groups(&self) -> Vec<Group> {
        let derivation = self.facts.derivation;
        let layers = &derivation.layers;
        let title = |index: usize| layers.get(index).map(|layer| phrases::layer_title(&layer.name));
        let new = |index| Group { title: title(index), values: Vec::new(), parameters: Vec::new() };
        let mut groups: Vec<Group> = (0..=layers.len()).map(new).collect();
        for id in self.facts.named(Role::Forward).into_iter().chain(self.facts.named(Role::Loss)) {
            if let Some(group) = groups.get_mut(self.facts.layer_of(id)).filter(|_| id != self.loss) {
                group.values.push(id);
            }
        }
        for parameter in derivation.parameters.iter().filter(|parameter| !parameter.frozen) {
            if let Some(group) = groups.get_mut(self.facts.layer_of_parameter(parameter.equation)) {
                group.parameters.push(parameter.equation);
            }
        }
        for group in &mut groups {
            group.values = self.outputs_first(&group.values);
        }
        groups.reverse();
        groups
    }

    /// Neuron after neuron, in each the output before the net input and what `let` names.
    fn outputs_first(&self, values: &[EquationId]) -> Vec<EquationId> {
        let mut ordered = Vec::new();
        let mut neuron = Vec::new();
        for id in values {
            neuron.push(*id);
            if !matches!(self.facts.derivation.equation(*id).symbol, Symbol::Net(_) | Symbol::Local(_)) {
                ordered.extend(neuron.drain(..).rev());
            }
        }
        ordered.extend(neuron.into_iter().rev());
        ordered
    }

    /// ∂E/∂value, and the local derivatives of the value.
    fn value(&self, section: &mut Section, value: EquationId, derived: &mut HashSet<FunctionId>) {
        let mut lines = self.factors(value);
        if let Some(gradient) = self.chain.gradient_equation(value) {
            let is_net = matches!(self.facts.derivation.equation(value).symbol, Symbol::Net(_));
            let spelled = if is_net { self.chain.spelled(value) } else { None };
            let mut between: Vec<Side> = Vec::new();
            between.extend(spelled.map(|q| Side::symbols(Expression::quantity(self.facts.derivation, q))));
            lines.push(self.chain_line(value, gradient, between, false));
        }
        let locals: Vec<Line> = self.chain.partials_of(value).map(|id| line(self.facts, id)).collect();
        if let Some((id, arguments)) = outermost_call(self.facts, value)
            && !locals.is_empty()
            && derived.insert(id)
        {
            section.lines(lines);
            lines = Vec::new();
            section.paragraph(phrases::first_derivative(self.facts.function_name(id)));
            section.lines(function(self.facts, id, &arguments));
        }
        lines.extend(locals);
        if matches!(self.facts.derivation.equation(value).symbol, Symbol::Net(_)) {
            section.more_lines(lines);
        } else {
            section.lines(lines);
        }
    }

    /// The chain rule of a parameter: the local derivatives it needs, then their product.
    fn parameter(&self, parameter: EquationId) -> Vec<Line> {
        let Some(gradient) = self.chain.gradient_equation(parameter) else { return Vec::new() };
        let spread = self.chain.readers(parameter).len() <= PATHS;
        let mut lines = self.factors(parameter);
        let mut line = self.chain_line(parameter, gradient, Vec::new(), spread);
        line.subject.push(parameter);
        lines.push(line);
        lines
    }

    /// The factors of ∂E/∂x that have no equation of their own: ∂net/∂x of what reads it.
    fn factors(&self, x: EquationId) -> Vec<Line> {
        let mut lines = Vec::new();
        let readers = self.chain.readers(x);
        if self.chain.gradient_equation(x).is_none() || readers.len() > PATHS || self.chain.ends_at(x) {
            return lines;
        }
        for reader in readers.into_iter().filter(|reader| !is_unnamed(self.facts.derivation, *reader)) {
            for factor in [self.chain.gradient(reader), self.chain.local(reader, x)].into_iter().flatten() {
                let Quantity::Derivative { value, .. } = &factor else { continue };
                let value = (**value).clone();
                let symbol = Expression::quantity(self.facts.derivation, factor);
                let mut sides = vec![Side::symbols(symbol), Side::symbols(value.clone())];
                // A factor that is more than a name gets its numbers in the product.
                if self.facts.numbers.is_some() && value.nodes().len() == 1 {
                    sides.push(Side::new(Form::Value, value));
                }
                lines.push(Line { subject: vec![x], sides });
            }
        }
        lines
    }

    /// ∂E/∂x = the sum over its paths = the equation's formula = numbers = value.
    fn chain_line(&self, x: EquationId, gradient: EquationId, between: Vec<Side>, spread: bool) -> Line {
        let mut sides = vec![symbol(self.facts, gradient)];
        sides.extend(between);
        let formula = of_equation(self.facts.derivation, gradient);
        let few = self.chain.readers(x).len() <= PATHS;
        let paths = if few && !self.chain.ends_at(x) { self.chain.paths(x, spread) } else { None };
        sides.extend(paths.iter().cloned().map(Side::symbols));
        sides.push(Side::symbols(formula.clone()));
        let spelled = match paths {
            Some(paths) if spread => paths,
            _ => formula,
        };
        let mut numbers = in_numbers(self.facts, gradient, &spelled);
        if spelled.summands().len() > 1 && numbers.len() == 2 && self.chain.readers(x).len() > 1 {
            numbers.insert(1, Side::new(Form::Terms, spelled));
        }
        sides.extend(numbers);
        Line { subject: vec![gradient], sides }
    }
}

/// A step of the way back.
struct Group {
    title: Option<String>,
    values: Vec<EquationId>,
    parameters: Vec<EquationId>,
}

impl Group {
    /// Whether nothing is to be said of it: the derivatives are all 1.
    fn is_silent(&self, chain: &Chain<'_, '_>) -> bool {
        self.parameters.is_empty() && self.values.iter().all(|id| chain.gradient_equation(*id).is_none())
    }
}
