//! What the plan has to know of a derivation, gathered once.

use std::collections::{HashMap, HashSet};

use super::{Entry, instruction::Storage, thresholds};

use crate::{
    formula::{Formula, FunctionId, Term, scalar::Unary},
    ir::{
        Data, Derivation,
        array::Op,
        equation::{Equation, EquationId, Per, Symbol},
    },
    number::Arithmetic,
    shape::Shape,
};

/// The facts of a network in a step of training, and outside of training where that is not the same.
pub(super) struct Both<'d> {
    pub(super) training: Facts<'d>,
    pub(super) inference: Option<Facts<'d>>,
}

impl<'d> Both<'d> {
    /// Those that an entry point computes with.
    pub(super) fn of(&self, entry: Entry) -> &Facts<'d> {
        match &self.inference {
            Some(inference) if !entry.is_of_training() => inference,
            Some(_) | None => &self.training,
        }
    }
}

/// The facts of a derivation.
pub(super) struct Facts<'d> {
    pub(super) derivation: &'d Derivation,
    /// Whether layers are written out number by number.
    pub(super) unrolled: bool,
    /// Multiply-adds of a forward pass of one sample.
    pub(super) multiply_adds: usize,
    /// Whether functions of the specification depend on the instruction set.
    pub(super) functions_take_isa: bool,
    /// Functions that equations call, directly or through another.
    pub(super) functions: Vec<FunctionId>,
    /// Equations that the kernel of their only use computes: it reads their operands.
    pub(super) contracted: HashSet<EquationId>,
    /// Products of a vector and a matrix, under the equation that is the result.
    pub(super) products: HashMap<EquationId, Factors>,
    /// Gradients of a batch that are sums of outer products of vectors that are rows of a block.
    pub(super) outers: HashMap<EquationId, [EquationId; 2]>,
    /// Vectors of which each sample of a block has a row.
    rows: HashSet<EquationId>,
    /// What is stored outside of the workspace.
    stored: HashMap<EquationId, Storage>,
    /// The values before, of what an update overwrites.
    overwritten: HashMap<EquationId, EquationId>,
}

/// A product of a vector and a matrix, to which a bias may be added.
#[derive(Clone, Copy, Debug)]
pub(super) struct Factors {
    pub(super) vector: EquationId,
    /// The matrix as it is stored.
    pub(super) matrix: EquationId,
    /// Whether the vector is multiplied by rows of the matrix: W x, or x Wᵀ.
    pub(super) by_rows: bool,
    pub(super) bias: Option<EquationId>,
}

impl<'d> Facts<'d> {
    pub(super) fn new(derivation: &'d Derivation) -> Self {
        let multiply_adds = derivation.multiply_adds();
        let unrolled = derivation.header.unroll.unwrap_or(multiply_adds <= thresholds::UNROLLED);
        let functions = derivation.called_functions();
        let mut facts = Facts {
            derivation,
            unrolled,
            multiply_adds,
            functions_take_isa: functions_take_isa(derivation, &functions),
            functions,
            contracted: HashSet::new(),
            products: HashMap::new(),
            outers: HashMap::new(),
            rows: derivation.numbered().map(|(id, _)| id).filter(|id| is_in_rows(derivation, *id)).collect(),
            stored: HashMap::new(),
            overwritten: HashMap::new(),
        };
        facts.store();
        facts.contract();
        facts.find_products();
        facts
    }

    /// Whether a product and the sum that it is added to are rounded once.
    pub(super) fn fused(&self) -> bool {
        self.derivation.header.arithmetic == Arithmetic::Fused
    }

