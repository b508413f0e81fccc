//! The words of the canonical text. They are part of the fingerprint: changing one changes the fingerprint of every
//! network that uses it.

use std::fmt::{self, Write};

use mlp_dsl::{
    formula::{
        Formula, Term,
        scalar::{Binary, Unary},
    },
    ir::{
        array::Op,
        equation::{EquationId, Per, Symbol},
    },
    kind::ParameterKind,
    model::{Header, Reduction},
    never,
};

pub(super) fn kind(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Weight => "weight",
        ParameterKind::Bias => "bias",
    }
}

pub(super) fn per(per: Per) -> &'static str {
    match per {
        Per::Batch => "batch",
        Per::Sample => "sample",
    }
}

fn reduction(reduction: Reduction) -> &'static str {
    match reduction {
        Reduction::Mean => "mean",
        Reduction::Sum => "sum",
    }
}

/// The name of an equation, with the equations that it refers to.
pub(super) fn write_symbol(to: &mut impl Write, symbol: &Symbol) -> fmt::Result {
    match symbol {
        Symbol::Named(name) => write!(to, " named {name}"),
        Symbol::Local(name) => write!(to, " local {name}"),
        Symbol::Net(name) => write!(to, " net {name}"),
        Symbol::Component(name) => write!(to, " component {name}"),
        Symbol::Loss => write!(to, " loss"),
        Symbol::BatchLoss(of) => write!(to, " batch-loss {}", reduction(*of)),
        Symbol::Penalty => write!(to, " penalty"),
        Symbol::PenaltyPart(number) => write!(to, " penalty-part {number}"),
        Symbol::Objective => write!(to, " objective"),
        Symbol::Partial { of, by } => write!(to, " partial {} {}", of.0, by.0),
        Symbol::Gradient(of) => write!(to, " gradient {}", of.0),
        Symbol::BatchGradient(by, of) => write!(to, " batch-gradient {} {}", reduction(*by), of.0),
        Symbol::PenaltyGradient(of) => write!(to, " penalty-gradient {}", of.0),
        Symbol::ObjectiveGradient(of) => write!(to, " objective-gradient {}", of.0),
        Symbol::Pulled(of) => write!(to, " pulled {}", of.0),
        Symbol::BatchPulled(of) => write!(to, " batch-pulled {}", of.0),
        Symbol::Setting(name) => write!(to, " setting {name}"),
        Symbol::StepNumber => write!(to, " step-number"),
        Symbol::State { name, of } => write!(to, " state {name} {}", of.0),
        Symbol::GradientNorm => write!(to, " gradient-norm"),
        Symbol::ClipFactor => write!(to, " clip-factor"),
        Symbol::Updated(of) => write!(to, " updated {}", of.0),
        Symbol::Step(number) => write!(to, " step {number}"),
    }
}

/// An operation and its operands.
pub(super) fn write_op(to: &mut impl Write, header: &Header, op: &Op) -> fmt::Result {
    match op {
        Op::Given => write!(to, " given"),
        Op::Setting(value) => write!(to, " setting {value:e}"),
        Op::Pointwise(formula) => {
            write!(to, " pointwise")?;
            write_formula(to, header, formula)
        }
        Op::Stack(elements) => write_all(to, "stack", elements),
        Op::Concat(parts) => write_all(to, "concat", parts),
        Op::Index(x, index) => write!(to, " index {} {index}", x.0),
        Op::Slice(x, start) => write!(to, " slice {} {start}", x.0),
        Op::Transpose(x) => write_all(to, "transpose", &[*x]),
        Op::VectorMatrix(x, w) => write_all(to, "vector-matrix", &[*x, *w]),
        Op::MatrixVector(w, x) => write_all(to, "matrix-vector", &[*w, *x]),
        Op::Outer(a, b) => write_all(to, "outer", &[*a, *b]),
        Op::Dot(a, b) => write_all(to, "dot", &[*a, *b]),
        Op::Sum(x) => write_all(to, "sum", &[*x]),
        Op::Softmax(x) => write_all(to, "softmax", &[*x]),
        Op::LogSoftmax(x) => write_all(to, "log-softmax", &[*x]),
        Op::SoftmaxCrossEntropy(z, t) => write_all(to, "softmax-cross-entropy", &[*z, *t]),
        Op::SumSquares(x) => write_all(to, "sum-squares", &[*x]),
        Op::BatchMean(x) => write_all(to, "batch-mean", &[*x]),
        Op::BatchSum(x) => write_all(to, "batch-sum", &[*x]),
        Op::BatchWeightedMean(x, weight) => write_all(to, "batch-weighted-mean", &[*x, *weight]),
    }
}

fn write_all(to: &mut impl Write, word: &str, operands: &[EquationId]) -> fmt::Result {
    write!(to, " {word}")?;
    operands.iter().try_for_each(|operand| write!(to, " {}", operand.0))
}

/// The terms of a formula: operands by their places among them, functions and constants by their names.
pub(super) fn write_formula(to: &mut impl Write, header: &Header, formula: &Formula) -> fmt::Result {
    for term in formula.terms() {
        match term {
            Term::Number(number) => write!(to, " ; {number:e}")?,
            Term::Constant(id, _) => {
                let constant = header.constants.get(id.0 as usize).map(|(name, _)| name.as_str());
                write!(to, " ; constant {}", known(constant))?;
            }
            Term::Leaf(leaf) => write!(to, " ; leaf {leaf}")?,
            Term::Unary(op, _) => write!(to, " ; {}", unary(*op))?,
            Term::Binary(op, ..) => write!(to, " ; {}", binary(*op))?,
            Term::Select(select) => write!(to, " ; if {}", select.comparison.sign())?,
            Term::Apply(id, _) => {
                let function = header.functions.get(id.0 as usize).map(|function| function.name.as_str());
                write!(to, " ; apply {}", known(function))?;
            }
        }
        term.operands().iter().try_for_each(|operand| write!(to, " {}", operand.0))?;
    }
    Ok(())
}

fn known(name: Option<&str>) -> &str {
    name.unwrap_or_else(|| {
        never!("a formula refers to nothing");
        ""
    })
}

fn unary(op: Unary) -> &'static str {
    match op {
        Unary::Negate => "negate",
        Unary::Exp => "exp",
        Unary::Ln => "ln",
        Unary::Sqrt => "sqrt",
        Unary::Tanh => "tanh",
        Unary::Erf => "erf",
        Unary::Floor => "floor",
    }
}

fn binary(op: Binary) -> &'static str {
    match op {
        Binary::Add => "add",
        Binary::Subtract => "subtract",
        Binary::Multiply => "multiply",
        Binary::Divide => "divide",
        Binary::Power => "power",
    }
}
