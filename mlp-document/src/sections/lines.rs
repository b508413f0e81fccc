//! The lines that every equation can be written in.

use std::collections::BTreeSet;

use mlp_dsl::{
    formula::{
        Formula, FunctionId, Term,
        scalar::{Binary, Function, Unary},
    },
    ir::{
        array::Op,
        equation::{Equation, EquationId},
    },
    shape::Shape,
};

use crate::{
    content::{Form, Line, Section, Side},
    expression::{
        ArrayOp, Expression, Node, NodeId, Quantity,
        batch::OverBatch,
        book::{by_elements, expanded, with_textbook_forms},
        equation::{expanded as computed, of_equation, with_bodies},
        evaluate::nodes_from,
    },
    phrases::{self, Items},
};

use super::{
    arithmetic::number,
    facts::{Facts, ITEMS},
};

/// An equation by its symbol.
pub(crate) fn symbol(facts: &Facts<'_>, id: EquationId) -> Side {
    Side::symbols(Expression::symbol(facts.derivation, id))
}

/// symbol = formula = numbers put in = value
pub(crate) fn line(facts: &Facts<'_>, id: EquationId) -> Line {
    let derivation = facts.derivation;
    let expression = facts.formula(id);
    let form = if facts.at_neuron_level() || !multiplies(&expression) { Form::Symbols } else { Form::Sized };
    let mut sides = vec![Side { form, ..symbol(facts, id) }, Side::new(form, expression.clone())];
    let expands = facts.at_neuron_level() && !facts.options.is_brief();
    let spelled = if expands { expanded(&expression, derivation) } else { None };
    let spelled = with_textbook_forms(&spelled.unwrap_or_else(|| expression.clone()), derivation);
    let faithful = is_faithful(facts, id, &spelled);
    let spelled = if faithful { spelled } else { as_computed(facts, &expression) };
    let chooses = spelled.nodes().iter().any(|node| matches!(node, Node::Select(..)));
    if facts.at_neuron_level() && spelled != expression || chooses {
        let taken = chooses && facts.at_neuron_level() && facts.numbers.is_some();
        sides.push(Side::new(if taken { Form::Taken } else { Form::Symbols }, spelled.clone()));
    }
    // The formula of a choice is that of its branch.
    if chooses && facts.at_neuron_level() && facts.numbers.is_some() && spelled == expression {
        sides.remove(1);
    }
    let mut numbers = in_numbers(facts, id, &spelled);
    if let Some(Node::Array(ArrayOp::CrossEntropy, _)) = spelled.root()
        && facts.samples() == 1
        && !numbers.is_empty()
    {
        let by_classes = by_elements(&spelled, derivation, facts.simplex);
        let parted =
            !by_classes.nodes().iter().any(|node| matches!(node, Node::Array(ArrayOp::CrossEntropy, _)));
        numbers.splice(0..0, parted.then(|| Side::new(Form::Numbers, by_classes)));
    }
    // Numbers that a reader could not compute with are left out.
    let usable = |side: &Side| faithful || side.form == Form::Value || is_faithful(facts, id, &spelled);
    sides.extend(numbers.into_iter().filter(usable));
    Line { subject: vec![id], sides }
}

/// The formulas that the program computes, in the place of textbook forms.
fn as_computed(facts: &Facts<'_>, expression: &Expression) -> Expression {
    let computed = computed(expression, facts.derivation).filter(|_| facts.at_neuron_level());
    let computed = computed.unwrap_or_else(|| expression.clone());
    match facts.derivation.prelude_function("log_loss_from_logit") {
        Some(log_loss) => {
            with_textbook_forms(&with_bodies(&computed, facts.derivation, log_loss), facts.derivation)
        }
        None => computed,
    }
}