    pub(super) fn equation(&self, id: EquationId) -> &'d Equation {
        self.derivation.equation(id)
    }

    pub(super) fn shape(&self, id: EquationId) -> Shape {
        self.derivation.shape(id)
    }

    /// Whether each sample of a block has a row of it.
    pub(super) fn is_in_rows(&self, id: EquationId) -> bool {
        self.rows.contains(&id)
    }

    /// Where a value is stored that is given, or written over a field.
    pub(super) fn stored(&self, id: EquationId) -> Option<Storage> {
        self.stored.get(&id).copied()
    }

    /// The value before, of what an update overwrites.
    pub(super) fn overwritten(&self, id: EquationId) -> Option<EquationId> {
        self.overwritten.get(&id).copied()
    }

    /// What an equation reads, through what its kernel computes.
    pub(super) fn reads(&self, id: EquationId) -> Vec<EquationId> {
        let mut found = Vec::new();
        let op = &self.equation(id).op;
        // The divisor of a batch comes from outside.
        let mut open = op.reduced().map_or_else(|| op.operands(), |value| vec![value]);
        while let Some(id) = open.pop() {
            if self.contracted.contains(&id) {
                open.extend(self.equation(id).op.operands());
            } else {
                found.push(id);
            }
        }
        found
    }

    /// Whether evaluating a formula depends on the instruction set: it rounds a sum once, takes a root or calls
    /// what does.
    pub(super) fn formula_takes_isa(&self, formula: &Formula) -> bool {
        let fused = self.fused();
        let takes = |term: &Term| match term {
            Term::Unary(Unary::Sqrt, _) => true,
            Term::Unary(Unary::Exp | Unary::Ln | Unary::Tanh | Unary::Erf, _) => fused,
            Term::Binary(..) => fused && formula.fused(term).is_some(),
            Term::Apply(..) => self.functions_take_isa,
            Term::Unary(Unary::Negate | Unary::Floor, _)
            | Term::Number(_)
            | Term::Constant(..)
            | Term::Leaf(_)
            | Term::Select(_) => false,
        };
        let uses = formula.uses(self.derivation.header.arithmetic);
        formula.terms().iter().zip(uses).any(|(term, uses)| uses > 0 && takes(term))
    }

    fn store(&mut self) {
        let d = self.derivation;
        let stored = &mut self.stored;
        for data in &d.inputs {
            stored.extend(data.value.equations().iter().map(|id| (*id, Storage::Input)));
        }
        for data in &d.targets {
            stored.extend(data.value.equations().iter().map(|id| (*id, Storage::Target)));
        }
        for parameter in &d.parameters {
            let of = parameter.equation;
            stored.insert(of, Storage::Parameter(of));
            stored.extend(parameter.batch().map(|id| (id, Storage::Gradient(of))));
            stored.extend(parameter.objective().map(|id| (id, Storage::Gradient(of))));
            stored.extend(
                parameter.state().iter().map(|state| (state.equation, Storage::State(state.equation))),
            );
        }
        if let Some(back) = &d.pull_back {
            stored.extend(back.output.iter().map(|id| (*id, Storage::OutputGradient)));
            stored.extend(back.parameters.iter().map(|own| (own.batch, Storage::Gradient(own.parameter))));
        }
        if let Some(training) = &d.training {
            let is_number = |id: &&EquationId| matches!(d.equation(**id).op, Op::Setting(_));
            stored.extend(training.settings.iter().filter(is_number).map(|id| (*id, Storage::Setting(*id))));
            stored.extend(training.step.iter().map(|id| (*id, Storage::StepNumber)));
        }
        // A rule may assign more than once: each assignment overwrites the value of the one before.
        let mut current: HashMap<Storage, EquationId> = HashMap::new();
        for (id, _) in d.numbered() {
            let of = d.before_step(id);
            let Some(storage) = stored.get(&of).copied().filter(|_| of != id) else { continue };
            stored.insert(id, storage);
            self.overwritten.insert(id, current.insert(storage, id).unwrap_or(of));
        }
    }

    /// What the kernel of a use computes: gradients of parameters that are added to those of the batch, transposed
    /// matrices whose every use is a product, and products to which a bias is added.
    fn contract(&mut self) {
        let d = self.derivation;
        let is_transposed = |(_, e): &(EquationId, &Equation)| matches!(e.op, Op::Transpose(_));
        let contracted = &mut self.contracted;
        contracted.extend(d.numbered().filter(is_transposed).map(|(id, _)| id));
        for (_, equation) in d.numbered() {
            if let Op::VectorMatrix(x, _) | Op::MatrixVector(_, x) = &equation.op {
                contracted.remove(x);
            } else {
                equation.op.operands().iter().for_each(|operand| {
                    contracted.remove(operand);
                });
            }
        }
        let parameters: HashSet<EquationId> = d.parameters.iter().map(|p| p.equation).collect();
        for (id, equation) in d.numbered() {
            let of_parameter = if let Symbol::Gradient(of)
            | Symbol::PenaltyGradient(of)
            | Symbol::Pulled(of) = equation.symbol
            {
                parameters.contains(&of)
            } else {
                false
            };
            if of_parameter && is_added_at_once(d, id) {
                contracted.insert(id);
            }
        }
        if !self.unrolled {
            contracted.extend(with_bias(d));
        }
    }

    fn find_products(&mut self) {
        for (id, equation) in self.derivation.numbered() {
            if let Some(factors) = self.factors(id) {
                self.products.insert(id, factors);
            }
            if let Some(gradient) = equation.op.reduced()
                && let Op::Outer(a, b) = self.equation(gradient).op
                && self.contracted.contains(&gradient)
                && [a, b].iter().all(|id| self.is_in_rows(*id))
            {
                self.outers.insert(id, [a, b]);
            }
        }
    }

    fn factors(&self, id: EquationId) -> Option<Factors> {
        let (product, bias) = match biased(self.derivation, id) {
            Some((product, bias)) if self.contracted.contains(&product) => (product, Some(bias)),
            _ => (id, None),
        };
        let op = &self.equation(product).op;
        let (Op::VectorMatrix(vector, matrix) | Op::MatrixVector(matrix, vector)) = *op else { return None };
        let by_rows = matches!(op, Op::MatrixVector(..));
        // x Wᵀ is W x, and Wᵀ x is x W: the same products, added in the same order. Written out, a transposed
        // matrix is always read as it is stored.
        if let Op::Transpose(stored) = self.equation(matrix).op
            && (self.unrolled || self.contracted.contains(&matrix))
        {
            return Some(Factors { vector, matrix: stored, by_rows: !by_rows, bias });
        }
        Some(Factors { vector, matrix, by_rows, bias })
    }
}

