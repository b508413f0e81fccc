//! What the network is made of: its picture, its layers, its parameters.

use std::collections::BTreeMap;

use mlp_dsl::{
    ir::{Parameter, Value},
    kind::ParameterKind,
    model::Start,
    shape::Shape,
};
use mlp_eval::{Array, Point};

use super::{
    content::{Block, Form, Inline, Line, Section, Side, Text, plain},
    context::{Context, ITEMS, arithmetic, number, sum_of_products},
    expression::{ArrayOp, Expression, Node},
    latex::CELLS,
};

impl Context<'_> {
    /// Section 1.
    pub(super) fn network(&self) -> Section {
        let mut section = Section::new("network");
        section.blocks.push(Block::Picture(self.picture()));
        let mut rows = Vec::new();
        for input in &self.derivation.inputs {
            rows.push(self.layer_row(&input.name, "input", &input.value, input.shape));
        }
        for layer in &self.derivation.layers {
            rows.push(self.layer_row(&layer.name, &self.activation(&layer.value), &layer.value, layer.shape));
        }
        let count = rows.len();
        rows.truncate(ITEMS);
        let head = [("Layer", false), ("Values", false), ("Size", true), ("Function", false)];
        section.table(&head, rows);
        self.left_out(&mut section, count, "layers");
        for constant in self.derivation.header.constants.iter().take(ITEMS) {
            let name = Inline::Code(constant.0.clone());
            let words = " is a constant: training leaves it as it is. Its value is ".to_owned();
            let value = Inline::Math(Side::new(Form::Numbers, number(constant.1)));
            section.paragraph(vec![name, Inline::Text(words), value, Inline::Text(".".into())]);
        }
        section
    }

    fn layer_row(&self, name: &str, function: &str, value: &Value, shape: Shape) -> Vec<Text> {
        let mut values: Text = Vec::new();
        for id in value.equations().iter().take(CELLS) {
            if !values.is_empty() {
                values.push(Inline::Text(", ".into()));
            }
            values.push(Inline::Math(self.symbol(*id)));
        }
        if value.equations().len() > CELLS {
            values.push(Inline::Text(", …".into()));
        }
        vec![vec![Inline::Code(name.into())], values, plain(shape.count().to_string()), plain(function)]
    }

    /// The names of the functions that make a layer's outputs.
    fn activation(&self, value: &Value) -> String {
        let mut names: Vec<String> = Vec::new();
        for id in value.equations() {
            let expression = Expression::of_equation(self.derivation, *id);
            let name = match expression.root() {
                Some(Node::Apply(f, _)) => {
                    self.derivation.header.functions.get(f.0 as usize).map(|function| function.name.clone())
                }
                Some(Node::Unary(op, _)) => op.name().map(str::to_owned),
                Some(Node::Array(ArrayOp::Softmax, _)) => Some("softmax".to_owned()),
                _ => None,
            };
            let name = name.unwrap_or_else(|| "none".to_owned());
            if !names.contains(&name) && names.len() < CELLS {
                names.push(name);
            }
        }
        names.join(", ")
    }

    /// Section 2.
    pub(super) fn parameters(&self) -> Section {
        let mut section = Section::new("parameters");
        let derivation = self.derivation;
        if derivation.parameters.is_empty() {
            section.say("This network has no parameters.");
            return section;
        }
        let neurons = self.at_neuron_level();
        let point = if neurons { Some(Point::at(derivation, &[])) } else { None };
        let row = |parameter: &Parameter| self.parameter_row(parameter, point.as_ref());
        let rows = derivation.parameters.iter().take(ITEMS).map(row).collect();
        let head =
            [("Parameter", false), ("Kind", false), ("Numbers", true), ("Start", false), ("Used in", false)];
        section.table(&head, rows);
        self.left_out(&mut section, derivation.parameters.len(), "parameters");
        if neurons {
            self.links(&mut section);
        }
        let (weights, biases) =
            (derivation.count(ParameterKind::Weight), derivation.count(ParameterKind::Bias));
        section.say(if neurons {
            "Weights and biases together:"
        } else {
            "Weights and biases of each layer, then all together:"
        });
        let mut lines: Vec<Line> = self.by_layer();
        let (terms, total) = match lines.as_slice() {
            [] | [_] => (vec![weights, biases], weights + biases),
            lines => (lines.iter().filter_map(total).collect(), derivation.parameter_count()),
        };
        let terms: Vec<Vec<usize>> = terms.into_iter().map(|term| vec![term]).collect();
        lines.push(arithmetic(sum_of_products(&terms), total));
        lines.dedup();
        section.lines(lines);
        section
    }

    fn parameter_row(&self, parameter: &Parameter, point: Option<&Point>) -> Vec<Text> {
        let kind = match parameter.kind {
            ParameterKind::Weight => "weight",
            ParameterKind::Bias => "bias",
        };
        let shape = self.derivation.shape(parameter.equation);
        let size = match shape {
            Shape::Scalar => "1".to_owned(),
            Shape::Vector(n) => n.to_string(),
            Shape::Matrix(rows, columns) => format!("{rows} × {columns}"),
        };
        let start = match (&parameter.start, point.and_then(|point| point.of(parameter.equation, 0))) {
            (_, Some(value)) => vec![value_cell(value)],
            (Start::Fill(value), None) => vec![Inline::Math(Side::new(Form::Numbers, number(*value)))],
            (Start::Values(_), None) => plain("given"),
            (Start::Loaded(tensor), None) => vec![Inline::Text(format!("from {}", tensor.file.path))],
            (Start::Uniform { rule, low, high, .. }, None) => vec![
                Inline::Text(format!("drawn ({rule}) from ")),
                Inline::Math(Side::new(Form::Numbers, number(*low))),
                Inline::Text(" to ".into()),
                Inline::Math(Side::new(Form::Numbers, number(*high))),
            ],
            (Start::Normal { mean, deviation, .. }, None) => vec![
                Inline::Text("drawn (normal), mean ".into()),
                Inline::Math(Side::new(Form::Numbers, number(*mean))),
                Inline::Text(", deviation ".into()),
                Inline::Math(Side::new(Form::Numbers, number(*deviation))),
            ],
        };
        let mut used: Text = Vec::new();
        let uses = self.named_uses(parameter.equation);
        for id in uses.iter().take(CELLS) {
            if !used.is_empty() {
                used.push(Inline::Text(", ".into()));
            }
            used.push(Inline::Math(self.symbol(*id)));
        }
        if uses.len() > CELLS {
            used.push(Inline::Text(format!(" and {} more", uses.len() - CELLS)));
        }
        let name = vec![Inline::Math(self.symbol(parameter.equation))];
        let kind = if parameter.frozen { format!("{kind}, frozen") } else { kind.to_owned() };
        vec![name, plain(kind), plain(size), start, used]
    }

    /// Links and distinct parameters, counted apart.
    fn links(&self, section: &mut Section) {
        let count = |kind: ParameterKind| {
            let own = self.derivation.parameters.iter().filter(|p| p.kind == kind);
            own.map(|p| self.named_uses(p.equation).len()).sum::<usize>()
        };
        let (weights, biases) = (count(ParameterKind::Weight), count(ParameterKind::Bias));
        let distinct = self.derivation.parameter_count();
        let shared =
            self.derivation.parameters.iter().filter(|p| self.named_uses(p.equation).len() > 1).count();
        let shared = match shared {
            0 => "no parameter serves two of them".to_owned(),
            1 => "1 parameter serves several of them".to_owned(),
            n => format!("{n} parameters serve several of them"),
        };
        section.say(format!(
            "A link is a place where a neuron reads a parameter. There are {weights} weight links and {biases} bias links; {shared}, so {distinct} distinct parameters are trained."
        ));
    }

    /// How many numbers each layer adds: rows × columns of its weights, and its biases.
    fn by_layer(&self) -> Vec<Line> {
        if self.at_neuron_level() {
            return Vec::new();
        }
        let mut layers: BTreeMap<usize, Vec<Vec<usize>>> = BTreeMap::new();
        for parameter in &self.derivation.parameters {
            let terms = layers.entry(self.layer_of_parameter(parameter.equation)).or_default();
            terms.push(match self.derivation.shape(parameter.equation) {
                Shape::Matrix(rows, columns) => vec![rows, columns],
                shape => vec![shape.count()],
            });
        }
        let line = |terms: Vec<Vec<usize>>| {
            let total = terms.iter().map(|term| term.iter().product::<usize>()).sum();
            arithmetic(sum_of_products(&terms), total)
        };
        if layers.len() > ITEMS { Vec::new() } else { layers.into_values().map(line).collect() }
    }
}

/// The right side of an equality of whole numbers.
fn total(line: &Line) -> Option<usize> {
    line.sides.last()?.expression.as_number().map(|x| x as usize)
}

fn value_cell(value: &Array<f64>) -> Inline {
    Inline::Math(Side::new(Form::Numbers, number(value.scalar())))
}
