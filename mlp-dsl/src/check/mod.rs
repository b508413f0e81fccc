//! From the syntax tree to the [`Model`]: names, shapes, values, limits.

mod body;
mod expression;
mod function;
mod initial;
mod scope;
mod training;

use std::collections::{HashMap, HashSet};

use crate::{
    diagnostic::Diagnostics,
    ir::{equation::Shape, formula::ConstantId},
    limits,
    model::{Data, Kernel, Layer, LayerBody, Model, Parameter, Precision, Start, Typed, TypedKind, Value},
    problems,
    span::Span,
    syntax::ast::{self, Ast, Name, ParameterKind, Statement},
};
use function::Functions;
pub(crate) use scope::closest;
use scope::{Meaning, Scope};

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

    /// An input or a target, and its named elements.
    fn data(
        &mut self,
        group: &ast::Group,
        what: &'static str,
        whole: Value,
        element: &dyn Fn(usize) -> Value,
    ) -> Data {
        let declaration = &group.declaration;
        let name = &declaration.name;
        if let Some(elements) = &group.elements {
            self.scope.declare(name, what, Meaning::Value(whole), self.found);
            return self.named_data(group, elements, what, element);
        }
        let shape = self.shape(declaration.shape.as_ref());
        let (known, shape) = match (shape, &declaration.shape) {
            (Some(Shape::Matrix(..)), Some((_, span))) => {
                self.found.push(problems::matrix_of_data(what, *span));
                (false, Shape::Vector(1))
            }
            (Some(shape), _) => (self.count_data(shape, name.span), shape),
            (None, _) => (false, Shape::Vector(1)),
        };
        let meaning = if known { Meaning::Value(whole) } else { Meaning::Mistake };
        self.scope.declare(name, what, meaning, self.found);
        let values = match &declaration.start {
            _ if !known => None,
            Some(ast::Start::Value(value)) => self.values(value, shape, name),
            Some(ast::Start::Initializer(call)) => {
                self.found.push(problems::data_is_not_drawn(what, call.span));
                None
            }
            None => None,
        };
        let values = values.map(|start| match start {
            Start::Values(values) => values,
            Start::Fill(value) => vec![value; shape.count()],
            Start::Uniform { .. } => Vec::new(),
        });
        Data { name: name.clone(), docs: group.docs.clone(), shape, elements: None, values }
    }

    /// Counts numbers of inputs and target before memory is spent on them; false above the limit.
    fn count_data(&mut self, shape: Shape, span: Span) -> bool {
        let before = self.data_length;
        self.data_length = before.saturating_add(shape.count() as u64);
        if before <= limits::DATA && self.data_length > limits::DATA {
            self.found.push(problems::too_much_data(self.data_length, span));
        }
        self.data_length <= limits::DATA
    }

    fn named_data(
        &mut self,
        group: &ast::Group,
        elements: &[ast::Declaration],
        what: &'static str,
        element: &dyn Fn(usize) -> Value,
    ) -> Data {
        let name = group.declaration.name.clone();
        if elements.is_empty() {
            self.found.push(problems::empty_group(&name));
        }
        let mut values = Vec::new();
        for (index, declaration) in elements.iter().enumerate() {
            self.scope.declare(&declaration.name, what, Meaning::Value(element(index)), self.found);
            if let Some((_, span)) = &declaration.shape {
                self.found.push(problems::shape_in_group(*span));
            }
            match &declaration.start {
                Some(ast::Start::Value(value)) => {
                    if let Some(Start::Fill(value)) = self.values(value, Shape::Scalar, &declaration.name) {
                        values.push(value);
                    }
                }
                Some(ast::Start::Initializer(call)) => {
                    self.found.push(problems::data_is_not_drawn(what, call.span));
                }
                None => {}
            }
        }
        let given = elements.iter().filter(|d| d.start.is_some()).count();
        if let (true, Some(missing)) = (given > 0, elements.iter().find(|d| d.start.is_none())) {
            self.found.push(problems::value_missing(&missing.name));
        }
        let values = (values.len() == elements.len() && !values.is_empty()).then_some(values);
        let shape = Shape::Vector(elements.len().max(1));
        let elements = Some(elements.iter().map(|d| d.name.clone()).collect());
        Data { name, docs: group.docs.clone(), shape, elements, values }
    }

    fn parameter(&mut self, kind: ParameterKind, declaration: &ast::Declaration) {
        let name = &declaration.name;
        let meaning = Meaning::Value(Value::Parameter(self.parameters.len()));
        let what = match kind {
            ParameterKind::Weight => "weight",
            ParameterKind::Bias => "bias",
        };
        let Some(shape) = self.shape(declaration.shape.as_ref()) else {
            self.scope.declare(name, what, Meaning::Mistake, self.found);
            return;
        };
        self.scope.declare(name, what, meaning, self.found);
        let start = match &declaration.start {
            Some(ast::Start::Value(value)) => self.values(value, shape, name),
            Some(ast::Start::Initializer(call)) => self.initializer(call, shape),
            None => Some(initial::default(kind, shape, false)),
        };
        self.undrawn.push(declaration.start.is_none());
        self.parameters.push(Parameter {
            name: name.clone(),
            docs: declaration.docs.clone(),
            kind,
            shape,
            start: start.unwrap_or(Start::Fill(0.0)),
        });
        self.count_parameters(shape, name.span);
    }

    /// Reports the declaration that passes the limit, not those behind it.
    fn count_parameters(&mut self, shape: Shape, span: Span) {
        let before = self.parameter_count;
        self.parameter_count = before.saturating_add(shape.count() as u64);
        if before <= limits::PARAMETERS && self.parameter_count > limits::PARAMETERS {
            self.found.push(problems::too_many_parameters(self.parameter_count, span));
        }
    }

    /// A shape as written; no shape is a scalar.
    fn shape(&mut self, shape: Option<&(Vec<ast::Expression>, Span)>) -> Option<Shape> {
        let Some((sizes, span)) = shape else { return Some(Shape::Scalar) };
        let known: Vec<Option<u64>> =
            sizes.iter().map(|size| self.whole(size, "a size", 1, limits::LENGTH)).collect();
        match known.as_slice() {
            [Some(n)] => Some(Shape::Vector(*n as usize)),
            [Some(rows), Some(columns)] if rows.saturating_mul(*columns) <= limits::PARAMETERS => {
                Some(Shape::Matrix(*rows as usize, *columns as usize))
            }
            [Some(rows), Some(columns)] => {
                self.found.push(problems::too_many_parameters(rows.saturating_mul(*columns), *span));
                None
            }
            [None] | [_, _] => None,
            _ => {
                self.found.push(problems::too_many_dimensions(*span));
                None
            }
        }
    }

    fn layer(&mut self, layer: &ast::Layer) {
        self.layer_of = Some(layer.name.clone());
        self.dense_in_layer = 0;
        let index = self.layers.len();
        let checked = match &layer.body {
            ast::LayerBody::Neurons(neurons) => self.neurons(index, &layer.name, neurons),
            ast::LayerBody::Whole(shape, expression) => self.whole_layer(layer, shape.as_ref(), expression),
        };
        self.layer_of = None;
        match checked {
            Some((body, shape)) => {
                self.scope.declare(&layer.name, "layer", Meaning::Value(Value::Layer(index)), self.found);
                self.layers.push(Layer { name: layer.name.clone(), docs: layer.docs.clone(), body, shape });
            }
            None => {
                self.incomplete = true;
                self.scope.declare(&layer.name, "layer", Meaning::Mistake, self.found);
            }
        }
    }

    fn neurons(&mut self, index: usize, name: &Name, neurons: &[ast::Neuron]) -> Option<(LayerBody, Shape)> {
        if neurons.is_empty() {
            self.found.push(problems::empty_group(name));
        }
        let mut checked = Vec::new();
        for neuron in neurons {
            let typed = self.expression(&neuron.expression, None);
            if let Some(typed) = &typed
                && typed.shape != Shape::Scalar
            {
                self.found.push(problems::neuron_is_scalar(&neuron.name, typed.shape, typed.span));
            }
            checked.push(typed.filter(|t| t.shape == Shape::Scalar));
        }
        let whole = !checked.is_empty() && checked.iter().all(Option::is_some);
        for (j, neuron) in neurons.iter().enumerate() {
            let meaning = if whole { Meaning::Value(Value::Neuron(index, j)) } else { Meaning::Mistake };
            self.scope.declare(&neuron.name, "neuron", meaning, self.found);
        }
        let names = neurons.iter().map(|n| n.name.clone());
        let body: Option<Vec<(Name, Typed)>> = names.zip(checked).map(|(n, t)| Some((n, t?))).collect();
        let body = body.filter(|_| whole)?;
        let shape = Shape::Vector(body.len());
        Some((LayerBody::Neurons(body), shape))
    }

    fn whole_layer(
        &mut self,
        layer: &ast::Layer,
        shape: Option<&(Vec<ast::Expression>, Span)>,
        expression: &ast::Expression,
    ) -> Option<(LayerBody, Shape)> {
        let declared = self.shape(shape).filter(|_| shape.is_some());
        self.width_lost = shape.is_some() && declared.is_none();
        let typed = self.expression(expression, declared);
        if std::mem::take(&mut self.width_lost) {
            return None;
        }
        let typed = typed?;
        match (declared, typed.shape) {
            (Some(declared), found) if declared != found => {
                let span = shape.map_or(layer.name.span, |(_, span)| *span);
                self.found.push(problems::layer_shape(&layer.name, declared, span, found, typed.span));
                None
            }
            (_, Shape::Vector(_)) => {
                let shape = typed.shape;
                Some((LayerBody::Whole(typed), shape))
            }
            (_, found) => {
                self.found.push(problems::layer_is_vector(&layer.name, found, typed.span));
                None
            }
        }
    }

    fn loss(&mut self, loss: &ast::Expression) {
        if self.loss.is_some() {
            self.found.push(problems::second("loss", loss.span));
            return;
        }
        if let Some(typed) = self.expression(loss, None) {
            if typed.shape != Shape::Scalar {
                self.found.push(problems::loss_is_scalar(typed.shape, typed.span));
            }
            self.loss = Some(typed);
        }
    }

    /// What is only known at the end: what is unused, what is missing, which names clash.
    fn close(mut self, network: &ast::Network) -> Option<Model> {
        let precision = self.precision(network);
        if let Some(last) = self.layers.last() {
            self.scope.mark(&last.name.text);
        }
        self.mark_groups();
        let lost = self.incomplete;
        if self.layers.is_empty() && !lost {
            self.found.push(problems::no_layers(&network.name));
        }
        if self.inputs.is_empty() && !lost {
            self.found.push(problems::no_inputs(&network.name));
        }
        if let (Some(span), None, false) = (self.train_span, &self.loss, lost) {
            self.found.push(problems::train_without_loss(span));
            self.target.iter().for_each(|target| self.scope.mark(&target.name.text));
            self.mark_groups();
        }
        if !lost {
            self.generated_names();
        }
        if !lost && !self.layers.is_empty() {
            self.scope.report_unused(self.found);
            self.functions.report_unused(self.found);
        }
        self.choose_start_values();
        if !self.found.is_empty() {
            return None;
        }
        Some(Model {
            name: network.name.clone(),
            visibility: network.visibility.clone(),
            docs: network.docs.clone(),
            precision: precision?,
            seed: self.seed,
            constants: self.constants,
            functions: self.functions.into_declared(),
            inputs: self.inputs,
            target: self.target,
            parameters: self.parameters,
            layers: self.layers,
            loss: self.loss,
            training: self.training,
        })
    }

    fn precision(&mut self, network: &ast::Network) -> Option<Precision> {
        // The generated struct would hide the type that its fields have.
        if let "f32" | "f64" | "usize" | "u64" | "str" = network.name.text.as_str() {
            self.found.push(problems::unusable_name(&network.name, "it is a type of Rust's"));
        }
        if let Some(reason) = scope::unusable(&network.name.text) {
            self.found.push(problems::unusable_name(&network.name, reason));
        }
        match network.precision.as_ref().map(|p| p.text.as_str()) {
            None | Some("f32") => Some(Precision::F32),
            Some("f64") => Some(Precision::F64),
            Some(_) => {
                let found = network.precision.as_ref()?;
                self.found.push(problems::unknown_precision(found));
                None
            }
        }
    }

    /// A group is used when its elements are, and the other way round. Where neither is, the
    /// group alone is reported.
    fn mark_groups(&self) {
        let groups = self.inputs.iter().chain(&self.target);
        let groups = groups.filter_map(|data| Some((&data.name, data.elements.as_ref()?.iter().collect())));
        let layers = self.layers.iter().filter_map(|layer| match &layer.body {
            LayerBody::Neurons(neurons) => Some((&layer.name, neurons.iter().map(|(n, _)| n).collect())),
            LayerBody::Whole(_) => None,
        });
        let both: Vec<(&Name, Vec<&Name>)> = groups.chain(layers).collect();
        for (whole, elements) in both {
            if self.scope.is_used(&whole.text) {
                elements.iter().for_each(|element| self.scope.mark(&element.text));
            } else if elements.iter().any(|element| self.scope.is_used(&element.text)) {
                self.scope.mark(&whole.text);
            } else {
                elements.iter().for_each(|element| self.scope.mark(&element.text));
            }
        }
    }

    /// The compiler names net inputs and parts of the loss; a user's name must not be one of them.
    fn generated_names(&mut self) {
        let mut made = std::mem::take(&mut self.made);
        for layer in &self.layers {
            let names: Vec<&Name> = match &layer.body {
                LayerBody::Neurons(neurons) => neurons.iter().map(|(name, _)| name).collect(),
                LayerBody::Whole(_) => vec![&layer.name],
            };
            for name in names {
                made.insert(format!("net_{}", name.text), format!("the net input of `{}`", name.text));
                made.insert(format!("E_{}", name.text), format!("the loss at `{}`", name.text));
            }
        }
        if self.loss.is_some() {
            made.insert("E".to_owned(), "the loss".to_owned());
        }
        let declared: Vec<(String, Span)> = self.scope.declared().map(|(n, s)| (n.to_owned(), s)).collect();
        for (name, span) in declared {
            if let Some(what) = made.get(&name) {
                self.scope.mark(&name); // one mistake at a name is enough
                self.found.push(problems::name_is_generated(&name, what, span));
            }
        }
    }

    /// Weights without a start value: he before a relu, xavier otherwise.
    fn choose_start_values(&mut self) {
        let relu: HashSet<usize> =
            self.layers.iter().flat_map(|layer| relu_parameters(layer, &self.functions)).collect();
        for (index, (parameter, undrawn)) in self.parameters.iter_mut().zip(&self.undrawn).enumerate() {
            if *undrawn {
                parameter.start = initial::default(parameter.kind, parameter.shape, relu.contains(&index));
            }
        }
    }
}

