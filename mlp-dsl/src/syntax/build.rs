//! From pest's pairs to the syntax tree. The grammar fixes which pairs follow which, so a
//! missing one (`None`) can't happen; it would only drop the sentence.

use pest::iterators::{Pair, Pairs};

use super::{ast::*, grammar::Rule, parse::report_bad};
use crate::{diagnostic::Diagnostics, limits, problems, span::Span};

pub(super) struct Builder<'a> {
    text: &'a str,
    diagnostics: &'a mut Diagnostics,
    ast: Ast,
}

type P<'t> = Pair<'t, Rule>;

impl<'a> Builder<'a> {
    pub(super) fn new(text: &'a str, diagnostics: &'a mut Diagnostics) -> Self {
        Builder { text, diagnostics, ast: Ast::default() }
    }

    pub(super) fn file(&mut self, file: P<'_>) -> Ast {
        for item in file.into_inner() {
            match item.as_rule() {
                Rule::network => {
                    if let Some(network) = self.network(item) {
                        self.ast.networks.push(network);
                    }
                }
                Rule::EOI => {}
                _ => self.shared_item(item),
            }
        }
        std::mem::take(&mut self.ast)
    }

    /// What may stand outside and inside a network.
    fn shared_item(&mut self, item: P<'_>) {
        match item.as_rule() {
            Rule::constant => {
                let constant = self.constant(item);
                self.ast.constants.extend(constant);
            }
            Rule::function => {
                let function = self.function(item);
                self.ast.functions.extend(function);
            }
            _ => {
                report_bad(&item, self.diagnostics);
                let words = item.as_str().split(|c: char| !(c.is_alphanumeric() || c == '_'));
                self.ast.lost_names.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
            }
        }
    }

    fn network(&mut self, pair: P<'_>) -> Option<Network> {
        let span = span_of(&pair);
        let mut inner = pair.into_inner();
        let docs = self.docs(&mut inner);
        let visibility = inner
            .next_if(Rule::visibility)
            .map(|v| v.as_str().split_whitespace().collect::<String>())
            .unwrap_or_default();
        inner.next_if(Rule::kw_network);
        let name = self.name(inner.next()?);
        let precision = inner.next_if(Rule::name).map(|p| self.name(p));
        let mut statements = Vec::new();
        for statement in inner {
            match self.statement(statement) {
                Some(Ok(statement)) => statements.push(statement),
                Some(Err(shared)) => self.shared_item(shared),
                None => {}
            }
        }
        Some(Network { docs, visibility, name, precision, statements, span })
    }

