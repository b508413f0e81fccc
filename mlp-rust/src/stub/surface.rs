//! What can be told of a network's surface from its syntax tree, whatever is wrong with it: names, and
//! sizes where they are plain.

use std::collections::{HashMap, HashSet};

use mlp_dsl::{
    formula::operator::Operator,
    kind::ParameterKind,
    reserved::unusable,
    spelling::closest,
    syntax::{
        self,
        ast::{self, Ast, Expression, ExpressionKind, LayerBody, Statement},
    },
};

/// Words looked at in text that can't be read.
const MOST_WORDS: usize = 1000;

/// The sizes of a value, each where it can be told: none for a scalar, two for a matrix.
pub(super) type Sizes = Vec<Option<usize>>;

/// Fields of a struct, each name once.
#[derive(Default)]
pub(super) struct Fields {
    seen: HashSet<String>,
    pub(super) made: Vec<(String, Sizes)>,
}

impl Fields {
    fn add(&mut self, name: &str, sizes: &Sizes) {
        if unusable(name).is_none() && self.seen.insert(name.to_owned()) {
            self.made.push((name.to_owned(), sizes.clone()));
        }
    }
}

/// What could be read of a network.
#[derive(Default)]
pub(super) struct Surface {
    pub(super) parameters: Fields,
    pub(super) traced: Fields,
    /// Settings and states of the rule.
    pub(super) optimizer: Fields,
    /// Numbers declared as weights, and as biases.
    pub(super) weights: usize,
    pub(super) biases: usize,
    pub(super) layers: usize,
    /// How many numbers go in, come out and are wanted.
    pub(super) inputs: Option<usize>,
    pub(super) outputs: Option<usize>,
    pub(super) targets: Option<usize>,
    /// Whether the target is one of so many classes.
    pub(super) class: bool,
    pub(super) samples: usize,
}

impl Surface {
    pub(super) fn of(ast: &Ast, network: &ast::Network) -> Self {
        let mut reader = Reader { inputs: Some(0), ..Reader::default() };
        for constant in &ast.constants {
            if let Some(value) = reader.number(&constant.expression) {
                reader.constants.insert(&constant.name.text, value);
            }
        }
        network.statements.iter().for_each(|statement| reader.statement(statement));
        // Text that was lost may have declared more.
        let mut seen = HashSet::new();
        let words = ast.lost_names.iter().map(String::as_str).filter(|word| seen.insert(*word));
        let words: Vec<&str> = words.take(MOST_WORDS).collect();
        let lost = |word| words.iter().any(|lost| closest(lost, std::iter::once(word)).is_some());
        reader.surface.inputs = reader.inputs.filter(|n| *n > 0 && !lost("input"));
        reader.surface.targets = reader.surface.targets.filter(|_| !lost("target"));
        reader.surface.outputs = reader.surface.outputs.filter(|_| !lost("layer"));
        for name in words.into_iter().filter(|name| is_plain(name)) {
            reader.surface.parameters.add(name, &Sizes::new());
            reader.surface.traced.add(name, &Sizes::new());
            reader.surface.traced.add(&format!("net_{name}"), &Sizes::new());
        }
        let train = network.statements.iter().find_map(|statement| match statement {
            Statement::Train(train) => Some(train),
            _ => None,
        });
        if let Some(train) = train {
            reader.optimizer(ast, train);
        }
        reader.surface
    }
}

/// Whether a word is an identifier beyond doubt.
fn is_plain(word: &str) -> bool {
    word.is_ascii() && !word.starts_with(|c: char| c.is_ascii_digit())
}

#[derive(Default)]
struct Reader<'a> {
    constants: HashMap<&'a str, f64>,
    /// The sizes of what has been declared, where they can be told.
    known: HashMap<&'a str, Option<Sizes>>,
    inputs: Option<usize>,
    surface: Surface,
}

impl<'a> Reader<'a> {
    fn statement(&mut self, statement: &'a Statement) {
        match statement {
            Statement::Input(group) => {
                let count = self.group(group);
                self.inputs = self.inputs.zip(count).and_then(|(n, count)| n.checked_add(count));
            }
            Statement::Target(group) => {
                self.surface.targets = self.group(group);
                self.surface.class = group.classes.is_some();
            }
            Statement::Parameters { kind, declarations, .. } => {
                for declaration in declarations {
                    let sizes = self.sizes(declaration.shape.as_ref());
                    self.parameter(&declaration.name.text, *kind, &sizes);
                    self.known.insert(&declaration.name.text, Some(sizes));
                }
            }
            Statement::Layer(layer) => self.layer(layer),
            Statement::Data(samples, _) => self.surface.samples = samples.len(),
            _ => {}
        }
    }

