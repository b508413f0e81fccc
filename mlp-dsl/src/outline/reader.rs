//! Turns the statements of a network into its outline.

use std::collections::HashSet;

use crate::{
    kind::ParameterKind,
    limits,
    reserved::unusable,
    spelling::closest,
    syntax::{
        self,
        ast::{self, Ast, Expression, ExpressionKind, LayerBody, Network, Samples, Statement},
    },
};

use super::{Field, Outline, Sizes, Target, sizes::Values};

/// The limit on the words of unreadable text that are considered.
const MOST_WORDS: usize = 1000;

/// Fields of a struct, each name once.
#[derive(Default)]
struct Fields {
    seen: HashSet<String>,
    made: Vec<Field>,
}

impl Fields {
    fn add(&mut self, name: &str, sizes: &Sizes) {
        if unusable(name).is_none() && self.seen.insert(name.to_owned()) {
            self.made.push(Field { name: name.to_owned(), sizes: sizes.clone() });
        }
    }
}

/// Completes the outline of a network from its statements.
pub(super) fn read(ast: &Ast, network: &Network, outline: Outline) -> Outline {
    let mut reader = Reader {
        values: Values::default(),
        inputs: Some(0),
        parameters: Fields::default(),
        traced: Fields::default(),
        optimizer: Fields::default(),
        heads: Vec::new(),
        outline,
    };
    for constant in &ast.constants {
        if let Some(value) = reader.values.number(&constant.expression) {
            reader.values.constants.insert(&constant.name.text, value);
        }
    }
    network.statements.iter().for_each(|statement| reader.statement(statement));
    reader.output();
    reader.unreadable(ast);
    let train = network.statements.iter().find_map(|statement| match statement {
        Statement::Train(train) => Some(train),
        Statement::Input(_)
        | Statement::Target(_)
        | Statement::Parameters { .. }
        | Statement::WeightFile(_)
        | Statement::Layer(_)
        | Statement::Output(..)
        | Statement::Loss(..)
        | Statement::Penalty(_)
        | Statement::Seed(_)
        | Statement::Batch(_)
        | Statement::Data(..)
        | Statement::Expect(_)
        | Statement::DataFile(_)
        | Statement::Unroll(_)
        | Statement::Arithmetic(_)
        | Statement::Backward(_)
        | Statement::Allow(_) => None,
    });
    if let Some(train) = train {
        reader.optimizer(ast, train);
    }
    reader.finish()
}

/// Whether a word is certainly an identifier.
fn is_plain(word: &str) -> bool {
    word.is_ascii() && !word.starts_with(|c: char| c.is_ascii_digit())
}

struct Reader<'a> {
    values: Values<'a>,
    inputs: Option<usize>,
    parameters: Fields,
    traced: Fields,
    optimizer: Fields,
    /// The layers that `output` names.
    heads: Vec<&'a str>,
    outline: Outline,
}

impl<'a> Reader<'a> {
    fn statement(&mut self, statement: &'a Statement) {
        match statement {
            Statement::Input(group) => {
                let count = self.group(group);
                self.inputs = self.inputs.zip(count).and_then(|(n, count)| n.checked_add(count));
            }
            Statement::Target(group) => {
                let count = self.group(group);
                let (name, class) = (group.declaration.name.text.clone(), group.classes.is_some());
                let scalar = !class && group.elements.is_none() && group.declaration.shape.is_none();
                self.outline.targets.push(Target { name, count, scalar, class });
            }
            Statement::Parameters { kind, declarations, .. } => {
                for declaration in declarations {
                    let sizes = self.values.sizes(declaration.shape.as_ref());
                    self.parameter(&declaration.name.text, *kind, &sizes);
                    self.values.known.insert(&declaration.name.text, Some(sizes));
                }
            }
            Statement::Layer(layer) => self.layer(layer),
            Statement::Output(layers, _) => {
                self.heads = layers.iter().map(|name| name.text.as_str()).collect()
            }
            Statement::Data(Samples::Written(samples), _) => self.outline.samples = samples.len(),
            Statement::Data(Samples::Drawn(count), _) => {
                self.outline.samples = self.values.whole(count).unwrap_or(0).min(limits::SAMPLES);
            }
            Statement::WeightFile(_)
            | Statement::Loss(..)
            | Statement::Penalty(_)
            | Statement::Train(_)
            | Statement::Seed(_)
            | Statement::Batch(_)
            | Statement::Expect(_)
            | Statement::DataFile(_)
            | Statement::Unroll(_)
            | Statement::Arithmetic(_)
            | Statement::Backward(_)
            | Statement::Allow(_) => {}
        }
    }