    fn statement<'t>(&mut self, pair: P<'t>) -> Option<Result<Statement, P<'t>>> {
        let rule = pair.as_rule();
        if matches!(rule, Rule::constant | Rule::function | Rule::bad_statement) {
            return Some(Err(pair));
        }
        let span = span_of(&pair);
        let mut inner = pair.into_inner();
        let docs = self.docs(&mut inner);
        if rule != Rule::parameters {
            inner.next(); // the keyword
        }
        Some(Ok(match rule {
            Rule::input => Statement::Input(self.group(docs, inner.next()?)?),
            Rule::target => Statement::Target(self.group(docs, inner.next()?)?),
            Rule::parameters => {
                let kind = match inner.next()?.into_inner().next()?.as_rule() {
                    Rule::kw_biases => ParameterKind::Bias,
                    _ => ParameterKind::Weight,
                };
                let mut declarations = self.declarations(inner);
                if let (Some(first), false) = (declarations.first_mut(), docs.is_empty()) {
                    first.docs.splice(0..0, docs);
                }
                Statement::Parameters(kind, declarations)
            }
            Rule::layer => {
                let name = self.name(inner.next()?);
                let body = self.layer_body(inner)?;
                Statement::Layer(Layer { docs, name, body })
            }
            Rule::loss => Statement::Loss(self.expression(inner.next()?)?),
            Rule::seed => Statement::Seed(self.expression(inner.next()?)?),
            _ => {
                let rule = self.call(inner.next()?)?;
                let option = |option: P<'_>| {
                    let mut inner = option.into_inner();
                    Some((self.name(inner.next()?), self.expression(inner.next()?)?))
                };
                Statement::Train(Train { rule, options: inner.filter_map(option).collect(), span })
            }
        }))
    }

    fn group(&mut self, docs: Vec<String>, pair: P<'_>) -> Option<Group> {
        if pair.as_rule() == Rule::declaration {
            return Some(Group { docs, declaration: self.declaration(pair)?, elements: None });
        }
        let mut inner = pair.into_inner();
        let name = self.name(inner.next()?);
        let elements = Some(self.declarations(inner));
        let declaration = Declaration { docs: Vec::new(), name, shape: None, start: None };
        Some(Group { docs, declaration, elements })
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
        let mut inner = pair.into_inner();
        let docs = self.docs(&mut inner);
        let name = self.name(inner.next()?);
        let shape = inner.next_if(Rule::shape).map(|shape| self.shape(shape));
        let start = inner.next().and_then(|start| match start.as_rule() {
            Rule::start_value => self.value(start.into_inner().next()?).map(Start::Value),
            _ => self.call(start.into_inner().next()?).map(Start::Initializer),
        });
        Some(Declaration { docs, name, shape, start })
    }

    fn shape(&mut self, pair: P<'_>) -> (Vec<Expression>, Span) {
        let span = span_of(&pair);
        (pair.into_inner().filter_map(|size| self.expression(size)).collect(), span)
    }

    fn value(&mut self, pair: P<'_>) -> Option<Value> {
        let inner = pair.into_inner().next()?;
        if inner.as_rule() == Rule::list {
            let span = span_of(&inner);
            let values = inner.into_inner().filter_map(|value| self.value(value)).collect();
            return Some(Value::List(values, span));
        }
        self.expression(inner).map(Value::Single)
    }

    fn layer_body(&mut self, mut inner: Pairs<'_, Rule>) -> Option<LayerBody> {
        let first = inner.next()?;
        if first.as_rule() == Rule::neurons {
            let neuron = |neuron: P<'_>| {
                let mut inner = neuron.into_inner();
                let docs = self.docs(&mut inner);
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
        let mut inner = pair.into_inner();
        self.docs(&mut inner);
        inner.next_if(Rule::kw_const);
        let name = self.name(inner.next()?);
        Some(Constant { name, expression: self.expression(inner.next()?)? })
    }

    fn function(&mut self, pair: P<'_>) -> Option<Function> {
        let mut inner = pair.into_inner();
        let docs = self.docs(&mut inner);
        inner.next_if(Rule::kw_fn);
        let name = self.name(inner.next()?);
        let mut parameters = Vec::new();
        while let Some(parameter) = inner.next_if(Rule::name) {
            parameters.push(self.name(parameter));
        }
        let body = self.expression(inner.next()?)?;
        let mut derivative = Vec::new();
        if let Some(stated) = inner.next_if(Rule::derivative) {
            let forms = stated.into_inner().filter(|form| form.as_rule() == Rule::expression);
            derivative = forms.filter_map(|form| self.expression(form)).collect();
        }
        let kernel = inner.next_if(Rule::kernel);
        let kernel = kernel.and_then(|k| k.into_inner().nth(1)).map(|name| self.name(name));
        Some(Function { docs, name, parameters, body, derivative, kernel })
    }

    fn expression(&mut self, pair: P<'_>) -> Option<Expression> {
        let span = span_of(&pair);
        let rule = pair.as_rule();
        let text = pair.as_str();
        let mut inner = pair.into_inner();
        let kind = match rule {
            Rule::number => self.number(text, span),
            Rule::expression | Rule::primary => return self.inner_expression(inner.next()?),
            Rule::sum | Rule::product => {
                let first = self.expression(inner.next()?)?;
                let mut rest = Vec::new();
                while let (Some(operator), Some(operand)) = (inner.next(), inner.next()) {
                    rest.push((operator_of(operator.as_str()), self.expression(operand)?));
                }
                if rest.is_empty() {
                    return Some(first);
                }
                ExpressionKind::Chain(Box::new(first), rest)
            }
            Rule::signed => return self.signed(inner, span),
            Rule::power => {
                let base = self.expression(inner.next()?)?;
                let Some(exponent) = inner.next() else { return Some(base) };
                ExpressionKind::Power(Box::new(base), Box::new(self.expression(exponent)?))
            }
            Rule::conditional => {
                inner.next_if(Rule::kw_if);
                let mut condition = inner.next()?.into_inner();
                let left = self.expression(condition.next()?)?;
                let comparison = comparison_of(condition.next()?.as_str());
                let right = self.expression(condition.next()?)?;
                inner.next_if(Rule::kw_then);
                let then = self.expression(inner.next()?)?;
                inner.next_if(Rule::kw_else);
                let otherwise = self.expression(inner.next()?)?;
                let condition = Box::new((left, comparison, right));
                ExpressionKind::If(condition, Box::new(then), Box::new(otherwise))
            }
            _ => return None,
        };
        Some(Expression { kind, span })
    }

    fn inner_expression(&mut self, pair: P<'_>) -> Option<Expression> {
        let span = span_of(&pair);
        let kind = match pair.as_rule() {
            Rule::name => ExpressionKind::Name(self.name(pair)),
            Rule::call => ExpressionKind::Call(self.call(pair)?),
            _ => return self.expression(pair),
        };
        Some(Expression { kind, span })
    }

    /// An even number of minus signs is none: a chain of them stays flat.
    fn signed(&mut self, inner: Pairs<'_, Rule>, span: Span) -> Option<Expression> {
        let mut negative = false;
        for pair in inner {
            if pair.as_rule() == Rule::minus {
                negative = !negative;
                continue;
            }
            let operand = self.expression(pair)?;
            if !negative {
                return Some(operand);
            }
            return Some(Expression { kind: ExpressionKind::Negative(Box::new(operand)), span });
        }
        None
    }

    fn number(&mut self, text: &str, span: Span) -> ExpressionKind {
        let digits: String = text.chars().filter(|c| *c != '_').collect();
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => ExpressionKind::Number(number),
            _ => {
                self.diagnostics.push(problems::number_too_large(text, span));
                ExpressionKind::Mistake
            }
        }
    }

    fn call(&mut self, pair: P<'_>) -> Option<Call> {
        let span = span_of(&pair);
        let mut inner = pair.into_inner();
        let name = self.name(inner.next()?);
        let argument = |argument: P<'_>| {
            let mut inner = argument.into_inner();
            let name = inner.next_if(Rule::name).map(|name| self.name(name));
            Some((name, self.expression(inner.next()?)?))
        };
        Some(Call { name, arguments: inner.filter_map(argument).collect(), span })
    }

    fn name(&mut self, pair: P<'_>) -> Name {
        let span = span_of(&pair);
        let text = normalize(pair.as_str().trim_start_matches("r#"));
        if text.len() > limits::NAME_BYTES {
            self.diagnostics.push(problems::name_too_long(span));
        }
        Name { text, span }
    }

    fn docs(&self, inner: &mut Pairs<'_, Rule>) -> Vec<String> {
        let mut docs = Vec::new();
        while let Some(doc) = inner.next_if(Rule::doc) {
            let text = self.text.get(span_of(&doc).start..span_of(&doc).end).unwrap_or_default();
            docs.push(doc_text(text));
        }
        docs
    }
}

