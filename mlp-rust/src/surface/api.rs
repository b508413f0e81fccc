//! Turns facts about a network into its API: every type, constant and method that a user calls.

use mlp_dsl::{model::Reduction, plan::Entry};

use super::{
    Body, Constant, Kind, Method, Parameter, Pass, Returned, Struct, Surface, Trait, Type, Value, counted,
    facts::{Facts, Part},
};
use crate::names::TypeNames;

impl Surface {
    pub(super) fn new(facts: Facts) -> Self {
        let implementations = super::implementations::implementations(&facts);
        let missing = super::missing::missing(&facts);
        let (constants, methods) = (constants(&facts), methods(&facts));
        let network = Struct { constants, methods, ..part(Kind::Network, facts.network, "") };
        let network = Struct { default: facts.by_value.network, ..network };
        let gradients = facts.gradients.map(|facts| {
            let mut part = part(Kind::Gradients, facts, " All gradients are 0.");
            let docs = " Whether all gradients are numbers: none is infinite or NaN.";
            part.methods.push(is_finite(docs));
            part
        });
        let optimizer = facts.optimizer.map(|facts| {
            let docs = " The optimizer before the first step, with the settings of the specification.";
            part(Kind::Optimizer, facts, docs)
        });
        let workspace = part(Kind::Workspace, facts.workspace, " A workspace, ready for use.");
        let batch_workspace = facts.batch_workspace.map(|facts| {
            let docs = " A workspace of batches, ready for use.";
            part(Kind::BatchWorkspace, facts, docs)
        });
        let trace = part(Kind::Trace, facts.trace, " All values are 0.");
        // A trace is a result: nothing needs an empty one but its own method.
        let trace = Struct { methods: Vec::new(), default: false, ..trace };
        let targets = facts
            .targets
            .map(|facts| part(Kind::Target, facts, " All numbers are 0, and each class is the first."));
        let heads = facts.heads.map(|facts| part(Kind::Heads, facts, " All numbers are 0."));
        let structs = [network].into_iter().chain(gradients).chain(optimizer).chain([workspace]);
        let structs = structs.chain(batch_workspace).chain([trace]).chain(targets).chain(heads);
        Surface {
            types: TypeNames::new(&facts.name, facts.span),
            name: facts.name,
            visibility: facts.visibility,
            attributes: facts.attributes,
            precision: facts.precision,
            structs: structs.collect(),
            implementations,
            missing,
        }
    }
}

/// A type with `ZERO`, `new` and `Default`, and the same words for the first two.
fn part(kind: Kind, facts: Part, docs: &str) -> Struct {
    let new = function("new", &[docs], Vec::new(), Body::Zero).returns(Type::Itself);
    let new = Method { constant: true, ..new };
    Struct {
        kind,
        docs: facts.docs,
        alignment: facts.alignment,
        public: !matches!(kind, Kind::Workspace | Kind::BatchWorkspace),
        default: true,
        fields: facts.fields,
        constants: vec![constant("ZERO", docs.to_owned(), Type::Itself, Value::Zero)],
        methods: vec![new],
    }
}

fn constant(name: &'static str, docs: String, ty: Type, value: Value) -> Constant {
    Constant { docs: vec![docs], name, ty, value }
}

/// The constants of the network.
fn constants(facts: &Facts) -> Vec<Constant> {
    let whole = |name, docs: &str, value| constant(name, docs.to_owned(), Type::Whole, Value::Whole(value));
    let mut constants = data(facts);
    constants.extend(counts(facts));
    constants.extend([
        whole(
            "FINGERPRINT",
            " A hash of the equations: equal for equal specifications, on every machine.",
            facts.fingerprint,
        ),
        whole(
            "LAYOUT_HASH",
            " A hash of the names and shapes of parameters and optimizer states, and of their number type.",
            facts.layout_hash,
        ),
        whole("SEED", " The specification's seed for random start values.", facts.seed),
    ]);
    let zero = " All parameters are 0: for initialization in place, for example in a `static`.";
    constants.push(constant("ZERO", zero.to_owned(), Type::Itself, Value::Zero));
    if facts.trained {
        constants.push(Constant {
            docs: super::lines(&[
                " The network with the specification's start values. A `static` with this value is in read-only memory,",
                " such as flash.",
            ]),
            name: "TRAINED",
            ty: Type::Itself,
            value: Value::Trained,
        });
    }
    constants
}

