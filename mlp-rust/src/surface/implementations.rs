//! Turns facts about a network into its implementations of the runtime's traits.

use mlp_dsl::plan::Entry;

use super::{
    Body, Constant, Implementation, Item, Kind, LayoutEntry, Method, Parameter, Pass, Provided, Trait, Type,
    Value,
    api::{COUNTS, changing, method, mutable, shared, value},
    facts::{Facts, Part},
};

pub(super) fn implementations(facts: &Facts) -> Vec<Implementation> {
    let implementation = |of, kind, items| Implementation { of, kind, items };
    let tensors = |kind, part| implementation(Trait::Tensors, kind, tensors(kind, part, &facts.network));
    let mut all = vec![
        tensors(Kind::Network, &facts.network),
        implementation(Trait::Network, Kind::Network, network(facts)),
    ];
    if let Some(gradients) = &facts.gradients {
        all.push(tensors(Kind::Gradients, gradients));
        all.push(implementation(Trait::Gradients, Kind::Gradients, self::gradients()));
    }
    if facts.has_loss {
        all.push(implementation(Trait::Differentiable, Kind::Network, differentiable(facts)));
    }
    if let Some(optimizer) = &facts.optimizer {
        all.push(tensors(Kind::Optimizer, optimizer));
        all.push(implementation(Trait::Trainable, Kind::Network, trainable()));
    }
    all.extend(super::inputs::implementations(facts));
    all
}

fn constant(name: &'static str, ty: Type, value: Value) -> Item {
    Item::Constant(Constant { docs: Vec::new(), name, ty, value })
}

pub(super) fn workspace() -> Parameter {
    mutable("__workspace", Type::Own(Kind::Workspace))
}

fn batch_workspace() -> Parameter {
    mutable("__workspace", Type::Own(Kind::BatchWorkspace))
}

/// The workspace of one sample in that of batches.
fn sample_workspace() -> Item {
    let of = Type::Own(Kind::Workspace);
    let function = method("sample_workspace", &[], vec![batch_workspace()], Body::SampleWorkspace);
    Item::Method(Method { receiver: None, ..function }.returns(Type::Within(Box::new(of))))
}

fn network(facts: &Facts) -> Vec<Item> {
    let (input, output) = (&facts.input.ty, &facts.output.ty);
    let forward = vec![shared("__input", input.clone()), workspace(), mutable("__output", output.clone())];
    let mut items = vec![
        Item::Type("Input", input.clone()),
        Item::Type("Output", output.clone()),
        Item::Type("Workspace", Type::Own(Kind::Workspace)),
        Item::Type("BatchWorkspace", Type::Own(Kind::BatchWorkspace)),
        constant("NAME", Type::Name, Value::Name(facts.name.clone())),
    ];
    items.extend(COUNTS.map(|name| constant(name, Type::Count, Value::Own)));
    items.extend([
        constant("FINGERPRINT", Type::Whole, Value::Own),
        constant("LAYOUT_HASH", Type::Whole, Value::Own),
        Item::Method(changing(method(
            "initialize",
            &[],
            vec![value("seed", Type::Whole)],
            Body::StartValues,
        ))),
        Item::Method(method("forward_into", &[], forward, Body::Entry(Entry::Forward))),
        sample_workspace(),
    ]);
    items.extend(outputs_of_a_block(facts));
    items
}

/// The tensors of a type of the `network`, and its number of steps if it has one.
fn tensors(kind: Kind, part: &Part, network: &Part) -> Vec<Item> {
    let number = || vec![value("number", Type::Count)];
    let listed = match kind {
        // Where nothing is frozen.
        Kind::Gradients if part.tensors == network.tensors => Value::NetworkTensors,
        Kind::Network
        | Kind::Gradients
        | Kind::Optimizer
        | Kind::Workspace
        | Kind::BatchWorkspace
        | Kind::Trace
        | Kind::Target
        | Kind::Heads => Value::Layout(part.tensors.iter().map(LayoutEntry::clone).collect()),
    };
    let [read, change] = [Pass::Shared, Pass::Mutable].map(|pass| (Body::Tensor(kind, pass), pass));
    let mut items = vec![
        Item::Type("Scalar", Type::NUMBER),
        constant("TENSORS", Type::Layout, listed),
        Item::Method(method("tensor", &[], number(), read.0).returns(Type::Elements(read.1))),
        Item::Method(changing(
            method("tensor_mut", &[], number(), change.0).returns(Type::Elements(change.1)),
        )),
    ];
    if part.fields.iter().any(|field| field.ty == Type::Whole) {
        let steps = |name, pass| method(name, &[], Vec::new(), Body::Steps(pass)).returns(Type::Steps(pass));
        items.push(Item::Method(steps("steps", Pass::Value)));
        items.push(Item::Method(changing(steps("steps_mut", Pass::Mutable))));
    }
    items
}