fn span_of(pair: &P<'_>) -> Span {
    let span = pair.as_span();
    // pest ends a pair behind the white space that follows it.
    Span::new(span.start(), span.start() + span.as_str().trim_end().len())
}

fn operator_of(text: &str) -> Operator {
    match text {
        "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        _ => Operator::Product,
    }
}

fn comparison_of(text: &str) -> Comparison {
    match text {
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        "==" => Comparison::Equal,
        _ => Comparison::NotEqual,
    }
}

/// The words of `/// words` or of `#[doc = "words"]`.
fn doc_text(text: &str) -> String {
    if let Some(line) = text.strip_prefix("///") {
        return line.trim_end_matches('\r').to_owned();
    }
    let quoted = text.find('"').and_then(|first| text.get(first..text.rfind('"')? + 1));
    let quoted = quoted.unwrap_or_default();
    let raw = text.contains("= r") || text.contains("=r");
    let inside = quoted.trim_start_matches('"').trim_end_matches('"');
    if raw { inside.to_owned() } else { unescape(inside) }
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match characters.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('u') => {
                let digits: String = characters.by_ref().skip(1).take_while(|c| *c != '}').collect();
                out.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

#[cfg(feature = "nfc")]
fn normalize(text: &str) -> String {
    unicode_normalization::UnicodeNormalization::nfc(text).collect()
}

/// Inside a macro rustc has brought identifiers to NFC already.
#[cfg(not(feature = "nfc"))]
fn normalize(text: &str) -> String {
    text.to_owned()
}

trait NextIf<'t> {
    fn next_if(&mut self, rule: Rule) -> Option<P<'t>>;
}

impl<'t> NextIf<'t> for Pairs<'t, Rule> {
    fn next_if(&mut self, rule: Rule) -> Option<P<'t>> {
        if self.peek().is_some_and(|pair| pair.as_rule() == rule) { self.next() } else { None }
    }
}
