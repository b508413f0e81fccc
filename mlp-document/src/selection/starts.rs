//! The numbers that a page uses and does not derive: where it starts.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use mlp_dsl::{
    formula::FunctionId,
    ir::{
        array::Op,
        equation::{EquationId, Role, Symbol},
    },
    shape::Shape,
};

use crate::{
    content::{Block, Form, Inline, Line, Section, Side, Text},
    expression::{ArrayOp, Expression, Node, Quantity},
    notation::is_printed,
    phrases::{self, Items, Origin, Over},
    sections::{
        facts::{Facts, ITEMS},
        forward::batch_line,
        given::given_lines,
        lines::{LOGARITHMS, definitions, left_out},
    },
};

/// Something that a page uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Used {
    /// The value of an equation.
    Value(EquationId),
    /// An element of one that is too large to be printed.
    Element(EquationId, usize),
    /// A derivative without an equation: of, and with respect to.
    Derivative(EquationId, EquationId),
}

/// What the kept sections use, in the order of the equations.
#[derive(Default)]
struct Uses {
    used: BTreeMap<Used, Expression>,
    defined: BTreeSet<Used>,
    functions: HashSet<u32>,
    constants: BTreeMap<u32, f64>,
    /// Something is a mean or a sum over the batch.
    over_batch: bool,
}

/// A section with the values that the others use and do not derive; `None` where they use none.
pub(crate) fn starts(facts: &Facts<'_>, kept: &[Section]) -> Option<Section> {
    let mut uses = Uses::default();
    for section in kept {
        uses.section(facts, section);
    }
    uses.name_first(facts);
    let mut section = Section::new("start");
    let given = functions_used(facts, &mut uses, kept);
    // These sections say what m is.
    let said = if facts.at_neuron_level() { "loss" } else { "forward" };
    if uses.over_batch && facts.over() == Over::Count && kept.iter().all(|kept| kept.key != said) {
        section.paragraph(phrases::batch_of(batch_line(facts)));
    }
    values(facts, &uses, &mut section);
    for (id, value) in &uses.constants {
        let Some((name, _)) = facts.derivation.header.constants.get(*id as usize) else { continue };
        section.paragraph(phrases::constant(name, constant(*id, *value)));
    }
    if !given.is_empty() {
        section.paragraph(phrases::functions());
        section.lines(given);
    }
    if section.blocks.is_empty() { None } else { Some(section) }
}

/// c = 0.35
fn constant(id: u32, value: f64) -> Line {
    let mut symbol = Expression::default();
    symbol.push(Node::Constant(mlp_dsl::formula::ConstantId(id), value));
    let mut number = Expression::default();
    number.push(Node::Number(value));
    Line::of([symbol, number])
}

/// Paragraphs of values by where they come from.
fn values(facts: &Facts<'_>, uses: &Uses, section: &mut Section) {
    let open = uses.used.iter().filter(|(used, _)| !uses.defined.contains(used));
    let mut by_origin: BTreeMap<Origin, Vec<(Used, &Expression)>> = BTreeMap::new();
    for (used, expression) in open {
        by_origin.entry(origin(facts, *used)).or_default().push((*used, expression));
    }
    for (origin, items) in by_origin {
        let given = matches!(origin, Origin::Inputs | Origin::Targets | Origin::Parameters);
        let lines = items.iter().take(ITEMS).flat_map(|(used, of)| match used {
            Used::Value(id) if given => given_lines(facts, *id),
            Used::Value(_) | Used::Element(..) | Used::Derivative(..) => own_lines(facts, *used, of),
        });
        let lines: Vec<Line> = lines.collect();
        let (short, long): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| is_short(facts, line));
        let (shown, symbols): (Vec<Line>, Vec<Line>) =
            long.into_iter().partition(|line| line.sides.len() > 1);
        let only_short = shown.is_empty();
        if !short.is_empty() && only_short {
            section.paragraph(phrases::starting_values(origin, short));
        } else if !short.is_empty() || !only_short {
            section.paragraph(phrases::starting_arrays(origin));
            section.lines(short.into_iter().chain(shown).collect());
        }
        if !symbols.is_empty() {
            let symbols = symbols.into_iter().filter_map(|line| line.sides.into_iter().next());
            section.paragraph(phrases::without_numbers(origin, facts.numbers.is_some(), symbols));
        }
        left_out(section, items.len(), Items::Values);
    }
}

