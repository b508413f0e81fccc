//! The engine's network as the loop of `mlp-training` sees it: a sample is the number of a row.

use std::{cell::RefCell, sync::Arc};

use mlp_dsl::{Compilation, kind, shape::Shape};
use mlp_engine::{Error, Network, Scalar, Targets};
use mlp_runtime::{
    Batch, NotFinite, Parameter, ParameterKind, ParameterShape,
    keep::{File, ListedCheckpoint, LoadError, Progress, SaveError, Value},
};
use mlp_training::{Continued, Failure, Flat, Learn, NoStep};

use super::rows::Rows;

/// Rows whose outputs are computed at once.
const ROWS: usize = 256;

/// Names and shapes of the tensors in a file. They live as long as the process, which has one specification.
#[derive(Clone, Copy, Debug)]
struct Layout {
    parameters: &'static [Parameter],
    states: &'static [Parameter],
    counts_steps: bool,
    hash: u64,
}

impl Layout {
    fn new<S: Scalar>(compiled: &Compilation, network: &Network<S>) -> Self {
        let training = compiled.derivation.training.as_ref();
        let kind_of = |name: &str| match network.kind(name) {
            Some(kind::ParameterKind::Bias) => ParameterKind::Bias,
            Some(kind::ParameterKind::Weight) | None => ParameterKind::Weight,
        };
        let tensor = |name: &str, shape: Shape| Parameter {
            name: Box::leak(name.to_owned().into_boxed_str()),
            kind: kind_of(name),
            shape: match shape {
                Shape::Scalar => ParameterShape::Scalar,
                Shape::Vector(size) => ParameterShape::Vector(size),
                Shape::Matrix(rows, columns) => ParameterShape::Matrix(rows, columns),
            },
        };
        let parameters: Vec<Parameter> = network.parameters().map(|of| tensor(of.name, of.shape)).collect();
        let states: Vec<Parameter> = network.states().map(|of| tensor(of.name, of.shape)).collect();
        Layout {
            parameters: parameters.leak(),
            states: states.leak(),
            counts_steps: training.is_some_and(|training| training.step.is_some()),
            hash: mlp_rust::hashes(&compiled.derivation).layout,
        }
    }
}

/// A network with the rows that it learns from.
pub(crate) struct Model<S> {
    /// The engine needs its memory for outputs, too.
    network: RefCell<Network<S>>,
    rows: Arc<Rows<S>>,
    layout: Layout,
}

/// Memory for the rows of a batch.
#[derive(Debug, Default)]
pub(crate) struct Gathered<S> {
    inputs: Vec<S>,
    targets: Vec<S>,
    classes: Vec<usize>,
}

impl<S: Scalar> Gathered<S> {
    fn fill(&mut self, rows: &Rows<S>, numbers: &[usize]) {
        self.inputs.clear();
        self.targets.clear();
        self.classes.clear();
        for row in numbers {
            self.inputs.extend_from_slice(rows.input(*row));
            self.targets.extend_from_slice(rows.target(*row));
            self.classes.extend(rows.class(*row));
        }
    }

    fn targets(&self) -> Targets<'_, S> {
        if self.classes.is_empty() {
            Targets::Numbers(&self.targets)
        } else {
            Targets::Classes(&self.classes)
        }
    }
}

impl<S: Scalar> Model<S> {
    /// A network with its start values, drawn from `seed` or else from the declared seed.
    pub(crate) fn new(compiled: &Compilation, rows: Arc<Rows<S>>, seed: Option<u64>) -> Result<Self, Error> {
        let network = Network::with_seed(compiled, seed.unwrap_or(compiled.derivation.header.seed))?;
        Ok(Model { layout: Layout::new(compiled, &network), network: RefCell::new(network), rows })
    }

    /// The rows.
    pub(crate) fn rows(&self) -> &Rows<S> {
        &self.rows
    }

    /// Takes other rows.
    pub(crate) fn set_rows(&mut self, rows: Arc<Rows<S>>) {
        self.rows = rows;
    }

    /// The network.
    pub(crate) fn network(&mut self) -> &mut Network<S> {
        self.network.get_mut()
    }

    /// A copy of the parameters, as a file has them.
    pub(crate) fn parameters(&self) -> Flat<S> {
        Flat::new(self.layout.parameters, self.numbers(), None)
    }

