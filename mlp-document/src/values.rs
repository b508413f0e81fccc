//! The numbers of a training step by name, in the order of the derivation: what `eval` prints.

use mlp_dsl::{
    ir::{
        Data, Derivation, Value,
        equation::{EquationId, Role, Symbol},
    },
    limits,
    never::OrNever,
    shape::Shape,
};
use mlp_eval::{Evaluation, Point, cost, evaluate};

/// A named value: a scalar, a vector, or a matrix row after row.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The plain name, see [`Derivation::name_of`].
    pub name: String,
    /// Its sizes.
    pub shape: Shape,
    /// As many numbers as the shape has.
    pub values: Vec<f64>,
}

/// The values of one training step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepValues {
    /// The network's name.
    pub network: String,
    /// Net inputs and outputs of neurons and layers.
    pub forward: Vec<Entry>,
    /// The components of the loss, its total last.
    pub loss: Vec<Entry>,
    /// The gradient with respect to each parameter, under the parameter's name.
    pub gradients: Vec<Entry>,
    /// Each parameter after the step.
    pub updated: Vec<Entry>,
}

/// Why a derivation is not evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Inputs or a target without values.
    Missing(Vec<MissingValues>),
    /// It would take too much memory or time.
    TooLarge(TooLarge),
}

/// An input or target without values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingValues {
    /// `input` or `target`.
    pub what: &'static str,
    /// Its name.
    pub name: String,
    /// The statement that would give the values, `…` for each.
    pub statement: String,
}

/// What passes a limit of evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLarge {
    /// The number of parameters.
    Parameters(u64),
    /// The number of values of all equations.
    Values(u64),
    /// The number of scalar operations.
    Operations(u64),
}

impl std::fmt::Display for TooLarge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (count, what, most) = match self {
            TooLarge::Parameters(count) => (count, "parameters", limits::EVALUATED_PARAMETERS),
            TooLarge::Values(count) => (count, "values to compute", limits::EVALUATED_VALUES),
            TooLarge::Operations(count) => (count, "operations", limits::EVALUATED_OPERATIONS),
        };
        write!(f, "{count} {what}, but at most {most} can be evaluated")
    }
}

/// Performs `steps` training steps at the declared numbers and gives the values of the last one.
pub fn train(derivation: &Derivation, steps: u64) -> Result<StepValues, Refusal> {
    affordable(derivation).map_err(Refusal::TooLarge)?;
    let missing = missing_values(derivation);
    let Ok(mut point) = Point::declared(derivation) else { return Err(Refusal::Missing(missing)) };
    let mut evaluation = evaluate::<f64>(derivation, &point);
    for _ in 1..steps {
        point.step(derivation, &evaluation);
        evaluation = evaluate::<f64>(derivation, &point);
    }
    Ok(collect(derivation, &evaluation))
}

fn collect(derivation: &Derivation, evaluation: &Evaluation<f64>) -> StepValues {
    let entry = |name: String, id: EquationId| {
        let values = evaluation.value(id).map(|value| value.iter().collect());
        let values = values.or_never("an evaluation has a value for each equation", Vec::new());
        Entry { name, shape: derivation.shape(id), values }
    };
    let named = |id: EquationId| entry(derivation.name_of(id), id);
    let is_forward = |symbol: &Symbol| matches!(symbol, Symbol::Named(_) | Symbol::Local(_) | Symbol::Net(_));
    let forward = derivation.numbered().filter(|(_, e)| e.role == Role::Forward && is_forward(&e.symbol));
    let loss = derivation.loss.iter().flat_map(|loss| {
        let objective = loss.penalty.map(|penalty| [penalty, loss.objective]);
        loss.components.iter().copied().chain([loss.total]).chain(objective.into_iter().flatten())
    });
    let of_parameters = |pick: fn(&mlp_dsl::ir::Parameter) -> Option<EquationId>| {
        let picked = derivation.parameters.iter().filter_map(|p| Some((p.name.clone(), pick(p)?)));
        picked.map(|(name, id)| entry(name, id)).collect()
    };
    StepValues {
        network: derivation.header.name.clone(),
        forward: forward.map(|(id, _)| named(id)).collect(),
        loss: loss.map(named).collect(),
        gradients: of_parameters(mlp_dsl::ir::Parameter::objective),
        updated: of_parameters(mlp_dsl::ir::Parameter::updated),
    }
}

/// The inputs and the target that have no values.
pub fn missing_values(derivation: &Derivation) -> Vec<MissingValues> {
    let inputs = derivation.inputs.iter().map(|data| ("input", data));
    let all = inputs.chain(derivation.target.iter().map(|data| ("target", data)));
    all.filter(|(_, data)| data.values.is_none())
        .map(|(what, data)| MissingValues {
            what,
            name: data.name.clone(),
            statement: statement(derivation, what, data),
        })
        .collect()
}

/// The statement that would declare the values.
fn statement(derivation: &Derivation, what: &str, data: &Data) -> String {
    let name = &data.name;
    match &data.value {
        Value::Whole(_) => match data.shape {
            Shape::Scalar => format!("{what} {name} = …;"),
            Shape::Vector(n) if data.class => format!("{what} {name}: class[{n}] = …;"),
            shape @ (Shape::Vector(_) | Shape::Matrix(..)) => format!("{what} {name}{shape} = …;"),
        },
        Value::Packed(elements) => {
            let shown = elements.iter().take(3).map(|id| format!("{} = …", derivation.name_of(*id)));
            let mut shown: Vec<String> = shown.collect();
            if elements.len() > shown.len() {
                shown.push("…".to_owned());
            }
            format!("{what} {name} {{ {} }}", shown.join(", "))
        }
    }
}

/// Whether evaluating the derivation stays within the limits of memory and time.
pub fn affordable(derivation: &Derivation) -> Result<(), TooLarge> {
    let parameters = derivation.parameter_count() as u64;
    if parameters > limits::EVALUATED_PARAMETERS {
        return Err(TooLarge::Parameters(parameters));
    }
    let sum = |count: fn(&Derivation, EquationId) -> u64| {
        derivation.numbered().fold(0_u64, |sum, (id, _)| sum.saturating_add(count(derivation, id)))
    };
    let values = sum(|derivation, id| derivation.shape(id).count() as u64);
    if values > limits::EVALUATED_VALUES {
        return Err(TooLarge::Values(values));
    }
    let operations = cost::operations(derivation);
    if operations > limits::EVALUATED_OPERATIONS {
        return Err(TooLarge::Operations(operations));
    }
    Ok(())
}