/// Whether a line fits into a sentence.
fn is_short(facts: &Facts<'_>, line: &Line) -> bool {
    let single =
        facts.samples() == 1 || !line.sides.iter().any(|side| side.expression.is_open(facts.derivation));
    let scalar = line.sides.iter().all(|side| side.expression.shape() == Shape::Scalar);
    line.sides.len() > 1 && single && scalar
}

/// A line, and in a batch of neurons another where a value has two names: its lines give numbers to one.
fn own_lines(facts: &Facts<'_>, used: Used, expression: &Expression) -> Vec<Line> {
    let mut line = line(facts, used, expression);
    if facts.samples() == 1 || line.sides.len() < 3 {
        return vec![line];
    }
    let second = line.sides.remove(1);
    let same = Line { subject: line.subject.clone(), sides: [vec![second], line.sides.clone()].concat() };
    vec![line, same]
}

/// symbol = value, or the symbol alone where there are no numbers, or too many.
fn line(facts: &Facts<'_>, used: Used, expression: &Expression) -> Line {
    let subject = match used {
        Used::Value(id) | Used::Element(id, _) => vec![id],
        Used::Derivative(..) => Vec::new(),
    };
    let mut sides = vec![Side::symbols(expression.clone())];
    if let Used::Value(id) = used
        && let Symbol::Gradient(of) = facts.derivation.equation(id).symbol
        && matches!(facts.derivation.equation(of).symbol, Symbol::Net(_))
        && let Some(loss) = &facts.derivation.loss
        && facts.at_neuron_level()
    {
        // What is called δ here is ∂E/∂net elsewhere.
        let value = Box::new(expression.clone());
        let spelled = Quantity::Derivative { of: loss.total, by: of, value };
        sides.push(Side::symbols(Expression::quantity(facts.derivation, spelled)));
    }
    if facts.numbers.is_some() && is_shown(facts, expression) {
        sides.push(Side::new(Form::Value, expression.clone()));
    }
    Line { subject, sides }
}

/// Whether the value is printed, for a batch with all its rows.
fn is_shown(facts: &Facts<'_>, expression: &Expression) -> bool {
    let rows = facts.samples() > 1 && !facts.at_neuron_level() && expression.is_open(facts.derivation);
    let shape = expression.shape();
    is_printed(if rows { Shape::Matrix(facts.samples(), shape.count()) } else { shape })
}

fn origin(facts: &Facts<'_>, used: Used) -> Origin {
    let id = match used {
        Used::Value(id) | Used::Element(id, _) => id,
        Used::Derivative(..) => return Origin::Backward,
    };
    let data = |data: &mlp_dsl::ir::Data| data.value.equations().contains(&id);
    if facts.derivation.inputs.iter().any(data) {
        return Origin::Inputs;
    }
    if facts.derivation.targets.iter().any(data) {
        return Origin::Targets;
    }
    if facts.parameters.contains(&id) {
        return Origin::Parameters;
    }
    let equation = facts.derivation.equation(id);
    match (&equation.symbol, equation.role) {
        (Symbol::BatchLoss(_) | Symbol::Penalty | Symbol::PenaltyPart(_) | Symbol::Objective, _) => {
            Origin::Loss
        }
        (_, Role::Forward) => Origin::Forward,
        (_, Role::Loss) => Origin::Loss,
        (Symbol::BatchGradient(..), _) | (_, Role::ChainRule | Role::LocalDerivative) => Origin::Backward,
        (_, Role::Given | Role::Penalty | Role::Batch | Role::Update) => Origin::Others,
    }
}

