//! Why a network has no listing.

use std::fmt;

use mlp_dsl::{
    ir::{Data, Derivation},
    limits,
};
use mlp_eval::{Point, cost};

use crate::NUMBERS;

/// Why a network has no listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Inputs or a target without values: their names.
    Missing(Vec<String>),
    /// The count of numbers of its parameters.
    Parameters(usize),
    /// The count of numbers of its samples.
    Samples(usize),
    /// The count of operations of its step.
    Operations(u64),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Missing(names) => {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                let verb = if names.len() == 1 { "has" } else { "have" };
                write!(f, "{} {verb} no values", names.join(" and "))
            }
            Refusal::Parameters(count) => {
                write!(f, "its parameters are {count} numbers, and a listing has at most {NUMBERS}")
            }
            Refusal::Samples(count) => {
                write!(f, "its samples are {count} numbers, and a listing has at most {NUMBERS}")
            }
            Refusal::Operations(count) => {
                let most = limits::EVALUATED_OPERATIONS;
                write!(f, "its step has {count} operations, and a listing has at most {most}")
            }
        }
    }
}

impl Refusal {
    /// The way out.
    pub fn help(&self) -> &'static str {
        match self {
            Refusal::Missing(_) => {
                "declare values: `input x[2] = [0.1, 0.2];`, or samples: `data { (0.1, 0.2) -> 1 }`"
            }
            Refusal::Parameters(_) => {
                "make the layers smaller to read the program, or generate Rust code with `--format rust`"
            }
            Refusal::Samples(_) | Refusal::Operations(_) => {
                "declare a smaller `batch`, or take one sample with --sample"
            }
        }
    }
}

/// The declared step, where a listing of it is short enough.
pub(crate) fn affordable(derivation: &Derivation) -> Result<Point, Refusal> {
    let parameters = derivation.parameter_count();
    if parameters > NUMBERS {
        return Err(Refusal::Parameters(parameters));
    }
    let samples = derivation.declared_samples();
    let numbers = samples.iter().map(|sample| sample.input.len() + sample.target.len()).sum();
    if numbers > NUMBERS {
        return Err(Refusal::Samples(numbers));
    }
    let operations = cost::operations(derivation).saturating_mul(samples.len().max(1) as u64);
    if operations > limits::EVALUATED_OPERATIONS {
        return Err(Refusal::Operations(operations));
    }
    Point::declared(derivation).map_err(|_| {
        let all = derivation.inputs.iter().chain(&derivation.targets);
        let missing = all.filter(|data| data.values.is_none());
        Refusal::Missing(missing.map(|data: &Data| data.name.clone()).collect())
    })
}
