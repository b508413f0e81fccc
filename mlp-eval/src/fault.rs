//! Where a value or a derivative is not defined: the operation at fault, its operand and the functions around it.

use std::fmt;

use mlp_dsl::{
    formula::{
        Formula, Term, TermId,
        evaluate::evaluate_terms,
        scalar::{Binary, Function, Unary},
    },
    ir::{
        Derivation,
        array::Op,
        equation::{EquationId, Role},
    },
};

use crate::{Array, Evaluation, ball::Ball};

/// An operation without a value or without a derivative.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The equation in which it is.
    pub equation: EquationId,
    /// The functions around the operation, the outermost first.
    pub functions: Vec<String>,
    /// What is at fault.
    pub kind: FaultKind,
}

/// What is at fault.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// The logarithm of 0 or of a negative number.
    Logarithm(f64),
    /// The root of a negative number.
    Root(f64),
    /// A division by 0.
    Division,
    /// A power without a value: of a negative number, or 0 to a negative power.
    Power(f64, f64),
    /// The exponential of a number is too large.
    Exponential(f64),
    /// A sum, product or power is too large.
    Overflow,
    /// The root of 0 has no derivative.
    RootOfZero,
    /// A power of 0, or of a negative number, has no derivative.
    PowerSlope(f64, f64),
}

impl FaultKind {
    /// Whether the value exists, and its derivative does not.
    pub fn is_slope(&self) -> bool {
        match self {
            FaultKind::RootOfZero | FaultKind::PowerSlope(..) => true,
            FaultKind::Logarithm(_)
            | FaultKind::Root(_)
            | FaultKind::Division
            | FaultKind::Power(..)
            | FaultKind::Exponential(_)
            | FaultKind::Overflow => false,
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::Logarithm(x) => write!(f, "ln of {}", Short(*x)),
            FaultKind::Root(x) => write!(f, "sqrt of {}", Short(*x)),
            FaultKind::Division => write!(f, "a division by 0"),
            FaultKind::Power(a, b) => write!(f, "{} ^ {} has no value", Short(*a), Short(*b)),
            FaultKind::Exponential(x) => write!(f, "exp of {} is too large", Short(*x)),
            FaultKind::Overflow => write!(f, "a number is too large"),
            FaultKind::RootOfZero => write!(f, "sqrt of 0 has no derivative"),
            FaultKind::PowerSlope(a, b) => write!(f, "{} ^ {} has no derivative", Short(*a), Short(*b)),
        }
    }
}

/// A number with at most five digits.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short: f64 = format!("{:.4e}", self.0).parse().unwrap_or(self.0);
        if short != 0.0 && !(1e-4..1e7).contains(&short.abs()) {
            write!(f, "{short:e}")
        } else {
            write!(f, "{short}")
        }
    }
}

/// The first fault of the forward pass and the loss; then the first equation of the gradients that is too large.
pub(crate) fn find(
    derivation: &Derivation,
    floats: &Evaluation<f64>,
    balls: &Evaluation<Ball>,
) -> Option<Fault> {
    let search = Search { derivation, floats };
    let forward = derivation.loss.as_ref().map_or(0, |loss| loss.objective.index() + 1);
    let values = derivation.numbered().take(forward).find_map(|(id, _)| search.value(id));
    let moved = search.depends_on_parameters(forward);
    let slopes = || {
        let moving = moved.iter().zip(derivation.numbered()).filter(|(moves, _)| **moves);
        moving.map(|(_, (id, _))| id).find_map(|id| search.slope(id, &moved))
    };
    let too_large = || {
        let after = derivation.numbered().skip(forward).filter(|(_, equation)| equation.role != Role::Update);
        after.map(|(id, _)| id).find(|id| search.overflows(*id, balls)).map(|equation| Fault {
            equation,
            functions: Vec::new(),
            kind: FaultKind::Overflow,
        })
    };
    values.or_else(slopes).or_else(too_large)
}

struct Search<'s> {
    derivation: &'s Derivation,
    floats: &'s Evaluation<f64>,
}

/// What is known of the leaves of a formula.
struct Place<'p> {
    formula: &'p Formula,
    values: Vec<f64>,
    /// Whether a leaf depends on a parameter.
    moves: &'p dyn Fn(u32) -> bool,
}

