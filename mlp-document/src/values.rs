//! The numbers of a training step by name, in the order of the derivation: what `eval` prints.

use std::ops::Range;

use mlp_dsl::{
    ir::{
        Data, Derivation, Loss, Value, ValueGradient,
        equation::{Equation, EquationId, Per, Role, Symbol},
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
    /// Whether each sample of the step has a value of its own.
    pub per_sample: bool,
    /// As many numbers as the shape has; for each sample of the step, where it is per sample.
    pub values: Vec<f64>,
}

/// The loss at which a step begins.
#[derive(Clone, Debug, PartialEq)]
pub struct StepLoss {
    /// The number of the step, counted from 1.
    pub step: u64,
    /// The samples that it takes, by their indices.
    pub samples: Range<usize>,
    /// The objective before the step: the loss of its samples, penalties included.
    pub loss: f64,
}

/// The values of one training step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepValues {
    /// The network's name.
    pub network: String,
    /// Whether the values are numbers of 32 bits.
    pub single: bool,
    /// The number of the step, counted from 1.
    pub step: u64,
    /// The samples of `data` that the step takes, by their indices. Nothing where `data` declares none, or one is chosen.
    pub samples: Option<Range<usize>>,
    /// Net inputs and outputs of neurons and layers.
    pub forward: Vec<Entry>,
    /// The components of the loss, its total last.
    pub loss: Vec<Entry>,
    /// ∂E/∂value for each named value, under the value's name, from the loss back.
    pub backward: Vec<Entry>,
    /// The gradient with respect to each parameter, under the parameter's name.
    pub gradients: Vec<Entry>,
    /// Each parameter after the step.
    pub updated: Vec<Entry>,
    /// The losses of the steps that were asked for.
    pub losses: Vec<StepLoss>,
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

/// Performs `steps` training steps, each with the samples that are its turn, and gives the values of the last one.
/// `keep` says of which steps the loss is kept.
pub fn train(derivation: &Derivation, steps: u64, keep: &dyn Fn(u64) -> bool) -> Result<StepValues, Refusal> {
    let samples = derivation.samples_of_step(0).len();
    affordable_for(derivation, samples.max(1)).map_err(Refusal::TooLarge)?;
    let missing = missing_values(derivation);
    let Ok(mut point) = Point::declared(derivation) else { return Err(Refusal::Missing(missing)) };
    let mut losses = Vec::new();
    let mut evaluation = evaluate::<f64>(derivation, &point);
    for step in 0..steps {
        let samples = derivation.samples_of_step(step);
        if step > 0 {
            point.step(derivation, &evaluation);
            point
                .take_samples(derivation, derivation.header.samples.get(samples.clone()).unwrap_or_default());
            evaluation = evaluate::<f64>(derivation, &point);
        }
        if let Some(loss) = derivation.loss.as_ref().filter(|_| keep(step + 1)) {
            losses.push(StepLoss { step: step + 1, samples, loss: evaluation.scalar(loss.objective) });
        }
    }
    Ok(StepValues { step: steps, losses, ..collect(derivation, &evaluation, steps.saturating_sub(1)) })
}

fn collect(derivation: &Derivation, evaluation: &Evaluation<f64>, step: u64) -> StepValues {
    let of_data = derivation.header.has_data && derivation.chosen.sample.is_none();
    let entry = |name: String, id: EquationId| entry(derivation, evaluation, name, id);
    let named = |id: EquationId| entry(derivation.name_of(id), id);
    let is_forward = |id: EquationId, e: &Equation| {
        e.role == Role::Forward && is_value(&e.symbol) || derivation.mask(id).is_some()
    };
    let forward = derivation.numbered().filter(|(id, e)| is_forward(*id, e));
    let loss = derivation.loss.iter().flat_map(|loss| {
        let batch = of_data.then_some(loss.batch);
        let objective = loss.penalty.map(|penalty| [penalty, loss.objective]);
        let total = [loss.total].into_iter().chain(batch);
        loss.components.iter().chain(&loss.parts).copied().chain(total).chain(objective.into_iter().flatten())
    });
    let of_parameters = |pick: fn(&mlp_dsl::ir::Parameter) -> Option<EquationId>| {
        let picked = derivation.parameters.iter().filter_map(|p| Some((p.name.clone(), pick(p)?)));
        picked.map(|(name, id)| entry(name, id)).collect()
    };
    StepValues {
        network: derivation.header.name.clone(),
        single: false,
        step: step + 1,
        samples: of_data.then(|| derivation.samples_of_step(step)),
        forward: forward.map(|(id, _)| named(id)).collect(),
        loss: loss.map(named).collect(),
        backward: derivation.loss.iter().flat_map(|l| backward(derivation, evaluation, l, of_data)).collect(),
        gradients: of_parameters(mlp_dsl::ir::Parameter::objective),
        updated: of_parameters(mlp_dsl::ir::Parameter::updated),
        losses: Vec::new(),
    }
}

/// Whether the specification, or its naming scheme, has a name for a value of the forward pass.
fn is_value(symbol: &Symbol) -> bool {
    matches!(symbol, Symbol::Named(_) | Symbol::Local(_) | Symbol::Net(_))
}

fn entry(derivation: &Derivation, evaluation: &Evaluation<f64>, name: String, id: EquationId) -> Entry {
    let per_sample = derivation.equation(id).per == Per::Sample;
    let samples = if per_sample { evaluation.samples() } else { 1 };
    let each = (0..samples).filter_map(|sample| evaluation.value_of(id, sample));
    let values: Vec<f64> = each.flat_map(|value| value.iter().collect::<Vec<f64>>()).collect();
    let shape = derivation.shape(id);
    let complete = (values.len() == samples * shape.count()).then_some(values);
    let values = complete.or_never("an evaluation has a value for each equation", Vec::new());
    Entry { name, shape, per_sample, values }
}

/// Numbers of the gradients with respect to parameters that are given for each sample.
const GRADIENTS_OF_SAMPLES: usize = 100_000;

/// ∂E/∂value for the named values; for the parameters too where the step has several samples.
fn backward(derivation: &Derivation, evaluation: &Evaluation<f64>, loss: &Loss, of_data: bool) -> Vec<Entry> {
    let count =
        (derivation.parameter_count() - derivation.frozen_count()).saturating_mul(evaluation.samples());
    let parameters = of_data && count <= GRADIENTS_OF_SAMPLES;
    let wanted = |id: EquationId| {
        let equation = derivation.equation(id);
        let given = equation.role == Role::Given;
        let part = matches!(equation.symbol, Symbol::Component(_) | Symbol::Local(_)) && id != loss.total;
        let input = derivation.has_input_gradients() && derivation.input_equations().any(|own| own == id);
        (given && parameters)
            || input
            || part
            || (equation.role == Role::Forward && is_value(&equation.symbol))
    };
    let values = loss.gradients.iter().filter(|(id, _)| wanted(*id));
    values
        .map(|(id, gradient)| {
            let (name, shape) = (derivation.name_of(*id), derivation.shape(*id));
            let filled = |x: f64| Entry {
                name: name.clone(),
                shape,
                per_sample: true,
                values: vec![x; evaluation.samples() * shape.count()],
            };
            match gradient {
                ValueGradient::Zeros => filled(0.0),
                ValueGradient::Ones => filled(1.0),
                ValueGradient::Equation(gradient) => {
                    let entry = entry(derivation, evaluation, name.clone(), *gradient);
                    if entry.per_sample { entry } else { spread(entry, evaluation.samples()) }
                }
            }
        })
        .collect()
}

/// A value that is the same for each sample.
fn spread(entry: Entry, samples: usize) -> Entry {
    let values = entry.values.repeat(samples);
    Entry { per_sample: true, values, ..entry }
}

/// The inputs and the target that have no values.
pub fn missing_values(derivation: &Derivation) -> Vec<MissingValues> {
    let inputs = derivation.inputs.iter().map(|data| ("input", data));
    let targets = derivation.targets.iter();
    let targets = targets.map(|data| (if data.importance { "importance" } else { "target" }, data));
    let all = inputs.chain(targets);
    let all = all.filter(|_| !derivation.header.has_data);
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

/// Whether evaluating the derivation with one sample stays within the limits of memory and time.
pub fn affordable(derivation: &Derivation) -> Result<(), TooLarge> {
    affordable_for(derivation, 1)
}

/// The same for several samples.
pub fn affordable_for(derivation: &Derivation, samples: usize) -> Result<(), TooLarge> {
    let parameters = derivation.parameter_count() as u64;
    if parameters > limits::EVALUATED_PARAMETERS {
        return Err(TooLarge::Parameters(parameters));
    }
    let values = derivation.numbered().fold(0_u64, |sum, (id, equation)| {
        let each = derivation.shape(id).count() as u64;
        let often = if equation.per == Per::Sample { samples as u64 } else { 1 };
        sum.saturating_add(each.saturating_mul(often))
    });
    if values > limits::EVALUATED_VALUES {
        return Err(TooLarge::Values(values));
    }
    let operations = cost::operations(derivation).saturating_mul(samples as u64);
    if operations > limits::EVALUATED_OPERATIONS {
        return Err(TooLarge::Operations(operations));
    }
    Ok(())
}