    /// The length of an input or a target.
    fn group(&mut self, group: &'a ast::Group) -> Option<usize> {
        let known = &mut self.values.known;
        let count = match (&group.elements, &group.classes, &group.declaration.shape) {
            (Some(elements), ..) => {
                known.extend(elements.iter().map(|e| (e.name.text.as_str(), Some(Sizes::new()))));
                Some(elements.len())
            }
            (None, Some(classes), _) => self.values.whole(classes),
            (None, None, Some((sizes, _))) => sizes.first().and_then(|size| self.values.whole(size)),
            (None, None, None) => Some(1),
        };
        let is_scalar =
            group.elements.is_none() && group.classes.is_none() && group.declaration.shape.is_none();
        let sizes = if is_scalar { Sizes::new() } else { vec![count] };
        self.values.known.insert(&group.declaration.name.text, Some(sizes));
        count
    }

    /// The length of the layers that `output` names, side by side.
    fn output(&mut self) {
        let heads = std::mem::take(&mut self.heads);
        if heads.is_empty() {
            return;
        }
        let length = |name: &&str| self.values.known.get(name)?.as_ref()?.first().copied().flatten();
        let total = heads.iter().try_fold(0_usize, |sum, name| sum.checked_add(length(name)?));
        self.outline.outputs = total;
        if heads.len() > 1 {
            self.outline.layers += 1;
            self.traced.add("outputs", &vec![total]);
            let mut fields = Fields::default();
            heads.iter().for_each(|name| fields.add(name, &vec![length(name)]));
            self.outline.heads = fields.made;
        }
    }

    fn parameter(&mut self, name: &str, kind: ParameterKind, sizes: &Sizes) {
        let numbers = sizes.iter().try_fold(1_usize, |n, size| n.checked_mul((*size)?)).unwrap_or(0);
        let count = match kind {
            ParameterKind::Weight => &mut self.outline.weights,
            ParameterKind::Bias => &mut self.outline.biases,
        };
        *count = count.saturating_add(numbers);
        self.parameters.add(name, sizes);
    }

    fn layer(&mut self, layer: &'a ast::Layer) {
        self.outline.layers += 1;
        let name = &layer.name.text;
        let width = match &layer.body {
            LayerBody::Neurons(neurons) => {
                for neuron in neurons {
                    self.traced(&neuron.name.text, &neuron.expression, &Sizes::new());
                    self.values.known.insert(&neuron.name.text, Some(Sizes::new()));
                }
                Some(neurons.len())
            }
            LayerBody::Whole(shape, formula) => {
                let declared = shape.as_ref().map(|shape| self.values.sizes(Some(shape)));
                let mut made = (0, 0);
                let width = declared.as_ref().and_then(|sizes| *sizes.first()?);
                self.dense(name, width, formula, &mut made);
                let sizes = declared.or_else(|| self.values.shape(formula)).unwrap_or_else(|| vec![None]);
                self.traced(name, formula, &sizes);
                sizes.first().copied().flatten()
            }
        };
        self.outline.outputs = width;
        self.values.known.insert(name, Some(vec![width]));
    }

    /// The value of a neuron or layer, its net input, and the names that `let` binds around its formula.
    fn traced(&mut self, name: &str, formula: &'a Expression, sizes: &Sizes) {
        // Outside of training a layer is what it is without dropout.
        let mut inner = formula;
        if let ExpressionKind::Call(call) = &formula.kind
            && call.name.text == "dropout"
        {
            inner = call.arguments.first().map_or(formula, |(_, inside)| inside);
        }
        while let ExpressionKind::Let(bound, body) = &inner.kind {
            for (part, value) in bound {
                let sizes = self.values.shape(value).unwrap_or_else(|| sizes.clone());
                self.traced.add(&format!("{}_{name}", part.text), &sizes);
                self.values.known.insert(&part.text, Some(sizes));
            }
            inner = body;
        }
        self.traced.add(&format!("net_{name}"), sizes);
        self.traced.add(name, sizes);
    }

