//! From the syntax tree to the [`Model`]: names, shapes, values, limits.

mod body;
mod close;
mod declarations;
mod expression;
mod function;
mod initial;
mod layers;
mod scope;
mod training;

use std::collections::HashMap;

use crate::{
    diagnostic::Diagnostics,
    ir::{equation::Shape, formula::ConstantId},
    model::{Data, Kernel, Layer, Model, Parameter, Typed, Value},
    problems,
    span::Span,
    syntax::ast::{self, Ast, Name, Statement},
};
use function::Functions;
use scope::{Meaning, Scope};
pub(crate) use scope::{closest, unusable};

/// Checks a specification. The model is there when nothing was reported.
pub(crate) fn check(ast: &Ast, diagnostics: &mut Diagnostics) -> Option<Model> {
    let network = one_network(ast, diagnostics)?;
    let mut checker = Checker::new(ast, network, diagnostics);
    checker.constants(&ast.constants);
    checker.functions.declare_prelude();
    for function in &ast.functions {
        checker.functions.declare(function, &checker.scope, checker.found);
    }
    for statement in &network.statements {
        checker.statement(statement);
    }
    checker.close(network)
}

fn one_network<'a>(ast: &'a Ast, found: &mut Diagnostics) -> Option<&'a ast::Network> {
    if let Some(second) = ast.networks.get(1) {
        found.push(problems::second_network(&second.name));
    }
    if ast.networks.is_empty() && found.is_empty() {
        found.push(problems::no_network());
    }
    ast.networks.first()
}

struct Checker<'a> {
    found: &'a mut Diagnostics,
    scope: Scope,
    functions: Functions,
    constants: Vec<(String, f64)>,
    inputs: Vec<Data>,
    target: Option<Data>,
    /// Numbers of all inputs and targets so far.
    data_length: u64,
    parameters: Vec<Parameter>,
    parameter_count: u64,
    /// Which parameters have no start value written: the activation they feed chooses it.
    undrawn: Vec<bool>,
    layers: Vec<Layer>,
    loss: Option<Typed>,
    training: Option<crate::model::Training>,
    train_span: Option<Span>,
    seed: u64,
    single: bool,
    layer_of: Option<Name>,
    dense_in_layer: usize,
    /// The layer's own size is wrong, and reported.
    width_lost: bool,
    /// Names made by the compiler and what they are.
    made: HashMap<String, String>,
    /// The arguments of the function bodies being read, the innermost last.
    arguments: Vec<Vec<(String, Shape)>>,
    inlining: expression::Inlining,
    /// Some text or formula could not be read: what seems unused may be used there.
    incomplete: bool,
}

impl<'a> Checker<'a> {
    fn new(ast: &'a Ast, network: &'a ast::Network, found: &'a mut Diagnostics) -> Self {
        let scope = Scope::new(declared_names(network), ast.lost_names.iter().cloned().collect());
        Checker {
            found,
            scope,
            functions: Functions::default(),
            constants: Vec::new(),
            inputs: Vec::new(),
            target: None,
            data_length: 0,
            parameters: Vec::new(),
            parameter_count: 0,
            undrawn: Vec::new(),
            layers: Vec::new(),
            loss: None,
            training: None,
            train_span: None,
            seed: 0,
            single: network.precision.as_ref().is_none_or(|p| p.text == "f32"),
            layer_of: None,
            dense_in_layer: 0,
            width_lost: false,
            made: HashMap::new(),
            arguments: Vec::new(),
            inlining: expression::Inlining::default(),
            incomplete: !ast.lost_names.is_empty(),
        }
    }

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
        match statement {
            Statement::Input(group) => {
                let index = self.inputs.len();
                let data = self.data(group, "input", Value::Input(index), &|j| Value::InputElement(index, j));
                self.inputs.push(data);
            }
            Statement::Target(group) => {
                let data = self.data(group, "target", Value::Target, &Value::TargetElement);
                if self.target.is_some() {
                    self.found.push(problems::second("target", data.name.span));
                } else {
                    self.target = Some(data);
                }
            }
            Statement::Parameters(kind, declarations) => {
                for declaration in declarations {
                    self.parameter(*kind, declaration);
                }
            }
            Statement::Layer(layer) => self.layer(layer),
            Statement::Loss(loss) => self.loss(loss),
            Statement::Train(train) => self.train(train),
            Statement::Seed(seed) => {
                if let Some(seed) = self.whole(seed, "a seed", 0, 1 << 53) {
                    self.seed = seed;
                }
            }
        }
    }
}

/// All names that a network declares, to tell "later" from "never".
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
            Statement::Parameters(_, declarations) => declarations.iter().for_each(|d| add(&d.name)),
            Statement::Layer(layer) => {
                add(&layer.name);
                if let ast::LayerBody::Neurons(neurons) = &layer.body {
                    neurons.iter().for_each(|neuron| add(&neuron.name));
                }
            }
            Statement::Loss(_) | Statement::Train(_) | Statement::Seed(_) => {}
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
