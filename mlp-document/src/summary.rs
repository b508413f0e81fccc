//! What a network is made of, counted from its equations: layers, dimensions, parameters and
//! links, batches, memory and work.

mod activation;
mod counting;

use mlp_dsl::{Compilation, ir::equation::EquationId, kind::ParameterKind, number::Precision};

use counting::Counting;
pub(crate) use counting::links_of_neurons;

/// The summary of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The network's name.
    pub network: String,
    /// Its number type.
    pub precision: Precision,
    /// The inputs: name and length.
    pub inputs: Vec<(String, u64)>,
    /// The targets and importances.
    pub targets: Vec<(String, u64)>,
    /// The layers in order; the last is the output.
    pub layers: Vec<LayerSummary>,
    /// Parameters that only the loss uses.
    pub loss_only: Tally,
    /// All of them together.
    pub total: Tally,
    /// Those among them that are frozen; without links.
    pub frozen: Tally,
    /// Samples in a batch; 1 where nothing says otherwise.
    pub batch: u64,
    /// How the samples fall into batches, where their number is known.
    pub epoch: Option<Epoch>,
    /// Bytes of the parameters in the network's precision.
    pub parameter_bytes: u64,
    /// Numbers of parameters that have a gradient: 0 without a loss; frozen ones have none.
    pub trained: u64,
    /// Numbers that the training rule keeps from step to step, its settings not counted.
    pub state: u64,
    /// Multiply-adds of a forward pass of one sample, those inside activations not counted.
    pub multiply_adds: u64,
    /// Whether the generated code writes layers out number by number; else it loops over them.
    pub unrolled: bool,
    /// How many samples of a batch it computes at once.
    pub block: u64,
    /// Bytes of the values of one sample that it keeps between input and output.
    pub workspace_bytes: u64,
    /// The same for the samples of a batch that it computes at once.
    pub batch_workspace_bytes: u64,
}

/// A layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerSummary {
    /// Its name.
    pub name: String,
    /// Its activation, `linear`, or `formula` for anything else; several where neurons differ.
    pub activation: String,
    /// Its neurons.
    pub neurons: u64,
    /// Its matrix products, with the dimensions they have for the batch. For a layer of named
    /// neurons: the one product that it amounts to.
    pub products: Vec<Product>,
    /// Its parameters; one that an earlier layer uses already counts there.
    pub tally: Tally,
}

/// Parameters, each counted once, and the links that use them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Distinct weights.
    pub weights: u64,
    /// Distinct biases.
    pub biases: u64,
    /// Uses of weights by neurons.
    pub weight_links: u64,
    /// Uses of biases by neurons.
    pub bias_links: u64,
}

impl Tally {
    /// Weights and biases.
    pub fn parameters(self) -> u64 {
        self.weights.saturating_add(self.biases)
    }

    /// Links of weights and biases.
    pub fn links(self) -> u64 {
        self.weight_links.saturating_add(self.bias_links)
    }

    fn add(&mut self, other: Tally) {
        self.weights = self.weights.saturating_add(other.weights);
        self.biases = self.biases.saturating_add(other.biases);
        self.weight_links = self.weight_links.saturating_add(other.weight_links);
        self.bias_links = self.bias_links.saturating_add(other.bias_links);
    }

    fn count(&mut self, kind: ParameterKind, distinct: u64, links: u64) {
        self.add(match kind {
            ParameterKind::Weight => Tally { weights: distinct, weight_links: links, ..Tally::default() },
            ParameterKind::Bias => Tally { biases: distinct, bias_links: links, ..Tally::default() },
        });
    }
}

/// Rows and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// Rows.
    pub rows: u64,
    /// Columns.
    pub columns: u64,
}

impl std::fmt::Display for Dimensions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} × {}", self.rows, self.columns)
    }
}

