//! The backward pass neuron by neuron, each number written out.

use std::collections::HashSet;

use mlp_dsl::{
    formula::{FunctionId, scalar::Unary},
    ir::equation::{EquationId, Role, Symbol},
};

use crate::{
    content::{Block, Form, Line, Section, Side, Text},
    expression::{Expression, Node, Quantity, equation::is_unnamed},
    phrases::{self, Items},
    sections::{
        facts::{Facts, ITEMS},
        lines::{function, in_numbers, left_out, line, outermost_call, symbol},
        primitives,
        samples::gradients_of_neurons,
    },
};

use super::{
    chain::Chain, questions::Questions, sigmoid::sigmoid_with_cross_entropy,
    softmax::softmax_with_cross_entropy, spelled::spelled,
};

/// How many paths a chain is spelled out for.
const PATHS: usize = 4;

/// The section.
pub(super) fn backward(facts: &Facts<'_>, loss: EquationId) -> Section {
    let mut section = Section::new("backward");
    section.paragraph(phrases::backward_of_neurons(facts.has_delta()));
    if facts.wants(loss) {
        softmax_with_cross_entropy(facts, &mut section);
        sigmoid_with_cross_entropy(facts, &mut section);
    }
    let chain = Chain::new(facts, loss);
    let (said, derived, primitives) = (HashSet::new(), HashSet::new(), HashSet::new());
    let questions = Questions::default();
    let mut walk = Walk { facts, chain, loss, said, derived, primitives, questions, short: false };
    let spelled = facts.has_table().then(|| neurons_in_full(facts));
    let (mut values, mut parameters) = (0, 0);
    for group in walk.groups() {
        let shown_values = ITEMS.saturating_sub(values).min(group.values.len());
        let shown_parameters = ITEMS.saturating_sub(parameters).min(group.parameters.len());
        values += group.values.len();
        parameters += group.parameters.len();
        if shown_values + shown_parameters == 0 {
            continue;
        }
        section.blocks.extend(group.title.map(Block::Heading));
        for value in group.values.iter().take(shown_values) {
            walk.short = spelled.as_ref().is_some_and(|spelled| !spelled.contains(value));
            walk.value(&mut section, *value);
        }
        for (parameter, question) in walk.asked(group.parameters.get(..shown_parameters).unwrap_or_default())
        {
            section.blocks.extend(question.map(Block::Paragraph));
            section.lines(walk.parameter(parameter));
        }
    }
    left_out(&mut section, values, Items::Values);
    left_out(&mut section, parameters, Items::Parameters);
    if facts.parameters_in_table() > 0 {
        section.paragraph(phrases::others_in_table(facts.parameters_in_table()));
    }
    gradients_of_neurons(facts, &mut section);
    section
}

/// The neurons that the parameters which a brief page writes out act on.
fn neurons_in_full(facts: &Facts<'_>) -> HashSet<EquationId> {
    let parameters = facts.derivation.parameters.iter().map(|parameter| parameter.equation);
    let own: HashSet<EquationId> =
        parameters.filter(|id| facts.in_full(*id)).flat_map(|id| facts.named_uses(id)).collect();
    let is_inside = |id: &&EquationId| {
        matches!(facts.derivation.equation(**id).symbol, Symbol::Net(_) | Symbol::Local(_))
    };
    let outputs: Vec<EquationId> =
        own.iter().filter(is_inside).flat_map(|id| facts.named_uses(*id)).collect();
    own.into_iter().chain(outputs).collect()
}

