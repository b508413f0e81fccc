//! W02: warnings that need numbers, those of the declared samples and the start values.

mod activations;
mod gradients;
mod kinks;
mod step;

use mlp_dsl::{
    diagnostic::Diagnostic,
    ir::{
        Derivation,
        array::Op,
        equation::{EquationId, Symbol},
    },
    model::{Sample, Start},
};

use crate::{Evaluation, Point, cost, evaluate};

/// How much may be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// A command: a second.
    Thorough,
    /// An editor, after each pause: some hundredths of a second.
    Quick,
}

impl Effort {
    /// Scalar operations of one evaluation of all samples.
    fn operations(self) -> u64 {
        match self {
            Effort::Thorough => 6_000_000,
            Effort::Quick => 500_000,
        }
    }

    /// Numbers that an evaluation of all samples keeps.
    fn values(self) -> u64 {
        match self {
            Effort::Thorough => 1 << 22,
            Effort::Quick => 1 << 19,
        }
    }
}

/// This number of samples speaks for all others.
const ENOUGH: usize = 32;

/// What is known of a network at its declared samples and start values.
struct Declared<'d> {
    derivation: &'d Derivation,
    point: Point,
    evaluation: Evaluation<f64>,
    /// All samples, or as many as `Effort` allows.
    samples: Vec<Sample>,
    /// How the samples are called in a message.
    which: String,
    origins: Vec<Origin>,
}

/// What an equation depends on.
#[derive(Clone, Copy, Debug, Default)]
struct Origin {
    /// A parameter that is trained.
    trained: bool,
    /// A parameter whose start value is drawn.
    drawn: bool,
    /// A parameter from a file: it has been trained.
    loaded: bool,
}

/// The warnings of a network at its declared numbers. `None` where nothing is declared, or where an evaluation takes
/// too much.
///
/// Dropout leaves out no unit: a warning speaks of the network, and not of a mask.
pub fn warnings(derivation: &Derivation, effort: Effort) -> Option<Vec<Diagnostic>> {
    let inference = derivation.inference();
    let derivation = inference.as_ref().unwrap_or(derivation);
    let declared = Declared::of(derivation, effort)?;
    let mut found = declared.near_kinks();
    if derivation.loss.is_some() {
        declared.dead(&mut found);
        declared.saturated(&mut found);
        declared.larger_loss(effort, &mut found);
        declared.without_gradient(&mut found);
    }
    Some(found)
}

impl<'d> Declared<'d> {
    fn of(derivation: &'d Derivation, effort: Effort) -> Option<Self> {
        let each = cost::evaluation(derivation, derivation.equations.len()).max(1);
        let values = derivation.numbered().map(|(id, _)| derivation.shape(id).count() as u64);
        let values = values.fold(0, u64::saturating_add).max(1);
        let most = (effort.operations() / each).min(effort.values() / values) as usize;
        let (samples, which) = if derivation.header.has_data {
            let all = derivation.header.samples.len();
            let samples = derivation.header.samples.get(..all.min(most))?.to_vec();
            match samples.len() {
                1 => (samples, "the declared sample".to_owned()),
                some if some == all => (samples, format!("all {all} samples")),
                some if some >= ENOUGH => (samples, format!("the first {some} samples")),
                _ => return None,
            }
        } else {
            (vec![declared_sample(derivation)?], "the declared values".to_owned())
        };
        if most == 0 {
            return None;
        }
        let point = Point::at(derivation, &samples);
        let evaluation = evaluate::<f64>(derivation, &point);
        let origins = origins(derivation);
        Some(Declared { derivation, point, evaluation, samples, which, origins })
    }

    fn origin(&self, id: EquationId) -> Origin {
        self.origins.get(id.index()).copied().unwrap_or_default()
    }
}

/// The declared values as a sample.
fn declared_sample(derivation: &Derivation) -> Option<Sample> {
    let mut sample = Sample::default();
    for data in &derivation.inputs {
        sample.input.extend(data.values.as_ref()?);
    }
    for target in &derivation.targets {
        sample.target.extend(target.values.as_ref()?);
    }
    Some(sample)
}

fn origins(derivation: &Derivation) -> Vec<Origin> {
    let mut origins: Vec<Origin> = Vec::with_capacity(derivation.equations.len());
    for (id, equation) in derivation.numbered() {
        let mut origin = Origin::default();
        for operand in equation.op.operands() {
            let of = origins.get(operand.index()).copied().unwrap_or_default();
            origin.trained |= of.trained;
            origin.drawn |= of.drawn;
            origin.loaded |= of.loaded;
        }
        if equation.op == Op::Given
            && let Some(parameter) = derivation.parameters.iter().find(|p| p.equation == id)
        {
            origin = Origin {
                trained: !parameter.frozen,
                drawn: matches!(parameter.start, Start::Normal { .. } | Start::Uniform { .. }),
                loaded: matches!(parameter.start, Start::Loaded(_)),
            };
        }
        origins.push(origin);
    }
    origins
}

/// A value in a message: its name where the specification has one.
fn shown(derivation: &Derivation, id: EquationId) -> Option<String> {
    match &derivation.equation(id).symbol {
        Symbol::Named(name) | Symbol::Local(name) | Symbol::Net(name) => Some(format!("`{name}`")),
        Symbol::Component(name) => Some(format!("the loss of `{name}`")),
        Symbol::Loss | Symbol::BatchLoss(_) | Symbol::Objective => Some("the loss".to_owned()),
        Symbol::Penalty | Symbol::PenaltyPart(_) => Some("the penalty".to_owned()),
        Symbol::Setting(name) => Some(format!("the setting `{name}`")),
        Symbol::Partial { .. }
        | Symbol::Gradient(_)
        | Symbol::BatchGradient(..)
        | Symbol::PenaltyGradient(_)
        | Symbol::ObjectiveGradient(_)
        | Symbol::Pulled(_)
        | Symbol::BatchPulled(_)
        | Symbol::StepNumber
        | Symbol::State { .. }
        | Symbol::GradientNorm
        | Symbol::ClipFactor
        | Symbol::Updated(_)
        | Symbol::Step(_) => None,
    }
}
