//! The value of each side, at any point, from the interpreter's values of the equations.

use mlp_dsl::{
    formula::{
        FunctionId,
        evaluate::{Real, evaluate_formula},
    },
    ir::{Derivation, equation::EquationId},
    model::{Reduction, Sample},
    never::OrNever,
    number::Arithmetic,
    shape::Shape,
};
use mlp_eval::{Array, Evaluation, Point, evaluate};

use super::{ArrayOp, Expression, Node, NodeId, Quantity};

/// The interpreter's values: of the batch, and of each of its samples; then those of the next steps.
#[derive(Clone, Debug)]
pub struct Numbers<R = f64> {
    evaluation: Evaluation<R>,
    /// The steps after this one.
    next: Option<Box<Numbers<R>>>,
}

impl<R: Real> Numbers<R> {
    /// At a point.
    pub fn at(derivation: &Derivation, point: &Point) -> Self {
        Numbers::of_evaluation(evaluate(derivation, point))
    }

    /// Of an evaluation.
    pub(crate) fn of_evaluation(evaluation: Evaluation<R>) -> Self {
        Numbers { evaluation, next: None }
    }

    /// At a point, and at those that the next steps lead to: as many steps in all.
    pub fn with_steps(derivation: &Derivation, point: &Point, steps: usize) -> Self {
        let mut all = vec![evaluate::<R>(derivation, point)];
        let mut point = point.clone();
        for step in 1..steps {
            let Some(last) = all.last() else { break };
            point.step(derivation, last);
            take_samples_of(derivation, &mut point, step);
            all.push(evaluate(derivation, &point));
        }
        Numbers::of_steps(all)
    }

    /// Of the evaluations of steps, the first of which is that of this one.
    pub(crate) fn of_steps(all: Vec<Evaluation<R>>) -> Self {
        let mut all = all.into_iter().rev();
        let last = all.next().map(Numbers::of_evaluation);
        let numbers = last.map(|last| {
            all.fold(last, |next, evaluation| Numbers { evaluation, next: Some(Box::new(next)) })
        });
        numbers.or_never("there is a step", Numbers { evaluation: Evaluation::default(), next: None })
    }

    /// How many steps there are after this one.
    pub fn later(&self) -> usize {
        self.next.as_ref().map_or(0, |next| 1 + next.later())
    }

    /// The numbers of a later step, counted from 0, which is this one.
    pub(crate) fn of_step(&self, step: usize) -> Option<&Self> {
        match step.checked_sub(1) {
            None => Some(self),
            Some(rest) => self.next.as_ref()?.of_step(rest),
        }
    }

    /// For a batch of samples, with these parameters instead of the start values.
    pub fn of_batch(
        derivation: &Derivation,
        parameters: &[(EquationId, Array<f64>)],
        samples: &[Sample],
    ) -> Self {
        let mut point = Point::at(derivation, samples);
        for (id, value) in parameters {
            point.set(*id, value.clone());
        }
        Numbers::at(derivation, &point)
    }

    /// How many samples there are.
    pub fn samples(&self) -> usize {
        self.evaluation.samples()
    }

    /// The value of an equation, seen from a sample.
    pub fn value(&self, id: EquationId, sample: usize) -> Option<&Array<R>> {
        self.evaluation.value_of(id, sample)
    }
}

/// Puts the samples of a step, counted from 0, in the place of those of the step before it.
pub(crate) fn take_samples_of(derivation: &Derivation, point: &mut Point, step: usize) {
    let samples = derivation.header.samples.get(derivation.samples_of_step(step as u64)).unwrap_or_default();
    if samples.len() == point.samples() && derivation.header.has_data {
        point.take_samples(derivation, samples);
    }
}

impl Expression {
    /// The value seen from a sample, or `None` where something in it has none.
    pub fn evaluate<R: Real>(
        &self,
        derivation: &Derivation,
        numbers: &Numbers<R>,
        sample: usize,
    ) -> Option<Array<R>> {
        node_values(self, derivation, numbers, sample)?.pop()
    }
}

/// The value of each node of an expression, seen from a sample.
pub(crate) fn node_values<R: Real>(
    expression: &Expression,
    derivation: &Derivation,
    numbers: &Numbers<R>,
    sample: usize,
) -> Option<Vec<Array<R>>> {
    let quantity = |quantity: &Quantity| quantity.evaluate(derivation, numbers, sample);
    let batch = |reduction, inner: &Expression| over_batch(inner, reduction, derivation, numbers);
    nodes_from(expression, derivation, &quantity, &batch)
}

/// The value of each node of an expression; `quantity` gives those of its quantities, and `batch` what is taken
/// over the samples.
pub(crate) fn nodes_from<R: Real>(
    expression: &Expression,
    derivation: &Derivation,
    quantity: &dyn Fn(&Quantity) -> Option<Array<R>>,
    batch: &dyn Fn(Reduction, &Expression) -> Option<Array<R>>,
) -> Option<Vec<Array<R>>> {
    let mut values: Vec<Array<R>> = Vec::with_capacity(expression.nodes().len());
    for (node, shape) in expression.shaped() {
        let value = match node {
            Node::Number(number) | Node::Constant(_, number) => Array::scalar_of(R::from(*number)),
            Node::Quantity(own) => quantity(own)?,
            Node::Batch(reduction, inner) => batch(*reduction, inner)?,
            Node::Array(op, operands) => op.evaluate(shape, &operands_of(operands, &values)?)?,
            Node::Unary(..) | Node::Binary(..) | Node::Select(..) | Node::Apply(..) | Node::Whole { .. } => {
                let operands = operands_of(&node.operands(), &values)?;
                Array::build(shape, |row, column| {
                    let cells: Vec<R> = operands.iter().map(|a| a.spread(row, column)).collect();
                    cell(node, &cells, derivation)
                })
            }
        };
        values.push(value);
    }
    Some(values)
}

