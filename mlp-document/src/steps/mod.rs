//! The lines of a page as steps: each with a name that stays, a reason, a place in the specification, and what its
//! right side uses.

mod key;
mod reason;
mod value;

use std::collections::{HashMap, HashSet};

use mlp_dsl::{
    formula::ConstantId,
    ir::{
        Derivation,
        array::Op,
        equation::{EquationId, Role, Symbol},
    },
    span::Span,
};

use crate::{
    Document, Expression, Form, Line, Node, Quantity, Side,
    notation::math::{Math, Operator},
    printers::{latex, text},
};

pub(crate) use key::Key;
pub(crate) use reason::Reason;
pub(crate) use value::{Value, given_value};

/// A line of the page.
pub(crate) struct Step<'d> {
    /// Section and what the line is about; no other step has it.
    pub(crate) id: String,
    pub(crate) section: &'d str,
    pub(crate) line: &'d Line,
    pub(crate) key: Option<Key>,
    pub(crate) reason: Reason,
}

/// What a right side uses.
pub(crate) struct Operand {
    /// The step, or the given symbol, that says what it is.
    pub(crate) id: Option<String>,
    pub(crate) symbol: Math,
    pub(crate) value: Option<Value>,
}

/// A symbol that the page starts from.
pub(crate) struct Given {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) key: Key,
    /// The text that declares it.
    pub(crate) span: Option<Span>,
}

/// The most symbols that are listed.
const GIVEN: usize = 500;
/// The most operands of a step that are listed.
const OPERANDS: usize = 48;

/// The steps of a page in the order in which it prints them.
pub(crate) struct Steps<'d> {
    document: &'d Document,
    pub(crate) all: Vec<Step<'d>>,
    pub(crate) given: Vec<Given>,
    /// How many symbols are not listed.
    pub(crate) not_given: usize,
    /// The step, or the given symbol, that says what a key is.
    defined: HashMap<Key, String>,
    /// The same for a symbol as it looks: the gradient of a batch of one sample is that of the sample.
    looks: HashMap<(usize, String), String>,
    taken: HashSet<String>,
}

impl<'d> Steps<'d> {
    /// Nothing but the given symbols.
    pub(crate) fn new(document: &'d Document) -> Self {
        let mut given = given(document.derivation());
        let not_given = given.len().saturating_sub(GIVEN);
        given.truncate(GIVEN);
        let defined = given.iter().map(|given| (given.key.clone(), given.id.clone())).collect();
        let taken = given.iter().map(|given| given.id.clone()).collect();
        Steps { document, all: Vec::new(), given, not_given, defined, looks: HashMap::new(), taken }
    }

    /// Adds the next line, and gives its name.
    pub(crate) fn add(&mut self, section: &'d str, line: &'d Line) -> String {
        let derivation = self.document.derivation();
        let key = line.sides.first().and_then(|side| Key::of(derivation, &side.expression));
        let about = match &key {
            Some(key) => key.slug(derivation),
            None => key::counted(line).unwrap_or_else(|| self.spelled(line)),
        };
        let id = self.unused(&format!("{section}/{about}"));
        if let Some(look) = line.sides.first().and_then(|side| self.document.math(side)) {
            let step = key.as_ref().map_or(0, Key::step);
            self.looks.entry((step, latex::math(&look))).or_insert_with(|| id.clone());
        }
        if let Some(key) = &key {
            self.defined.entry(key.clone()).or_insert_with(|| id.clone());
        }
        let reason = reason::reason(derivation, section, line, key.as_ref());
        self.all.push(Step { id: id.clone(), section, line, key, reason });
        id
    }