    fn group(&mut self, group: &'a ast::Group) -> Option<usize> {
        let count = match (&group.elements, &group.classes, &group.declaration.shape) {
            (Some(elements), ..) => {
                self.known.extend(elements.iter().map(|e| (e.name.text.as_str(), Some(Sizes::new()))));
                Some(elements.len())
            }
            (None, Some(classes), _) => self.whole(classes),
            (None, None, Some((sizes, _))) => sizes.first().and_then(|size| self.whole(size)),
            (None, None, None) => Some(1),
        };
        let is_scalar =
            group.elements.is_none() && group.classes.is_none() && group.declaration.shape.is_none();
        let sizes = if is_scalar { Sizes::new() } else { vec![count] };
        self.known.insert(&group.declaration.name.text, Some(sizes));
        count
    }

    fn parameter(&mut self, name: &str, kind: ParameterKind, sizes: &Sizes) {
        let numbers = sizes.iter().try_fold(1_usize, |n, size| n.checked_mul((*size)?)).unwrap_or(0);
        let count = match kind {
            ParameterKind::Weight => &mut self.surface.weights,
            ParameterKind::Bias => &mut self.surface.biases,
        };
        *count = count.saturating_add(numbers);
        self.surface.parameters.add(name, sizes);
    }

    fn layer(&mut self, layer: &'a ast::Layer) {
        self.surface.layers += 1;
        let name = &layer.name.text;
        let width = match &layer.body {
            LayerBody::Neurons(neurons) => {
                for neuron in neurons {
                    self.traced(&neuron.name.text, &neuron.expression, &Sizes::new());
                    self.known.insert(&neuron.name.text, Some(Sizes::new()));
                }
                Some(neurons.len())
            }
            LayerBody::Whole(shape, formula) => {
                let declared = shape.as_ref().map(|shape| self.sizes(Some(shape)));
                let mut made = 0;
                let width = declared.as_ref().and_then(|sizes| *sizes.first()?);
                self.dense(name, width, formula, &mut made);
                let sizes = declared.or_else(|| self.shape(formula)).unwrap_or_else(|| vec![None]);
                self.traced(name, formula, &sizes);
                sizes.first().copied().flatten()
            }
        };
        self.surface.outputs = width;
        self.known.insert(name, Some(vec![width]));
    }

    /// The value of a neuron or layer, its net input, and what `let` names around its formula.
    fn traced(&mut self, name: &str, formula: &'a Expression, sizes: &Sizes) {
        let mut inner = formula;
        while let ExpressionKind::Let(bound, body) = &inner.kind {
            for (part, value) in bound {
                let sizes = self.shape(value).unwrap_or_else(|| sizes.clone());
                self.surface.traced.add(&format!("{}_{name}", part.text), &sizes);
                self.known.insert(&part.text, Some(sizes));
            }
            inner = body;
        }
        self.surface.traced.add(&format!("net_{name}"), sizes);
        self.surface.traced.add(name, sizes);
    }

    /// The parameters of each `dense` and `linear` in a layer's formula, the innermost first.
    fn dense(&mut self, layer: &str, width: Option<usize>, formula: &'a Expression, made: &mut usize) {
        for part in formula.parts() {
            self.dense(layer, width, part, made);
        }
        let ExpressionKind::Call(call) = &formula.kind else { return };
        if !matches!(call.name.text.as_str(), "dense" | "linear") {
            return;
        }
        *made += 1;
        let suffix = if *made > 1 { format!("_{made}") } else { String::new() };
        let input = call.arguments.first().and_then(|(_, input)| self.shape(input));
        let rows = input.and_then(|sizes| sizes.first().copied().flatten());
        self.parameter(&format!("W_{layer}{suffix}"), ParameterKind::Weight, &vec![rows, width]);
        if call.name.text == "dense" {
            self.parameter(&format!("b_{layer}{suffix}"), ParameterKind::Bias, &vec![width]);
        }
    }