/// Whether a reader who computes a formula with the printed digits gets the value, nearly: not where digits cancel, as in
/// ln(1 − p) for a p that is printed as 1.
fn is_faithful(facts: &Facts<'_>, id: EquationId, formula: &Expression) -> bool {
    let Some(numbers) = facts.numbers else { return true };
    if facts.derivation.shape(id) != Shape::Scalar {
        return true;
    }
    let digits = facts.options.round_each.unwrap_or(facts.options.digits);
    // A reader who rounds each number gets the digits that are printed.
    let half = facts.options.round_each.map(|places| 0.5 * 10_f64.powi(-(places as i32)));
    let unit = 10_f64.powi(-(digits as i32));
    let steps = (0..=numbers.later()).filter_map(|step| numbers.of_step(step));
    let mut seen = steps.flat_map(|numbers| (0..numbers.samples()).map(move |sample| (numbers, sample)));
    seen.all(|(numbers, sample)| {
        let rounded = |quantity: &Quantity| {
            let value = quantity.evaluate(facts.derivation, numbers, sample)?;
            Some(value.map(|x| if x.value().abs() < SMALL { x } else { x.rounded(digits) }))
        };
        let found = nodes_from(formula, facts.derivation, &rounded, &|_, _| None);
        let found = found.and_then(|mut values| Some(values.pop()?.scalar().value()));
        let value = numbers.value(id, sample).map(|value| value.scalar().value());
        found.zip(value).is_none_or(|(found, value)| {
            let most = half.unwrap_or(f64::max(NEARLY * (value.abs() + SMALL), 50.0 * unit));
            value.is_finite() && (found - value).abs() <= most || !value.is_finite()
        })
    })
}

/// Numbers below this are printed with as many digits as others.
const SMALL: f64 = 1e-4;
/// How far a value may be from that which its printed formula gives, relative to it.
const NEARLY: f64 = 1e-3;

/// The lines of equations, as many as a section spells out.
pub(crate) fn lines_of(facts: &Facts<'_>, ids: &[EquationId]) -> Vec<Line> {
    ids.iter().take(ITEMS).map(|id| line(facts, *id)).collect()
}

/// A sentence about the items that are not spelled out, where there are any.
pub(crate) fn left_out(section: &mut Section, count: usize, items: Items) {
    if count > ITEMS {
        section.paragraph(phrases::left_out(count - ITEMS, items));
    }
}

/// An expression with numbers put in, and the value of the equation it belongs to.
pub(crate) fn in_numbers(facts: &Facts<'_>, id: EquationId, expression: &Expression) -> Vec<Side> {
    let mut sides = Vec::new();
    if facts.numbers.is_none() {
        return sides;
    }
    let open = expression.is_open(facts.derivation);
    // In a batch of layers a scalar is a column: its value alone is printed.
    let column = open && facts.samples() > 1 && !facts.at_neuron_level();
    let is_element = |node: &Node| matches!(node, Node::Array(ArrayOp::Element(_), _));
    let is_row = |node: &Node| matches!(node, Node::Array(..) | Node::Batch(..)) && !is_element(node);
    let scalars = facts.derivation.shape(id) == Shape::Scalar && !column;
    if (scalars && !expression.nodes().iter().any(is_row)) || is_written_out(facts, expression) {
        sides.push(Side::new(Form::Numbers, expression.clone()));
    }
    sides.push(Side::new(Form::Value, Expression::symbol(facts.derivation, id)));
    sides
}

/// Whether a formula of arrays is printed with numbers: sums and products, and not of one row of a batch only.
pub(crate) fn is_written_out(facts: &Facts<'_>, expression: &Expression) -> bool {
    let is_sum = |of: &Expression| {
        of.shaped().all(|(node, shape)| match node {
            Node::Number(_) | Node::Constant(..) | Node::Quantity(_) => true,
            Node::Unary(op, _) => *op == Unary::Negate,
            Node::Binary(op, ..) => {
                shape == Shape::Scalar || matches!(op, Binary::Add | Binary::Subtract | Binary::Multiply)
            }
            Node::Array(op, _) => is_product(*op) || *op == ArrayOp::Transposed,
            Node::Select(..) | Node::Apply(..) | Node::Batch(..) | Node::Whole { .. } => false,
        })
    };
    if facts.at_neuron_level() || expression.nodes().len() < 2 && !is_batch(expression) {
        return false;
    }
    let each = expression.over_batch().map_or(expression, |over_batch| over_batch.each);
    let rows = !is_batch(expression) || each.shape() != Shape::Scalar;
    let fits = facts.batch_size() == 1 || !each.is_by_row(facts.derivation);
    rows && fits && is_sum(each)
}

