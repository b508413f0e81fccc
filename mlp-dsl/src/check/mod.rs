//! Turns the syntax tree into the [`Model`]: checks names, shapes, values and limits.

mod arguments;
pub(crate) mod attributes;
mod body;
mod checker;

mod constant;
mod data;
mod declarations;
mod document;
mod elsewhere;
pub(crate) mod errors;
mod expect;
mod expression;
mod fan_in;
mod finish;
mod function;
mod heads;
mod initial;
mod layers;
mod normal;
mod power;
mod rules;
mod scope;
mod table;
#[cfg(test)]
mod tests;
mod training;
mod weights;

use std::collections::HashMap;

use crate::{
    diagnostic::Diagnostics,
    formula::ConstantId,
    lint::{self, Allowed},
    model::{Kernel, Model, Value},
    number::Arithmetic,
    span::Span,
    syntax::{
        PRELUDE,
        ast::{self, Ast, Name, Statement},
        parse_prelude,
    },
    weights::Files,
};

use crate::reserved::unusable;
use checker::{Checker, Place};
use scope::{Meaning, Scope};

pub(crate) use arguments::Parameter;

/// Checks a specification. Returns the model if there is no error.
pub(crate) fn check(ast: &Ast, files: &dyn Files, diagnostics: &mut Diagnostics) -> Option<Model> {
    let network = one_network(ast, diagnostics)?;
    refuse_unusable(ast, diagnostics);
    let mut checker = Checker::new(ast, network, diagnostics);
    checker.constants(&ast.constants);
    let prelude = parse_prelude(PRELUDE);
    checker.functions.declare_prelude(&prelude);
    checker.rules.declare_prelude(&prelude, &checker.functions);
    checker.functions.lose(&ast.lost_callables);
    checker.rules.lose(&ast.lost_callables);
    for function in &ast.functions {
        checker.functions.declare(function, &checker.scope, checker.found);
    }
    for rule in &ast.rules {
        checker.rules.declare(rule, &checker.functions, &checker.scope, checker.found);
    }
    checker.documents(&ast.documents);
    for statement in &network.statements {
        checker.statement(statement);
    }
    checker.finish(network, files)
}

/// Rejects names that can't be Rust identifiers, for every kind of declaration.
fn refuse_unusable(ast: &Ast, found: &mut Diagnostics) {
    for symbol in crate::names::Names::of(ast).symbols {
        if let Some(reason) = unusable(&symbol.name) {
            let name = Name { text: symbol.name, span: symbol.declared };
            found.push(errors::unusable_name(&name, reason));
        }
    }
}

fn one_network<'a>(ast: &'a Ast, found: &mut Diagnostics) -> Option<&'a ast::Network> {
    if let [first, second, ..] = ast.networks.as_slice() {
        found.push(errors::second_network(&second.name, first.name.span));
    }
    if ast.networks.is_empty() && found.is_empty() {
        found.push(errors::no_network());
    }
    ast.networks.first()
}

impl Checker<'_> {
    fn constants(&mut self, constants: &[ast::Constant]) {
        for constant in constants {
            let value = self.number_of(&constant.expression);
            let meaning = match value {
                Some(value) => Meaning::Constant(ConstantId(self.constants.len() as u32), value),
                None => Meaning::Mistake,
            };
            self.constants.push((constant.name.text.clone(), value.unwrap_or(0.0)));
            self.scope.declare(&constant.name, "constant", meaning, self.found);
        }
    }

    fn statement(&mut self, statement: &ast::Statement) {
        if self.is_second(statement) {
            return;
        }
        match statement {
            Statement::Input(group) => {
                let index = self.inputs.len();
                let data = self.data(group, "input", Value::Input(index), &|j| Value::InputElement(index, j));
                self.inputs.push(data);
            }
            Statement::Target(group) => {
                let index = self.targets.len();
                let what = if group.importance { "importance" } else { "target" };
                let element = |j| Value::TargetElement(index, j);
                let data = self.data(group, what, Value::Target(index), &element);
                self.targets.push(data);
            }
            Statement::Parameters { kind, frozen, declarations } => {
                for declaration in declarations {
                    self.parameter(*kind, *frozen, declaration);
                }
            }
            Statement::WeightFile(file) => self.weight_file(file),
            Statement::Layer(layer) => self.layer(layer),
            Statement::Output(layers, span) => self.output(layers, *span),
            Statement::Loss(loss, weight) => self.loss(loss, weight.as_ref()),
            Statement::Penalty(penalty) => self.penalty(penalty),
            Statement::Train(train) => self.train(train),
            Statement::Seed(seed) => {
                if let Some(seed) = self.whole(seed, "a seed", 0, 1 << 53) {
                    self.seed = seed;
                }
            }
            Statement::Batch(batch) => {
                self.batch = self.whole(batch, "`batch`", 1, 1 << 40).map(|n| (n as usize, batch.span));
            }
            Statement::Data(samples, span) => self.data_block(samples, *span),
            // It is read when all layers are known.
            Statement::Expect(_) => {}
            Statement::DataFile(file) => self.table = Some(file.clone()),
            Statement::Unroll(choice) => {
                self.unroll_span = Some(choice.span);
                match choice.text.as_str() {
                    "always" => self.unroll = Some(true),
                    "never" => self.unroll = Some(false),
                    _ => {
                        let known = ["always", "never"];
                        self.found.push(errors::unknown_choice("`unroll`", choice.span, &known));
                    }
                }
            }
            Statement::Arithmetic(choice) => {
                let arithmetic = match choice.text.as_str() {
                    "separate" => Arithmetic::Separate,
                    "fused" => Arithmetic::Fused,
                    _ => {
                        let known = ["separate", "fused"];
                        return self.found.push(errors::unknown_choice("`arithmetic`", choice.span, &known));
                    }
                };
                self.arithmetic = Some(arithmetic);
            }
            Statement::Backward(choice) => match choice.text.as_str() {
                "inputs" => self.to_inputs = true,
                _ => self.found.push(errors::unknown_choice("`backward`", choice.span, &["inputs"])),
            },
            Statement::Allow(codes) => self.allow(codes),
        }
    }
}