    /// What is left of the first equals sign, in letters and digits.
    fn spelled(&self, line: &Line) -> String {
        let math = line.sides.first().and_then(|side| self.document.math(side));
        let text = math.map(|math| text::math(&math)).unwrap_or_default();
        let text = text.replace('∂', "d_").replace('⁺', "_plus").replace('′', "_prime");
        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).take(8).collect();
        if words.is_empty() { "line".to_owned() } else { words.join("-") }
    }

    fn unused(&mut self, id: &str) -> String {
        let numbered = (2..).map(|number: usize| format!("{id}-{number}"));
        let mut ids = std::iter::once(id.to_owned()).chain(numbered);
        loop {
            if let Some(id) = ids.next()
                && self.taken.insert(id.clone())
            {
                return id;
            }
        }
    }

    /// What the right side of a step uses, each once.
    pub(crate) fn operands(&self, step: &Step<'_>) -> Vec<Operand> {
        let derivation = self.document.derivation();
        let mut seen: HashSet<Key> = step.key.iter().cloned().collect();
        let mut operands = Vec::new();
        for side in step.line.sides.iter().skip(1) {
            for node in leaves(side) {
                let Some(key) = Key::of_node(derivation, node).filter(|key| seen.insert(key.clone())) else {
                    continue;
                };
                let Some(symbol) = self.document.math(&Side::symbols(one_node(derivation, node))) else {
                    continue;
                };
                let value = value::of_expression(self.document, &one_node(derivation, node));
                operands.push(Operand { id: self.origin(&key, &symbol), symbol, value });
                if operands.len() == OPERANDS {
                    return operands;
                }
            }
        }
        operands
    }

    /// The step, or the given symbol, that says what an operand is: for any sample, for the value that it has there, or
    /// else as it looks.
    fn origin(&self, key: &Key, symbol: &Math) -> Option<String> {
        let any = Key::OfSample(None, Box::new(key.clone()));
        let whole = if let Key::OfSample(_, whole) = key { whole } else { key };
        let before = self.before(key);
        let keys = [Some(key), Some(&any), Some(whole), before.as_ref()];
        let found = keys.into_iter().flatten().find_map(|key| self.defined.get(key));
        found.or_else(|| self.looks.get(&(key.step(), latex::math(symbol)))).cloned()
    }

    /// What is in a later step as the step before it leaves it: parameters and states. Inputs, targets and settings are
    /// as they are given, where each step has the same.
    fn before(&self, key: &Key) -> Option<Key> {
        let derivation = self.document.derivation();
        let Key::OfStep(step, whole) = key else { return None };
        let Key::Equation(id) = **whole else { return None };
        let updated = derivation.parameters.iter().find_map(|parameter| {
            let state = parameter.state().iter().find(|state| state.equation == id);
            state
                .map(|state| state.updated)
                .or_else(|| parameter.updated().filter(|_| parameter.equation == id))
        });
        let given = || {
            let op = &derivation.equation(id).op;
            let fixed =
                matches!(op, Op::Setting(_)) || matches!(op, Op::Given) && !derivation.header.has_data;
            fixed.then(|| (**whole).clone())
        };
        let earlier = |updated| match step {
            0 | 1 => Key::Equation(updated),
            step => Key::OfStep(step - 1, Box::new(Key::Equation(updated))),
        };
        updated.map(earlier).or_else(given)
    }

    /// The symbol of what is given.
    pub(crate) fn symbol(&self, given: &Given) -> Option<Math> {
        let derivation = self.document.derivation();
        let expression = match &given.key {
            Key::Equation(id) => Expression::symbol(derivation, *id),
            Key::Constant(index) => one_node(derivation, &Node::Constant(ConstantId(*index), 0.0)),
            Key::Derivative { .. }
            | Key::Function(_)
            | Key::FunctionDerivative(..)
            | Key::OfSample(..)
            | Key::OfStep(..) => {
                return None;
            }
        };
        self.document.math(&Side::symbols(expression))
    }

    /// Whether each sample has a value of its own.
    pub(crate) fn each_sample(&self, step: &Step<'_>) -> bool {
        let several = self.document.numbers.as_ref().is_some_and(|numbers| numbers.samples() > 1);
        several && side_of_value(step).is_some_and(|side| side.expression.is_open(self.document.derivation()))
    }

    /// The text that a step comes from.
    pub(crate) fn span(&self, step: &Step<'_>) -> Option<Span> {
        let equation = self.document.derivation().equations.get(step.line.subject.first()?.index())?;
        Some(equation.span).filter(|span| span.start < span.end)
    }

    /// The value of a line.
    pub(crate) fn value(&self, step: &Step<'_>) -> Option<Value> {
        let is_number =
            |side: &Side| side.form == Form::Value || matches!(side.expression.root(), Some(Node::Number(_)));
        let is_bound = |node: &&Node| match node {
            Node::Quantity(
                Quantity::Letter { .. } | Quantity::Argument { .. } | Quantity::FunctionDerivative { .. },
            ) => true,
            Node::Quantity(_)
            | Node::Constant(..)
            | Node::Number(_)
            | Node::Unary(..)
            | Node::Binary(..)
            | Node::Select(..)
            | Node::Apply(..)
            | Node::Array(..)
            | Node::Batch(..)
            | Node::Whole { .. } => false,
        };
        // A formula of letters has no value of its own.
        if step.line.sides.iter().flat_map(leaves).any(|node| is_bound(&node))
            && !step.line.sides.iter().any(is_number)
        {
            return None;
        }
        value::of_expression(self.document, &side_of_value(step)?.expression)
    }

    /// The sides that are printed, each with the sign before it.
    pub(crate) fn sides(&self, step: &Step<'d>) -> Vec<(Operator, Math, &'d Side)> {
        self.document.notation().printed_sides(step.line)
    }
}

