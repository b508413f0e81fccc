//! What the sections share: the lines that every equation can be said in.

use std::collections::{HashMap, HashSet};

use mlp_dsl::{
    formula::FunctionId,
    ir::{
        Derivation, Layer,
        array::Op,
        equation::{Equation, EquationId, Role},
    },
    shape::Shape,
};

use super::{
    Options,
    content::{Form, Line, Side},
    evaluate::Numbers,
    expression::{Expression, Node, Quantity},
    inline::is_unnamed,
    latex::CELLS,
};

/// The most values, and the most parameters, that a section spells out.
pub(super) const ITEMS: usize = 120;

/// What the sections are written from.
pub(super) struct Context<'d> {
    pub(super) derivation: &'d Derivation,
    pub(super) options: &'d Options,
    /// The values at the declared numbers, where all are declared.
    pub(super) numbers: Option<&'d Numbers>,
    /// Where each equation of the forward pass and the loss is read.
    pub(super) uses: HashMap<EquationId, Vec<EquationId>>,
    /// The parameters.
    pub(super) parameters: HashSet<EquationId>,
    /// The last equation of each layer.
    ends: Vec<EquationId>,
    neurons: bool,
}

impl<'d> Context<'d> {
    pub(super) fn new(
        derivation: &'d Derivation,
        options: &'d Options,
        numbers: Option<&'d Numbers>,
    ) -> Self {
        let mut uses: HashMap<EquationId, Vec<EquationId>> = HashMap::new();
        for (id, equation) in derivation.numbered() {
            if matches!(equation.role, Role::Forward | Role::Loss) {
                let mut seen = HashSet::new();
                for operand in equation.op.operands().into_iter().filter(|o| seen.insert(*o)) {
                    uses.entry(operand).or_default().push(id);
                }
            }
        }
        let end = |layer: &Layer| layer.value.equations().iter().max().copied();
        let ends = derivation.layers.iter().filter_map(end).collect();
        let parameters = derivation.parameters.iter().map(|p| p.equation).collect();
        let neurons = derivation.equations.iter().all(is_of_a_neuron);
        Context { derivation, options, numbers, uses, parameters, ends, neurons }
    }

    /// Whether every value is a scalar of its own: then each number can be written out.
    pub(super) fn at_neuron_level(&self) -> bool {
        self.neurons
    }

    /// The layer an equation leads to; behind the last for the loss.
    pub(super) fn layer_of(&self, id: EquationId) -> usize {
        self.ends.partition_point(|end| *end < id)
    }

    /// The layer that reads a parameter first.
    pub(super) fn layer_of_parameter(&self, parameter: EquationId) -> usize {
        let first = self.uses.get(&parameter).and_then(|uses| uses.first());
        first.map_or(0, |first| self.layer_of(*first))
    }

    /// Samples in a batch: asked for, or declared, or one.
    pub(super) fn batch(&self) -> usize {
        let declared = self.derivation.training.as_ref().and_then(|t| t.batch);
        self.options.batch.or(declared).unwrap_or(1).clamp(1, 1 << 30)
    }

    /// The named equations with this reason, in order.
    pub(super) fn named(&self, role: Role) -> Vec<EquationId> {
        let all = self.derivation.numbered().filter(|(_, e)| e.role == role);
        all.map(|(id, _)| id).filter(|id| !is_unnamed(self.derivation, *id)).collect()
    }

