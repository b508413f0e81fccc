//! Whether two networks are the same equations but for names: the outputs are hashed as trees over elements of inputs and numbers of
//! parameters. How equations are cut, and what functions are called, does not count.

use std::collections::HashMap;

use mlp_dsl::{
    formula::{
        Formula, Term, TermId,
        scalar::{Binary, Unary},
    },
    ir::{Derivation, Value, array::Op, equation::EquationId},
    shape::Shape,
};
use mlp_hash::Fnv;
use std::fmt::Write;

/// Numbers of parameters by name.
pub(crate) type Parameters = HashMap<String, Vec<f64>>;

/// A hash of the outputs, as equations.
pub(crate) fn equations(derivation: &Derivation, parameters: &Parameters) -> Vec<u64> {
    let mut hasher = Hasher { derivation, parameters, known: HashMap::new() };
    let outputs = match derivation.heads.as_slice() {
        [] => derivation.output().into_iter().collect::<Vec<_>>(),
        heads => heads.iter().filter_map(|head| derivation.layers.get(*head)).collect(),
    };
    for (index, input) in derivation.inputs.iter().enumerate() {
        let whole = hashed(&format!("input {index}"));
        match &input.value {
            Value::Whole(id) => drop(hasher.known.insert(*id, whole)),
            Value::Packed(ids) => {
                for (at, id) in ids.iter().enumerate() {
                    hasher.known.insert(*id, element(whole, at, ids.len()));
                }
            }
        }
    }
    for (id, _) in derivation.numbered() {
        hasher.known.entry(id).or_insert(0);
        if hasher.known.get(&id) == Some(&0) {
            let hash = hasher.equation(id);
            hasher.known.insert(id, hash);
        }
    }
    let value = |layer: &&mlp_dsl::ir::Layer| {
        let parts: Vec<u64> = layer.value.equations().iter().map(|id| hasher.of(*id)).collect();
        stacked(&parts)
    };
    outputs.iter().map(value).collect()
}

fn hashed(text: &str) -> u64 {
    let mut hash = Fnv::EMPTY;
    let _ = hash.write_str(text);
    hash.finish()
}

/// A vector of one element is that element.
fn element(vector: u64, at: usize, length: usize) -> u64 {
    if length == 1 { vector } else { hashed(&format!("element {vector} {at}")) }
}

/// All elements of a vector in order are that vector.
fn stacked(parts: &[u64]) -> u64 {
    match parts {
        [one] => *one,
        parts => hashed(&format!("stack {parts:?}")),
    }
}

struct Hasher<'d> {
    derivation: &'d Derivation,
    parameters: &'d Parameters,
    known: HashMap<EquationId, u64>,
}

