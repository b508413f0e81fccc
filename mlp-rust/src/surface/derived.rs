//! Turns a derivation and its plan into the API of the network.

use mlp_dsl::{
    ir::{Derivation, Parameter, Training, array::Op},
    kind::ParameterKind,
    model::{Reduction, Start},
    shape::Shape,
};

use super::{
    Field, Kind, LayoutEntry, Surface, Type, counted,
    facts::{ByValue, Counts, Data, Facts, Loss, Part, Samples},
};
use crate::{
    Context,
    attributes::Attributes,
    fingerprint,
    names::{ONE, SAMPLE, STEP, SUMS, identifier, own},
    weights,
};
use proc_macro2::Span;

impl Surface {
    /// The API of a network.
    pub(crate) fn derived(context: &Context<'_>) -> Self {
        Surface::new(facts(context))
    }
}

fn facts(context: &Context<'_>) -> Facts {
    let d = context.derivation;
    let known = |ty, count| Data { ty, count, known: true };
    let numbers = |count| known(Type::Numbers(vec![count]), count);
    let target = target(context);
    let samples = d.header.has_data.then(|| Samples {
        count: d.header.samples.len(),
        input: Type::Numbers(vec![context.input_count()]),
        target: (!d.targets.is_empty()).then(|| target.clone()),
    });
    let (network_by_value, sample_by_value) =
        (context.plan.layout.by_value, context.plan.layout.sample_by_value);
    let gradients_by_value = network_by_value && sample_by_value;
    Facts {
        name: d.header.name.clone(),
        span: (context.spans)(d.header.name_span),
        visibility: visibility(context),
        attributes: Attributes::new(&d.header.attributes, context.tokens, !context.standalone),
        precision: d.header.precision,
        network: network(context),
        workspace: workspace(context),
        batch_workspace: context.plan.layout.has_batch_workspace().then(|| batch_workspace(context)),
        trace: trace(context),
        gradients: (d.loss.is_some() || d.pull_back.is_some()).then(|| gradients(context)),
        has_loss: d.loss.is_some(),
        to_inputs: d.pull_back.is_some(),
        has_gradients: d.has_gradients(),
        optimizer: d.training.as_ref().map(|training| optimizer(context, training)),
        input: numbers(context.input_count()),
        output: numbers(context.output_count()),
        target: known(target, context.target_count()),
        targets: context.has_target_type().then(|| targets(context)),
        heads: (d.heads.len() > 1).then(|| heads(context)),
        counts: counts(context),
        seed: d.header.seed,
        fingerprint: fingerprint::fingerprint(context.declared),
        layout_hash: fingerprint::layout(d),
        loss: Loss {
            reduction: d.loss.as_ref().map_or(Reduction::Mean, |loss| loss.reduction),
            penalized: d.loss.as_ref().is_some_and(|loss| loss.penalty.is_some()),
            weighted: d.loss.as_ref().is_some_and(|loss| loss.is_weighted_mean()),
        },
        // A fresh optimizer would forget the states of the rule.
        by_value: ByValue {
            network: network_by_value,
            sample: sample_by_value,
            gradients: gradients_by_value,
            train: gradients_by_value && !d.has_optimizer_state(),
        },
        has_heap: !context.standalone,
        trained: weights::is_constant(context),
        samples,
        block: context.plan.has_blocks().then_some(context.plan.block),
    }
}

fn visibility(context: &Context<'_>) -> String {
    let declared = &context.derivation.header.visibility;
    if declared.is_empty() && context.public { "pub".to_owned() } else { declared.clone() }
}

/// The type of a sample's target.
fn target(context: &Context<'_>) -> Type {
    let count = context.target_count();
    match context.derivation.targets.as_slice() {
        [target] if target.class => Type::Class(count),
        [] | [_] => Type::Numbers(vec![count]),
        [_, _, ..] => Type::Own(Kind::Target),
    }
}

/// The type of several targets.
fn targets(context: &Context<'_>) -> Part {
    let d = context.derivation;
    let fields = d.targets.iter().map(|target| {
        let ty = if target.class { Type::Class(target.shape.count()) } else { Type::of(target.shape) };
        let what = match (target.importance, target.class) {
            (true, _) => "an importance".to_owned(),
            (false, true) => format!("one of {}", counted(target.shape.count(), "class")),
            (false, false) => size_in_docs(target.shape),
        };
        let mut docs = target.docs.clone();
        docs.push(format!(" `{}`, {what}.", target.name));
        Field { name: identifier(&target.name, Span::call_site()), docs, ty, setting: None }
    });
    let docs = format!(" The targets of a sample of `{}`.", d.header.name);
    Part { docs: vec![docs], alignment: None, fields: fields.collect(), tensors: Vec::new() }
}

/// The type of several heads.
fn heads(context: &Context<'_>) -> Part {
    let d = context.derivation;
    let fields = d.heads.iter().filter_map(|head| d.layers.get(*head)).map(|layer| {
        let mut docs = layer.docs.clone();
        docs.push(format!(" The output of the layer `{}`, {}.", layer.name, size_in_docs(layer.shape)));
        let name = identifier(&layer.name, Span::call_site());
        Field { name, docs, ty: Type::of(layer.shape), setting: None }
    });
    let docs = format!(" The heads of an output of `{}`.", d.header.name);
    Part { docs: vec![docs], alignment: None, fields: fields.collect(), tensors: Vec::new() }
}

