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
        equation::{expanded, of_equation, with_bodies},
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
    let expression = of_equation(facts.derivation, id);
    let form = if facts.at_neuron_level() || !multiplies(&expression) { Form::Symbols } else { Form::Sized };
    let mut sides = vec![Side { form, ..symbol(facts, id) }, Side::new(form, expression.clone())];
    let spelled = match expanded(&expression, facts.derivation) {
        Some(expanded) if facts.at_neuron_level() && !facts.options.is_brief() => {
            sides.push(Side::symbols(expanded.clone()));
            expanded
        }
        Some(_) | None => expression,
    };
    // With numbers a log loss is the formula that the program computes.
    let spelled = match facts.derivation.prelude_function("log_loss_from_logit") {
        Some(log_loss) => with_bodies(&spelled, facts.derivation, log_loss),
        None => spelled,
    };
    sides.extend(in_numbers(facts, id, &spelled));
    Line { subject: vec![id], sides }
}

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
    let is_array = |node: &Node| matches!(node, Node::Array(..) | Node::Batch(..));
    let scalars = facts.derivation.shape(id) == Shape::Scalar && !column;
    if (scalars && !expression.nodes().iter().any(is_array)) || is_written_out(facts, expression) {
        sides.push(Side::new(Form::Numbers, expression.clone()));
    }
    sides.push(Side::new(Form::Value, Expression::symbol(facts.derivation, id)));
    sides
}

/// Whether a formula of arrays is printed with numbers: sums and products, and not of one row of a batch only.
fn is_written_out(facts: &Facts<'_>, expression: &Expression) -> bool {
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
    let each = match expression.root() {
        Some(Node::Batch(_, each)) => each,
        Some(_) | None => expression,
    };
    let rows = !is_batch(expression) || each.shape() != Shape::Scalar;
    let fits = facts.batch_size() == 1 || !each.is_by_row(facts.derivation);
    rows && fits && is_sum(each)
}

fn is_batch(expression: &Expression) -> bool {
    matches!(expression.root(), Some(Node::Batch(..)))
}

/// Whether it is a product of matrices.
fn is_product(op: ArrayOp) -> bool {
    matches!(op, ArrayOp::Product | ArrayOp::ProductTransposed | ArrayOp::TransposedProduct | ArrayOp::Dot)
}

/// Whether a formula multiplies matrices, and has no index below a symbol.
fn multiplies(expression: &Expression) -> bool {
    let each = match expression.root() {
        Some(Node::Batch(_, each)) if each.shape() != Shape::Scalar => {
            return multiplies(each) || each.nodes().len() == 1;
        }
        Some(_) | None => expression,
    };
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

/// Functions of the prelude that need no formula, or have a simpler one than that which a program computes.
const ELEMENTARY: [&str; 4] = ["max", "min", "abs", "ln_1p"];
/// Functions of the prelude that have a notation, with the sigmoid.
pub(crate) const LOGARITHMS: [&str; 2] = ["log_sigmoid", "log_loss_from_logit"];

/// The formulas of all functions that occur, of their parameters; the values of these are only for verification.
pub(crate) fn definitions<'d>(facts: &Facts<'d>) -> Vec<Line> {
    let functions = &facts.derivation.header.functions;
    let mut used = BTreeSet::new();
    let formula = |e: &'d Equation| if let Op::Pointwise(formula) = &e.op { Some(formula) } else { None };
    let mut open: Vec<&Formula> = facts.derivation.equations.iter().filter_map(formula).collect();
    let sigmoid = facts.derivation.prelude_function("sigmoid");
    while let Some(formula) = open.pop() {
        for term in formula.terms() {
            let Term::Apply(FunctionId(id), _) = term else { continue };
            let Some(function) = functions.get(*id as usize).filter(|_| used.insert(*id)) else { continue };
            // The logarithm of a probability is written with the sigmoid.
            if function.prelude && LOGARITHMS.contains(&function.name.as_str()) {
                open.extend(
                    sigmoid
                        .filter(|FunctionId(id)| used.insert(*id))
                        .and_then(|id| facts.function(id))
                        .map(|f| &f.body),
                );
            }
            if !(function.prelude && ELEMENTARY.contains(&function.name.as_str())) {
                open.push(&function.body);
                open.extend(function.partials.iter().chain(&function.stated).filter(|_| facts.is_trained()));
            }
        }
    }
    let mut lines = Vec::new();
    for id in used.into_iter().take(ITEMS).map(FunctionId) {
        let Some(function) = facts.function(id) else { continue };
        let name = function.name.as_str();
        if function.prelude && (LOGARITHMS.contains(&name) || ELEMENTARY.contains(&name) && name != "ln_1p") {
            continue;
        }
        let count = function.parameters.len();
        let arguments: Vec<Expression> = (0..count).map(|index| number(0.3 + 0.4 * index as f64)).collect();
        let call = Call::new(facts, id, function, &arguments);
        let applied = Side::symbols(call.value.clone());
        let formula = if function.prelude && name == "ln_1p" {
            call.logarithm_of_one_plus()
        } else {
            call.with(&function.body)
        };
        lines.push(Line { subject: Vec::new(), sides: vec![applied, formula] });
    }
    lines
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

    /// ln(1 + u), of the first parameter.
    fn logarithm_of_one_plus(&self) -> Side {
        let mut expression = self.value.clone();
        let one = expression.push(Node::Number(1.0));
        let u = self.places.first().copied().unwrap_or(one);
        let sum = expression.push(Node::Binary(Binary::Add, one, u));
        expression.push(Node::Unary(Unary::Ln, sum));
        Side::symbols(expression)
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
