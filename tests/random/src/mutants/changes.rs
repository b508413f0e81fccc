//! The changes of an equation: of each term of its formula, or of its array operation.

use mlp_dsl::{
    formula::{
        Formula, Select, Term, TermId,
        builder::Builder,
        scalar::{Binary, Unary},
    },
    ir::{Derivation, array::Op, equation::EquationId},
    shape::Shape,
};

use super::alias;

/// A change of a rule: other operations for some equations.
pub(super) struct Change {
    /// What a slip of this kind is called.
    pub(super) kind: &'static str,
    /// The equations and their new operations.
    pub(super) equations: Vec<(EquationId, Op)>,
}

impl Change {
    /// Equal for the same change of the same rule, in any network: leaves are numbered by their first use.
    pub(super) fn key(&self, derivation: &Derivation) -> String {
        let mut key = self.kind.to_owned();
        for (id, op) in &self.equations {
            let before = &derivation.equation(*id).op;
            let mut known = before.operands();
            known.extend(op.operands());
            for op in [before, op] {
                key.push_str(&renamed(op, &known));
            }
        }
        key
    }
}

fn renamed(op: &Op, known: &[EquationId]) -> String {
    let place = |id: EquationId| known.iter().position(|other| *other == id).unwrap_or_default() as u32;
    match op {
        Op::Pointwise(formula) => {
            let term = |term: &Term| {
                if let Term::Leaf(leaf) = term { Term::Leaf(place(EquationId(*leaf))) } else { term.clone() }
            };
            format!("{:?}", formula.terms().iter().map(term).collect::<Vec<Term>>())
        }
        other => {
            let operands: Vec<u32> = other.operands().into_iter().map(place).collect();
            let name = format!("{other:?}");
            format!("{}{operands:?}", name.split('(').next().unwrap_or_default())
        }
    }
}

/// Every change of one equation.
pub(super) fn of_equation(derivation: &Derivation, id: EquationId) -> Vec<Change> {
    let equation = derivation.equation(id);
    let mut found = Vec::new();
    let mut add = |kind, op: Op| {
        if op != equation.op {
            found.push(Change { kind, equations: vec![(id, op)] });
        }
    };
    match &equation.op {
        Op::Pointwise(formula) => {
            for (kind, formula) in of_formula(derivation, id, formula) {
                add(kind, Op::Pointwise(formula));
            }
        }
        op => {
            for (kind, op) in of_operation(derivation, op) {
                add(kind, op);
            }
            for other in alike(derivation, id, op.operands().first().copied()).into_iter().take(2) {
                if let Some(op) = with_first_operand(op, other) {
                    add("wrong operand", op);
                }
            }
        }
    }
    if equation.op.operands().len() > 1 {
        let mut b = Builder::new();
        let zero = b.number(0.0);
        add("no gradient", Op::Pointwise(b.finish(zero)));
    }
    found
}

/// Earlier equations that may be used in place of one, in the equation `of`.
fn alike(derivation: &Derivation, of: EquationId, instead: Option<EquationId>) -> Vec<EquationId> {
    let Some(instead) = instead else { return Vec::new() };
    let (shape, per) = (derivation.shape(instead), derivation.equation(instead).per);
    let fits = |id: &EquationId| {
        let equation = derivation.equation(*id);
        *id < of && *id != instead && equation.shape == shape && equation.per == per
    };
    derivation.numbered().map(|(id, _)| id).filter(fits).collect()
}

fn with_first_operand(op: &Op, other: EquationId) -> Option<Op> {
    Some(match op {
        Op::VectorMatrix(_, w) => Op::VectorMatrix(other, *w),
        Op::MatrixVector(_, x) => Op::MatrixVector(other, *x),
        Op::Outer(_, b) => Op::Outer(other, *b),
        Op::Dot(_, b) => Op::Dot(other, *b),
        Op::Index(_, place) => Op::Index(other, *place),
        Op::Slice(_, place) => Op::Slice(other, *place),
        Op::Transpose(_) => Op::Transpose(other),
        Op::Sum(_) => Op::Sum(other),
        Op::Softmax(_) => Op::Softmax(other),
        Op::LogSoftmax(_) => Op::LogSoftmax(other),
        Op::BatchMean(_) => Op::BatchMean(other),
        Op::BatchSum(_) => Op::BatchSum(other),
        Op::BatchWeightedMean(_, weight) => Op::BatchWeightedMean(other, *weight),
        Op::Given
        | Op::Setting(_)
        | Op::Pointwise(_)
        | Op::Stack(_)
        | Op::Concat(_)
        | Op::SoftmaxCrossEntropy(..)
        | Op::SumSquares(_) => return None,
    })
}