    /// The named equations that read a value, directly or through unnamed ones.
    pub(super) fn named_uses(&self, id: EquationId) -> Vec<EquationId> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut stack = vec![id];
        while let Some(next) = stack.pop() {
            for reader in self.uses.get(&next).into_iter().flatten() {
                if seen.insert(*reader) {
                    let list = if is_unnamed(self.derivation, *reader) { &mut stack } else { &mut found };
                    list.push(*reader);
                }
            }
        }
        found.sort();
        found
    }

    pub(super) fn symbol(&self, id: EquationId) -> Side {
        Side::symbols(Expression::symbol(self.derivation, id))
    }

    /// symbol = formula = numbers put in = value
    pub(super) fn line(&self, id: EquationId) -> Line {
        self.line_by(id, Vec::new())
    }

    /// The same with sides between the symbol and the formula.
    pub(super) fn line_by(&self, id: EquationId, between: Vec<Side>) -> Line {
        let expression = Expression::of_equation(self.derivation, id);
        let mut sides = vec![self.symbol(id)];
        sides.extend(between);
        sides.push(Side::symbols(expression.clone()));
        let spelled = match expression.expanded(self.derivation) {
            Some(expanded) if self.at_neuron_level() => {
                sides.push(Side::symbols(expanded.clone()));
                expanded
            }
            _ => expression,
        };
        sides.extend(self.in_numbers(id, &spelled));
        Line { subject: vec![id], sides }
    }

    /// An expression with numbers put in, and the value of the equation it belongs to.
    pub(super) fn in_numbers(&self, id: EquationId, expression: &Expression) -> Vec<Side> {
        let mut sides = Vec::new();
        if self.numbers.is_none() {
            return sides;
        }
        if expression.nodes().iter().all(|node| !matches!(node, Node::Array(..) | Node::Batch(..)))
            && self.derivation.shape(id) == Shape::Scalar
        {
            sides.push(Side::new(Form::Numbers, expression.clone()));
        }
        if self.derivation.shape(id).count() <= CELLS {
            sides.push(Side::new(Form::Value, Expression::symbol(self.derivation, id)));
        }
        sides
    }

    /// A function's formula and its derivatives, with what its first use puts for its parameters.
    pub(super) fn function(&self, id: FunctionId, arguments: &[Expression]) -> Vec<Line> {
        let Some(function) = self.derivation.header.functions.get(id.0 as usize) else { return Vec::new() };
        let mut call = Expression::default();
        let mut places = Vec::new();
        for (name, value) in function.parameters.iter().zip(arguments) {
            let value = Box::new(value.clone().first_element());
            let argument = Quantity::Argument { name: name.clone(), value };
            places.push(call.push_quantity(self.derivation, argument));
        }
        let parameters: Vec<Expression> =
            places.iter().map(|place| call.clone().ending_at(Some(*place)).last_only()).collect();
        let with = |formula: &mlp_dsl::formula::Formula| {
            let mut expression = call.clone();
            let value = expression.push(Node::Apply(id, places.clone()));
            let leaf = |_: &mut Expression, leaf: u32| places.get(leaf as usize).copied().unwrap_or(value);
            let root = expression.formula(formula, &leaf);
            Side::symbols(expression.ending_at(Some(root)))
        };
        let mut applied = call.clone();
        applied.push(Node::Apply(id, places.clone()));
        let mut lines =
            vec![Line { subject: Vec::new(), sides: vec![Side::symbols(applied), with(&function.body)] }];
        for (parameter, partial) in function.partials.iter().enumerate() {
            let value = Box::new(with(partial).expression);
            let derivative = Quantity::FunctionDerivative {
                function: id,
                parameter,
                arguments: parameters.clone(),
                value,
            };
            let mut sides = vec![Side::symbols(Expression::quantity(self.derivation, derivative))];
            if function.parameters.len() == 1 {
                sides.extend(function.stated.iter().map(with));
            }
            sides.push(with(partial));
            lines.push(Line { subject: Vec::new(), sides });
        }
        lines
    }

    /// The function an equation calls outermost, with its arguments.
    pub(super) fn outermost_call(&self, id: EquationId) -> Option<(FunctionId, Vec<Expression>)> {
        let expression = Expression::of_equation(self.derivation, id);
        let Some(Node::Apply(function, arguments)) = expression.root().cloned() else { return None };
        let arguments = arguments.iter().map(|id| expression.clone().ending_at(Some(*id)));
        Some((function, arguments.collect()))
    }
}

fn is_of_a_neuron(equation: &Equation) -> bool {
    let plain = matches!(
        equation.op,
        Op::Given | Op::Setting(_) | Op::Pointwise(_) | Op::BatchMean(_) | Op::BatchSum(_)
    );
    plain && equation.shape == Shape::Scalar
}

/// An equality of whole numbers.
pub(super) fn arithmetic(left: Expression, right: usize) -> Line {
    Line { subject: Vec::new(), sides: vec![Side::symbols(left), Side::symbols(number(right as f64))] }
}

/// A number.
pub(super) fn number(x: f64) -> Expression {
    let mut expression = Expression::default();
    expression.push(Node::Number(x));
    expression
}

/// Products of whole numbers, added up.
pub(super) fn sum_of_products(terms: &[Vec<usize>]) -> Expression {
    use mlp_dsl::formula::scalar::Binary::{Add, Multiply};
    let mut expression = Expression::default();
    let mut sum = None;
    for factors in terms {
        let mut product = None;
        for factor in factors {
            let factor = expression.push(Node::Number(*factor as f64));
            product = Some(match product {
                None => factor,
                Some(product) => expression.push(Node::Binary(Multiply, product, factor)),
            });
        }
        sum = match (sum, product) {
            (Some(sum), Some(product)) => Some(expression.push(Node::Binary(Add, sum, product))),
            (sum, product) => sum.or(product),
        };
    }
    expression
}
