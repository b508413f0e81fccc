//! Turns facts about a network into the methods and traits of its backward pass to the inputs.

use mlp_dsl::plan::Entry;

use super::{
    Body, Implementation, Item, Kind, Method, Parameter, Provided, Returned, Trait, Type,
    api::{method, mutable, shared, value},
    facts::Facts,
    implementations::workspace,
};

/// The methods of the network.
pub(super) fn methods(facts: &Facts) -> Vec<Method> {
    if !facts.to_inputs {
        return Vec::new();
    }
    let mut methods = Vec::new();
    if facts.has_loss {
        methods.extend(of_loss(facts));
    }
    methods.extend(pulled_back(facts));
    methods
}

/// The gradients of the loss.
fn of_loss(facts: &Facts) -> Vec<Method> {
    let sample =
        || vec![shared("input", facts.input.accepted('I')), shared("target", facts.target.accepted('T'))];
    let batch = || vec![value("batch", super::api::batch(facts))];
    let delegate = Body::Delegate(Trait::InputDifferentiable);
    let docs = " The loss of a sample and its gradient with respect to the input.";
    let by_value = facts.by_value.sample.then(|| {
        method("input_gradient", &[docs], sample(), Body::ByValue(Returned::InputGradient))
            .returns(Type::Pair(Box::new(Type::NUMBER), Box::new(facts.input.ty.clone())))
    });
    let with =
        |first: Vec<Parameter>, rest: Vec<Parameter>| first.into_iter().chain(rest).collect::<Vec<_>>();
    let gradient = || vec![memory(Kind::Workspace), mutable("input_gradient", facts.input.accepted('I'))];
    let gradients =
        || vec![memory(Kind::BatchWorkspace), mutable("input_gradients", facts.input.accepted('I').many())];
    let own = |mut rest: Vec<Parameter>| {
        rest.insert(1, parameter_gradients());
        rest
    };
    let into = " Returns the loss of a sample and writes its gradient with respect to the input.";
    let batch_docs = " Returns the loss of a batch and writes the gradient of each sample's loss with respect to its input.";
    let both = " Performs `backward_into` and writes the gradient with respect to the input, too.";
    let both_batch = " Performs `backward_batch` and writes the gradient of each sample's loss with respect to its input, too.";
    let in_place = [
        method("input_gradient_into", &[into], with(sample(), gradient()), delegate).returns(Type::NUMBER),
        method(
            "input_gradient_batch",
            &[batch_docs, "", ERRORS, LENGTHS],
            with(batch(), gradients()),
            delegate,
        )
        .returns(Type::CheckedNumber),
        method("backward_with_input_into", &[both], with(sample(), own(gradient())), delegate)
            .returns(Type::NUMBER),
        method(
            "backward_with_input_batch",
            &[both_batch, "", ERRORS, LENGTHS],
            with(batch(), own(gradients())),
            delegate,
        )
        .returns(Type::CheckedNumber),
    ];
    by_value.into_iter().chain(in_place).collect()
}

/// The gradients back from the output.
fn pulled_back(facts: &Facts) -> Vec<Method> {
    let sample = || {
        vec![
            shared("input", facts.input.accepted('I')),
            shared("output_gradient", facts.output.accepted('O')),
        ]
    };
    let delegate = Body::Delegate(Trait::PullBack);
    let docs = " The gradients with respect to the parameters and to the input, from that with respect to the output.";
    let by_value = facts.by_value.gradients.then(|| {
        let pair = Type::Pair(Box::new(Type::Own(Kind::Gradients)), Box::new(facts.input.ty.clone()));
        method("pull_back", &[docs], sample(), Body::ByValue(Returned::PulledBack)).returns(pair)
    });
    let mut one = sample();
    one.extend([
        memory(Kind::Workspace),
        parameter_gradients(),
        mutable("input_gradient", facts.input.accepted('I')),
    ]);
    let known = facts.input.known && facts.output.known;
    let batch = match known {
        true => Type::Batch(Box::new(facts.input.ty.clone()), Box::new(facts.output.ty.clone())),
        false => Type::Any('B'),
    };
    let many = vec![
        value("batch", batch),
        value("reduction", Type::Reduction),
        memory(Kind::BatchWorkspace),
        parameter_gradients(),
        mutable("input_gradients", facts.input.accepted('I').many()),
    ];
    let into = " Writes the gradients with respect to the parameters and to the input, from that with respect to the output.";
    let batch_docs = [
        " Performs `pull_back_into` for each sample of a batch of inputs and gradients with respect to outputs. Those with",
        " respect to the parameters are their mean over the samples, or their sum.",
        "",
        ERRORS,
        LENGTHS,
    ];
    let in_place = [
        method("pull_back_into", &[into], one, delegate),
        method("pull_back_batch", &batch_docs, many, delegate).returns(Type::Checked),
    ];
    by_value.into_iter().chain(in_place).collect()
}

const ERRORS: &str = " # Errors";
const LENGTHS: &str =
    " If there are not as many gradients with respect to inputs as samples; nothing is written then.";

fn memory(kind: Kind) -> Parameter {
    mutable("workspace", Type::Own(kind))
}

fn parameter_gradients() -> Parameter {
    mutable("gradients", Type::Own(Kind::Gradients))
}

/// The implementations of the runtime's traits.
pub(super) fn implementations(facts: &Facts) -> Vec<Implementation> {
    if !facts.to_inputs {
        return Vec::new();
    }
    let implementation = |of, items| Implementation { of, kind: Kind::Network, items };
    let mut all = Vec::new();
    if facts.has_loss {
        all.push(implementation(Trait::InputDifferentiable, input_differentiable(facts)));
    }
    all.push(implementation(Trait::PullBack, pull_back(facts)));
    all
}

fn input_differentiable(facts: &Facts) -> Vec<Item> {
    let sample = || {
        vec![
            shared("__input", facts.input.ty.clone()),
            shared("__target", facts.target.ty.clone()),
            workspace(),
        ]
    };
    let written = mutable("__input_gradient", facts.input.ty.clone());
    let mut alone = sample();
    alone.push(written.clone());
    let mut both = vec![value("__first", Type::Flag)];
    both.extend(sample());
    both.extend([mutable("__gradients", Type::Own(Kind::Gradients)), written]);
    let alone = method("input_gradient_into", &[], alone, Body::Entry(Entry::InputGradient));
    let both = method("accumulate_with_input", &[], both, Body::Entry(Entry::AccumulateWithInput));
    vec![
        Item::Method(alone.returns(Type::NUMBER)),
        Item::Method(both.returns(Type::NUMBER)),
        Item::Provided(Provided::InputGradients),
    ]
}

fn pull_back(facts: &Facts) -> Vec<Item> {
    let sample = vec![
        value("__first", Type::Flag),
        shared("__input", facts.input.ty.clone()),
        shared("__output_gradient", facts.output.ty.clone()),
        workspace(),
        mutable("__gradients", Type::Own(Kind::Gradients)),
        mutable("__input_gradient", facts.input.ty.clone()),
    ];
    vec![
        Item::Type("ParameterGradients", Type::Own(Kind::Gradients)),
        Item::Method(method("accumulate_pull_back", &[], sample, Body::Entry(Entry::PullBack))),
        Item::Provided(Provided::PulledBack),
    ]
}