fn gradients() -> Vec<Item> {
    let by = vec![value("by", Type::NUMBER)];
    vec![
        Item::Method(changing(method("clear", &[], Vec::new(), Body::Clear))),
        Item::Method(changing(method("divide", &[], by, Body::Divide))),
    ]
}

fn differentiable(facts: &Facts) -> Vec<Item> {
    let target = &facts.target.ty;
    let sample =
        vec![shared("__input", facts.input.ty.clone()), shared("__target", target.clone()), workspace()];
    let accumulated = [value("__first", Type::Flag)]
        .into_iter()
        .chain(sample.clone())
        .chain([mutable("__gradients", Type::Own(Kind::Gradients))]);
    let accumulate = method("accumulate", &[], accumulated.collect(), Body::Entry(Entry::Accumulate));
    let mut items = vec![
        Item::Type("Target", target.clone()),
        Item::Type("Gradients", Type::Own(Kind::Gradients)),
        constant("TARGETS", Type::Count, Value::Count(facts.target.count)),
        constant("GRADIENT_BYTES", Type::Count, Value::Size(Kind::Gradients)),
        constant("REDUCTION", Type::Reduction, Value::Reduction(facts.loss.reduction)),
    ];
    items.extend(weights(facts));
    items.extend(penalties(facts));
    items.extend([
        Item::Method(method("loss", &[], sample, Body::Entry(Entry::Loss)).returns(Type::NUMBER)),
        Item::Method(accumulate.returns(Type::NUMBER)),
    ]);
    items.extend(losses_of_a_block(facts));
    items.push(Item::Provided(Provided::Gradients));
    items
}

fn trainable() -> Vec<Item> {
    let given = vec![
        mutable("__optimizer", Type::Own(Kind::Optimizer)),
        shared("__gradients", Type::Own(Kind::Gradients)),
    ];
    vec![
        Item::Type("Optimizer", Type::Own(Kind::Optimizer)),
        Item::Method(changing(method("step", &[], given, Body::Entry(Entry::Step)))),
        Item::Provided(Provided::Steps),
    ]
}

/// The outputs of a block of samples; without blocks the trait computes one sample at a time.
fn outputs_of_a_block(facts: &Facts) -> Vec<Item> {
    let Some(block) = facts.block else { return Vec::new() };
    let (inputs, outputs) = (facts.input.ty.clone().many(), facts.output.ty.clone().many());
    let parameters = vec![shared("__inputs", inputs), batch_workspace(), mutable("__outputs", outputs)];
    vec![
        constant("BLOCK", Type::Count, Value::Count(block)),
        Item::Method(method("forward_block", &[], parameters, Body::Entry(Entry::ForwardBlock))),
    ]
}

/// The losses of a block of samples.
fn losses_of_a_block(facts: &Facts) -> Option<Item> {
    facts.block?;
    let parameters = vec![
        shared("__inputs", facts.input.ty.clone().many()),
        shared("__targets", facts.target.ty.clone().many()),
        batch_workspace(),
        mutable("__total", Type::NUMBER),
    ];
    Some(Item::Method(method("loss_block", &[], parameters, Body::Entry(Entry::LossBlock))))
}

/// The weight of a sample.
fn weights(facts: &Facts) -> Vec<Item> {
    if !facts.loss.weighted {
        return Vec::new();
    }
    let parameters = vec![shared("__target", facts.target.ty.clone()), workspace()];
    vec![
        constant("WEIGHTED", Type::Flag, Value::Flag(true)),
        Item::Method(method("weight", &[], parameters, Body::Entry(Entry::Weight)).returns(Type::NUMBER)),
    ]
}

fn penalties(facts: &Facts) -> Vec<Item> {
    if !facts.loss.penalized {
        return Vec::new();
    }
    let penalized = vec![workspace(), mutable("__gradients", Type::Own(Kind::Gradients))];
    vec![
        constant("PENALIZED", Type::Flag, Value::Flag(true)),
        Item::Method(
            method("penalty", &[], vec![workspace()], Body::Entry(Entry::Penalty)).returns(Type::NUMBER),
        ),
        Item::Method(method("penalize", &[], penalized, Body::Entry(Entry::Penalize)).returns(Type::NUMBER)),
    ]
}
