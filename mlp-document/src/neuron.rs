//! The passes of a network of named neurons, each number written out.

use std::collections::HashSet;

use mlp_dsl::{
    formula::FunctionId,
    ir::equation::{EquationId, Role, Symbol},
};

use super::{
    chain::Chain,
    content::{Block, Form, Inline, Line, Section, Side},
    context::{Context, ITEMS},
    expression::{Expression, Quantity},
    inline::is_unnamed,
};

/// How many paths a chain is spelled out for.
const PATHS: usize = 4;

impl Context<'_> {
    /// Section 3.
    pub(super) fn forward(&self) -> Section {
        let mut section = Section::new("forward");
        match self.numbers {
            Some(_) => section.say("Each neuron adds up what reaches it to its net input; its function turns the net input into its output."),
            None => section.paragraph(vec![
                Inline::Text("Inputs or targets have no declared values, so formulas stand in symbols only. Give the values in the specification, as in ".into()),
                Inline::Code("input x { i1 = 0.05 }".into()),
                Inline::Text(", and the numbers appear.".into()),
            ]),
        }
        let named = self.named(Role::Forward);
        let shown = named.get(..ITEMS).unwrap_or(&named);
        for own in shown.chunk_by(|a, b| self.layer_of(*a) == self.layer_of(*b)) {
            let layer = own.first().and_then(|id| self.derivation.layers.get(self.layer_of(*id)));
            section.blocks.extend(layer.map(|layer| Block::Heading(format!("Layer {}", layer.name))));
            section.lines(own.iter().map(|id| self.line(*id)).collect());
        }
        self.left_out(&mut section, named.len(), "values");
        section
    }

    /// Section 4.
    pub(super) fn loss(&self) -> Section {
        let mut section = Section::new("loss");
        let named = self.named(Role::Loss);
        if named.len() > 1 {
            section.say("Each output has its part of the loss; the parts add up to the total.");
        } else {
            section.say("One number says how far the output is from the target.");
        }
        let (first, total) = named.split_at(named.len().saturating_sub(1));
        let shown = first.iter().take(ITEMS).chain(total);
        section.lines(shown.map(|id| self.line(*id)).collect());
        self.left_out(&mut section, named.len(), "parts");
        section
    }

    /// Section 5.
    pub(super) fn backward(&self, loss: EquationId) -> Section {
        let mut section = Section::new("backward");
        section.say("The chain rule is followed from the loss back to each parameter. The derivative of the loss by a net input is called δ of that neuron; it is computed once and used by everything that feeds the neuron.");
        let chain = Chain::new(self, loss);
        let mut derived = HashSet::new();
        let (mut values, mut parameters) = (0, 0);
        for group in self.backward_groups(loss) {
            let (shown_values, shown_parameters) =
                (ITEMS.saturating_sub(values), ITEMS.saturating_sub(parameters));
            values += group.values.len();
            parameters += group.parameters.len();
            if group.is_silent(&chain) || shown_values + shown_parameters == 0 {
                continue;
            }
            section.blocks.extend(group.title.map(Block::Heading));
            for value in group.values.iter().take(shown_values) {
                self.value(&mut section, &chain, *value, &mut derived);
            }
            for parameter in group.parameters.iter().take(shown_parameters) {
                section.lines(self.parameter(&chain, *parameter));
            }
        }
        self.left_out(&mut section, values, "values");
        self.left_out(&mut section, parameters, "parameters");
        section
    }

    /// The loss, then the layers from the last to the first; a parameter comes where its last
    /// factor is known.
    fn backward_groups(&self, loss: EquationId) -> Vec<Group> {
        let layers = &self.derivation.layers;
        let title = |index: usize| layers.get(index).map(|layer| format!("Layer {}", layer.name));
        let new = |index| Group { title: title(index), values: Vec::new(), parameters: Vec::new() };
        let mut groups: Vec<Group> = (0..=layers.len()).map(new).collect();
        for id in self.named(Role::Forward).into_iter().chain(self.named(Role::Loss)) {
            if let Some(group) = groups.get_mut(self.layer_of(id)).filter(|_| id != loss) {
                group.values.push(id);
            }
        }
        for parameter in self.derivation.parameters.iter().filter(|parameter| !parameter.frozen) {
            if let Some(group) = groups.get_mut(self.layer_of_parameter(parameter.equation)) {
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
            if !matches!(self.derivation.equation(*id).symbol, Symbol::Net(_) | Symbol::Local(_)) {
                ordered.extend(neuron.drain(..).rev());
            }
        }
        ordered.extend(neuron.into_iter().rev());
        ordered
    }

    /// ∂E/∂value, and the local derivatives of the value.
    fn value(
        &self,
        section: &mut Section,
        chain: &Chain<'_, '_>,
        value: EquationId,
        derived: &mut HashSet<FunctionId>,
    ) {
        let mut lines = self.factors(chain, value);
        if let Some(gradient) = chain.gradient_equation(value) {
            let is_net = matches!(self.derivation.equation(value).symbol, Symbol::Net(_));
            let spelled = if is_net { chain.spelled(value) } else { None };
            let mut between: Vec<Side> = Vec::new();
            between.extend(spelled.map(|q| Side::symbols(Expression::quantity(self.derivation, q))));
            lines.push(self.chain_line(chain, value, gradient, between, false));
        }
        let locals: Vec<Line> = chain.partials_of(value).map(|id| self.line(id)).collect();
        if let Some((function, arguments)) = self.outermost_call(value)
            && !locals.is_empty()
            && derived.insert(function)
        {
            section.lines(lines);
            lines = Vec::new();
            let name = self.derivation.header.functions.get(function.0 as usize).map(|f| f.name.clone());
            section.paragraph(vec![
                Inline::Text("The derivative of ".into()),
                Inline::Code(name.unwrap_or_default()),
                Inline::Text(", here for the first time:".into()),
            ]);
            section.lines(self.function(function, &arguments));
        }
        lines.extend(locals);
        match self.derivation.equation(value).symbol {
            Symbol::Net(_) => section.more_lines(lines),
            _ => section.lines(lines),
        }
    }

    /// The chain rule of a parameter: the local derivatives it needs, then their product.
    fn parameter(&self, chain: &Chain<'_, '_>, parameter: EquationId) -> Vec<Line> {
        let Some(gradient) = chain.gradient_equation(parameter) else { return Vec::new() };
        let spread = chain.readers(parameter).len() <= PATHS;
        let mut lines = self.factors(chain, parameter);
        let mut line = self.chain_line(chain, parameter, gradient, Vec::new(), spread);
        line.subject.push(parameter);
        lines.push(line);
        lines
    }

    /// The factors of ∂E/∂x that have no equation of their own: ∂net/∂x of what reads it.
    fn factors(&self, chain: &Chain<'_, '_>, x: EquationId) -> Vec<Line> {
        let mut lines = Vec::new();
        let readers = chain.readers(x);
        if chain.gradient_equation(x).is_none() || readers.len() > PATHS || chain.ends_at(x) {
            return lines;
        }
        for reader in readers.into_iter().filter(|reader| !is_unnamed(self.derivation, *reader)) {
            for factor in [chain.gradient(reader), chain.local(reader, x)].into_iter().flatten() {
                let Quantity::Derivative { value, .. } = &factor else { continue };
                let value = (**value).clone();
                let symbol = Expression::quantity(self.derivation, factor);
                let mut sides = vec![Side::symbols(symbol), Side::symbols(value.clone())];
                // A factor that is more than a name gets its numbers in the product.
                if self.numbers.is_some() && value.operations() == 1 {
                    sides.push(Side::new(Form::Value, value));
                }
                lines.push(Line { subject: vec![x], sides });
            }
        }
        lines
    }

    /// ∂E/∂x = the sum over its paths = the equation's formula = numbers = value.
    fn chain_line(
        &self,
        chain: &Chain<'_, '_>,
        x: EquationId,
        gradient: EquationId,
        between: Vec<Side>,
        spread: bool,
    ) -> Line {
        let mut sides = vec![self.symbol(gradient)];
        sides.extend(between);
        let formula = Expression::of_equation(self.derivation, gradient);
        let few = chain.readers(x).len() <= PATHS;
        let paths = if few && !chain.ends_at(x) { chain.paths(x, spread) } else { None };
        sides.extend(paths.iter().cloned().map(Side::symbols));
        sides.push(Side::symbols(formula.clone()));
        let spelled = match paths {
            Some(paths) if spread => paths,
            _ => formula,
        };
        let mut numbers = self.in_numbers(gradient, &spelled);
        if spelled.summands().len() > 1 && numbers.len() == 2 && chain.readers(x).len() > 1 {
            numbers.insert(1, Side::new(Form::Terms, spelled));
        }
        sides.extend(numbers);
        Line { subject: vec![gradient], sides }
    }

    pub(super) fn left_out(&self, section: &mut Section, count: usize, what: &str) {
        if count > ITEMS {
            section.say(format!("The other {} {what} follow in the same way.", count - ITEMS));
        }
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
