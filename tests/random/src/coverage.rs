//! What the networks use, to see that nothing is left out.

use std::collections::BTreeSet;

use mlp_dsl::{
    formula::{
        Formula, Term,
        scalar::{Binary, Unary},
    },
    ir::{Derivation, array::Op, equation::Role},
};

/// Every name that a set of networks must cover: operations, comparisons, functions of the prelude,
/// rules, and what a specification can say.
pub fn wanted() -> BTreeSet<String> {
    let mut wanted: BTreeSet<String> = ARRAYS.iter().map(|name| format!("Op::{name}")).collect();
    wanted.extend(Unary::ALL.iter().map(|op| format!("{op:?}")));
    wanted.extend(Binary::ALL.iter().map(|op| format!("{op:?}")));
    let comparisons = ["Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal", "NotEqual"];
    wanted.extend(comparisons.iter().map(|name| format!("if {name}")));
    let words = include_str!("../../../mlp-dsl/src/prelude.mlp").lines().filter_map(|line| {
        let rest = line.strip_prefix("fn ").or_else(|| line.strip_prefix("rule "))?;
        rest.split('(').next()
    });
    wanted.extend(words.map(|word| format!("{word}(")));
    let statements = [
        "frozen weights",
        "frozen layer",
        "concat(",
        "transpose(",
        "linear(",
        "dropout(",
        "dense(",
        "class[",
        "importance ",
        "weighted by",
        "output ",
        "penalty",
        "= sum",
        "reduction mean",
        "clip_norm",
        "clip_value",
        "step",
        "let ",
        "unroll always",
        "unroll never",
        "arithmetic separate",
        "arithmetic fused",
        "backward inputs",
        "biases",
        "state ",
        "normal(",
        "uniform(",
        "constant(",
        "zeros(",
        "xavier(",
        "he(",
        "lecun(",
        "decay = ",
        ": f32",
        ": f64",
        "own(",
    ];
    wanted.extend(statements.iter().map(|word| (*word).to_owned()));
    wanted
}

/// The operations on arrays; the match below fails to compile when one is added.
const ARRAYS: [&str; 20] = [
    "Given",
    "Setting",
    "Pointwise",
    "Pack",
    "Concat",
    "Element",
    "Part",
    "Transpose",
    "VectorMatrix",
    "MatrixVector",
    "Outer",
    "Dot",
    "Sum",
    "Softmax",
    "LogSoftmax",
    "SoftmaxCrossEntropy",
    "SumSquares",
    "BatchMean",
    "BatchSum",
    "BatchWeightedMean",
];

fn name(op: &Op) -> &'static str {
    match op {
        Op::Given => "Given",
        Op::Setting(_) => "Setting",
        Op::Pointwise(_) => "Pointwise",
        Op::Stack(_) => "Pack",
        Op::Concat(_) => "Concat",
        Op::Index(..) => "Element",
        Op::Slice(..) => "Part",
        Op::Transpose(_) => "Transpose",
        Op::VectorMatrix(..) => "VectorMatrix",
        Op::MatrixVector(..) => "MatrixVector",
        Op::Outer(..) => "Outer",
        Op::Dot(..) => "Dot",
        Op::Sum(_) => "Sum",
        Op::Softmax(_) => "Softmax",
        Op::LogSoftmax(_) => "LogSoftmax",
        Op::SoftmaxCrossEntropy(..) => "SoftmaxCrossEntropy",
        Op::SumSquares(_) => "SumSquares",
        Op::BatchMean(_) => "BatchMean",
        Op::BatchSum(_) => "BatchSum",
        Op::BatchWeightedMean(..) => "BatchWeightedMean",
    }
}

/// What one network uses of it: by its equations and by its text.
pub fn used(text: &str, derivation: &Derivation, wanted: &BTreeSet<String>) -> BTreeSet<String> {
    let mut used: BTreeSet<String> = wanted.iter().filter(|word| text.contains(*word)).cloned().collect();
    for equation in derivation.equations.iter().filter(|e| e.role != Role::Given || e.op == Op::Given) {
        used.insert(format!("Op::{}", name(&equation.op)));
        if let Op::Pointwise(formula) = &equation.op {
            scalars(formula, derivation, &mut used);
        }
    }
    used.extend(derivation.equations.iter().map(|equation| format!("Op::{}", name(&equation.op))));
    used
}

fn scalars(formula: &Formula, derivation: &Derivation, used: &mut BTreeSet<String>) {
    for term in formula.terms() {
        match term {
            Term::Unary(op, _) => drop(used.insert(format!("{op:?}"))),
            Term::Binary(op, ..) => drop(used.insert(format!("{op:?}"))),
            Term::Select(select) => drop(used.insert(format!("if {:?}", select.comparison))),
            Term::Apply(id, _) => {
                if let Some(function) = derivation.header.functions.get(id.0 as usize) {
                    used.insert(format!("{}(", function.name));
                    scalars(&function.body, derivation, used);
                }
            }
            Term::Number(_) | Term::Constant(..) | Term::Leaf(_) => {}
        }
    }
}