/// The samples of `data`.
fn data(facts: &Facts) -> Vec<Constant> {
    let Some(samples) = &facts.samples else { return Vec::new() };
    let list = |each: &Type| Type::List(Box::new(each.clone()), samples.count);
    let inputs = " The inputs of the specification's samples.".to_owned();
    let targets = " The targets of the specification's samples.".to_owned();
    let mut constants = vec![constant("DATA_INPUTS", inputs, list(&samples.input), Value::Inputs)];
    if let Some(target) = &samples.target {
        constants.push(constant("DATA_TARGETS", targets, list(target), Value::Targets));
    }
    constants
}

/// The names of the constants that count something, in order; the trait has them too.
pub(super) const COUNTS: [&str; 12] = [
    "PARAMETERS",
    "WEIGHTS",
    "BIASES",
    "INPUTS",
    "OUTPUTS",
    "LAYERS",
    "MULTIPLY_ADDS",
    "PARAMETER_BYTES",
    "WORKSPACE_BYTES",
    "BATCH_WORKSPACE_BYTES",
    "FROZEN",
    "OPTIMIZER_BYTES",
];

fn counts(facts: &Facts) -> impl Iterator<Item = Constant> {
    let counts = &facts.counts;
    let (weights, biases) = (counts.weights, counts.biases);
    let rows = [
        (
            weights.saturating_add(biases),
            format!(" Number of parameters: {} + {}.", counted(weights, "weight"), counted(biases, "bias")),
        ),
        (weights, " Number of weights.".to_owned()),
        (biases, " Number of biases.".to_owned()),
        (facts.input.count, " Length of the input of a sample.".to_owned()),
        (facts.output.count, " Length of the output.".to_owned()),
        (counts.layers, " Number of layers, including the input.".to_owned()),
        (counts.multiply_adds, " Multiply-adds in a forward pass of one sample.".to_owned()),
        (counts.parameter_bytes, " Size of the parameters in bytes.".to_owned()),
        (counts.workspace_bytes, " Size of the workspace of one sample in bytes.".to_owned()),
        (counts.batch_workspace_bytes, " Size of the workspace of batches in bytes.".to_owned()),
        (counts.frozen, " Number of frozen parameters, which training does not change.".to_owned()),
        (counts.optimizer_bytes, " Size of the optimizer, its settings and states, in bytes.".to_owned()),
    ];
    let named = COUNTS.into_iter().zip(rows);
    named.map(|(name, (count, docs))| constant(name, docs, Type::Count, Value::Count(count)))
}

/// The methods of the network.
fn methods(facts: &Facts) -> Vec<Method> {
    let mut methods = start_methods(facts);
    methods.extend(forward_methods(facts));
    if facts.has_loss {
        let all = gradient_methods(facts).into_iter();
        methods.extend(all.filter(|method| facts.has_gradients || method.name == "loss"));
    }
    if facts.optimizer.is_some() {
        methods.extend(train_methods(facts));
    }
    methods.extend(super::inputs::methods(facts));
    methods
}

fn start_methods(facts: &Facts) -> Vec<Method> {
    let seed = || vec![value("seed", Type::Whole)];
    let by_value = facts.by_value.network.then(|| {
        let new = " A network with the specification's start values.";
        let with_seed = " A network with start values drawn from another seed.";
        [
            function("new", &[new], Vec::new(), Body::ByValue(Returned::Network)).returns(Type::Itself),
            function("with_seed", &[with_seed], seed(), Body::ByValue(Returned::Seeded))
                .returns(Type::Itself),
        ]
    });
    let docs = [
        " Sets every parameter to its start value, in place. `Self::SEED` is the seed of the",
        " specification.",
    ];
    let initialize = changing(function("initialize", &docs, seed(), Body::Delegate(Trait::Network)));
    let docs = " Whether all parameters are numbers: none is infinite or NaN.";
    by_value.into_iter().flatten().chain([initialize, is_finite(docs)]).collect()
}

