//! Collects the names of a specification with their declarations and uses. They come from the syntax tree, so
//! a text with errors has them as well.

use std::collections::HashMap;

use crate::{
    kind::ParameterKind,
    limits,
    span::Span,
    syntax::ast::{
        self, Ast, Expression, ExpressionKind, FunctionParameter, LayerBody, Name, RuleStatement, Samples,
        Start, Statement, Value,
    },
};

/// The kind of a declared name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A network.
    Network,
    /// An input.
    Input,
    /// A target.
    Target,
    /// An importance.
    Importance,
    /// A named scalar of an input or target.
    Element,
    /// A parameter.
    Parameter(ParameterKind),
    /// A layer.
    Layer,
    /// A named neuron.
    Neuron,
    /// A constant.
    Constant,
    /// A function.
    Function,
    /// An argument of a function.
    Argument,
    /// A `let` name.
    Local,
    /// An update rule.
    Rule,
    /// A setting of a rule.
    Setting,
    /// A state of a rule.
    State,
}

/// A declared name.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// The name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// The span of the name in its declaration.
    pub declared: Span,
    /// The sentence, or the part of one, that declares it.
    pub extent: Span,
    /// The symbol it belongs to: of a neuron its layer.
    pub inside: Option<usize>,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its uses, in the order of the text.
    pub uses: Vec<Span>,
}

/// All names of a specification.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The declared names.
    pub symbols: Vec<Symbol>,
    /// Names that the specification does not declare: built-in or unknown names.
    pub foreign: Vec<Name>,
}

/// The meaning of a place of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At<'n> {
    /// A declared name: the index of its symbol.
    Symbol(usize),
    /// A name that the specification does not declare.
    Foreign(&'n Name),
}

impl Names {
    /// The names of a syntax tree.
    pub fn of(ast: &Ast) -> Names {
        let mut walk = Walk::default();
        walk.ast(ast);
        let mut names = walk.names;
        for symbol in &mut names.symbols {
            symbol.uses.sort_unstable();
        }
        names
    }

    /// The name at an offset, and its span.
    pub fn at(&self, offset: usize) -> Option<(At<'_>, Span)> {
        let holds = |span: &Span| span.start <= offset && offset <= span.end;
        for (index, symbol) in self.symbols.iter().enumerate() {
            let mut places = std::iter::once(&symbol.declared).chain(&symbol.uses);
            if let Some(span) = places.find(|span| holds(span)) {
                return Some((At::Symbol(index), *span));
            }
        }
        let foreign = self.foreign.iter().find(|name| holds(&name.span))?;
        Some((At::Foreign(foreign), foreign.span))
    }

    /// The declaration and the uses of a symbol.
    pub fn places(&self, symbol: usize) -> impl Iterator<Item = Span> + '_ {
        let symbol = self.symbols.get(symbol).into_iter();
        symbol.flat_map(|symbol| std::iter::once(symbol.declared).chain(symbol.uses.iter().copied()))
    }

    /// The parts of a symbol: the neurons of a layer, the parameters of a function.
    pub fn parts(&self, of: usize) -> impl Iterator<Item = (usize, &Symbol)> {
        self.symbols.iter().enumerate().filter(move |(_, symbol)| symbol.inside == Some(of))
    }
}

type Table = HashMap<String, usize>;

/// The limit for names that are searched linearly: settings, states and assignments of a rule, and `let`
/// names. A text with more of them at one place is rejected.
const LOCALS: usize = 4 * limits::NAMES;

/// Walks over a syntax tree: first the declarations of a network, then the uses in its formulas.
#[derive(Default)]
struct Walk {
    names: Names,
    /// Constants and the declarations of networks.
    values: Table,
    /// Functions and rules; a later one replaces an earlier one of the same name.
    functions: Table,
    rules: Table,
    /// Function parameters and `let` names, the innermost last.
    locals: Vec<usize>,
}

impl Walk {
    fn ast(&mut self, ast: &Ast) {
        for constant in &ast.constants {
            let index = self.declare(&constant.name, Kind::Constant, constant.span, None, &[]);
            self.is_value(index);
        }
        for network in &ast.networks {
            self.declarations(network);
        }
        for constant in &ast.constants {
            self.formula(&constant.expression);
        }
        for function in &ast.functions {
            self.function(function);
        }
        for rule in &ast.rules {
            self.rule(rule);
        }
        for network in &ast.networks {
            network.statements.iter().for_each(|statement| self.statement(statement));
        }
        for entry in ast.documents.iter().flat_map(|document| &document.entries) {
            if let ast::EntryValue::Number(number) = &entry.value {
                self.formula(number);
            }
        }
    }

    fn declare(
        &mut self,
        name: &Name,
        kind: Kind,
        extent: Span,
        inside: Option<usize>,
        docs: &[String],
    ) -> usize {
        let (text, docs) = (name.text.clone(), docs.to_vec());
        let symbol = Symbol { name: text, kind, declared: name.span, extent, inside, docs, uses: Vec::new() };
        self.names.symbols.push(symbol);
        self.names.symbols.len() - 1
    }