/// Changes of an array operation.
fn of_operation(derivation: &Derivation, op: &Op) -> Vec<(&'static str, Op)> {
    let shape = |id: EquationId| derivation.shape(id);
    let square = |id: EquationId| matches!(shape(id), Shape::Matrix(rows, columns) if rows == columns);
    let mut found = Vec::new();
    match op {
        Op::VectorMatrix(x, w) if square(*w) => found.push(("transposed", Op::MatrixVector(*w, *x))),
        Op::MatrixVector(w, x) if square(*w) => found.push(("transposed", Op::VectorMatrix(*x, *w))),
        Op::Outer(a, b) => {
            if shape(*a) == shape(*b) {
                found.push(("transposed", Op::Outer(*b, *a)));
                found.push(("wrong operand", Op::Outer(*a, *a)));
                found.push(("wrong operand", Op::Outer(*b, *b)));
            }
        }
        Op::Transpose(x) if square(*x) => found.push(("transposed", alias(*x))),
        Op::Dot(a, b) => {
            found.push(("wrong operand", Op::Dot(*a, *a)));
            found.push(("wrong operand", Op::Dot(*b, *b)));
        }
        Op::Sum(x) => {
            found.push(("wrong operation", Op::SumSquares(*x)));
            if let Shape::Vector(_) = shape(*x) {
                found.push(("dropped term", Op::Index(*x, 0)));
            }
        }
        Op::Index(x, place) => {
            let count = shape(*x).count();
            found.push(("wrong place", Op::Index(*x, (place + 1) % count.max(1))));
        }
        Op::Slice(x, place) => {
            found.push(("wrong place", Op::Slice(*x, if *place > 0 { place - 1 } else { place + 1 })));
        }
        Op::Softmax(z) | Op::LogSoftmax(z) => found.push(("missing function", alias(*z))),
        Op::BatchMean(x) => found.push(("wrong operation", Op::BatchSum(*x))),
        Op::BatchSum(x) => found.push(("wrong operation", Op::BatchMean(*x))),
        Op::BatchWeightedMean(x, _) => found.push(("wrong operation", Op::BatchMean(*x))),
        Op::Stack(parts) | Op::Concat(parts) => {
            let mut other = parts.clone();
            other.reverse();
            found.push((
                "wrong place",
                if let Op::Stack(_) = op { Op::Stack(other) } else { Op::Concat(other) },
            ));
        }
        Op::VectorMatrix(..)
        | Op::MatrixVector(..)
        | Op::Transpose(_)
        | Op::Given
        | Op::Setting(_)
        | Op::Pointwise(_)
        | Op::SoftmaxCrossEntropy(..)
        | Op::SumSquares(_) => {}
    }
    found
}

/// Changes of each term of a formula.
fn of_formula(derivation: &Derivation, id: EquationId, formula: &Formula) -> Vec<(&'static str, Formula)> {
    let mut found = Vec::new();
    for (place, term) in formula.terms().iter().enumerate() {
        if *term != Term::Number(0.0) {
            found.push(("wrong sign", replaced(formula, place, &New::Opposite(term.clone()))));
        }
        for (kind, new) in of_term(derivation, id, formula, term) {
            found.push((kind, replaced(formula, place, &new)));
        }
    }
    found
}

/// What a term is replaced by; operands are terms of the formula before it.
enum New {
    Term(Term),
    Opposite(Term),
    Operand(TermId),
    Negative(TermId),
    Power(TermId, f64),
}

impl New {
    fn place(&self, b: &mut Builder, places: &[TermId]) -> TermId {
        let at = |id: &TermId| places.get(id.0 as usize).copied().unwrap_or(*id);
        match self {
            New::Term(term) => b.written(moved(term, places)),
            New::Opposite(term) => {
                let own = b.written(moved(term, places));
                b.written(Term::Unary(Unary::Negate, own))
            }
            New::Operand(id) => at(id),
            New::Negative(id) => b.written(Term::Unary(Unary::Negate, at(id))),
            New::Power(id, exponent) => {
                let exponent = b.number(*exponent);
                b.written(Term::Binary(Binary::Power, at(id), exponent))
            }
        }
    }
}