fn over_batch<R: Real>(
    expression: &Expression,
    reduction: Reduction,
    derivation: &Derivation,
    numbers: &Numbers<R>,
) -> Option<Array<R>> {
    let mut sum: Option<Array<R>> = None;
    for sample in 0..numbers.samples() {
        let value = expression.evaluate(derivation, numbers, sample)?;
        sum = Some(match sum {
            Some(sum) => sum.plus(&value),
            None => value,
        });
    }
    Some(match reduction {
        Reduction::Mean => sum?.map(|x| x / R::from(numbers.samples() as f64)),
        Reduction::Sum => sum?,
    })
}

impl Quantity {
    /// The value seen from a sample.
    pub fn evaluate<R: Real>(
        &self,
        derivation: &Derivation,
        numbers: &Numbers<R>,
        sample: usize,
    ) -> Option<Array<R>> {
        match self {
            Quantity::Equation(id) => numbers.value(*id, sample).cloned(),
            Quantity::Count(count) => Some(Array::scalar_of(R::from(count.of(derivation)? as f64))),
            Quantity::OfSample { sample: own, value } => {
                value.evaluate(derivation, numbers, own.unwrap_or(sample))
            }
            Quantity::OfStep { step, value } => value.evaluate(derivation, numbers.of_step(*step)?, sample),
            Quantity::Letter { value, .. }
            | Quantity::Derivative { value, .. }
            | Quantity::Argument { value, .. }
            | Quantity::FunctionDerivative { value, .. } => value.evaluate(derivation, numbers, sample),
        }
    }
}

impl ArrayOp {
    fn evaluate<R: Real>(self, shape: Shape, operands: &[&Array<R>]) -> Option<Array<R>> {
        let first = *operands.first()?;
        let second = || operands.get(1).copied();
        let product = |a: &Array<R>, b: &Array<R>| a.product(b, Arithmetic::Separate);
        let value = match self {
            ArrayOp::Product => product(first, second()?),
            ArrayOp::ProductTransposed => product(first, &second()?.transposed()),
            ArrayOp::TransposedProduct => product(&first.transposed(), second()?),
            ArrayOp::Dot => product(first, &second()?.transposed()),
            ArrayOp::Sum => Array::scalar_of(first.sum()),
            ArrayOp::Softmax => first.softmax(),
            ArrayOp::LogSoftmax => first.log_softmax(),
            ArrayOp::CrossEntropy => {
                let zero = R::from(0.0);
                let part = |(p, t): (R, R)| if t.real() == 0.0 { zero } else { -t * p.ln() };
                Array::scalar_of(added_up(first.iter().zip(second()?.iter()).map(part)))
            }
            ArrayOp::SoftmaxCrossEntropy => Array::scalar_of(first.cross_entropy(second()?)),
            ArrayOp::Pack => Array::vector(operands.iter().flat_map(|a| a.iter()).collect()),
            ArrayOp::Transposed => first.transposed(),
            ArrayOp::SumSquares => Array::scalar_of(added_up(first.iter().map(|x| x * x))),
            ArrayOp::Part(start) => Array::vector(first.iter().skip(start).take(shape.count()).collect()),
            ArrayOp::Element(index) => Array::scalar_of(first.at(0, index)),
            ArrayOp::SumOverIndex => Array::build(shape, |row, _| match shape {
                Shape::Matrix(_, columns) => added_up((0..columns).map(|column| first.at(row, column))),
                Shape::Scalar | Shape::Vector(_) => first.sum(),
            }),
            ArrayOp::Cell(row, column) => Array::scalar_of(first.at(row, column)),
            ArrayOp::Fill => Array::build(shape, |row, column| first.spread(row, column)),
        };
        let cells: Vec<R> = value.iter().collect();
        Some(Array::from_row_major(shape, &cells))
    }
}

fn added_up<R: Real>(numbers: impl Iterator<Item = R>) -> R {
    numbers.reduce(|sum, x| sum + x).unwrap_or(R::from(0.0))
}

fn operands_of<'v, R>(ids: &[NodeId], values: &'v [Array<R>]) -> Option<Vec<&'v Array<R>>> {
    ids.iter().map(|id| values.get(id.index())).collect()
}

/// One cell of an element-wise operation.
fn cell<R: Real>(node: &Node, x: &[R], derivation: &Derivation) -> R {
    let value = match (node, x) {
        (Node::Unary(op, _), [x]) => Some(op.evaluate(*x)),
        (Node::Binary(op, ..), [a, b]) => Some(op.evaluate(*a, *b)),
        (Node::Whole { up: true, .. }, [x]) => Some(-(-*x).floor()),
        (Node::Whole { up: false, .. }, [x]) => Some(x.floor()),
        (Node::Select(comparison, _), [left, right, then, otherwise]) => {
            Some(if comparison.holds(left.real(), right.real()) { *then } else { *otherwise })
        }
        (Node::Apply(id, _), arguments) => applied(*id, arguments, derivation),
        _ => None,
    };
    value.or_never("an element-wise operation has its operands", R::from(f64::NAN))
}

/// The value of a function; none where it or an argument is missing.
fn applied<R: Real>(FunctionId(id): FunctionId, arguments: &[R], derivation: &Derivation) -> Option<R> {
    let header = &derivation.header;
    let function = header.functions.get(id as usize)?;
    let leaf = |leaf: u32| {
        let argument = arguments.get(leaf as usize).copied();
        argument.or_never("a call has an argument for each parameter", R::from(f64::NAN))
    };
    Some(evaluate_formula(&function.body, &leaf, &header.functions, header.arithmetic))
}