impl Hasher<'_> {
    fn of(&self, id: EquationId) -> u64 {
        self.known.get(&id).copied().unwrap_or_default()
    }

    fn equation(&self, id: EquationId) -> u64 {
        let d = self.derivation;
        if let Some(dropout) = d.dropouts.iter().find(|dropout| dropout.value == id) {
            return self.of(dropout.full);
        }
        let equation = d.equation(id);
        let parts: Vec<u64> = equation.op.operands().iter().map(|part| self.of(*part)).collect();
        match &equation.op {
            Op::Given => self.parameter(id),
            Op::Pointwise(formula) => {
                let leaves =
                    formula.leaves().into_iter().map(|leaf| (leaf, self.of(EquationId(leaf)))).collect();
                self.formula(formula, &leaves)
            }
            Op::Stack(ids) | Op::Concat(ids) => self.joined(ids, &parts),
            Op::Index(x, at) => element(self.of(*x), *at, d.shape(*x).count()),
            Op::Slice(x, start) => {
                let elements: Vec<u64> = (*start..*start + equation.shape.count())
                    .map(|at| element(self.of(*x), at, d.shape(*x).count()))
                    .collect();
                stacked(&elements)
            }
            // The sum of one element is that element.
            Op::Sum(x) if d.shape(*x).count() == 1 => self.of(*x),
            Op::VectorMatrix(x, matrix) => match self.chosen(*matrix) {
                Some(elements) => {
                    let length = d.shape(*x).count();
                    stacked(&elements.iter().map(|at| element(self.of(*x), *at, length)).collect::<Vec<_>>())
                }
                None => self.product(*x, *matrix, false),
            },
            Op::MatrixVector(matrix, vector) => self.product(*vector, *matrix, true),
            Op::Transpose(x) => self.turned(*x),
            Op::Dot(a, b) if d.shape(*a).count() == 1 => multiplied(self.of(*a), self.of(*b)),
            Op::Dot(a, b) => hashed(&format!("sum [{}]", multiplied(self.of(*a), self.of(*b)))),
            Op::Sum(_) => hashed(&format!("sum {parts:?}")),
            Op::Softmax(_) => hashed(&format!("softmax {parts:?}")),
            Op::LogSoftmax(_) => hashed(&format!("log_softmax {parts:?}")),
            Op::Setting(_)
            | Op::Outer(..)
            | Op::SoftmaxCrossEntropy(..)
            | Op::SumSquares(_)
            | Op::BatchMean(_)
            | Op::BatchSum(_)
            | Op::BatchWeightedMean(..) => hashed("training"),
        }
    }

    /// A vector times a matrix; with one element of each it is a product of numbers.
    fn product(&self, vector: EquationId, matrix: EquationId, turned: bool) -> u64 {
        let (shape, name) = (self.derivation.shape(matrix), self.derivation.name_of(matrix));
        match self.parameters.get(&name).map(Vec::as_slice) {
            Some([number]) if shape.count() == 1 => multiplied(self.of(vector), hashed_number(*number)),
            _ => {
                let matrix = if turned { self.turned(matrix) } else { self.of(matrix) };
                hashed(&format!("product {:?}", [self.of(vector), matrix]))
            }
        }
    }

    /// The elements that a matrix of a single 1 in each column chooses.
    fn chosen(&self, id: EquationId) -> Option<Vec<usize>> {
        let equation = self.derivation.equation(id);
        let (Op::Given, Shape::Matrix(rows, columns)) = (&equation.op, equation.shape) else { return None };
        let numbers = self.parameters.get(&self.derivation.name_of(id)).filter(|_| rows > 1)?;
        let column = |column: usize| {
            let mut ones = (0..rows).filter(|row| numbers.get(row * columns + column) != Some(&0.0));
            let one = ones.next()?;
            (ones.next().is_none() && numbers.get(one * columns + column) == Some(&1.0)).then_some(one)
        };
        (0..columns).map(column).collect()
    }

    /// The numbers of a parameter, with rows and columns.
    fn parameter(&self, id: EquationId) -> u64 {
        let numbers = self.parameters.get(&self.derivation.name_of(id));
        numbers_hash(numbers.map_or(&[], Vec::as_slice), self.derivation.shape(id), false)
    }

    fn turned(&self, id: EquationId) -> u64 {
        let is_parameter = matches!(self.derivation.equation(id).op, Op::Given);
        let numbers = self.parameters.get(&self.derivation.name_of(id)).filter(|_| is_parameter);
        match numbers {
            Some(numbers) => numbers_hash(numbers, self.derivation.shape(id), true),
            None => hashed(&format!("turned {}", self.of(id))),
        }
    }

    fn joined(&self, ids: &[EquationId], parts: &[u64]) -> u64 {
        let whole = ids.iter().find_map(|id| match &self.derivation.equation(*id).op {
            Op::Index(x, _) => Some(*x),
            _ => None,
        });
        let elements = |vector: u64, length: usize| (0..length).map(move |at| element(vector, at, length));
        let inputs = self.derivation.inputs.iter().enumerate();
        let mut vectors =
            inputs.map(|(index, input)| (hashed(&format!("input {index}")), input.shape.count()));
        let of_input = vectors.find(|(vector, length)| elements(*vector, *length).eq(parts.iter().copied()));
        let of_index = whole.map(|x| (self.of(x), self.derivation.shape(x).count()));
        let of_index =
            of_index.filter(|(vector, length)| elements(*vector, *length).eq(parts.iter().copied()));
        match of_input.or(of_index) {
            Some((vector, _)) => vector,
            None => stacked(parts),
        }
    }

    /// A formula as operations on its leaves; functions are their formulas.
    fn formula(&self, formula: &Formula, leaves: &HashMap<u32, u64>) -> u64 {
        let mut terms: Vec<u64> = Vec::new();
        for term in formula.terms() {
            let of = |id: &TermId| terms.get(id.0 as usize).copied().unwrap_or_default();
            let hash = match term {
                Term::Number(number) | Term::Constant(_, number) => hashed_number(*number),
                Term::Leaf(leaf) => leaves.get(leaf).copied().unwrap_or_default(),
                Term::Unary(Unary::Negate, x) if is_number(formula, *x) => negated(formula, *x),
                Term::Unary(op, x) => hashed(&format!("{op:?} {}", of(x))),
                Term::Binary(Binary::Multiply, a, b) => multiplied(of(a), of(b)),
                Term::Binary(op, a, b) => hashed(&format!("{op:?} {:?}", [of(a), of(b)])),
                Term::Select(s) => {
                    let parts = [of(&s.left), of(&s.right), of(&s.then), of(&s.otherwise)];
                    hashed(&format!("{:?} {parts:?}", s.comparison))
                }
                Term::Apply(function, arguments) => {
                    let body = self.derivation.header.functions.get(function.0 as usize);
                    let arguments =
                        arguments.iter().enumerate().map(|(at, id)| (at as u32, of(id))).collect();
                    body.map_or(0, |function| self.formula(&function.body, &arguments))
                }
            };
            terms.push(hash);
        }
        terms.last().copied().unwrap_or_default()
    }
}