fn is_batch(expression: &Expression) -> bool {
    expression.over_batch().is_some()
}

/// Whether it is a product of matrices.
fn is_product(op: ArrayOp) -> bool {
    matches!(op, ArrayOp::Product | ArrayOp::ProductTransposed | ArrayOp::TransposedProduct | ArrayOp::Dot)
}

/// Whether a formula multiplies matrices, and has no index below a symbol.
fn multiplies(expression: &Expression) -> bool {
    let over_batch = expression.over_batch().filter(|over_batch| over_batch.each.shape() != Shape::Scalar);
    if let Some(OverBatch { each, .. }) = over_batch {
        return multiplies(each) || each.nodes().len() == 1;
    }
    let each = expression;
    let plain = |node: &Node| match node {
        Node::Array(op, _) => is_product(*op) || *op == ArrayOp::Transposed,
        Node::Number(_)
        | Node::Constant(..)
        | Node::Quantity(_)
        | Node::Unary(..)
        | Node::Binary(..)
        | Node::Apply(..) => true,
        Node::Select(..) | Node::Batch(..) | Node::Whole { .. } => false,
    };
    let product = |node: &Node| matches!(node, Node::Array(op, _) if is_product(*op));
    each.nodes().iter().all(plain) && each.nodes().iter().any(product)
}

/// The function an equation calls outermost, with its arguments.
pub(crate) fn outermost_call(facts: &Facts<'_>, id: EquationId) -> Option<(FunctionId, Vec<Expression>)> {
    let expression = of_equation(facts.derivation, id);
    let Some(Node::Apply(function, arguments)) = expression.root().cloned() else { return None };
    let arguments = arguments.iter().map(|id| expression.clone().ending_at(Some(*id)));
    Some((function, arguments.collect()))
}

/// Functions of the prelude that need no formula.
const ELEMENTARY: [&str; 3] = ["max", "min", "abs"];
/// Functions of the prelude that have a notation, with the sigmoid.
pub(crate) const LOGARITHMS: [&str; 2] = ["log_sigmoid", "log_loss_from_logit"];

/// The formulas of all functions that occur, of their parameters; the values of these are only for verification.
pub(crate) fn definitions<'d>(facts: &Facts<'d>) -> Vec<Line> {
    let functions = &facts.derivation.header.functions;
    let mut used = BTreeSet::new();
    let formula = |e: &'d Equation| if let Op::Pointwise(formula) = &e.op { Some(formula) } else { None };
    let mut open: Vec<&Formula> = facts.derivation.equations.iter().filter_map(formula).collect();
    while let Some(formula) = open.pop() {
        for term in formula.terms() {
            let Term::Apply(FunctionId(id), _) = term else { continue };
            let Some(function) = functions.get(*id as usize).filter(|_| used.insert(*id)) else { continue };
            if !(function.prelude && ELEMENTARY.contains(&function.name.as_str())) {
                open.extend(&function.textbook);
                // The program's form in the prelude calls nothing but ln(1 + u), which is written out.
                open.extend((function.textbook.is_none() || !function.prelude).then_some(&function.body));
                open.extend(
                    function.partials.iter().chain(&function.stated).filter(|_| facts.is_differentiated()),
                );
            }
        }
    }
    let mut lines = Vec::new();
    // The derivatives of a function of the specification are printed with the calls that they have.
    let in_derivative = |of: FunctionId| {
        let own =
            used.iter().filter_map(|id| functions.get(*id as usize)).filter(|function| !function.prelude);
        let mut partials = own.flat_map(|function| function.partials.iter().chain(&function.stated));
        facts.is_differentiated() && partials.any(|partial| partial.calls(of))
    };
    let called = facts.derivation.prelude_function("ln_1p").filter(|id| in_derivative(*id));
    for id in used.into_iter().take(ITEMS).map(FunctionId) {
        let Some(function) = facts.function(id) else { continue };
        let name = function.name.as_str();
        if function.prelude && (LOGARITHMS.contains(&name) || ELEMENTARY.contains(&name)) {
            continue;
        }
        // Elsewhere ln(1 + u) is written out.
        if function.prelude && name == "ln_1p" && called != Some(id) && !is_called(facts, id) {
            continue;
        }
        let count = function.parameters.len();
        let arguments: Vec<Expression> = (0..count).map(|index| number(0.3 + 0.4 * index as f64)).collect();
        let call = Call::new(facts, id, function, &arguments);
        let applied = Side::symbols(call.value.clone());
        let mut sides = vec![applied];
        sides.extend(function.textbook.iter().map(|form| call.with(form)));
        // What is computed is beside the formula of the books; ln(1 + u) itself is short.
        if function.textbook.is_none() || name != "ln_1p" {
            let computed = call.with(&function.body);
            let expression = with_textbook_forms(&computed.expression, facts.derivation);
            sides.push(Side { expression, ..computed });
        }
        lines.push(Line { subject: Vec::new(), sides });
    }
    lines
}