/// A product of inputs and weights for a whole batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    /// The inputs.
    pub input: Dimensions,
    /// The weights.
    pub weights: Dimensions,
    /// The result.
    pub output: Dimensions,
    /// Samples are columns and the weights come first, `W @ x`.
    pub columns: bool,
}

impl Product {
    fn rows(batch: u64, inputs: u64, outputs: u64) -> Self {
        let [input, weights, output] = [(batch, inputs), (inputs, outputs), (batch, outputs)]
            .map(|(r, c)| Dimensions { rows: r, columns: c });
        Product { input, weights, output, columns: false }
    }

    fn columns(batch: u64, inputs: u64, outputs: u64) -> Self {
        let turned = |d: Dimensions| Dimensions { rows: d.columns, columns: d.rows };
        let Product { input, weights, output, .. } = Product::rows(batch, inputs, outputs);
        Product { input: turned(input), weights: turned(weights), output: turned(output), columns: true }
    }
}

/// How the samples fall into batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Samples in all.
    pub samples: u64,
    /// Full batches.
    pub full: u64,
    /// Samples of the last, short batch; 0 where the batches fit.
    pub rest: u64,
}

impl Epoch {
    /// Batches with the last, short one.
    pub fn batches(self) -> u64 {
        self.full + u64::from(self.rest > 0)
    }
}

impl Summary {
    /// The parameters that are not frozen; without links.
    pub fn trained_apart(&self) -> Tally {
        Tally {
            weights: self.total.weights.saturating_sub(self.frozen.weights),
            biases: self.total.biases.saturating_sub(self.frozen.biases),
            ..Tally::default()
        }
    }

    /// Counts. Batch and samples are those declared, unless given.
    pub fn new(compiled: &Compilation, batch: Option<u64>, samples: Option<u64>) -> Self {
        let Compilation { derivation, plan, .. } = compiled;
        let batch = batch.unwrap_or_else(|| derivation.batch_of_epoch() as u64).max(1);
        let samples = samples.or(derivation.sample_count().map(|samples| samples as u64));
        let length = |data: &mlp_dsl::ir::Data| (data.name.clone(), data.shape.count() as u64);
        let mut counting = Counting::new(derivation, batch);
        let layers: Vec<LayerSummary> =
            (0..derivation.layers.len()).filter_map(|index| counting.layer(index)).collect();
        let loss_only = counting.rest();
        let mut total = loss_only;
        layers.iter().for_each(|layer| total.add(layer.tally));
        let mut frozen = Tally::default();
        for parameter in derivation.parameters.iter().filter(|parameter| parameter.frozen) {
            frozen.count(parameter.kind, derivation.shape(parameter.equation).count() as u64, 0);
        }
        let bytes = derivation.header.precision.bytes() as u64;
        let count = |ids: &mut dyn Iterator<Item = EquationId>| {
            ids.map(|id| derivation.shape(id).count() as u64).sum::<u64>()
        };
        Summary {
            network: derivation.header.name.clone(),
            precision: derivation.header.precision,
            inputs: derivation.inputs.iter().map(length).collect(),
            targets: derivation.targets.iter().map(length).collect(),
            layers,
            loss_only,
            total,
            frozen,
            batch,
            epoch: samples.map(|samples| Epoch { samples, full: samples / batch, rest: samples % batch }),
            parameter_bytes: total.parameters().saturating_mul(bytes),
            trained: count(
                &mut derivation.parameters.iter().filter_map(|p| p.gradient().map(|_| p.equation)),
            ),
            state: count(
                &mut derivation
                    .parameters
                    .iter()
                    .flat_map(mlp_dsl::ir::Parameter::state)
                    .map(|state| state.equation),
            ),
            multiply_adds: derivation.multiply_adds() as u64,
            unrolled: plan.unrolled,
            block: plan.block as u64,
            workspace_bytes: plan.layout.workspace_bytes as u64,
            batch_workspace_bytes: plan.layout.batch_workspace_bytes as u64,
        }
    }
}