    /// Calls `f` with the number and the outputs of each of these rows.
    pub(crate) fn outputs(&self, rows: &[usize], mut f: impl FnMut(usize, &[S])) -> Result<(), Error> {
        let mut network = self.network.borrow_mut();
        let width = network.outputs();
        let (mut gathered, mut outputs) = (Gathered::default(), Vec::new());
        for part in rows.chunks(ROWS) {
            gathered.fill(&self.rows, part);
            outputs.resize(part.len() * width, S::ZERO);
            network.forward(&gathered.inputs, &mut outputs)?;
            for (row, outputs) in part.iter().zip(outputs.chunks(width.max(1))) {
                f(*row, outputs);
            }
        }
        Ok(())
    }

    /// The objective of these rows.
    pub(crate) fn objective_of(&self, rows: &[usize]) -> Result<S, Error> {
        let mut gathered = Gathered::default();
        gathered.fill(&self.rows, rows);
        self.network.borrow_mut().loss_batch(&gathered.inputs, gathered.targets())
    }
}

impl<S: Scalar> Learn for Model<S> {
    type Scalar = S;
    type Input = usize;
    type Target = ();
    type Optimizer = ();
    type Memory = Gathered<S>;

    fn memory(&self) -> Gathered<S> {
        Gathered::default()
    }

    fn learn(
        &mut self,
        (): &mut (),
        batch: Batch<'_, usize, ()>,
        memory: &mut Gathered<S>,
    ) -> Result<S, NoStep> {
        memory.fill(&self.rows, batch.inputs());
        let taken = self.network.get_mut().try_train_batch(&memory.inputs, memory.targets());
        taken.map_err(|error| NoStep::Failure(error.into()))?.map_err(|what| {
            NoStep::NotFinite(match what {
                mlp_engine::NotFinite::Loss => NotFinite::Loss,
                mlp_engine::NotFinite::Gradient => NotFinite::Gradient,
            })
        })
    }

    fn objective(&mut self, batch: Batch<'_, usize, ()>, memory: &mut Gathered<S>) -> Result<S, Failure> {
        memory.fill(&self.rows, batch.inputs());
        Ok(self.network.get_mut().loss_batch(&memory.inputs, memory.targets())?)
    }

    fn all_finite(&self) -> bool {
        self.network.borrow().is_finite()
    }

    fn numbers(&self) -> Vec<S> {
        self.network.borrow().parameters().flat_map(|tensor| tensor.values.iter().copied()).collect()
    }

    fn set_numbers(&mut self, numbers: &[S]) {
        let (network, mut rest) = (self.network.get_mut(), numbers);
        for tensor in self.layout.parameters {
            let Some(place) = network.parameter_mut(tensor.name) else { continue };
            let Some((own, others)) = rest.split_at_checked(place.len()) else { return };
            place.copy_from_slice(own);
            rest = others;
        }
    }

    fn write_checkpoint<E>(
        &self,
        (): &(),
        progress: Progress,
        metadata: &[(&str, Value<'_>)],
        best: Option<&[S]>,
        sink: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), SaveError<E>> {
        let network = self.network.borrow();
        let states = network.states().flat_map(|state| state.values.iter().copied()).collect();
        let steps = self.layout.counts_steps.then(|| network.steps());
        let checkpoint = ListedCheckpoint {
            name: network.name(),
            layout_hash: self.layout.hash,
            network: &self.parameters(),
            optimizer: &Flat::new(self.layout.states, states, steps),
            progress,
            metadata,
        };
        match best {
            Some(best) => {
                checkpoint.write_with_best(&Flat::new(self.layout.parameters, best.to_vec(), None), sink)
            }
            None => checkpoint.write(sink),
        }
    }

    fn read_checkpoint(&mut self, (): &mut (), file: &File<'_>) -> Result<Continued<S>, LoadError> {
        let Layout { parameters, states, counts_steps, hash } = self.layout;
        let mut best = Flat::zeros(parameters, None);
        let has_best = file.best(&mut best)?;
        let (mut own, mut kept) =
            (Flat::zeros(parameters, None), Flat::zeros(states, counts_steps.then_some(0)));
        let progress = file.resume_listed(hash, &mut own, &mut kept)?;
        self.set_numbers(&own.into_numbers());
        let network = self.network.get_mut();
        network.set_steps(kept.steps().unwrap_or_default());
        let numbers = kept.into_numbers();
        let mut rest = numbers.as_slice();
        for state in states {
            let Some(place) = network.state_mut(state.name) else { continue };
            let Some((own, others)) = rest.split_at_checked(place.len()) else { break };
            place.copy_from_slice(own);
            rest = others;
        }
        Ok((progress, has_best.then(|| best.into_numbers())))
    }
}