fn of_term(
    derivation: &Derivation,
    id: EquationId,
    formula: &Formula,
    term: &Term,
) -> Vec<(&'static str, New)> {
    match term {
        Term::Number(number) => vec![
            ("wrong constant", New::Term(Term::Number(number + 1.0))),
            ("wrong constant", New::Term(Term::Number(if *number == 0.0 { -1.0 } else { number * 0.5 }))),
        ],
        Term::Constant(constant, number) => {
            vec![("wrong constant", New::Term(Term::Constant(*constant, number + 1.0)))]
        }
        Term::Leaf(leaf) => {
            let mut others = alike(derivation, id, Some(EquationId(*leaf)));
            // Those of the rule itself first.
            others.sort_by_key(|other| (!formula.leaves().contains(&other.0), std::cmp::Reverse(*other)));
            others
                .into_iter()
                .take(2)
                .map(|other| ("wrong operand", New::Term(Term::Leaf(other.0))))
                .collect()
        }
        Term::Unary(Unary::Negate, x) => vec![("wrong sign", New::Operand(*x))],
        Term::Unary(op, x) => {
            let other = if *op == Unary::Tanh { Unary::Erf } else { Unary::Tanh };
            vec![
                ("missing function", New::Operand(*x)),
                ("wrong function", New::Term(Term::Unary(other, *x))),
            ]
        }
        Term::Binary(op, a, b) => of_binary(formula, *op, *a, *b),
        Term::Select(s) => vec![
            (
                "swapped branches",
                New::Term(Term::Select(Select { then: s.otherwise, otherwise: s.then, ..*s })),
            ),
            ("dropped branch", New::Operand(s.then)),
            ("dropped branch", New::Operand(s.otherwise)),
        ],
        Term::Apply(_, arguments) => {
            arguments.iter().take(1).map(|argument| ("missing function", New::Operand(*argument))).collect()
        }
    }
}

fn of_binary(formula: &Formula, op: Binary, a: TermId, b: TermId) -> Vec<(&'static str, New)> {
    let binary = |op, a, b| New::Term(Term::Binary(op, a, b));
    match op {
        Binary::Add => vec![
            ("dropped term", New::Operand(a)),
            ("dropped term", New::Operand(b)),
            ("wrong sign", binary(Binary::Subtract, a, b)),
        ],
        Binary::Subtract => vec![
            ("dropped term", New::Operand(a)),
            ("dropped term", New::Negative(b)),
            ("wrong sign", binary(Binary::Add, a, b)),
        ],
        Binary::Multiply => vec![
            ("missing factor", New::Operand(a)),
            ("missing factor", New::Operand(b)),
            ("wrong operation", binary(Binary::Divide, a, b)),
        ],
        Binary::Divide => vec![
            ("missing factor", New::Operand(a)),
            ("swapped operands", binary(Binary::Divide, b, a)),
            ("wrong operation", binary(Binary::Multiply, a, b)),
        ],
        Binary::Power => {
            let mut found =
                vec![("missing power", New::Operand(a)), ("swapped operands", binary(Binary::Power, b, a))];
            if let Some(Term::Number(exponent)) = formula.term(b) {
                found.push(("wrong exponent", New::Power(a, exponent + 1.0)));
                found.push(("wrong exponent", New::Power(a, exponent - 1.0)));
            }
            found
        }
    }
}

/// The formula with another term at a place.
fn replaced(formula: &Formula, place: usize, new: &New) -> Formula {
    let mut b = Builder::new();
    let mut places: Vec<TermId> = Vec::new();
    for (index, term) in formula.terms().iter().enumerate() {
        let id = if index == place { new.place(&mut b, &places) } else { b.written(moved(term, &places)) };
        places.push(id);
    }
    let root = places.last().copied().unwrap_or(TermId(0));
    b.finish(root)
}

/// A term whose operands have these places.
fn moved(term: &Term, places: &[TermId]) -> Term {
    let at = |id: &TermId| places.get(id.0 as usize).copied().unwrap_or(*id);
    match term {
        Term::Number(_) | Term::Constant(..) | Term::Leaf(_) => term.clone(),
        Term::Unary(op, x) => Term::Unary(*op, at(x)),
        Term::Binary(op, a, b) => Term::Binary(*op, at(a), at(b)),
        Term::Select(s) => Term::Select(Select {
            comparison: s.comparison,
            left: at(&s.left),
            right: at(&s.right),
            then: at(&s.then),
            otherwise: at(&s.otherwise),
        }),
        Term::Apply(function, arguments) => Term::Apply(*function, arguments.iter().map(at).collect()),
    }
}