/// The side that is evaluated: all are equal, and one thing is quick.
fn side_of_value<'l>(step: &Step<'l>) -> Option<&'l Side> {
    let sides = &step.line.sides;
    sides.iter().find(|side| side.expression.nodes().len() == 1).or(sides.first())
}

/// The nodes that are names of something; those of sums over samples too.
fn leaves(side: &Side) -> Vec<&Node> {
    let mut leaves = Vec::new();
    let mut open = vec![&side.expression];
    while let Some(expression) = open.pop() {
        for node in expression.nodes() {
            match node {
                Node::Quantity(_) | Node::Constant(..) => leaves.push(node),
                Node::Batch(_, inner) => open.push(inner),
                Node::Number(_)
                | Node::Unary(..)
                | Node::Binary(..)
                | Node::Select(..)
                | Node::Apply(..)
                | Node::Array(..)
                | Node::Whole { .. } => {}
            }
        }
    }
    leaves
}

fn one_node(derivation: &Derivation, node: &Node) -> Expression {
    let mut expression = Expression::default();
    if let Node::Quantity(quantity) = node {
        expression.push_quantity(derivation, quantity.clone());
    } else {
        expression.push(node.clone());
    }
    expression
}

/// Inputs, targets, parameters, states, settings and constants, in the order of their equations.
fn given(derivation: &Derivation) -> Vec<Given> {
    let mut given = Vec::new();
    for (id, equation) in derivation.numbered().filter(|(_, equation)| equation.role == Role::Given) {
        let kind = kind(derivation, id, &equation.symbol);
        let name = derivation.name_of(id);
        let span = Some(equation.span).filter(|span| span.start < span.end);
        given.push(Given {
            id: format!("{kind}/{name}"),
            kind,
            name,
            key: Key::equation(derivation, id),
            span,
        });
    }
    for (index, (name, _)) in derivation.header.constants.iter().enumerate() {
        let key = Key::Constant(index as u32);
        given.push(Given {
            id: format!("constant/{name}"),
            kind: "constant",
            name: name.clone(),
            key,
            span: None,
        });
    }
    given
}

fn kind(derivation: &Derivation, id: EquationId, symbol: &Symbol) -> &'static str {
    match symbol {
        Symbol::Setting(_) | Symbol::StepNumber => "setting",
        Symbol::State { .. } => "state",
        Symbol::Named(_)
        | Symbol::Local(_)
        | Symbol::Net(_)
        | Symbol::Component(_)
        | Symbol::Loss
        | Symbol::BatchLoss(_)
        | Symbol::Penalty
        | Symbol::PenaltyPart(_)
        | Symbol::Objective
        | Symbol::Partial { .. }
        | Symbol::Gradient(_)
        | Symbol::BatchGradient(..)
        | Symbol::PenaltyGradient(_)
        | Symbol::ObjectiveGradient(_)
        | Symbol::Pulled(_)
        | Symbol::BatchPulled(_)
        | Symbol::GradientNorm
        | Symbol::ClipFactor
        | Symbol::Updated(_)
        | Symbol::Step(_) => {
            if derivation.mask(id).is_some() {
                return "mask";
            }
            let is_parameter = derivation.parameters.iter().any(|parameter| parameter.equation == id);
            let is_target = derivation.targets.iter().any(|target| target.value.equations().contains(&id));
            if is_parameter {
                "parameter"
            } else if is_target {
                "target"
            } else {
                "input"
            }
        }
    }
}