/// Whether an equation calls a function, not through another.
fn is_called(facts: &Facts<'_>, id: FunctionId) -> bool {
    let mut formulas = facts.derivation.equations.iter().filter_map(Equation::formula);
    formulas.any(|formula| formula.calls(id))
}

/// The derivatives of a function, with the arguments of its first call as values.
pub(crate) fn function(facts: &Facts<'_>, id: FunctionId, arguments: &[Expression]) -> Vec<Line> {
    let derivation = facts.derivation;
    let Some(function) = facts.function(id) else { return Vec::new() };
    let call = Call::new(facts, id, function, arguments);
    let mut lines = Vec::new();
    for (parameter, partial) in function.partials.iter().enumerate() {
        let derivative = Quantity::FunctionDerivative {
            function: id,
            parameter,
            arguments: call.parameters.clone(),
            value: Box::new(call.with(partial).expression),
        };
        let mut sides = vec![Side::symbols(Expression::quantity(derivation, derivative))];
        if function.parameters.len() == 1 {
            sides.extend(function.stated.iter().map(|stated| call.with(stated)));
        }
        sides.push(call.with(partial));
        lines.push(Line { subject: Vec::new(), sides });
    }
    lines
}

/// A function of its own parameters, each with a value.
struct Call {
    /// Each parameter by itself.
    parameters: Vec<Expression>,
    /// Their places.
    places: Vec<NodeId>,
    /// The parameters, then the call.
    value: Expression,
}

impl Call {
    fn new(facts: &Facts<'_>, id: FunctionId, function: &Function, values: &[Expression]) -> Self {
        let mut arguments = Expression::default();
        let (mut places, mut parameters) = (Vec::new(), Vec::new());
        for (name, value) in function.parameters.iter().zip(values) {
            let value = Box::new(first_element(value));
            let argument = Quantity::Argument { name: name.clone(), value };
            parameters.push(Expression::quantity(facts.derivation, argument.clone()));
            places.push(arguments.push_quantity(facts.derivation, argument));
        }
        let mut value = arguments.clone();
        value.push(Node::Apply(id, places.clone()));
        Call { parameters, places, value }
    }

    /// A formula of the parameters; its last leaf is the value of the call.
    fn with(&self, formula: &Formula) -> Side {
        let mut expression = self.value.clone();
        let call = expression.last();
        let leaf = |_: &mut Expression, leaf: u32| self.places.get(leaf as usize).copied().unwrap_or(call);
        let root = expression.formula(formula, &leaf);
        Side::symbols(expression.ending_at(Some(root)))
    }
}

/// The first element of an array, a scalar itself.
pub(crate) fn first_element(expression: &Expression) -> Expression {
    let mut element = expression.clone();
    if expression.shape() != Shape::Scalar {
        element.push_shaped(Node::Array(ArrayOp::Element(0), vec![expression.last()]), Shape::Scalar);
    }
    element
}