/// The formulas of the functions that the sections use, and those that these use.
fn functions_used(facts: &Facts<'_>, uses: &mut Uses, kept: &[Section]) -> Vec<Line> {
    if kept.iter().any(|section| section.key == "network") {
        return Vec::new();
    }
    let all = definitions(facts);
    let called = |line: &Line| match line.sides.first().and_then(|side| side.expression.root()) {
        Some(Node::Apply(FunctionId(id), _)) => Some(*id),
        _ => None,
    };
    // A function comes after those that it calls.
    for line in all.iter().rev() {
        if called(line).is_some_and(|id| uses.functions.contains(&id)) {
            line.sides.iter().for_each(|side| uses.names(facts, &side.expression));
        }
    }
    all.into_iter().filter(|line| called(line).is_some_and(|id| uses.functions.contains(&id))).collect()
}

impl Uses {
    fn section(&mut self, facts: &Facts<'_>, section: &Section) {
        for block in &section.blocks {
            match block {
                Block::Lines(lines) => lines.iter().for_each(|line| self.line(facts, line)),
                Block::Paragraph(text) => self.text(facts, text),
                Block::Table { rows, .. } => rows.iter().flatten().for_each(|text| self.text(facts, text)),
                Block::Picture(_) | Block::Heading(_) | Block::Code(_) => {}
            }
        }
    }

    fn text(&mut self, facts: &Facts<'_>, text: &Text) {
        for inline in text {
            match inline {
                Inline::Math(side) if side.form == Form::Value => {}
                Inline::Math(side) => self.expression(facts, &side.expression),
                Inline::Equality(line) => self.line(facts, line),
                Inline::Sizes(sizes) => self.expression(facts, &sizes.of),
                Inline::Text(_) | Inline::Code(_) | Inline::Sign(_) => {}
            }
        }
    }

    /// What a line defines, its first side, and what it uses.
    fn line(&mut self, facts: &Facts<'_>, line: &Line) {
        let Some((first, rest)) = line.sides.split_first() else { return };
        match quantity_of(&first.expression) {
            Some(Quantity::Equation(id)) => {
                self.derivative_names(facts, *id);
                self.define(Used::Value(of_sample(facts, *id)));
            }
            Some(Quantity::Derivative { of, by, .. }) => {
                self.of_and_by(facts, [*of, *by]);
                self.define(Used::Derivative(*of, *by));
            }
            // A function or a letter of the page's own.
            Some(_) => {}
            None if matches!(first.expression.root(), Some(Node::Apply(..))) => {}
            None => match element_of_one(&first.expression) {
                Some(id) => self.derivative_names(facts, id),
                None => self.expression(facts, &first.expression),
            },
        }
        for side in rest.iter().filter(|side| side.form != Form::Value) {
            self.expression(facts, &side.expression);
        }
    }

    fn define(&mut self, used: Used) {
        // What was used before it is a starting value all the same.
        if !self.used.contains_key(&used) {
            self.defined.insert(used);
        }
    }

    fn expression(&mut self, facts: &Facts<'_>, expression: &Expression) {
        self.names(facts, expression);
        for (index, node) in expression.nodes().iter().enumerate() {
            match node {
                Node::Quantity(quantity) => self.quantity(facts, quantity, expression, index),
                Node::Batch(_, inner) => {
                    self.over_batch = true;
                    self.expression(facts, inner);
                }
                Node::Number(_)
                | Node::Constant(..)
                | Node::Unary(..)
                | Node::Binary(..)
                | Node::Select(..)
                | Node::Apply(..)
                | Node::Array(..)
                | Node::Whole { .. } => {}
            }
        }
    }