fn is_finite(docs: &str) -> Method {
    method("is_finite", &[docs], Vec::new(), Body::Delegate(Trait::Tensors)).returns(Type::Flag)
}

fn forward_methods(facts: &Facts) -> Vec<Method> {
    let (input, output) = (facts.input.accepted('I'), facts.output.accepted('O'));
    let one = || shared("input", input.clone());
    let workspace = || mutable("workspace", Type::Own(Kind::Workspace));
    let delegate = Body::Delegate(Trait::Network);
    let by_value = facts.by_value.sample.then(|| {
        let trace = " Every named value of the forward pass for a sample.";
        [
            method("forward", &[" The output for a sample."], vec![one()], Body::ByValue(Returned::Outputs))
                .returns(facts.output.ty.clone()),
            method("trace", &[trace], vec![one()], Body::ByValue(Returned::Trace))
                .returns(Type::Own(Kind::Trace)),
        ]
    });
    let batch_docs = [
        " Writes the output for each sample of a batch of any length.",
        "",
        " # Errors",
        " If the numbers of inputs and outputs differ; nothing is written then.",
    ];
    let inputs = shared("inputs", input.clone().many());
    let outputs = mutable("outputs", output.clone().many());
    let batch_workspace = mutable("workspace", Type::Own(Kind::BatchWorkspace));
    let trace = mutable("trace", Type::Own(Kind::Trace));
    let in_place = [
        method(
            "forward_into",
            &[" Writes the output for a sample."],
            vec![one(), workspace(), mutable("output", output)],
            delegate,
        ),
        method("forward_batch", &batch_docs, vec![inputs, batch_workspace, outputs], delegate)
            .returns(Type::Checked),
        method(
            "trace_into",
            &[" Writes every named value of the forward pass for a sample."],
            vec![one(), workspace(), trace],
            Body::Entry(Entry::Trace),
        ),
    ];
    let heads = facts.heads.as_ref().map(|_| {
        let output = shared("output", facts.output.ty.clone());
        function("heads", &[" The heads of an output."], vec![output], Body::Heads)
            .returns(Type::Own(Kind::Heads))
    });
    by_value.into_iter().flatten().chain(in_place).chain(heads).collect()
}

fn gradient_methods(facts: &Facts) -> Vec<Method> {
    let sample =
        || vec![shared("input", facts.input.accepted('I')), shared("target", facts.target.accepted('T'))];
    let places = |workspace| {
        [mutable("workspace", Type::Own(workspace)), mutable("gradients", Type::Own(Kind::Gradients))]
    };
    let delegate = Body::Delegate(Trait::Differentiable);
    let loss = method("loss", &[" The loss of a sample."], sample(), Body::ByValue(Returned::Loss));
    let loss = facts.by_value.sample.then(|| loss.returns(Type::NUMBER));
    let backward = facts.by_value.gradients.then(|| {
        let docs = " The loss of a sample and its gradients.";
        let pair = Type::Pair(Box::new(Type::NUMBER), Box::new(Type::Own(Kind::Gradients)));
        method("backward", &[docs], sample(), Body::ByValue(Returned::Gradients)).returns(pair)
    });
    let one = sample().into_iter().chain(places(Kind::Workspace)).collect();
    let batch = [value("batch", batch(facts))].into_iter().chain(places(Kind::BatchWorkspace)).collect();
    let in_place = [
        method("backward_into", &[" Returns the loss of a sample and writes its gradients."], one, delegate)
            .returns(Type::NUMBER),
        method("backward_batch", &[&batch_docs(facts)], batch, delegate).returns(Type::NUMBER),
    ];
    loss.into_iter().chain(backward).chain(in_place).collect()
}

/// The loss of a batch in words.
fn batch_docs(facts: &Facts) -> String {
    let word = match facts.loss.reduction {
        Reduction::Mean if facts.loss.weighted => "weighted mean",
        Reduction::Mean => "mean",
        Reduction::Sum => "summed",
    };
    let penalty = if facts.loss.penalized { " plus the penalty" } else { "" };
    format!(" Returns the {word} loss of a batch{penalty} and writes its gradients.")
}