fn counts(context: &Context<'_>) -> Counts {
    let d = context.derivation;
    Counts {
        weights: d.count(ParameterKind::Weight),
        biases: d.count(ParameterKind::Bias),
        layers: d.layers.len() + 1,
        multiply_adds: d.multiply_adds(),
        parameter_bytes: context.plan.layout.parameter_bytes,
        workspace_bytes: context.plan.layout.workspace_bytes,
        batch_workspace_bytes: context.plan.layout.batch_workspace_bytes,
        frozen: d.frozen_count(),
        optimizer_bytes: context.plan.layout.optimizer_bytes,
    }
}

/// A parameter as a tensor.
fn tensor(d: &Derivation, parameter: &Parameter) -> LayoutEntry {
    LayoutEntry { name: parameter.name.clone(), kind: parameter.kind, shape: d.shape(parameter.equation) }
}

fn network(context: &Context<'_>) -> Part {
    let d = context.derivation;
    let fields = d.parameters.iter().map(|parameter| Field {
        name: context.field(parameter.equation),
        docs: parameter_docs(d, parameter),
        ty: Type::of(d.shape(parameter.equation)),
        setting: None,
    });
    Part {
        docs: network_docs(context),
        alignment: context.plan.layout.alignment,
        fields: fields.collect(),
        tensors: d.parameters.iter().map(|parameter| tensor(d, parameter)).collect(),
    }
}

fn network_docs(context: &Context<'_>) -> Vec<String> {
    let d = context.derivation;
    let mut docs = d.header.docs.clone();
    if !docs.is_empty() {
        docs.push(String::new());
    }
    let layers: Vec<String> = d.layers.iter().map(|layer| layer.shape.count().to_string()).collect();
    let sizes = format!("{}-{}", context.input_count(), layers.join("-"));
    let (weights, biases) = (d.count(ParameterKind::Weight), d.count(ParameterKind::Bias));
    docs.push(format!(
        " A {sizes} network: {} ({} + {}), {} bytes; {} in a forward pass.",
        counted(weights + biases, "parameter"),
        counted(weights, "weight"),
        counted(biases, "bias"),
        context.plan.layout.parameter_bytes,
        counted(d.multiply_adds(), "multiply-add")
    ));
    if !context.plan.layout.by_value {
        docs.push(String::new());
        let heap = if context.standalone { "" } else { "`boxed()` (feature `alloc` of `mlp`), or with " };
        docs.push(format!(
            " Too large to return by value, as are its gradients: start with {heap}`ZERO` in a `static` and then \
             `initialize`, and use the methods that write gradients in place."
        ));
    }
    if let Some(loss) = &d.loss {
        docs.push(String::new());
        let batch = match loss.reduction {
            Reduction::Mean => "mean",
            Reduction::Sum => "sum",
        };
        let rounded = if context.fused() { "once, together" } else { "separately" };
        docs.push(format!(
            " The loss is the loss of one sample; the objective of a batch is the {batch} of its losses. Sums are evaluated in \
             the order of the specification; products and sums are rounded {rounded}."
        ));
    }
    docs
}

fn parameter_docs(d: &Derivation, parameter: &Parameter) -> Vec<String> {
    let mut docs = parameter.docs.clone();
    let kind = match parameter.kind {
        ParameterKind::Weight => "Weight",
        ParameterKind::Bias => "Bias",
    };
    let start = match &parameter.start {
        Start::Fill(value) => format!("starts at {value}"),
        Start::Values(_) => "starts at the declared values".to_owned(),
        Start::Loaded(tensor) => format!("starts at the values in `{}`", tensor.file.path),
        Start::Uniform { rule, low, high, .. } => {
            format!("drawn uniformly between {low} and {high} ({rule})")
        }
        Start::Normal { mean, deviation, .. } => {
            format!("drawn from a normal distribution with mean {mean} and standard deviation {deviation}")
        }
    };
    let start = match &parameter.start {
        Start::Uniform { step: Some(step), .. } | Start::Normal { step: Some(step), .. } => {
            format!("{start}, in steps of {}", step.value())
        }
        Start::Uniform { step: None, .. }
        | Start::Normal { step: None, .. }
        | Start::Fill(_)
        | Start::Values(_)
        | Start::Loaded(_) => start,
    };
    let start = if parameter.frozen { format!("{start}; frozen") } else { start };
    let size = size_in_docs(d.shape(parameter.equation));
    docs.push(format!(" {kind} `{}`, {size}; {start}.", parameter.name));
    docs
}