    /// Functions and constants.
    fn names(&mut self, facts: &Facts<'_>, expression: &Expression) {
        for node in expression.nodes() {
            match node {
                Node::Apply(function @ FunctionId(id), arguments) => {
                    self.functions.insert(*id);
                    // The logarithm of a probability is written with the name of the probability.
                    if LOGARITHMS.contains(&facts.function_name(*function)) {
                        arguments.iter().for_each(|id| self.probability(facts, expression.node(*id)));
                    }
                }
                Node::Constant(id, value) => {
                    self.constants.insert(id.0, *value);
                }
                Node::Quantity(Quantity::FunctionDerivative { function, .. }) => {
                    self.functions.insert(function.0);
                }
                Node::Batch(_, inner) => self.names(facts, inner),
                Node::Number(_)
                | Node::Quantity(_)
                | Node::Unary(..)
                | Node::Binary(..)
                | Node::Select(..)
                | Node::Array(..)
                | Node::Whole { .. } => {}
            }
        }
    }

    /// What the forward pass computes of a net input.
    fn probability(&mut self, facts: &Facts<'_>, net: Option<&Node>) {
        let Some(Node::Quantity(Quantity::Equation(net))) = net else { return };
        for reader in facts.uses_of(*net) {
            let equation = facts.derivation.equation(*reader);
            if equation.role == Role::Forward && matches!(equation.symbol, Symbol::Named(_)) {
                self.value(facts, *reader, None);
            }
        }
    }

    fn quantity(&mut self, facts: &Facts<'_>, quantity: &Quantity, within: &Expression, index: usize) {
        match quantity {
            Quantity::Equation(id) => {
                self.derivative_names(facts, *id);
                self.value(facts, *id, element_read(within, index));
            }
            Quantity::Derivative { of, by, value } => {
                self.of_and_by(facts, [*of, *by]);
                match quantity_of(value) {
                    Some(Quantity::Equation(id)) if matches!(facts.derivation.equation(*id).symbol, Symbol::Gradient(x) if x == *by) =>
                    {
                        self.value(facts, *id, None);
                    }
                    _ => self.insert(Used::Derivative(*of, *by), || {
                        Expression::quantity(facts.derivation, quantity.clone())
                    }),
                }
            }
            Quantity::OfSample { value, .. } => self.expression(facts, value),
            Quantity::OfStep { .. }
            | Quantity::Count(_)
            | Quantity::Letter { .. }
            | Quantity::Argument { .. }
            | Quantity::FunctionDerivative { .. } => {}
        }
    }

    fn value(&mut self, facts: &Facts<'_>, id: EquationId, element: Option<ArrayOp>) {
        let id = of_sample(facts, id);
        let equation = facts.derivation.equation(id);
        if matches!(equation.symbol, Symbol::Setting(_) | Symbol::Step(_)) && equation.role == Role::Given {
            return;
        }
        let whole = Expression::symbol(facts.derivation, id);
        match element {
            Some(op) if !is_shown(facts, &whole) && !self.defined.contains(&Used::Value(id)) => {
                let place = match (op, equation.shape) {
                    (ArrayOp::Cell(row, column), Shape::Matrix(_, columns)) => row * columns + column,
                    (ArrayOp::Element(index), _) => index,
                    _ => 0,
                };
                self.insert(Used::Element(id, place), || {
                    let mut element = whole.clone();
                    let all = element.last();
                    element.push_shaped(Node::Array(op, vec![all]), Shape::Scalar);
                    element
                });
            }
            _ => self.insert(Used::Value(id), || whole.clone()),
        }
    }