fn train_methods(facts: &Facts) -> Vec<Method> {
    let sample =
        || vec![shared("input", facts.input.accepted('I')), shared("target", facts.target.accepted('T'))];
    let places = |workspace| {
        [
            mutable("optimizer", Type::Own(Kind::Optimizer)),
            mutable("workspace", Type::Own(workspace)),
            mutable("gradients", Type::Own(Kind::Gradients)),
        ]
    };
    let delegate = Body::Delegate(Trait::Trainable);
    let by_value = facts.by_value.train.then(|| {
        let docs = " Performs one training step on a sample; returns the loss before the step.";
        let train = method("train", &[docs], sample(), Body::ByValue(Returned::Step)).returns(Type::NUMBER);
        let docs = " Performs one training step on a sample, if the loss and all gradients are numbers; returns the loss.";
        let tried = [docs, "", ERRORS, ERROR];
        let tried = method("try_train", &tried, sample(), Body::ByValue(Returned::Tried));
        [changing(train), changing(tried.returns(Type::Tried))]
    });
    let one = || sample().into_iter().chain(places(Kind::Workspace)).collect();
    let batch = || [value("batch", batch(facts))].into_iter().chain(places(Kind::BatchWorkspace)).collect();
    let sample_docs = " Performs one training step on a sample, in place; returns the loss before the step.";
    let batch_docs = " Performs one training step on a batch; returns the loss of the batch before the step.";
    let docs = " Performs `train_into`, if the loss and all gradients are numbers; writes the gradients.";
    let tried = [docs, "", ERRORS, ERROR];
    let docs = " Performs `train_batch`, if the loss and all gradients are numbers; writes the gradients.";
    let tried_batch = [docs, "", ERRORS, ERROR];
    let in_place = [
        changing(method("train_into", &[sample_docs], one(), delegate).returns(Type::NUMBER)),
        changing(method("train_batch", &[batch_docs], batch(), delegate).returns(Type::NUMBER)),
        changing(method("try_train_into", &tried, one(), delegate).returns(Type::Tried)),
        changing(method("try_train_batch", &tried_batch, batch(), delegate).returns(Type::Tried)),
    ];
    by_value.into_iter().flatten().chain(in_place).collect()
}

const ERRORS: &str = " # Errors";
const ERROR: &str = " If the loss or a gradient is infinite or NaN. Then no step is taken: parameters and optimizer stay as they are.";

/// A batch; anything where inputs or targets may be anything.
pub(super) fn batch(facts: &Facts) -> Type {
    match facts.input.known && facts.target.known {
        true => Type::Batch(Box::new(facts.input.ty.clone()), Box::new(facts.target.ty.clone())),
        false => Type::Any('B'),
    }
}

/// A function without `self`.
fn function(name: &'static str, docs: &[&str], parameters: Vec<Parameter>, body: Body) -> Method {
    let docs = super::lines(docs);
    Method { docs, name, constant: false, receiver: None, parameters, result: None, body }
}

/// A method that reads the network.
pub(super) fn method(name: &'static str, docs: &[&str], parameters: Vec<Parameter>, body: Body) -> Method {
    Method { receiver: Some(Pass::Shared), ..function(name, docs, parameters, body) }
}

/// The same method, changing its receiver.
pub(super) fn changing(method: Method) -> Method {
    Method { receiver: Some(Pass::Mutable), ..method }
}

pub(super) fn value(name: &'static str, ty: Type) -> Parameter {
    Parameter { name, pass: Pass::Value, ty }
}

pub(super) fn shared(name: &'static str, ty: Type) -> Parameter {
    Parameter { name, pass: Pass::Shared, ty }
}

pub(super) fn mutable(name: &'static str, ty: Type) -> Parameter {
    Parameter { name, pass: Pass::Mutable, ty }
}

impl Method {
    pub(super) fn returns(self, ty: Type) -> Self {
        Method { result: Some(ty), ..self }
    }
}