    /// The parameters of each `dense`, `linear` and normalization in a layer's formula, the innermost first.
    fn dense(
        &mut self,
        layer: &str,
        width: Option<usize>,
        formula: &'a Expression,
        made: &mut (usize, usize),
    ) {
        for part in formula.parts() {
            self.dense(layer, width, part, made);
        }
        let ExpressionKind::Call(call) = &formula.kind else { return };
        let vectors: &[(&str, ParameterKind)] = match call.name.text.as_str() {
            "dense" => &[("b", ParameterKind::Bias)],
            "linear" => &[],
            "standardize" => &[("mean", ParameterKind::Bias), ("deviation", ParameterKind::Weight)],
            "batch_norm" => &[
                ("mean", ParameterKind::Bias),
                ("variance", ParameterKind::Weight),
                ("scale", ParameterKind::Weight),
                ("shift", ParameterKind::Bias),
            ],
            "layer_norm" => &[("scale", ParameterKind::Weight), ("shift", ParameterKind::Bias)],
            _ => return,
        };
        let is_dense = matches!(call.name.text.as_str(), "dense" | "linear");
        let count = if is_dense { &mut made.0 } else { &mut made.1 };
        *count += 1;
        let suffix = if *count > 1 { format!("_{count}") } else { String::new() };
        let input = call.arguments.first().and_then(|(_, input)| self.values.shape(input));
        let rows = input.and_then(|sizes| sizes.first().copied().flatten());
        if is_dense {
            self.parameter(&format!("W_{layer}{suffix}"), ParameterKind::Weight, &vec![rows, width]);
        }
        // A normalization is as long as its argument.
        let length = if is_dense { width } else { rows.or(width) };
        for (name, kind) in vectors {
            self.parameter(&format!("{name}_{layer}{suffix}"), *kind, &vec![length]);
        }
    }

    /// Unreadable text may have declared more: each word of it becomes a name, and a length that it may have
    /// changed becomes unknown.
    fn unreadable(&mut self, ast: &Ast) {
        let mut seen = HashSet::new();
        let words = ast.lost_names.iter().map(String::as_str).filter(|word| seen.insert(*word));
        let words: Vec<&str> = words.take(MOST_WORDS).collect();
        let lost = |word| words.iter().any(|lost| closest(lost, std::iter::once(word)).is_some());
        self.outline.inputs = self.inputs.filter(|n| *n > 0 && !lost("input"));
        self.outline.targets_lost = lost("target");
        self.outline.outputs = self.outline.outputs.filter(|_| !lost("layer"));
        for name in words.into_iter().filter(|name| is_plain(name)) {
            self.parameters.add(name, &Sizes::new());
            self.traced.add(name, &Sizes::new());
            self.traced.add(&format!("net_{name}"), &Sizes::new());
        }
    }

    /// The settings of the rule, or of the rule with the closest name, and its states for each parameter.
    fn optimizer(&mut self, ast: &Ast, train: &ast::Train) {
        let prelude = syntax::parse_prelude(syntax::PRELUDE);
        let rules = || ast.rules.iter().chain(&prelude.rules);
        let meant = closest(&train.rule.name.text, rules().map(|rule| rule.name.text.as_str()));
        let name = [Some(train.rule.name.text.as_str()), meant].into_iter().flatten();
        let rule = name.filter_map(|name| rules().find(|rule| rule.name.text == name)).next();
        self.optimizer.seen.insert("steps".to_owned()); // every optimizer has this field
        let scalar = Sizes::new();
        for setting in rule.iter().flat_map(|rule| &rule.settings) {
            self.optimizer.add(&setting.name.text, &scalar);
        }
        for (option, _) in &train.options {
            self.optimizer.add(&option.text, &scalar);
        }
        for statement in rule.iter().flat_map(|rule| &rule.statements) {
            let ast::RuleStatement::State(names) = statement else { continue };
            for parameter in &self.parameters.made {
                for state in names {
                    let name = format!("{}_{}", state.text, parameter.name);
                    self.optimizer.add(&name, &parameter.sizes);
                }
            }
        }
    }

    fn finish(self) -> Outline {
        Outline {
            parameters: self.parameters.made,
            traced: self.traced.made,
            optimizer: self.optimizer.made,
            ..self.outline
        }
    }
}
