//! Kinks, jumps and ties so near that rounding decides them: at `relu(0.1 + 0.2 - 0.3)` doubles are on one side
//! and decimals on the kink.

mod decimal;
mod formula;
mod tracked;

use mlp_dsl::{
    formula::{FunctionId, operator::Comparison},
    ir::{
        Derivation,
        array::Op,
        equation::{EquationId, Per, Role},
    },
    shape::Shape,
};

use crate::{Array, Point, Values, evaluate_given};

use formula::Search;
use tracked::Tracked;

/// How near is near, relative to the size of the operands.
pub const NEAR: f64 = 1e-12;

/// A comparison whose two sides differ by no more than rounding, where the two branches have another value or
/// another derivative.
#[derive(Clone, Debug, PartialEq)]
pub struct NearKink {
    /// The equation that contains it.
    pub equation: EquationId,
    /// The sample, counted from 0; 0 for an equation of the batch.
    pub sample: usize,
    /// The element of the equation's value: its row and column, counted from 0.
    pub element: (usize, usize),
    /// The innermost function that contains it, such as `relu`; `None` in the formula itself.
    pub function: Option<FunctionId>,
    /// What is compared.
    pub edge: Edge,
    /// The left side, in doubles; the argument of `floor`.
    pub left: f64,
    /// The right side, in doubles; the whole number next to the argument of `floor`.
    pub right: f64,
    /// The size of what both sides were computed from: the sum of the sizes of their terms.
    pub size: f64,
    /// The left side minus the right one, computed exactly from the declared decimals, where it has few digits.
    pub decimal: Option<f64>,
}

/// What has a kink or a jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// `if left < right`.
    Compare(Comparison),
    /// `floor`, which jumps at whole numbers.
    Floor,
}

impl NearKink {
    /// Whether the exact decimals take the other branch: then doubles and decimals differ here.
    pub fn decimals_differ(&self) -> bool {
        let Some(difference) = self.decimal else { return false };
        match self.edge {
            Edge::Compare(sign) => sign.holds(difference, 0.0) != sign.holds(self.left, self.right),
            Edge::Floor => (difference < 0.0) != (self.left < self.right),
        }
    }
}

/// Every comparison and `floor` of the forward pass, the loss, the penalties and the updates that rounding decides at
/// this point, in the order of the equations; in a formula in the order of its terms.
///
/// Left out are comparisons whose sides are exactly 0 because every term is 0, comparisons of data that decimals
/// decide in the same way, and those whose branches agree in value and derivatives, such as that of `softplus`.
pub fn near_kinks(derivation: &Derivation, point: &Point) -> Vec<NearKink> {
    let search = Search::new(derivation);
    let edged = |id: EquationId| {
        let equation = derivation.equation(id);
        is_searched(equation.role) && equation.formula().is_some_and(|formula| search.has_edge(formula))
    };
    let candidates: Vec<EquationId> =
        derivation.numbered().map(|(id, _)| id).filter(|id| edged(*id)).collect();
    // Decimals take much longer than doubles, and few networks have such a place.
    let found = at_point::<false>(derivation, point, &search, &candidates);
    if found.is_empty() { found } else { at_point::<true>(derivation, point, &search, &candidates) }
}

fn at_point<const EXACT: bool>(
    derivation: &Derivation,
    point: &Point,
    search: &Search<'_>,
    candidates: &[EquationId],
) -> Vec<NearKink> {
    let mut found = Vec::new();
    let Some(last) = candidates.last() else { return found };
    let given = |id, sample| point.of(id, sample).map(Array::convert);
    let evaluation = evaluate_given::<Tracked<EXACT>>(derivation, last.index() + 1, &given, point.samples());
    let active = active(derivation);
    let nothing = Array::constant(Shape::Scalar, Tracked::from(f64::NAN));
    for id in candidates {
        let samples = match derivation.equation(*id).per {
            Per::Batch => 1,
            Per::Sample => point.samples(),
        };
        for sample in 0..samples {
            let values = Values { evaluation: &evaluation, sample, derivation, nothing: &nothing };
            in_equation(search, &values, &active, *id, &mut found);
        }
    }
    found
}

/// The passes whose comparisons count: the backward pass repeats those of the forward pass.
fn is_searched(role: Role) -> bool {
    match role {
        Role::Forward | Role::Loss | Role::Penalty | Role::Batch | Role::Update => true,
        Role::Given | Role::LocalDerivative | Role::ChainRule => false,
    }
}

fn in_equation<const EXACT: bool>(
    search: &Search<'_>,
    values: &Values<'_, Tracked<EXACT>>,
    active: &[bool],
    id: EquationId,
    found: &mut Vec<NearKink>,
) {
    let derivation = values.derivation;
    let Some(formula) = derivation.equation(id).formula() else { return };
    let update = derivation.equation(id).role == Role::Update;
    let own = values.of(id);
    let rows_and_columns = match own.shape() {
        Shape::Scalar => (1, 1),
        Shape::Vector(n) => (1, n),
        Shape::Matrix(rows, columns) => (rows, columns),
    };
    for row in 0..rows_and_columns.0 {
        for column in 0..rows_and_columns.1 {
            let leaf = |leaf: u32| {
                let depends = !update && active.get(leaf as usize).copied().unwrap_or(false);
                (values.of(EquationId(leaf)).spread(row, column), depends)
            };
            let near = search.near(formula, &leaf, None);
            found.extend(near.into_iter().map(|near| NearKink {
                equation: id,
                sample: values.sample,
                element: (row, column),
                function: near.function,
                edge: near.edge,
                left: near.left.value,
                right: near.right.value,
                size: near.left.size + near.right.size,
                decimal: near.difference().map(decimal::Decimal::value),
            }));
        }
    }
}

/// For each equation whether a trained parameter changes it.
fn active(derivation: &Derivation) -> Vec<bool> {
    let trained = |id: EquationId| derivation.parameters.iter().any(|p| p.equation == id && !p.frozen);
    let mut active: Vec<bool> = Vec::with_capacity(derivation.equations.len());
    for (id, equation) in derivation.numbered() {
        let own = equation.op == Op::Given && trained(id);
        let operand = |id: &EquationId| active.get(id.index()).copied().unwrap_or(false);
        let is = own || equation.op.operands().iter().any(operand);
        active.push(is);
    }
    active
}
