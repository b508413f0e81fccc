//! Turns pest's pairs into the syntax tree. The grammar fixes the order of the pairs, so a missing pair
//! (`None`) can't happen; it would only drop the sentence.

use crate::kind::ParameterKind;
use pest::iterators::{Pair, Pairs};

use super::{ast::*, grammar::Rule, strings};
use crate::{diagnostic::Diagnostics, limits, span::Span, syntax::errors};

pub(super) struct Builder<'a> {
    /// The whole text, without appended brackets.
    pub(super) text: &'a str,
    pub(super) normal: fn(&str) -> String,
    pub(super) diagnostics: &'a mut Diagnostics,
    pub(super) ast: Ast,
    /// The offset of the current text in the whole text: a recovered part is parsed separately.
    pub(super) offset: isize,
    /// Places in statements that can't be parsed and are already reported.
    pub(super) lost: Vec<usize>,
    /// Whether the previous sentence could not be parsed: the current one may be the rest of it.
    pub(super) torn: bool,
}

pub(super) type P<'t> = Pair<'t, Rule>;

impl<'a> Builder<'a> {
    pub(super) fn new(
        text: &'a str,
        normal: fn(&str) -> String,
        diagnostics: &'a mut Diagnostics,
        lost: Vec<usize>,
    ) -> Self {
        Builder { text, normal, diagnostics, ast: Ast::default(), offset: 0, lost, torn: false }
    }

    pub(super) fn file(mut self, file: P<'_>) -> Ast {
        // Only networks contain statements.
        self.sentences(file.into_inner(), &mut Vec::new());
        self.ast
    }

    /// Items or statements, one after another.
    pub(super) fn sentences(&mut self, pairs: Pairs<'_, Rule>, statements: &mut Vec<Statement>) {
        for pair in pairs {
            self.torn &= matches!(pair.as_rule(), Rule::bad_item | Rule::bad_statement);
            match pair.as_rule() {
                Rule::EOI => {}
                Rule::network => {
                    let network = self.network(pair);
                    self.ast.networks.extend(network);
                }
                Rule::constant => {
                    let constant = self.constant(pair);
                    self.ast.constants.extend(constant);
                }
                Rule::function => {
                    let function = self.function(pair);
                    self.ast.functions.extend(function);
                }
                Rule::update_rule => {
                    let rule = self.update_rule(pair);
                    self.ast.rules.extend(rule);
                }
                Rule::document => {
                    let document = self.document(pair);
                    self.ast.documents.push(document);
                }
                Rule::bad_item | Rule::bad_statement => self.bad(&pair, statements),
                _ => statements.extend(self.statement(pair)),
            }
        }
    }

    fn network(&mut self, pair: P<'_>) -> Option<Network> {
        let span = self.span_of(&pair);
        let mut inner = pair.into_inner();
        let (mut docs, mut attributes) = (docs(&mut inner), Vec::new());
        while let Some(attribute) = inner.next_if(Rule::attribute) {
            attributes.extend(self.attribute(attribute));
            docs.extend(self::docs(&mut inner));
        }
        let visibility = inner
            .next_if(Rule::visibility)
            .map(|v| v.as_str().split_whitespace().collect::<String>())
            .unwrap_or_default();
        inner.next_if(Rule::kw_network);
        let name = self.name(inner.next()?);
        let precision = inner.next_if(Rule::name).map(|p| self.name(p));
        let mut statements = Vec::new();
        self.sentences(inner, &mut statements);
        Some(Network { docs, attributes, visibility, name, precision, statements, span })
    }

    fn attribute(&mut self, pair: P<'_>) -> Option<Attribute> {
        let whole = self.span_of(&pair);
        let content = pair.into_inner().next()?;
        let text = content.as_str().trim_end().to_owned();
        Some(Attribute { text, span: self.span_of(&content), whole })
    }

