//! The comments: an equation as the worked derivation has it, in plain Unicode.

use mlp_dsl::{
    formula::{ConstantId, FunctionId, scalar::Binary},
    ir::{
        Derivation,
        array::Op,
        equation::{EquationId, Role, Symbol},
    },
    model::Reduction,
    shape::Shape,
};

use crate::{
    Language,
    formula::{Words, in_mathematics},
    helpers::Helper,
    text::BREAK,
};

/// Characters of a step inside a formula that is written out.
const STEP: usize = 120;
/// Elements of a list that a comment shows.
const SHOWN: usize = 8;

/// Writes comments.
pub(crate) struct Mathematics<'d> {
    pub(crate) derivation: &'d Derivation,
    /// Samples of the step; of one sample a mean is the value itself.
    pub(crate) samples: usize,
}

impl Mathematics<'_> {
    /// An equation; its left side alone where the right side is too long.
    pub(crate) fn equation(&self, id: EquationId) -> String {
        let right = self.right_side(id);
        let symbol = self.symbol(id);
        let of_net = |of: &EquationId| self.derivation.equation(*of).net().is_some();
        let left = if let Symbol::Gradient(of) = &self.derivation.equation(id).symbol
            && of_net(of)
        {
            format!("{symbol} = ∂E/∂{}", self.symbol(*of))
        } else {
            symbol
        };
        match right {
            Some(right) => format!("{left} = {right}"),
            None => left,
        }
    }

    /// The symbol of a value.
    pub(crate) fn symbol(&self, id: EquationId) -> String {
        let of = |id: &EquationId| self.symbol(*id);
        match &self.derivation.equation(id).symbol {
            Symbol::Partial { of: above, by } => format!("∂{}/∂{}", of(above), of(by)),
            Symbol::Gradient(by) => match self.derivation.equation(*by).net() {
                Some(owner) => format!("δ_{owner}"),
                None => format!("∂E/∂{}", of(by)),
            },
            Symbol::BatchGradient(..) | Symbol::BatchLoss(_) if self.samples == 1 => {
                let operand = self.derivation.equation(id).op.operands().first().copied();
                operand.map_or_else(|| self.derivation.name_of(id), |operand| self.symbol(operand))
            }
            Symbol::BatchGradient(Reduction::Mean, by) => format!("mean ∂E/∂{}", of(by)),
            Symbol::BatchGradient(Reduction::Sum, by) => format!("Σ ∂E/∂{}", of(by)),
            Symbol::BatchLoss(Reduction::Mean) => "mean E".to_owned(),
            Symbol::BatchLoss(Reduction::Sum) => "Σ E".to_owned(),
            Symbol::PenaltyGradient(by) => format!("∂P/∂{}", of(by)),
            Symbol::Pulled(by) => format!("∂E/∂{}", of(by)),
            Symbol::BatchPulled(by) => format!("mean ∂E/∂{}", of(by)),
            Symbol::ObjectiveGradient(by) => format!("∂J/∂{}", of(by)),
            Symbol::Updated(before) => format!("{}⁺", of(before)),
            Symbol::State { name, of: parameter } => format!("{name}_{}", of(parameter)),
            Symbol::GradientNorm => "‖gradient‖".to_owned(),
            Symbol::Named(_)
            | Symbol::Local(_)
            | Symbol::Net(_)
            | Symbol::Component(_)
            | Symbol::Loss
            | Symbol::Penalty
            | Symbol::PenaltyPart(_)
            | Symbol::Objective
            | Symbol::Setting(_)
            | Symbol::StepNumber
            | Symbol::ClipFactor => self.derivation.name_of(id),
            Symbol::Step(_) => match self.right_side(id).filter(|text| text.len() <= STEP) {
                Some(text)
                    if text.contains([' ', '/', BREAK]) && !text.starts_with('[') && !self.is_product(id) =>
                {
                    format!("({text})")
                }
                Some(text) => text,
                None => self.derivation.name_of(id),
            },
        }
    }

    fn right_side(&self, id: EquationId) -> Option<String> {
        let equation = self.derivation.equation(id);
        let of = |id: &EquationId| self.symbol(*id);
        let list = |ids: &[EquationId]| {
            let mut shown: Vec<String> = ids.iter().take(SHOWN).map(of).collect();
            if ids.len() > SHOWN {
                shown.push("…".to_owned());
            }
            format!("[{}]", shown.join(", "))
        };
        Some(match &equation.op {
            Op::Given => return None,
            Op::Setting(_) => return None,
            Op::Pointwise(formula) => in_mathematics(formula, self)?.text,
            Op::Stack(elements) | Op::Concat(elements) => list(elements),
            Op::Index(x, place) => format!("element {} of {}", place + 1, of(x)),
            Op::Slice(x, start) => {
                let end = start + equation.shape.count();
                format!("elements {} to {end} of {}", start + 1, of(x))
            }
            Op::Transpose(x) => transposed(&of(x)),
            Op::VectorMatrix(a, b) | Op::MatrixVector(a, b) => format!("{} {}", of(a), of(b)),
            Op::Outer(a, b) if self.has_columns() => format!("{} {}", of(a), transposed(&of(b))),
            Op::Outer(a, b) => format!("{} {}", transposed(&of(a)), of(b)),
            Op::Dot(a, b) => format!("{} · {}", of(a), of(b)),
            Op::Sum(x) => format!("Σ {}", of(x)),
            Op::Softmax(z) => format!("softmax({})", of(z)),
            Op::LogSoftmax(z) => format!("ln softmax({})", of(z)),
            Op::SoftmaxCrossEntropy(z, t) => format!("−Σ {} ln softmax({})", of(t), of(z)),
            Op::SumSquares(x) if self.derivation.shape(*x) == Shape::Scalar => format!("({})²", of(x)),
            Op::SumSquares(x) => format!("Σ ({})²", of(x)),
            Op::BatchMean(x) => format!("1/{} Σ {}", self.samples, of(x)),
            Op::BatchSum(x) => format!("Σ {}", of(x)),
            Op::BatchWeightedMean(x, weight) if self.samples == 1 => format!("{} / {}", of(x), of(weight)),
            Op::BatchWeightedMean(x, weight) => format!("Σ {} / Σ {}", of(x), of(weight)),
        })
    }

    /// Whether it is a product of two values, which needs no brackets in a sum.
    fn is_product(&self, id: EquationId) -> bool {
        matches!(
            self.derivation.equation(id).op,
            Op::VectorMatrix(..) | Op::MatrixVector(..) | Op::Outer(..) | Op::Transpose(_) | Op::Softmax(_)
        )
    }

    /// Whether vectors are columns: some layer is W x.
    fn has_columns(&self) -> bool {
        let forward = self.derivation.equations.iter().filter(|equation| equation.role == Role::Forward);
        forward.into_iter().any(|equation| matches!(equation.op, Op::MatrixVector(..)))
    }
}

fn transposed(symbol: &str) -> String {
    if symbol.contains(['/', ' ']) { format!("({symbol})ᵀ") } else { format!("{symbol}ᵀ") }
}

impl Words for Mathematics<'_> {
    fn leaf(&self, leaf: u32) -> String {
        self.symbol(EquationId(leaf))
    }

    fn constant(&self, id: ConstantId) -> String {
        self.derivation.header.constants.get(id.0 as usize).map(|(name, _)| name.clone()).unwrap_or_default()
    }

    fn function(&self, id: FunctionId) -> String {
        match self.derivation.header.functions.get(id.0 as usize) {
            Some(function) if function.prelude && function.name == "sigmoid" => "σ".to_owned(),
            Some(function) => function.name.clone(),
            None => String::new(),
        }
    }

    fn helper(&self, helper: Helper) -> String {
        if helper == Helper::Log {
            return "ln".to_owned();
        }
        if helper == Helper::Sqrt { "√".to_owned() } else { helper.name(Language::Python).to_owned() }
    }

    fn guarded(&self, _op: Binary) -> bool {
        false
    }
}