fn functions_take_isa(derivation: &Derivation, functions: &[FunctionId]) -> bool {
    let is_root = |term: &Term| matches!(term, Term::Unary(Unary::Sqrt, _));
    let mut bodies =
        functions.iter().filter_map(|id| Some(&derivation.header.functions.get(id.0 as usize)?.body));
    derivation.header.arithmetic == Arithmetic::Fused || bodies.any(|body| body.terms().iter().any(is_root))
}

/// The only input is a row of a block, a target that is no class, and what is computed.
fn is_in_rows(derivation: &Derivation, id: EquationId) -> bool {
    let equation = derivation.equation(id);
    let is = |data: &Data| data.value.equations() == [id];
    let input = derivation.inputs.len() == 1 && derivation.inputs.iter().any(is);
    let target =
        derivation.targets.len() == 1 && derivation.targets.iter().any(|target| !target.class && is(target));
    let output_gradient = derivation.pull_back.iter().any(|back| back.output == [id]);
    let computed = equation.op != Op::Given || derivation.mask(id).is_some();
    equation.per == Per::Sample
        && matches!(equation.shape, Shape::Vector(_))
        && (computed || input || target || output_gradient)
}

/// A gradient that is one product of vectors or a copy is added to the batch's at once; where the sum is rounded
/// once, any product.
fn is_added_at_once(derivation: &Derivation, id: EquationId) -> bool {
    let op = &derivation.equation(id).op;
    if let Op::Pointwise(formula) = op {
        let leaf = formula.as_leaf().map(EquationId);
        let copy = leaf.is_some_and(|leaf| derivation.shape(leaf) == derivation.shape(id));
        let fused = derivation.header.arithmetic == Arithmetic::Fused;
        return copy || fused && formula.as_product().is_some();
    }
    matches!(op, Op::Outer(..))
}

/// Products whose only use adds a bias.
fn with_bias(derivation: &Derivation) -> HashSet<EquationId> {
    let mut uses: HashMap<EquationId, usize> = HashMap::new();
    for (_, equation) in derivation.numbered() {
        for operand in equation.op.operands() {
            *uses.entry(operand).or_default() += 1;
        }
    }
    let products = derivation.numbered().filter_map(|(id, _)| biased(derivation, id));
    products.map(|(product, _)| product).filter(|product| uses.get(product) == Some(&1)).collect()
}

/// The product and the bias that an equation is the sum of.
fn biased(derivation: &Derivation, id: EquationId) -> Option<(EquationId, EquationId)> {
    let Op::Pointwise(formula) = &derivation.equation(id).op else { return None };
    let [a, b] = formula.as_sum_of_leaves()?.map(EquationId);
    let is_product = |id: EquationId| {
        let equation = derivation.equation(id);
        matches!(equation.op, Op::VectorMatrix(..) | Op::MatrixVector(..)) && equation.per == Per::Sample
    };
    let is_bias = |id: EquationId| {
        let equation = derivation.equation(id);
        equation.per == Per::Batch && matches!(equation.shape, Shape::Vector(_))
    };
    match [a, b] {
        [product, bias] | [bias, product] if is_product(product) && is_bias(bias) => Some((product, bias)),
        _ => None,
    }
}