    /// One entry of the braces after `weights from "…"`.
    fn mapping(&mut self, file: &mut WeightFile, pair: P<'_>) {
        let mut inner = pair.into_inner();
        let name = inner.next_if(Rule::name).map(|name| self.name(name));
        let Some(text) = inner.find(|part| part.as_rule() == Rule::string) else { return };
        let (tensor, tensor_span) = (strings::text(text.as_str()), self.span_of(&text));
        match name {
            Some(name) => {
                let transposed = inner.next().map(|word| word.as_rule() == Rule::kw_transposed);
                file.mappings.push(Mapping { name, tensor, tensor_span, transposed });
            }
            None => file.ignored.push((tensor, tensor_span)),
        }
    }

    /// What follows `data`, from `from` on.
    fn data_file(&mut self, inner: Pairs<'_, Rule>, span: Span) -> Option<DataFile> {
        let (mut paths, mut columns) = (Vec::new(), Vec::new());
        for part in inner {
            match part.as_rule() {
                Rule::string => paths.push((strings::text(part.as_str()), self.span_of(&part))),
                Rule::columns => columns.extend(part.into_inner().filter_map(|column| self.column(column))),
                _ => {}
            }
        }
        let mut paths = paths.into_iter();
        Some(DataFile { path: paths.next()?, targets: paths.next(), columns, span })
    }

    /// One entry of the braces after `data from "…"`.
    fn column(&mut self, pair: P<'_>) -> Option<Column> {
        let mut inner = pair.into_inner();
        let name = self.name(inner.next()?);
        let (columns, span) = self.texts(inner.next()?);
        inner.next_if(Rule::kw_classes);
        let classes = inner.next().map(|classes| self.texts(classes));
        Some(Column { name, columns, span, classes })
    }

    fn texts(&mut self, pair: P<'_>) -> (Vec<String>, Span) {
        let span = self.span_of(&pair);
        (pair.into_inner().map(|text| strings::text(text.as_str())).collect(), span)
    }