impl Search<'_> {
    /// The fault because of which a value is not finite though all that it is computed from is.
    fn value(&self, id: EquationId) -> Option<Fault> {
        let equation = self.derivation.equation(id);
        let finite = |id: EquationId, sample| {
            self.floats.value_of(id, sample).is_none_or(|array| array.iter().all(f64::is_finite))
        };
        let operands = equation.op.operands();
        let sample = (0..self.floats.samples()).find(|sample| {
            !finite(id, *sample) && operands.iter().all(|operand| finite(*operand, *sample))
        })?;
        let Op::Pointwise(formula) = &equation.op else {
            return Some(Fault { equation: id, functions: Vec::new(), kind: FaultKind::Overflow });
        };
        let bad = |place: &Place<'_>, functions: &mut Vec<String>| self.bad_value(place, functions);
        self.in_formula(id, formula, sample, &|_| true, &bad)
    }

    /// The operation without a derivative, at operands that depend on a parameter.
    fn slope(&self, id: EquationId, moved: &[bool]) -> Option<Fault> {
        let Op::Pointwise(formula) = &self.derivation.equation(id).op else { return None };
        let moves = |leaf: u32| moved.get(leaf as usize) == Some(&true);
        let bad = |place: &Place<'_>, functions: &mut Vec<String>| self.bad_slope(place, functions);
        (0..self.floats.samples()).find_map(|sample| self.in_formula(id, formula, sample, &moves, &bad))
    }

    /// Looks at a formula at each of its elements.
    fn in_formula(
        &self,
        id: EquationId,
        formula: &Formula,
        sample: usize,
        moves: &dyn Fn(u32) -> bool,
        bad: &dyn Fn(&Place<'_>, &mut Vec<String>) -> Option<FaultKind>,
    ) -> Option<Fault> {
        let own = self.floats.value_of(id, sample)?;
        let (rows, columns) = own.size();
        (0..rows * columns).find_map(|cell| {
            let (row, column) = (cell / columns.max(1), cell % columns.max(1));
            let of = |leaf: u32| {
                let array: Option<&Array<f64>> = self.floats.value_of(EquationId(leaf), sample);
                array.map_or(f64::NAN, |array| array.spread(row, column))
            };
            let place = Place { formula, values: self.terms(formula, &of), moves };
            let mut functions = Vec::new();
            bad(&place, &mut functions).map(|kind| Fault { equation: id, functions, kind })
        })
    }

    fn terms(&self, formula: &Formula, leaf: &dyn Fn(u32) -> f64) -> Vec<f64> {
        let header = &self.derivation.header;
        evaluate_terms(formula, leaf, &header.functions, header.arithmetic)
    }

    /// Follows what is not finite from the value of a formula down to where it begins.
    fn bad_value(&self, place: &Place<'_>, functions: &mut Vec<String>) -> Option<FaultKind> {
        let last = place.formula.terms().len().checked_sub(1)?;
        let mut id = TermId(last as u32);
        if place.at(id).is_finite() {
            return None;
        }
        let lost = |id| place.live_operands(id).into_iter().find(|o| !place.at(*o).is_finite());
        while let Some(next) = lost(id) {
            id = next;
        }
        match place.formula.term(id)? {
            Term::Unary(op, x) => Some(of_unary(*op, place.at(*x))),
            Term::Binary(op, a, b) => Some(of_binary(*op, place.at(*a), place.at(*b))),
            Term::Apply(callee, arguments) => {
                let function = self.function(callee.0)?;
                functions.push(function.name.clone());
                let inner = self.inside(function, place, arguments, &|_| true);
                self.bad_value(&inner, functions)
            }
            Term::Number(_) | Term::Constant(..) | Term::Leaf(_) | Term::Select(_) => {
                Some(FaultKind::Overflow)
            }
        }
    }

    fn function(&self, index: u32) -> Option<&Function> {
        self.derivation.header.functions.get(index as usize)
    }

    fn inside<'p>(
        &self,
        function: &'p Function,
        place: &Place<'_>,
        arguments: &[TermId],
        moves: &'p dyn Fn(u32) -> bool,
    ) -> Place<'p> {
        let leaf = |leaf: u32| arguments.get(leaf as usize).map_or(f64::NAN, |argument| place.at(*argument));
        Place { formula: &function.body, values: self.terms(&function.body, &leaf), moves }
    }

    /// The first live operation that has a value and no derivative.
    fn bad_slope(&self, place: &Place<'_>, functions: &mut Vec<String>) -> Option<FaultKind> {
        let (live, moves) = place.live_and_moving();
        let both =
            |id: TermId| live.get(id.0 as usize) == Some(&true) && moves.get(id.0 as usize) == Some(&true);
        let moving = |id: &TermId| moves.get(id.0 as usize) == Some(&true);
        let terms =
            place.formula.terms().iter().enumerate().map(|(index, term)| (TermId(index as u32), term));
        for (_, term) in terms.filter(|(id, _)| both(*id)) {
            let found = match term {
                Term::Unary(Unary::Sqrt, x) if place.at(*x) == 0.0 => Some(FaultKind::RootOfZero),
                Term::Binary(Binary::Power, a, b) => {
                    let (base, power) = (place.at(*a), place.at(*b));
                    let whole = place.formula.whole_exponent(*b).is_some();
                    let steep = base == 0.0 && power < 1.0 && power != 0.0;
                    let logarithm = moving(b) && base <= 0.0;
                    (!whole && (steep || logarithm)).then_some(FaultKind::PowerSlope(base, power))
                }
                Term::Apply(callee, arguments) => {
                    let Some(function) = self.function(callee.0) else { continue };
                    let inner_moves = |leaf: u32| arguments.get(leaf as usize).is_some_and(moving);
                    functions.push(function.name.clone());
                    let inner = self.inside(function, place, arguments, &inner_moves);
                    let found = self.bad_slope(&inner, functions);
                    if found.is_none() {
                        functions.pop();
                    }
                    found
                }
                Term::Number(_)
                | Term::Constant(..)
                | Term::Leaf(_)
                | Term::Unary(..)
                | Term::Binary(..)
                | Term::Select(_) => None,
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn depends_on_parameters(&self, count: usize) -> Vec<bool> {
        let mut trained: Vec<EquationId> =
            self.derivation.parameters.iter().filter(|p| !p.frozen).map(|p| p.equation).collect();
        trained.extend(self.derivation.input_equations().filter(|_| self.derivation.has_input_gradients()));
        let mut moved: Vec<bool> = Vec::with_capacity(count);
        for (id, equation) in self.derivation.numbered().take(count) {
            let through = |o: EquationId| moved.get(o.index()) == Some(&true);
            let moves = trained.contains(&id) || equation.op.operands().into_iter().any(through);
            moved.push(moves);
        }
        moved
    }

    /// Whether a float is infinite because the number is beyond their range.
    fn overflows(&self, id: EquationId, balls: &Evaluation<Ball>) -> bool {
        (0..self.floats.samples()).any(|sample| {
            let (Some(floats), Some(balls)) = (self.floats.value_of(id, sample), balls.value_of(id, sample))
            else {
                return false;
            };
            floats.iter().zip(balls.iter()).any(|(float, ball)| !float.is_finite() && ball.is_beyond_floats())
        })
    }
}

impl Place<'_> {
    fn at(&self, id: TermId) -> f64 {
        self.values.get(id.0 as usize).copied().unwrap_or(f64::NAN)
    }

    /// The operands whose values a term uses: of an `if` the chosen one.
    fn live_operands(&self, id: TermId) -> Vec<TermId> {
        match self.formula.term(id) {
            Some(Term::Select(s)) => {
                let holds = s.comparison.holds(self.at(s.left), self.at(s.right));
                vec![if holds { s.then } else { s.otherwise }]
            }
            Some(term) => term.operands(),
            None => Vec::new(),
        }
    }

    /// For each term whether the value uses it, and whether it depends on a parameter.
    fn live_and_moving(&self) -> (Vec<bool>, Vec<bool>) {
        let terms = self.formula.terms();
        let mut live = vec![false; terms.len()];
        if let Some(last) = live.last_mut() {
            *last = true;
        }
        for index in (0..terms.len()).rev().filter(|index| *index < terms.len()) {
            if live.get(index) != Some(&true) {
                continue;
            }
            for operand in self.live_operands(TermId(index as u32)) {
                if let Some(slot) = live.get_mut(operand.0 as usize) {
                    *slot = true;
                }
            }
        }
        let mut moving: Vec<bool> = Vec::with_capacity(terms.len());
        for term in terms {
            let moves = if let Term::Leaf(leaf) = term {
                (self.moves)(*leaf)
            } else {
                term.operands().iter().any(|operand| moving.get(operand.0 as usize) == Some(&true))
            };
            moving.push(moves);
        }
        (live, moving)
    }
}

fn of_unary(op: Unary, x: f64) -> FaultKind {
    match op {
        Unary::Ln => FaultKind::Logarithm(x),
        Unary::Sqrt => FaultKind::Root(x),
        Unary::Exp => FaultKind::Exponential(x),
        Unary::Negate | Unary::Tanh | Unary::Erf | Unary::Floor => FaultKind::Overflow,
    }
}

fn of_binary(op: Binary, a: f64, b: f64) -> FaultKind {
    match op {
        Binary::Divide if b == 0.0 => FaultKind::Division,
        Binary::Power if (a < 0.0 && b.fract() != 0.0) || (a == 0.0 && b < 0.0) => FaultKind::Power(a, b),
        Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Power => {
            FaultKind::Overflow
        }
    }
}