/// The order of two factors does not count.
fn multiplied(a: u64, b: u64) -> u64 {
    hashed(&format!("Multiply {:?}", [a.min(b), a.max(b)]))
}

fn hashed_number(number: f64) -> u64 {
    hashed(&format!("{:?}", number as f32))
}

fn number(formula: &Formula, id: TermId) -> Option<f64> {
    match formula.term(id)? {
        Term::Number(number) | Term::Constant(_, number) => Some(*number),
        Term::Leaf(_) | Term::Unary(..) | Term::Binary(..) | Term::Select(_) | Term::Apply(..) => None,
    }
}

fn is_number(formula: &Formula, id: TermId) -> bool {
    number(formula, id).is_some()
}

fn negated(formula: &Formula, id: TermId) -> u64 {
    number(formula, id).map_or(0, |number| hashed_number(-number))
}

/// The bits of numbers; a scalar is as a vector of one.
fn numbers_hash(numbers: &[f64], shape: Shape, turned: bool) -> u64 {
    match shape {
        Shape::Matrix(rows, columns) => {
            let place = |index: usize| match turned {
                true => (index % rows) * columns + index / rows,
                false => index,
            };
            let (rows, columns) = if turned { (columns, rows) } else { (rows, columns) };
            let bits: Vec<u64> = (0..numbers.len())
                .map(|index| numbers.get(place(index)).map_or(0, |n| n.to_bits()))
                .collect();
            hashed(&format!("matrix {rows} {columns} {bits:?}"))
        }
        // A parameter with one number may come back as a number.
        Shape::Scalar | Shape::Vector(1) => hashed_number(numbers.first().copied().unwrap_or(0.0)),
        Shape::Vector(_) => {
            let bits: Vec<u64> = numbers.iter().map(|number| number.to_bits()).collect();
            hashed(&format!("vector {bits:?}"))
        }
    }
}