    /// The values that the symbol of a derivative names.
    fn derivative_names(&mut self, facts: &Facts<'_>, id: EquationId) {
        let derivation = facts.derivation;
        let Some(loss) = &derivation.loss else { return };
        match derivation.equation(id).symbol {
            Symbol::Partial { of, by } => self.of_and_by(facts, [of, by]),
            // At the level of layers it is called δ.
            Symbol::Gradient(of)
                if !facts.at_neuron_level() && matches!(derivation.equation(of).symbol, Symbol::Net(_)) => {}
            Symbol::Gradient(of) => self.of_and_by(facts, [loss.total, of]),
            Symbol::BatchGradient(_, of) => self.of_and_by(facts, [loss.batch, of]),
            Symbol::PenaltyGradient(of) => self.of_and_by(facts, [loss.penalty.unwrap_or(loss.total), of]),
            Symbol::ObjectiveGradient(of) | Symbol::Pulled(of) | Symbol::BatchPulled(of) => {
                self.of_and_by(facts, [loss.objective, of]);
            }
            Symbol::Updated(of) | Symbol::State { of, .. } => self.value(facts, of, None),
            Symbol::Named(_)
            | Symbol::Local(_)
            | Symbol::Net(_)
            | Symbol::Component(_)
            | Symbol::Loss
            | Symbol::BatchLoss(_)
            | Symbol::Penalty
            | Symbol::PenaltyPart(_)
            | Symbol::Objective
            | Symbol::Setting(_)
            | Symbol::StepNumber
            | Symbol::GradientNorm
            | Symbol::ClipFactor
            | Symbol::Step(_) => {}
        }
    }

    fn of_and_by(&mut self, facts: &Facts<'_>, pair: [EquationId; 2]) {
        // The loss of neurons has its letter in the preface; over one sample its mean is that loss.
        let single = facts.at_neuron_level() && facts.is_one_sample();
        let is_letter = |id: EquationId| {
            facts.at_neuron_level()
                && facts
                    .derivation
                    .loss
                    .as_ref()
                    .is_some_and(|loss| id == loss.total || single && id == loss.batch)
        };
        for id in pair.into_iter().filter(|id| !is_letter(*id)) {
            self.value(facts, id, None);
        }
    }

    /// What the symbols of starting values name comes before them, also where the page derives it later.
    fn name_first(&mut self, facts: &Facts<'_>) {
        let open: Vec<Used> = self.used.keys().filter(|used| !self.defined.contains(used)).copied().collect();
        let mut names = Uses::default();
        for used in open {
            match used {
                Used::Value(id) => names.derivative_names(facts, id),
                Used::Derivative(of, by) => names.of_and_by(facts, [of, by]),
                Used::Element(..) => {}
            }
        }
        self.defined.retain(|used| !names.used.contains_key(used));
        self.used.extend(names.used);
    }

    fn insert(&mut self, used: Used, expression: impl FnOnce() -> Expression) {
        if !self.defined.contains(&used) {
            self.used.entry(used).or_insert_with(expression);
        }
    }
}

/// The mean over one sample of neurons is written like the sample's own value.
fn of_sample(facts: &Facts<'_>, id: EquationId) -> EquationId {
    let single = facts.is_single() || facts.at_neuron_level() && facts.is_one_sample();
    let op = &facts.derivation.equation(id).op;
    if let Op::BatchMean(of) | Op::BatchSum(of) = op
        && single
    {
        return *of;
    }
    id
}

/// The one quantity of an expression, that of a sample without the sample.
fn quantity_of(expression: &Expression) -> Option<&Quantity> {
    let [Node::Quantity(quantity)] = expression.nodes() else { return None };
    if let Quantity::OfSample { value, .. } = quantity { quantity_of(value) } else { Some(quantity) }
}

/// The equation of which an expression is one element.
fn element_of_one(expression: &Expression) -> Option<EquationId> {
    match expression.nodes() {
        [Node::Quantity(Quantity::Equation(id)), Node::Array(ArrayOp::Element(_) | ArrayOp::Cell(..), _)] => {
            Some(*id)
        }
        _ => None,
    }
}

/// The operation that reads an element of a node, where nothing else reads it.
fn element_read(within: &Expression, index: usize) -> Option<ArrayOp> {
    let mut readers =
        within.nodes().iter().filter(|node| node.operands().iter().any(|id| id.index() == index));
    match (readers.next(), readers.next()) {
        (Some(Node::Array(op @ (ArrayOp::Cell(..) | ArrayOp::Element(_)), _)), None) => Some(*op),
        _ => None,
    }
}