fn gradients(context: &Context<'_>) -> Part {
    let d = context.derivation;
    let name = &d.header.name;
    let trained = || d.parameters.iter().filter(|parameter| !parameter.frozen);
    let fields = trained().map(|parameter| {
        let shape = d.shape(parameter.equation);
        Field {
            name: context.field(parameter.equation),
            docs: vec![format!(" ∂E/∂`{}`, {}.", parameter.name, size_in_docs(shape))],
            ty: Type::of(shape),
            setting: None,
        }
    });
    Part {
        docs: vec![match &d.loss {
            Some(_) => {
                format!(" The gradients of the loss of `{name}` with respect to the trained parameters.")
            }
            None => format!(" Gradients with respect to the trained parameters of `{name}`."),
        }],
        alignment: context.plan.layout.alignment,
        fields: fields.collect(),
        tensors: trained().map(|parameter| tensor(d, parameter)).collect(),
    }
}

fn optimizer(context: &Context<'_>, training: &Training) -> Part {
    let d = context.derivation;
    let content = if d.has_optimizer_state() { "its settings and its states" } else { "its settings" };
    let mut fields: Vec<Field> = training.settings.iter().filter_map(|id| setting(context, *id)).collect();
    if training.step.is_some() {
        fields.push(Field {
            name: own("steps"),
            docs: vec![" Number of steps so far.".to_owned()],
            ty: Type::Whole,
            setting: None,
        });
    }
    let mut tensors = Vec::new();
    for parameter in &d.parameters {
        for state in parameter.state() {
            let shape = d.shape(state.equation);
            fields.push(Field {
                name: context.field(state.equation),
                docs: vec![format!(" State of the rule for `{}`, {}.", parameter.name, size_in_docs(shape))],
                ty: Type::of(shape),
                setting: None,
            });
            tensors.push(LayoutEntry { name: d.name_of(state.equation), kind: parameter.kind, shape });
        }
    }
    let docs = format!(" The update rule `{}` of `{}`: {content}.", training.rule, d.header.name);
    Part { docs: vec![docs], alignment: None, fields, tensors }
}

/// A setting that is a number, and not a schedule.
fn setting(context: &Context<'_>, id: mlp_dsl::ir::equation::EquationId) -> Option<Field> {
    let d = context.derivation;
    let Op::Setting(value) = d.equation(id).op else { return None };
    Some(Field {
        name: context.field(id),
        docs: vec![format!(" The setting `{}`, {value} in the specification.", d.name_of(id))],
        ty: Type::NUMBER,
        setting: Some(value),
    })
}

fn workspace(context: &Context<'_>) -> Part {
    let layout = &context.plan.layout;
    let number = |name| Field { name: own(name), docs: Vec::new(), ty: Type::Whole, setting: None };
    let drawing = if layout.draws { vec![number(STEP), number(SAMPLE)] } else { Vec::new() };
    let fields = layout.workspace.iter().map(|field| memory(context, field)).chain(drawing);
    let (name, bytes) = (&context.derivation.header.name, layout.workspace_bytes);
    let batches = if layout.has_batch_workspace() { "one sample" } else { "a sample or a batch" };
    let docs = format!(
        " Memory for the intermediate values of `{name}` for {batches}: {bytes} bytes. Contents before a call are ignored."
    );
    Part { docs: vec![docs], alignment: layout.alignment, fields: fields.collect(), tensors: Vec::new() }
}

/// A workspace of one sample, rows for the samples of a block, and sums.
fn batch_workspace(context: &Context<'_>) -> Part {
    let layout = &context.plan.layout;
    let own = |name, ty| Field { name: own(name), docs: Vec::new(), ty, setting: None };
    let sums = layout.sums.filter(|sums| sums.in_workspace);
    let fields = [own(ONE, Type::Own(Kind::Workspace))]
        .into_iter()
        .chain(layout.rows.iter().map(|field| memory(context, field)))
        .chain(sums.map(|sums| own(SUMS, Type::Wide(sums.numbers))));
    let docs = format!(
        " Memory for the intermediate values of `{}` for batches: {} bytes. Contents before a call are ignored.",
        context.derivation.header.name, layout.batch_workspace_bytes
    );
    Part { docs: vec![docs], alignment: layout.alignment, fields: fields.collect(), tensors: Vec::new() }
}

/// A field of a workspace.
fn memory(context: &Context<'_>, field: &mlp_dsl::plan::Field) -> Field {
    let one = Type::of(field.shape);
    let ty = match field.samples {
        Some(block) => Type::List(Box::new(one), block),
        None => one,
    };
    Field { name: context.names.of(field.value), docs: Vec::new(), ty, setting: None }
}

fn trace(context: &Context<'_>) -> Part {
    let d = context.derivation;
    let fields = context.plan.layout.trace.iter().map(|field| Field {
        name: context.field(field.value),
        docs: vec![format!(" `{}`, {}.", d.name_of(field.value), size_in_docs(field.shape))],
        ty: Type::of(field.shape),
        setting: None,
    });
    let docs = format!(" Every named value of the forward pass of `{}`.", d.header.name);
    Part { docs: vec![docs], alignment: None, fields: fields.collect(), tensors: Vec::new() }
}

/// A shape in documentation, where bare brackets would be a link.
fn size_in_docs(shape: Shape) -> String {
    match shape {
        Shape::Scalar => shape.to_string(),
        Shape::Vector(_) | Shape::Matrix(..) => format!("`{shape}`"),
    }
}
