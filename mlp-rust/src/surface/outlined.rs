//! Turns the outline of a network whose specification has errors into its API. Unknown lengths are guessed, and
//! methods accept anything in their place.

use mlp_dsl::{
    model::Reduction,
    outline::{self, Outline, Sizes},
};
use proc_macro2::Span;

use super::{
    Field, Kind, Surface, Type,
    facts::{ByValue, Counts, Data, Facts, Loss, Part, Samples},
};
use crate::{UserTokens, attributes::Attributes, names::identifier};

/// The limit on the numbers in one value of a stub: rustc evaluates them.
const MOST_NUMBERS: usize = 1 << 16;

impl Surface {
    /// The API of a network as far as its outline tells.
    pub(crate) fn outlined(outline: &Outline, tokens: UserTokens<'_>) -> Self {
        Surface::new(facts(outline, tokens))
    }
}

fn facts(outline: &Outline, tokens: UserTokens<'_>) -> Facts {
    let numbers = |count: Option<usize>| Type::Numbers(vec![count.unwrap_or(1)]);
    // In most networks an output has the length of the target.
    let targets = targets_of(outline);
    let outputs = outline.outputs.or(targets);
    let data = |count: Option<usize>, ty, known: bool| Data { ty, count: count.unwrap_or(1), known };
    let mut optimizer = part(&outline.optimizer);
    optimizer.fields.push(field("steps", Type::Whole));
    Facts {
        name: outline.name.clone(),
        span: Span::call_site(),
        visibility: outline.visibility.clone(),
        attributes: Attributes::new(&outline.attributes, tokens, true),
        precision: outline.precision,
        network: part(&outline.parameters),
        workspace: part(&[]),
        batch_workspace: None,
        trace: part(&outline.traced),
        gradients: Some(part(&outline.parameters)),
        has_loss: true,
        to_inputs: true,
        has_gradients: true,
        optimizer: Some(optimizer),
        input: data(outline.inputs, numbers(outline.inputs), outline.inputs.is_some()),
        output: data(outputs, numbers(outputs), outline.outputs.is_some()),
        target: data(targets, target(outline, targets.unwrap_or(1)), targets.is_some()),
        targets: (outline.targets.len() > 1).then(|| fields_of_target(outline)),
        heads: (outline.heads.len() > 1).then(|| part(&outline.heads)),
        counts: counts(outline),
        seed: 0,
        fingerprint: 0,
        layout_hash: 0,
        loss: Loss { reduction: Reduction::Mean, penalized: false, weighted: false },
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
    match outline.targets.as_slice() {
        [target] if target.class => Type::Class(count),
        [] | [_] => Type::Numbers(vec![count]),
        [_, _, ..] => Type::Own(Kind::Target),
    }
}

/// How many numbers the targets have; `None` where it is unknown.
fn targets_of(outline: &Outline) -> Option<usize> {
    let all = outline.targets.iter().filter(|_| !outline.targets_lost).map(|target| target.count);
    all.reduce(|sum, count| sum?.checked_add(count?)).flatten()
}

/// The type of several targets.
fn fields_of_target(outline: &Outline) -> Part {
    let mut left = MOST_NUMBERS;
    let fields = outline.targets.iter().map(|target| {
        let ty = match target.count {
            _ if target.scalar => Type::NUMBER,
            Some(count) if target.class => Type::Class(count.max(1)),
            Some(_) | None => numbers(&vec![target.count], &mut left),
        };
        field(&target.name, ty)
    });
    Part { docs: Vec::new(), alignment: None, fields: fields.collect(), tensors: Vec::new() }
}

fn samples(outline: &Outline) -> Samples {
    let is_small = |count: usize| count.saturating_mul(outline.samples) <= MOST_NUMBERS;
    let length = |count: Option<usize>| count.filter(|count| is_small(*count)).unwrap_or(1);
    Samples {
        count: outline.samples.clamp(1, MOST_NUMBERS),
        input: Type::Numbers(vec![length(outline.inputs)]),
        target: Some(target(outline, length(targets_of(outline)))),
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