/// The parameters inside a call of relu.
fn relu_parameters(layer: &Layer, functions: &Functions) -> Vec<usize> {
    let formulas: Vec<&Typed> = match &layer.body {
        LayerBody::Whole(typed) => vec![typed],
        LayerBody::Neurons(neurons) => neurons.iter().map(|(_, typed)| typed).collect(),
    };
    let mut found = Vec::new();
    for typed in formulas {
        if let TypedKind::Apply(function, arguments) = &typed.kind
            && functions.name_of(*function) == Some("relu")
        {
            arguments.iter().for_each(|argument| collect_parameters(argument, &mut found));
        }
    }
    found
}

fn collect_parameters(typed: &Typed, found: &mut Vec<usize>) {
    match &typed.kind {
        TypedKind::Value(Value::Parameter(index)) => found.push(*index),
        TypedKind::Dense(input, weights, biases) => {
            found.extend([*weights, *biases]);
            collect_parameters(input, found);
        }
        TypedKind::Chain(first, rest) => {
            collect_parameters(first, found);
            rest.iter().for_each(|(_, operand, _)| collect_parameters(operand, found));
        }
        TypedKind::Unary(_, inner) | TypedKind::Sum(inner) => collect_parameters(inner, found),
        TypedKind::Power(base, _) => collect_parameters(base, found),
        TypedKind::Apply(_, arguments) | TypedKind::Inline(_, arguments, _) => {
            arguments.iter().for_each(|argument| collect_parameters(argument, found));
        }
        TypedKind::Number(_) | TypedKind::Constant(..) | TypedKind::Argument(_) => {}
        TypedKind::Value(_) | TypedKind::If(..) => {}
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