    /// The settings of the rule, or of the one that was meant, and what it keeps for each parameter.
    fn optimizer(&mut self, ast: &Ast, train: &ast::Train) {
        let prelude = syntax::parse_prelude(syntax::PRELUDE);
        let rules = || ast.rules.iter().chain(&prelude.rules);
        let meant = closest(&train.rule.name.text, rules().map(|rule| rule.name.text.as_str()));
        let name = [Some(train.rule.name.text.as_str()), meant].into_iter().flatten();
        let rule = name.filter_map(|name| rules().find(|rule| rule.name.text == name)).next();
        self.surface.optimizer.seen.insert("steps".to_owned()); // a field of its own
        let scalar = Sizes::new();
        for setting in rule.iter().flat_map(|rule| &rule.settings) {
            self.surface.optimizer.add(&setting.name.text, &scalar);
        }
        for (option, _) in &train.options {
            self.surface.optimizer.add(&option.text, &scalar);
        }
        for statement in rule.iter().flat_map(|rule| &rule.statements) {
            let ast::RuleStatement::State(names) = statement else { continue };
            for (parameter, sizes) in &self.surface.parameters.made {
                for state in names {
                    self.surface.optimizer.add(&format!("{}_{parameter}", state.text), sizes);
                }
            }
        }
    }

    fn sizes(&self, shape: Option<&(Vec<Expression>, mlp_dsl::span::Span)>) -> Sizes {
        shape.into_iter().flat_map(|(sizes, _)| sizes).map(|size| self.whole(size)).collect()
    }

    fn whole(&self, size: &Expression) -> Option<usize> {
        let number = self.number(size)?;
        ((1.0..1e8).contains(&number) && number.fract() == 0.0).then_some(number as usize)
    }

    /// A number of literals and constants.
    fn number(&self, formula: &Expression) -> Option<f64> {
        match &formula.kind {
            ExpressionKind::Number(number) => Some(*number),
            ExpressionKind::Name(name) => self.constants.get(name.text.as_str()).copied(),
            ExpressionKind::Negative(inner) => self.number(inner).map(|number| -number),
            ExpressionKind::Chain(first, rest) => {
                rest.iter().try_fold(self.number(first)?, |left, (operator, right)| {
                    let right = self.number(right)?;
                    match operator {
                        Operator::Add => Some(left + right),
                        Operator::Subtract => Some(left - right),
                        Operator::Multiply => Some(left * right),
                        Operator::Divide => Some(left / right),
                        Operator::Product => None,
                    }
                })
            }
            _ => None,
        }
    }

    /// The sizes of a formula's value, where the first operand that is no scalar tells them.
    fn shape(&self, formula: &Expression) -> Option<Sizes> {
        match &formula.kind {
            ExpressionKind::Number(_) => Some(Sizes::new()),
            ExpressionKind::Name(name) if self.constants.contains_key(name.text.as_str()) => {
                Some(Sizes::new())
            }
            ExpressionKind::Name(name) => self.known.get(name.text.as_str()).cloned().flatten(),
            ExpressionKind::Call(call) => match call.name.text.as_str() {
                "dense" | "linear" => None,
                "sum" | "count" => Some(Sizes::new()),
                "concat" => {
                    let parts = call.arguments.iter().map(|(_, part)| self.shape(part));
                    let lengths = parts.map(|sizes| match sizes?.as_slice() {
                        [] => Some(1),
                        [length] => *length,
                        _ => None,
                    });
                    Some(vec![lengths.sum()])
                }
                _ => call.arguments.first().and_then(|(_, first)| self.shape(first)),
            },
            ExpressionKind::Negative(inner) | ExpressionKind::Power(inner, _) => self.shape(inner),
            ExpressionKind::Let(_, body) => self.shape(body),
            ExpressionKind::If(_, then, _) => self.shape(then),
            ExpressionKind::Chain(first, rest) => {
                rest.iter().try_fold(self.shape(first)?, |left, (operator, right)| {
                    let right = self.shape(right)?;
                    Some(match (operator, left.as_slice(), right.as_slice()) {
                        (Operator::Product, [_], [_]) => Sizes::new(),
                        (Operator::Product, [_], [_, columns]) => vec![*columns],
                        (Operator::Product, [rows, _], [_]) => vec![*rows],
                        (_, [], _) => right,
                        _ => left,
                    })
                })
            }
            ExpressionKind::Mistake => None,
        }
    }
}
