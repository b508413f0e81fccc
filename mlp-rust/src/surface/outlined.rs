//! Turns the outline of a network whose specification has errors into its API. Unknown lengths are guessed, and
//! methods accept anything in their place.

use mlp_dsl::{
    model::Reduction,
    outline::{self, Outline, Sizes},
};
use proc_macro2::Span;

use super::{
    Field, Surface, Type,
    facts::{ByValue, Counts, Data, Facts, Loss, Part, Samples},
};
use crate::{attributes::Attributes, names::identifier};

/// The limit on the numbers in one value of a stub: rustc evaluates them.
const MOST_NUMBERS: usize = 1 << 16;

impl Surface {
    /// The API of a network as far as its outline tells.
    pub(crate) fn outlined(outline: &Outline) -> Self {
        Surface::new(facts(outline))
    }
}

fn facts(outline: &Outline) -> Facts {
    let numbers = |count: Option<usize>| Type::Numbers(vec![count.unwrap_or(1)]);
    // In most networks an output has the length of the target.
    let outputs = outline.outputs.or(outline.targets);
    let data = |count: Option<usize>, ty, known: bool| Data { ty, count: count.unwrap_or(1), known };
    let mut optimizer = part(&outline.optimizer);
    optimizer.fields.push(field("steps", Type::Whole));
    Facts {
        name: outline.name.clone(),
        span: Span::call_site(),
        visibility: outline.visibility.clone(),
        attributes: Attributes::new(&outline.attributes, &|_| None, true),
        precision: outline.precision,
        network: part(&outline.parameters),
        workspace: part(&[]),
        batch_workspace: None,
        trace: part(&outline.traced),
        gradients: Some(part(&outline.parameters)),
        has_gradients: true,
        optimizer: Some(optimizer),
        input: data(outline.inputs, numbers(outline.inputs), outline.inputs.is_some()),
        output: data(outputs, numbers(outputs), outline.outputs.is_some()),
        target: data(
            outline.targets,
            target(outline, outline.targets.unwrap_or(1)),
            outline.targets.is_some(),
        ),
        counts: counts(outline),
        seed: 0,
        fingerprint: 0,
        layout_hash: 0,
        loss: Loss { reduction: Reduction::Mean, penalized: false },
        by_value: ByValue { network: true, sample: true, gradients: true, train: true },
        has_heap: true,
        trained: true,
        samples: Some(samples(outline)),
        block: None,
    }
}

/// Counts as far as they are known, and 1 for the others, since a length may depend on them.
fn counts(outline: &Outline) -> Counts {
    let parameters = outline.weights.saturating_add(outline.biases);
    Counts {
        weights: outline.weights,
        biases: outline.biases,
        layers: outline.layers + 1,
        multiply_adds: 1,
        parameter_bytes: parameters.saturating_mul(outline.precision.bytes()),
        workspace_bytes: 1,
        batch_workspace_bytes: 1,
        frozen: 0,
        optimizer_bytes: 1,
    }
}

fn target(outline: &Outline, count: usize) -> Type {
    if outline.class { Type::Class(count) } else { Type::Numbers(vec![count]) }
}

fn samples(outline: &Outline) -> Samples {
    let is_small = |count: usize| count.saturating_mul(outline.samples) <= MOST_NUMBERS;
    let length = |count: Option<usize>| count.filter(|count| is_small(*count)).unwrap_or(1);
    Samples {
        count: outline.samples.clamp(1, MOST_NUMBERS),
        input: Type::Numbers(vec![length(outline.inputs)]),
        target: Some(target(outline, length(outline.targets))),
    }
}

fn part(fields: &[outline::Field]) -> Part {
    let mut left = MOST_NUMBERS;
    let fields = fields.iter().map(|of| field(&of.name, numbers(&of.sizes, &mut left)));
    Part { docs: Vec::new(), alignment: None, fields: fields.collect(), tensors: Vec::new() }
}

fn field(name: &str, ty: Type) -> Field {
    Field { name: identifier(name, Span::call_site()), docs: Vec::new(), ty, setting: None }
}

/// The type of a field; slices where a size is unknown or more numbers than are left.
fn numbers(sizes: &Sizes, left: &mut usize) -> Type {
    let known: Option<Vec<usize>> = sizes.iter().copied().collect();
    let fitting = known.filter(|sizes| {
        let numbers = sizes.iter().try_fold(1_usize, |n, size| n.checked_mul(*size));
        let rest = numbers.and_then(|numbers| left.checked_sub(numbers));
        *left = rest.unwrap_or(*left);
        rest.is_some() || sizes.is_empty()
    });
    fitting.map_or(Type::Slices(if sizes.len() == 1 { 1 } else { 2 }), Type::Numbers)
}