impl Checker<'_> {
    /// `allow W0104;`
    fn allow(&mut self, codes: &[Name]) {
        for code in codes {
            match lint::code(&code.text) {
                Some(known) => self.allowed.push(Allowed { code: known, span: code.span }),
                None => self.found.push(errors::unknown_warning(code)),
            }
        }
    }

    /// Whether the network has a statement of this kind already, where one is the most. Only that is reported: the second
    /// is not read, and its names have no meaning.
    fn is_second(&mut self, statement: &ast::Statement) -> bool {
        let Some((what, span)) = at_most_one(statement) else { return false };
        let Some(first) = self.first.get(what).copied() else {
            self.first.insert(what, span);
            return false;
        };
        self.found.push(errors::second(what, span, first));
        self.skipped = true;
        true
    }
}

/// A statement of which a network has at most one, in words, and its place.
fn at_most_one(statement: &ast::Statement) -> Option<(&'static str, Span)> {
    Some(match statement {
        Statement::WeightFile(file) => ("weights from", file.span),
        Statement::Output(_, span) => ("output", Span::new(span.start, span.start + "output".len())),
        Statement::Loss(loss, _) => ("loss", loss.span),
        Statement::Train(train) => ("train", train.rule.name.span),
        Statement::Seed(seed) => ("seed", seed.span),
        Statement::Batch(batch) => ("batch", batch.span),
        Statement::Data(_, span) => ("data", Span::new(span.start, span.start + "data".len())),
        Statement::DataFile(file) => ("data from", file.path.1),
        Statement::Unroll(choice) => ("unroll", choice.span),
        Statement::Arithmetic(choice) => ("arithmetic", choice.span),
        Statement::Backward(choice) => ("backward", choice.span),
        Statement::Input(_)
        | Statement::Target(_)
        | Statement::Parameters { .. }
        | Statement::Layer(_)
        | Statement::Penalty(_)
        | Statement::Expect(_)
        | Statement::Allow(_) => return None,
    })
}

/// All names that a network declares, to distinguish "declared later" from "not declared".
fn declared_names(network: &ast::Network) -> HashMap<String, Span> {
    let mut names = HashMap::new();
    let mut add = |name: &Name| {
        names.entry(name.text.clone()).or_insert(name.span);
    };
    for statement in &network.statements {
        match statement {
            Statement::Input(group) | Statement::Target(group) => {
                add(&group.declaration.name);
                group.elements.iter().flatten().for_each(|element| add(&element.name));
            }
            Statement::Parameters { declarations, .. } => declarations.iter().for_each(|d| add(&d.name)),
            Statement::Layer(layer) => {
                add(&layer.name);
                if let ast::LayerBody::Neurons(neurons) = &layer.body {
                    neurons.iter().for_each(|neuron| add(&neuron.name));
                }
            }
            Statement::WeightFile(_)
            | Statement::Output(..)
            | Statement::Loss(..)
            | Statement::Penalty(_)
            | Statement::Train(_)
            | Statement::Seed(_)
            | Statement::Batch(_)
            | Statement::Data(..)
            | Statement::Expect(_)
            | Statement::DataFile(_)
            | Statement::Unroll(_)
            | Statement::Arithmetic(_)
            | Statement::Backward(_)
            | Statement::Allow(_) => {}
        }
    }
    names
}

impl Kernel {
    fn named(name: &str) -> Option<Kernel> {
        match name {
            "softmax" => Some(Kernel::Softmax),
            "cross_entropy" => Some(Kernel::CrossEntropy),
            _ => None,
        }
    }
}