/// The walk from the loss back to the inputs.
struct Walk<'w> {
    facts: &'w Facts<'w>,
    chain: Chain<'w, 'w>,
    loss: EquationId,
    /// The local derivatives that have a line.
    said: HashSet<(EquationId, EquationId)>,
    /// The functions whose derivative has been given.
    derived: HashSet<FunctionId>,
    /// The same of functions of one number that are built in.
    primitives: HashSet<Unary>,
    questions: Questions,
    /// Whether this neuron is one of those that a brief page writes in few lines.
    short: bool,
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
            if let Some(group) = groups.get_mut(self.facts.layer_of(id)).filter(|_| self.is_node(id)) {
                group.values.push(id);
            }
        }
        for parameter in derivation.parameters.iter().filter(|parameter| parameter.gradient().is_some()) {
            if !self.facts.wants(parameter.equation) || !self.facts.in_full(parameter.equation) {
                continue;
            }
            if let Some(group) = groups.get_mut(self.facts.layer_of_parameter(parameter.equation)) {
                group.parameters.push(parameter.equation);
            }
        }
        for group in &mut groups {
            group.values = self.outputs_first(&group.values);
        }
        groups.reverse();
        groups.extend(self.inputs());
        groups
    }

    /// The inputs, where the backward pass goes on to them.
    fn inputs(&self) -> Option<Group> {
        let derivation = self.facts.derivation;
        let asked = derivation.has_input_gradients();
        let inputs: Vec<EquationId> =
            derivation.input_equations().filter(|id| asked && self.facts.wants(*id)).collect();
        let title = Some(phrases::inputs_title());
        (!inputs.is_empty()).then(|| Group { title, values: Vec::new(), parameters: inputs })
    }

    /// Whether the derivative with respect to a value is a step of the chain to some parameter.
    fn is_node(&self, id: EquationId) -> bool {
        let reached = id != self.loss && !self.chain.readers(id).is_empty();
        reached && (self.chain.gradient_equation(id).is_some() || self.chain.leads_to_parameter(id))
    }

    /// Neuron after neuron, in each the output before the net input and what `let` names. Where a neuron reads
    /// another one of the group, the last comes first.
    fn outputs_first(&self, values: &[EquationId]) -> Vec<EquationId> {
        let mut neurons: Vec<Vec<EquationId>> = Vec::new();
        let mut neuron = Vec::new();
        for id in values {
            neuron.push(*id);
            if !matches!(self.facts.derivation.equation(*id).symbol, Symbol::Net(_) | Symbol::Local(_)) {
                neurons.push(neuron.drain(..).rev().collect());
            }
        }
        neurons.push(neuron.into_iter().rev().collect());
        let place = |id: &EquationId| neurons.iter().position(|neuron| neuron.contains(id));
        let is_read = |id: &EquationId| {
            self.facts
                .named_uses(*id)
                .iter()
                .any(|reader| place(reader).is_some_and(|at| Some(at) != place(id)))
        };
        if values.iter().any(is_read) {
            neurons.reverse();
        }
        neurons.concat()
    }

    /// ∂E/∂value, and the local derivatives of the value that have an equation.
    fn value(&mut self, section: &mut Section, value: EquationId) {
        if let Some(question) = self.questions.value(self.facts, &self.chain, value) {
            section.paragraph(question);
        }
        let mut lines = if self.short { Vec::new() } else { self.factors(value) };
        lines.extend(self.short_line(value).or_else(|| self.node(value)));
        let partials: Vec<EquationId> = self.chain.partials_of(value).collect();
        let locals: Vec<Line> = partials.iter().map(|id| self.local(*id)).collect();
        let primitives = self.primitives(value);
        if !primitives.is_empty() {
            section.lines(std::mem::take(&mut lines));
        }
        for (op, argument) in primitives {
            section.paragraph(phrases::first_derivative_of_primitive(op));
            section.lines(primitives::derivative(self.facts, op, &argument));
        }
        let call = outermost_call(self.facts, value);
        let function_name = call.as_ref().map(|(id, _)| self.facts.function_name(*id));
        let by = partials.first().map(|id| &self.facts.derivation.equation(*id).symbol);
        let slope = match by {
            Some(Symbol::Partial { by, .. }) => self.questions.slope(self.facts, value, *by, function_name),
            Some(_) | None => None,
        };
        if let Some((id, arguments)) = call
            && !locals.is_empty()
            && self.derived.insert(id)
        {
            section.lines(lines);
            lines = Vec::new();
            section.paragraph(phrases::first_derivative(self.facts.function_name(id)));
            section.lines(function(self.facts, id, &arguments));
        }
        if let Some(slope) = slope {
            section.more_lines(lines);
            lines = Vec::new();
            section.paragraph(slope);
        }
        lines.extend(locals);
        // A net input goes on where its neuron ends; the parts of the loss are together.
        if matches!(self.facts.derivation.equation(value).symbol, Symbol::Net(_) | Symbol::Component(_)) {
            section.more_lines(lines);
        } else {
            section.lines(lines);
        }
    }

    /// The functions of one number whose derivative a value needs and that has not been given, with their arguments.
    fn primitives(&mut self, value: EquationId) -> Vec<(Unary, Expression)> {
        let formula = self.facts.formula(value);
        let mut found = Vec::new();
        for node in formula.nodes() {
            let Node::Unary(op, x) = node else { continue };
            let argument = formula.clone().ending_at(Some(*x)).pruned();
            let moves = argument.nodes().iter().any(|node| {
                matches!(node, Node::Quantity(Quantity::Equation(id)) if self.chain.leads_to_parameter(*id))
            });
            if moves && primitives::is_derived(*op) && self.primitives.insert(*op) {
                found.push((*op, argument));
            }
        }
        found
    }

    /// A local derivative that has an equation; spelled out where all details are asked for.
    fn local(&self, id: EquationId) -> Line {
        let mut line = line(self.facts, id);
        if let Symbol::Partial { of, by } = self.facts.derivation.equation(id).symbol {
            line.sides.splice(1..1, self.spelled(of, by));
        }
        line
    }

    /// ∂of/∂by with its powers and zeros.
    fn spelled(&self, of: EquationId, by: EquationId) -> Option<Side> {
        if !self.facts.options.full_detail {
            return None;
        }
        let spelled = spelled(self.facts, &self.facts.formula(of), by)?;
        let chooses = spelled.nodes().iter().any(|node| matches!(node, Node::Select(..)));
        let taken = chooses && self.facts.numbers.is_some();
        Some(Side::new(if taken { Form::Taken } else { Form::Symbols }, spelled))
    }

    /// ∂E/∂output = its formula = numbers = value, without the paths.
    fn short_line(&self, value: EquationId) -> Option<Line> {
        let is_output = matches!(self.facts.derivation.equation(value).symbol, Symbol::Named(_));
        let gradient = self.chain.gradient_equation(value).filter(|_| self.short && is_output)?;
        Some(line(self.facts, gradient))
    }

    /// ∂E/∂value = the sum over its paths = its formula = numbers = value.
    fn node(&self, value: EquationId) -> Option<Line> {
        let derivation = self.facts.derivation;
        let spelled = self.chain.spelled(value);
        let Some(gradient) = self.chain.gradient_equation(value) else {
            // Its formula is that of another derivative, as a factor is 1.
            let Some(Quantity::Derivative { value: formula, .. }) = &spelled else { return None };
            let down = Expression::quantity(derivation, spelled.clone()?);
            let mut sides = vec![Side::symbols(down.clone())];
            let paths = self.paths(value, false);
            sides.push(Side::symbols(paths.clone().unwrap_or_else(|| (**formula).clone())));
            if self.facts.numbers.is_some() {
                sides.extend(paths.map(|paths| Side::new(Form::Numbers, paths)));
                sides.push(Side::new(Form::Value, down));
            }
            return Some(Line { subject: vec![value], sides });
        };
        let is_net = matches!(derivation.equation(value).symbol, Symbol::Net(_));
        let spelled = spelled.filter(|_| is_net);
        let between = spelled.map(|q| Side::symbols(Expression::quantity(derivation, q)));
        Some(self.chain_line(value, gradient, between.into_iter().collect(), false))
    }

    /// The chain rule of a parameter: the local derivatives it needs, then their product.
    fn parameter(&mut self, parameter: EquationId) -> Vec<Line> {
        let Some(gradient) = self.chain.gradient_equation(parameter) else { return Vec::new() };
        let spread = self.chain.readers(parameter).len() <= PATHS && self.facts.options.round_each.is_none();
        let mut lines = self.factors(parameter);
        let mut line = self.chain_line(parameter, gradient, Vec::new(), spread);
        line.subject.push(parameter);
        lines.push(line);
        lines
    }

    /// Parameters, each with what is asked before its lines.
    fn asked(&mut self, parameters: &[EquationId]) -> Vec<(EquationId, Option<Text>)> {
        let (facts, chain) = (self.facts, &self.chain);
        let paths = |parameter: EquationId| chain.paths(parameter, facts.options.round_each.is_none());
        let questions = self.questions.parameters(facts, chain, parameters, &paths);
        parameters.iter().copied().zip(questions).collect()
    }

    /// The local derivatives with respect to x that have no equation and no line so far.
    fn factors(&mut self, x: EquationId) -> Vec<Line> {
        let mut lines = Vec::new();
        let readers = self.chain.readers(x);
        if readers.len() > PATHS || self.chain.ends_at(x) {
            return lines;
        }
        for reader in readers.into_iter().filter(|reader| !is_unnamed(self.facts.derivation, *reader)) {
            let Some(factor) = self.chain.local(reader, x) else { continue };
            let Quantity::Derivative { value, .. } = &factor else { continue };
            if !self.said.insert((reader, x)) {
                continue;
            }
            let value = (**value).clone();
            let symbol = Expression::quantity(self.facts.derivation, factor);
            let mut sides = vec![Side::symbols(symbol)];
            sides.extend(self.spelled(reader, x));
            sides.push(Side::symbols(value.clone()));
            // A factor that is more than a name gets its numbers in the product.
            if self.facts.numbers.is_some() && value.nodes().len() == 1 {
                sides.push(Side::new(Form::Value, value));
            }
            lines.push(Line { subject: vec![x], sides });
        }
        lines
    }

    /// The sum over the paths from x, where they are few and all their factors have names.
    fn paths(&self, x: EquationId, spread: bool) -> Option<Expression> {
        let few = self.chain.readers(x).len() <= PATHS;
        if few && !self.chain.ends_at(x) { self.chain.paths(x, spread) } else { None }
    }

    /// Whether each factor of these paths has a line with its number, so that the product can be computed.
    fn has_numbers(&self, paths: &Expression) -> bool {
        paths.nodes().iter().all(|node| match node {
            Node::Quantity(Quantity::Derivative { of, value, .. }) => {
                *of == self.loss || value.nodes().len() == 1
            }
            Node::Quantity(_) | Node::Binary(..) => true,
            Node::Number(_)
            | Node::Constant(..)
            | Node::Unary(..)
            | Node::Select(..)
            | Node::Apply(..)
            | Node::Array(..)
            | Node::Batch(..)
            | Node::Whole { .. } => false,
        })
    }

    /// Whether a formula has derivatives with respect to readers of x only, so that it skips no node.
    fn reads_next(&self, x: EquationId, formula: &Expression) -> bool {
        let readers = self.chain.readers(x);
        let skips = |id: &EquationId| {
            let symbol = &self.facts.derivation.equation(*id).symbol;
            matches!(symbol, Symbol::Gradient(of) if !readers.contains(of))
        };
        !formula
            .nodes()
            .iter()
            .any(|node| matches!(node, Node::Quantity(Quantity::Equation(id)) if skips(id)))
    }

    /// ∂E/∂x = the sum over its paths = the equation's formula = numbers = value.
    fn chain_line(&self, x: EquationId, gradient: EquationId, between: Vec<Side>, spread: bool) -> Line {
        let mut sides = vec![symbol(self.facts, gradient)];
        sides.extend(between);
        let formula = self.facts.formula(gradient);
        let paths = self.paths(x, spread);
        sides.extend(paths.iter().cloned().map(Side::symbols));
        if paths.is_none() || self.reads_next(x, &formula) {
            sides.push(Side::symbols(formula.clone()));
        }
        let spelled = paths.filter(|paths| self.has_numbers(paths)).unwrap_or(formula);
        let mut numbers = in_numbers(self.facts, gradient, &spelled);
        let terms = self.facts.options.round_each.is_none() && self.chain.readers(x).len() > 1;
        if spelled.summands().len() > 1 && numbers.len() == 2 && terms {
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