    fn is_value(&mut self, index: usize) {
        if let Some(symbol) = self.names.symbols.get(index) {
            self.values.entry(symbol.name.clone()).or_insert(index);
        }
    }

    fn declarations(&mut self, network: &ast::Network) {
        let parent = self.declare(&network.name, Kind::Network, network.span, None, &network.docs);
        for statement in &network.statements {
            match statement {
                Statement::Input(group) => self.group(group, Kind::Input, parent),
                Statement::Target(group) if group.importance => self.group(group, Kind::Importance, parent),
                Statement::Target(group) => self.group(group, Kind::Target, parent),
                Statement::Parameters { kind, declarations, .. } => {
                    for declaration in declarations {
                        self.value(declaration, Kind::Parameter(*kind), parent);
                    }
                }
                Statement::Layer(layer) => {
                    let index = self.declare(&layer.name, Kind::Layer, layer.span, Some(parent), &layer.docs);
                    self.is_value(index);
                    if let LayerBody::Neurons(neurons) = &layer.body {
                        for neuron in neurons {
                            let extent = neuron.name.span.to(neuron.expression.span);
                            let neuron =
                                self.declare(&neuron.name, Kind::Neuron, extent, Some(index), &neuron.docs);
                            self.is_value(neuron);
                        }
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
    }

    fn group(&mut self, group: &ast::Group, kind: Kind, parent: usize) {
        let name = &group.declaration.name;
        let index = self.declare(name, kind, group.span, Some(parent), &group.docs);
        self.is_value(index);
        for element in group.elements.iter().flatten() {
            self.value(element, Kind::Element, index);
        }
    }

    fn value(&mut self, declaration: &ast::Declaration, kind: Kind, parent: usize) {
        let extent = Span::new(declaration.name.span.start, declaration.span.end);
        let index = self.declare(&declaration.name, kind, extent, Some(parent), &declaration.docs);
        self.is_value(index);
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Input(group) | Statement::Target(group) => {
                self.declaration(&group.declaration);
                group.classes.iter().for_each(|classes| self.formula(classes));
                group.elements.iter().flatten().for_each(|element| self.declaration(element));
            }
            Statement::Parameters { declarations, .. } => {
                declarations.iter().for_each(|declaration| self.declaration(declaration));
            }
            Statement::Layer(layer) => match &layer.body {
                LayerBody::Neurons(neurons) => neurons.iter().for_each(|n| self.formula(&n.expression)),
                LayerBody::Whole(shape, formula) => {
                    shape.iter().flat_map(|(sizes, _)| sizes).for_each(|size| self.formula(size));
                    self.formula(formula);
                }
            },
            Statement::Output(layers, _) => layers.iter().for_each(|layer| self.name(layer)),
            Statement::Loss(formula, weight) => {
                self.formula(formula);
                weight.iter().for_each(|weight| self.formula(weight));
            }
            Statement::Penalty(formula) | Statement::Seed(formula) | Statement::Batch(formula) => {
                self.formula(formula);
            }
            Statement::Train(train) => self.train(train),
            Statement::Data(Samples::Drawn(count), _) => self.formula(count),
            Statement::Data(Samples::Written(samples), _) => {
                for sample in samples {
                    sample.input.iter().chain(sample.target.iter().flatten()).for_each(|v| self.numbers(v));
                }
            }
            Statement::Expect(expect) => {
                expect.values.names().into_iter().for_each(|name| self.name(name));
                if let ast::Expected::Written(values) = &expect.values {
                    values.iter().for_each(|(_, value)| self.numbers(value));
                }
                self.formula(&expect.within);
            }
            Statement::WeightFile(file) => file.mappings.iter().for_each(|mapping| self.name(&mapping.name)),
            Statement::DataFile(file) => file.columns.iter().for_each(|column| self.name(&column.name)),
            Statement::Unroll(_)
            | Statement::Arithmetic(_)
            | Statement::Backward(_)
            | Statement::Allow(_) => {}
        }
    }

    fn declaration(&mut self, declaration: &ast::Declaration) {
        declaration.shape.iter().flat_map(|(sizes, _)| sizes).for_each(|size| self.formula(size));
        match &declaration.start {
            Some(Start::Value(value)) => self.numbers(value),
            Some(Start::Initializer(call)) => {
                self.names.foreign.push(call.name.clone());
                self.arguments(call, None);
            }
            None => {}
        }
    }

    fn numbers(&mut self, value: &Value) {
        match value {
            Value::Single(formula) => self.formula(formula),
            Value::List(values, _) => values.iter().for_each(|value| self.numbers(value)),
        }
    }

    fn train(&mut self, train: &ast::Train) {
        let rule = self.use_of(&train.rule.name, |walk| &walk.rules);
        self.arguments(&train.rule, rule);
        for (name, value) in &train.options {
            self.names.foreign.push(name.clone());
            // `mean` and `sum` are keywords here.
            if name.text != "reduction" {
                self.formula(value);
            }
        }
    }

    fn function(&mut self, function: &ast::Function) {
        let index = self.declare(&function.name, Kind::Function, function.span, None, &function.docs);
        self.parameters(&function.parameters, Kind::Argument, index);
        self.formula(&function.body);
        function.derivative.iter().for_each(|form| self.formula(form));
        self.locals.clear();
        self.functions.insert(function.name.text.clone(), index);
    }

    fn parameters(&mut self, parameters: &[FunctionParameter], kind: Kind, of: usize) {
        for parameter in parameters {
            parameter.default.iter().for_each(|default| self.formula(default));
            let end = parameter.default.as_ref().map_or(parameter.name.span, |default| default.span);
            let extent = parameter.name.span.to(end);
            let index = self.declare(&parameter.name, kind, extent, Some(of), &[]);
            self.locals.push(index);
        }
    }

    fn rule(&mut self, rule: &ast::UpdateRule) {
        let index = self.declare(&rule.name, Kind::Rule, rule.span, None, &rule.docs);
        self.parameters(&rule.settings, Kind::Setting, index);
        for statement in &rule.statements {
            if let RuleStatement::State(names) = statement {
                for name in names {
                    let state = self.declare(name, Kind::State, name.span, Some(index), &[]);
                    self.locals.push(state);
                }
            }
        }
        for statement in &rule.statements {
            match statement {
                RuleStatement::State(_) => {}
                RuleStatement::Let(name, formula) => {
                    self.formula(formula);
                    self.local(name, formula);
                }
                RuleStatement::Assign(name, formula) => {
                    self.formula(formula);
                    self.name(name);
                }
            }
        }
        self.locals.clear();
        self.rules.insert(rule.name.text.clone(), index);
    }

    fn local(&mut self, name: &Name, value: &Expression) {
        let index = self.declare(name, Kind::Local, name.span.to(value.span), None, &[]);
        self.locals.push(index);
    }

    fn formula(&mut self, formula: &Expression) {
        match &formula.kind {
            ExpressionKind::Name(name) => self.name(name),
            ExpressionKind::Call(call) => {
                let function = self.use_of(&call.name, |walk| &walk.functions);
                self.arguments(call, function);
            }
            ExpressionKind::Let(bound, body) => {
                let before = self.locals.len();
                for (name, value) in bound {
                    self.formula(value);
                    self.local(name, value);
                }
                self.formula(body);
                self.locals.truncate(before);
            }
            ExpressionKind::Number(_)
            | ExpressionKind::Negative(_)
            | ExpressionKind::Power(..)
            | ExpressionKind::Chain(..)
            | ExpressionKind::If(..)
            | ExpressionKind::Mistake => formula.parts().into_iter().for_each(|part| self.formula(part)),
        }
    }

    fn arguments(&mut self, call: &ast::Call, callee: Option<usize>) {
        for (name, value) in &call.arguments {
            if let Some(name) = name {
                match callee.and_then(|callee| self.argument(callee, name)) {
                    Some(index) => self.used(index, name.span),
                    None => self.names.foreign.push(name.clone()),
                }
            }
            self.formula(value);
        }
    }

    /// The parameter of this name: the parameters of a function follow its symbol.
    fn argument(&self, callee: usize, name: &Name) -> Option<usize> {
        let behind = self.names.symbols.iter().enumerate().skip(callee + 1).take(LOCALS);
        let own = |symbol: &Symbol| symbol.inside == Some(callee) || symbol.kind == Kind::Local;
        let mut arguments = behind.take_while(|(_, symbol)| own(symbol));
        arguments
            .find(|(_, symbol)| symbol.inside.is_some() && symbol.name == name.text)
            .map(|(index, _)| index)
    }

    /// A value: the innermost local of this name, or a declaration of the network.
    fn name(&mut self, name: &Name) {
        if self.use_local(name).is_none() {
            self.use_of(name, |walk| &walk.values);
        }
    }

    fn use_local(&mut self, name: &Name) -> Option<()> {
        let mut locals = self.locals.iter().rev().take(LOCALS).copied();
        let index = locals.find(|index| self.is_named(*index, name))?;
        self.used(index, name.span);
        Some(())
    }

    /// Records a use of the latest declaration of this name; without one the name is foreign.
    fn use_of(&mut self, name: &Name, among: impl Fn(&Walk) -> &Table) -> Option<usize> {
        let index = among(self).get(&name.text).copied();
        match index {
            Some(index) => self.used(index, name.span),
            None => self.names.foreign.push(name.clone()),
        }
        index
    }

    fn is_named(&self, index: usize, name: &Name) -> bool {
        self.names.symbols.get(index).is_some_and(|symbol| symbol.name == name.text)
    }

    fn used(&mut self, index: usize, span: Span) {
        if let Some(symbol) = self.names.symbols.get_mut(index) {
            symbol.uses.push(span);
        }
    }
}