    fn statement(&mut self, pair: P<'_>) -> Option<Statement> {
        let rule = pair.as_rule();
        let span = self.span_of(&pair);
        let mut inner = pair.into_inner();
        let docs = docs(&mut inner);
        let frozen = inner.next_if(Rule::frozen).map(|frozen| self.span_of(&frozen));
        if rule != Rule::parameters {
            inner.next(); // the keyword
        }
        Some(match rule {
            Rule::input => Statement::Input(self.group(docs, inner.next()?, span)?),
            Rule::target => Statement::Target(self.group(docs, inner.next()?, span)?),
            Rule::importance => {
                let group = self.group(docs, inner.next()?, span)?;
                Statement::Target(Group { importance: true, ..group })
            }
            Rule::output => Statement::Output(inner.map(|layer| self.name(layer)).collect(), span),
            Rule::parameters => {
                let kind = match inner.next()?.into_inner().next()?.as_rule() {
                    Rule::kw_biases => ParameterKind::Bias,
                    _ => ParameterKind::Weight,
                };
                let mut declarations = self.declarations(inner);
                if let (Some(first), false) = (declarations.first_mut(), docs.is_empty()) {
                    first.docs.splice(0..0, docs);
                }
                Statement::Parameters { kind, frozen: frozen.is_some(), declarations }
            }
            Rule::weight_file => {
                let path = inner.find(|part| part.as_rule() == Rule::string)?;
                let path_span = self.span_of(&path);
                let transposed = inner.next_if(Rule::kw_transposed).map(|word| self.span_of(&word));
                let path = strings::text(path.as_str());
                let mut file = WeightFile {
                    path,
                    path_span,
                    transposed,
                    mappings: Vec::new(),
                    ignored: Vec::new(),
                    span,
                };
                for pair in inner.filter(|part| part.as_rule() == Rule::mappings).flat_map(P::into_inner) {
                    self.mapping(&mut file, pair);
                }
                Statement::WeightFile(file)
            }
            Rule::data_file => Statement::DataFile(self.data_file(inner, span)?),
            Rule::layer => {
                let name = self.name(inner.next()?);
                let body = self.layer_body(inner)?;
                Statement::Layer(Layer { docs, frozen, name, body, span })
            }
            Rule::loss => {
                let loss = self.expression(inner.next()?)?;
                let weight = inner.next().and_then(|weighting| weighting.into_inner().nth(2));
                Statement::Loss(loss, weight.and_then(|weight| self.expression(weight)))
            }
            Rule::penalty => Statement::Penalty(self.expression(inner.next()?)?),
            Rule::seed => Statement::Seed(self.expression(inner.next()?)?),
            Rule::batch => Statement::Batch(self.expression(inner.next()?)?),
            Rule::data => Statement::Data(self.samples(inner.next()?)?, span),
            Rule::expect => Statement::Expect(self.expect(inner, span)?),
            Rule::unroll => Statement::Unroll(self.name(inner.next()?)),
            Rule::arithmetic => Statement::Arithmetic(self.name(inner.next()?)),
            Rule::backward => Statement::Backward(self.name(inner.next()?)),
            Rule::allow => Statement::Allow(inner.map(|code| self.name(code)).collect()),
            _ => {
                let rule = self.call(inner.next()?)?;
                let option = |option: P<'_>| {
                    let mut inner = option.into_inner();
                    Some((self.name(inner.next()?), self.expression(inner.next()?)?))
                };
                Statement::Train(Train { rule, options: inner.filter_map(option).collect(), span })
            }
        })
    }

    /// `expect`, after the keyword.
    fn expect(&mut self, mut inner: Pairs<'_, Rule>, span: Span) -> Option<Expect> {
        inner.next_if(Rule::kw_from);
        let values = match inner.next_if(Rule::string) {
            Some(path) => {
                let tensor = |tensor: P<'_>| {
                    let mut inner = tensor.into_inner();
                    let (name, text) = (self.name(inner.next()?), inner.next()?);
                    Some((name, strings::text(text.as_str()), self.span_of(&text)))
                };
                let tensors = inner.next()?.into_inner().filter_map(tensor).collect();
                Expected::Stored {
                    path: strings::text(path.as_str()),
                    path_span: self.span_of(&path),
                    tensors,
                }
            }
            None => {
                let value = |value: P<'_>| {
                    let mut inner = value.into_inner();
                    Some((self.name(inner.next()?), self.value(inner.next()?)?))
                };
                Expected::Written(inner.next()?.into_inner().filter_map(value).collect())
            }
        };
        inner.next_if(Rule::kw_within);
        Some(Expect { values, within: self.expression(inner.next()?)?, span })
    }

    fn samples(&mut self, samples: P<'_>) -> Option<Samples> {
        if samples.as_rule() == Rule::expression {
            return self.expression(samples).map(Samples::Drawn);
        }
        let mut found = Vec::new();
        for sample in samples.into_inner() {
            let span = self.span_of(&sample);
            let mut sides = sample.into_inner().map(|side| self.sample_values(side));
            let (input, target) = (sides.next().unwrap_or_default(), sides.next());
            found.push(Sample { input, target, span });
        }
        Some(Samples::Written(found))
    }

    fn sample_values(&mut self, side: P<'_>) -> Vec<Value> {
        let Some(values) = side.into_inner().next() else { return Vec::new() };
        match values.as_rule() {
            Rule::tuple => values.into_inner().filter_map(|value| self.value(value)).collect(),
            _ => self.value(values).into_iter().collect(),
        }
    }

    fn group(&mut self, docs: Vec<String>, pair: P<'_>, span: Span) -> Option<Group> {
        if pair.as_rule() == Rule::declaration {
            let declaration = self.declaration(pair)?;
            return Some(Group { docs, declaration, elements: None, classes: None, importance: false, span });
        }
        let is_class = pair.as_rule() == Rule::class_target;
        let part = self.span_of(&pair);
        let mut inner = pair.into_inner();
        let name = self.name(inner.next()?);
        let mut declaration = Declaration { docs: Vec::new(), name, shape: None, start: None, span: part };
        if is_class {
            inner.next_if(Rule::kw_class);
            let classes = Some(self.expression(inner.next()?)?);
            declaration.start = inner.next().and_then(|start| self.start(start));
            return Some(Group { docs, declaration, elements: None, classes, importance: false, span });
        }
        let elements = Some(self.declarations(inner));
        Some(Group { docs, declaration, elements, classes: None, importance: false, span })
    }

    fn declarations(&mut self, pairs: Pairs<'_, Rule>) -> Vec<Declaration> {
        let mut found = Vec::new();
        for pair in pairs {
            match pair.as_rule() {
                Rule::declarations => found.extend(self.declarations(pair.into_inner())),
                _ => found.extend(self.declaration(pair)),
            }
        }
        found
    }

    fn declaration(&mut self, pair: P<'_>) -> Option<Declaration> {
        let span = self.span_of(&pair);
        let mut inner = pair.into_inner();
        let docs = docs(&mut inner);
        let name = self.name(inner.next()?);
        let shape = inner.next_if(Rule::shape).map(|shape| self.shape(shape));
        let start = inner.next().and_then(|start| self.start(start));
        Some(Declaration { docs, name, shape, start, span })
    }

    /// `= …` or `~ …`
    fn start(&mut self, start: P<'_>) -> Option<Start> {
        match start.as_rule() {
            Rule::start_value => self.value(start.into_inner().next()?).map(Start::Value),
            _ => self.call(start.into_inner().next()?).map(Start::Initializer),
        }
    }

    fn shape(&mut self, pair: P<'_>) -> (Vec<Expression>, Span) {
        let span = self.span_of(&pair);
        (pair.into_inner().filter_map(|size| self.expression(size)).collect(), span)
    }

    fn value(&mut self, pair: P<'_>) -> Option<Value> {
        if pair.as_rule() == Rule::list {
            let span = self.span_of(&pair);
            let values = pair.into_inner().filter_map(|value| self.value(value)).collect();
            return Some(Value::List(values, span));
        }
        self.expression(pair).map(Value::Single)
    }

    fn layer_body(&mut self, mut inner: Pairs<'_, Rule>) -> Option<LayerBody> {
        let first = inner.next()?;
        if first.as_rule() == Rule::neurons {
            let neuron = |neuron: P<'_>| {
                let mut inner = neuron.into_inner();
                let docs = docs(&mut inner);
                let name = self.name(inner.next()?);
                Some(Neuron { docs, name, expression: self.expression(inner.next()?)? })
            };
            return Some(LayerBody::Neurons(first.into_inner().filter_map(neuron).collect()));
        }
        if first.as_rule() == Rule::shape {
            let shape = self.shape(first);
            return Some(LayerBody::Whole(Some(shape), self.expression(inner.next()?)?));
        }
        Some(LayerBody::Whole(None, self.expression(first)?))
    }

    fn constant(&mut self, pair: P<'_>) -> Option<Constant> {
        let span = self.span_of(&pair);
        let mut inner = pair.into_inner();
        docs(&mut inner);
        inner.next_if(Rule::kw_const);
        let name = self.name(inner.next()?);
        Some(Constant { name, expression: self.expression(inner.next()?)?, span })
    }

    fn function(&mut self, pair: P<'_>) -> Option<Function> {
        let span = self.span_of(&pair);
        let mut inner = pair.into_inner();
        let docs = docs(&mut inner);
        inner.next_if(Rule::kw_fn);
        let name = self.name(inner.next()?);
        let parameters = self.function_parameters(inner.next()?);
        let body = self.expression(inner.next()?)?;
        let textbook = inner.next_if(Rule::textbook).and_then(|form| form.into_inner().nth(1));
        let textbook = textbook.and_then(|form| self.expression(form));
        let mut derivative = Vec::new();
        if let Some(stated) = inner.next_if(Rule::derivative) {
            let forms = stated.into_inner().filter(|form| form.as_rule() == Rule::expression);
            derivative = forms.filter_map(|form| self.expression(form)).collect();
        }
        let kernel = inner.next_if(Rule::kernel);
        let kernel = kernel.and_then(|k| k.into_inner().nth(1)).map(|name| self.name(name));
        Some(Function { docs, name, parameters, body, textbook, derivative, kernel, span })
    }

    fn function_parameters(&mut self, pair: P<'_>) -> Vec<FunctionParameter> {
        let parameter = |parameter: P<'_>| {
            let mut inner = parameter.into_inner();
            let name = self.name(inner.next()?);
            let default = inner.next().and_then(|default| self.expression(default));
            Some(FunctionParameter { name, default })
        };
        pair.into_inner().filter_map(parameter).collect()
    }

    fn update_rule(&mut self, pair: P<'_>) -> Option<UpdateRule> {
        let span = self.span_of(&pair);
        let mut inner = pair.into_inner();
        let docs = docs(&mut inner);
        inner.next_if(Rule::kw_rule);
        let name = self.name(inner.next()?);
        let settings = self.function_parameters(inner.next()?);
        let statements = inner.filter_map(|statement| self.rule_statement(statement)).collect();
        Some(UpdateRule { docs, name, settings, statements, span })
    }

    fn rule_statement(&mut self, pair: P<'_>) -> Option<RuleStatement> {
        let is_state = pair.as_rule() == Rule::state;
        let mut inner = pair.into_inner();
        if is_state {
            inner.next_if(Rule::kw_state);
            return Some(RuleStatement::State(inner.map(|name| self.name(name)).collect()));
        }
        let named = inner.next_if(Rule::kw_let).is_some();
        let (name, value) = (self.name(inner.next()?), self.expression(inner.next()?)?);
        Some(if named { RuleStatement::Let(name, value) } else { RuleStatement::Assign(name, value) })
    }

    fn document(&mut self, pair: P<'_>) -> Document {
        let span = self.span_of(&pair);
        let entries = pair.into_inner().find(|part| part.as_rule() == Rule::entries);
        Document { entries: entries.map(|entries| self.entries(entries)).unwrap_or_default(), span }
    }

    fn entries(&mut self, pair: P<'_>) -> Vec<Entry> {
        let entry = |entry: P<'_>| {
            let mut inner = entry.into_inner();
            let name = self.name(inner.next()?);
            let value = inner.next()?;
            let span = self.span_of(&value);
            let value = match value.as_rule() {
                Rule::string => EntryValue::Text(strings::text(value.as_str())),
                Rule::entries => EntryValue::Table(self.entries(value)),
                _ => EntryValue::Number(self.expression(value)?),
            };
            Some(Entry { name, value, span })
        };
        pair.into_inner().filter_map(entry).collect()
    }

    pub(super) fn name(&mut self, pair: P<'_>) -> Name {
        let span = self.span_of(&pair);
        let text = (self.normal)(pair.as_str().trim_start_matches("r#"));
        if text.len() > limits::NAME_BYTES {
            self.diagnostics.push(errors::name_too_long(span));
        }
        Name { text, span }
    }

    pub(super) fn span_of(&self, pair: &P<'_>) -> Span {
        let span = pair.as_span();
        // pest ends a pair after the white space that follows it.
        let end = span.start() + span.as_str().trim_end().len();
        Span::new(self.place(span.start()), self.place(end))
    }

    /// The offset in the whole text of an offset in the current text.
    pub(super) fn place(&self, at: usize) -> usize {
        at.saturating_add_signed(self.offset).min(self.text.len())
    }
}

fn docs(inner: &mut Pairs<'_, Rule>) -> Vec<String> {
    let mut docs = Vec::new();
    while let Some(doc) = inner.next_if(Rule::doc) {
        docs.extend(strings::doc(doc.as_str().trim_end()));
    }
    docs
}

#[cfg(feature = "nfc")]
pub(super) fn normal(text: &str) -> String {
    unicode_normalization::UnicodeNormalization::nfc(text).collect()
}

/// Inside a macro rustc has already normalized identifiers to NFC.
#[cfg(not(feature = "nfc"))]
pub(super) fn normal(text: &str) -> String {
    text.to_owned()
}

pub(super) trait NextIf<'t> {
    fn next_if(&mut self, rule: Rule) -> Option<P<'t>>;
}

impl<'t> NextIf<'t> for Pairs<'t, Rule> {
    fn next_if(&mut self, rule: Rule) -> Option<P<'t>> {
        if self.peek().is_some_and(|pair| pair.as_rule() == rule) { self.next() } else { None }
    }
}
