//! Describes the names of a derivation: shape, parameters, start values.

use std::collections::HashMap;

use mlp_document::summary::Summary;
use mlp_dsl::{
    Compilation,
    ir::{Derivation, equation::Symbol},
    model::Start,
    shape::Shape,
};

/// A line of Markdown for each name.
#[derive(Default)]
pub(super) struct Facts {
    lines: HashMap<String, String>,
}

impl Facts {
    pub(super) fn of(compiled: &Compilation) -> Facts {
        let derivation = &compiled.derivation;
        let mut facts = Facts::default();
        for equation in &derivation.equations {
            if let Symbol::Named(name) = &equation.symbol {
                facts.lines.insert(name.clone(), shape(equation.shape));
            }
        }
        for data in derivation.inputs.iter().chain(&derivation.targets) {
            let classes = match data.shape.count() {
                _ if !data.class => String::new(),
                1 => ", the only class".to_owned(),
                count => format!(", one of {count} classes"),
            };
            facts.lines.insert(data.name.clone(), format!("{}{classes}", shape(data.shape)));
        }
        facts.parameters(derivation);
        facts.network(compiled);
        for (name, value) in &derivation.header.constants {
            facts.lines.insert(name.clone(), value.to_string());
        }
        facts
    }

    pub(super) fn line(&self, name: &str) -> Option<&str> {
        self.lines.get(name).map(String::as_str)
    }

    fn parameters(&mut self, derivation: &Derivation) {
        for parameter in &derivation.parameters {
            let sizes = derivation.shape(parameter.equation);
            let counted = match sizes {
                Shape::Scalar => shape(sizes),
                Shape::Vector(_) | Shape::Matrix(..) => {
                    format!("{}: {}", shape(sizes), many(sizes.count() as u64, "parameter"))
                }
            };
            let frozen = if parameter.frozen { ", frozen" } else { "" };
            let line = format!("{counted}, {}{frozen}", start(&parameter.start));
            self.lines.insert(parameter.name.clone(), line);
        }
    }

    fn network(&mut self, compiled: &Compilation) {
        let derivation = &compiled.derivation;
        let summary = Summary::new(compiled, None, None);
        for (layer, counted) in derivation.layers.iter().zip(&summary.layers) {
            let tally = counted.tally;
            let parts = match tally.parameters() {
                0 => "no parameters".to_owned(),
                all => format!(
                    "{} ({} and {})",
                    many(all, "parameter"),
                    many(tally.weights, "weight"),
                    if tally.biases == 1 { "1 bias".to_owned() } else { format!("{} biases", tally.biases) },
                ),
            };
            self.lines.insert(layer.name.clone(), format!("{}: {parts}", shape(layer.shape)));
        }
        let line = format!(
            "{}, {} bytes as `{}`, {} in a forward pass",
            many(summary.total.parameters(), "parameter"),
            summary.parameter_bytes,
            derivation.header.precision.rust(),
            many(summary.multiply_adds, "multiply-add"),
        );
        self.lines.insert(derivation.header.name.clone(), line);
    }
}

fn many(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn shape(shape: Shape) -> String {
    match shape {
        Shape::Scalar => "scalar".to_owned(),
        Shape::Vector(n) => format!("vector of length {n}"),
        Shape::Matrix(rows, columns) => format!("{rows} × {columns} matrix"),
    }
}

fn start(start: &Start) -> String {
    let steps = match start {
        Start::Uniform { step: Some(step), .. } | Start::Normal { step: Some(step), .. } => {
            format!(", in steps of {}", step.value())
        }
        Start::Uniform { step: None, .. }
        | Start::Normal { step: None, .. }
        | Start::Fill(_)
        | Start::Values(_)
        | Start::Loaded(_) => String::new(),
    };
    let text = match start {
        Start::Fill(value) => format!("starts at {value}"),
        Start::Values(_) => "starts at the given values".to_owned(),
        Start::Loaded(tensor) => format!("starts at the values in `{}`", tensor.file.path),
        Start::Normal { mean, deviation, .. } => {
            format!("drawn from a normal distribution with mean {mean} and standard deviation {deviation}")
        }
        Start::Uniform { rule: "uniform", low, high, .. } => {
            format!("drawn uniformly between {low} and {high}")
        }
        Start::Uniform { rule, high, .. } => format!("drawn uniformly between ±{high:.4} ({rule})"),
    };
    text + &steps
}
