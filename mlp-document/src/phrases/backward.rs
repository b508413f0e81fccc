//! Sentences of the backward pass.

use mlp_dsl::formula::scalar::Unary;

use crate::{
    content::{Line, Side, Text},
    notation::{letters::OwnLetters, math::Math},
};

use super::{Over, code, letter};

pub(crate) fn backward_of_neurons(delta: bool) -> Text {
    let mut text = text![
        "The chain rule is applied from the loss back to each parameter: the derivative of the loss with respect to a value is that with respect to the next value, times a local derivative, added up where several values come next."
    ];
    if delta {
        text.extend(text![
            " The derivative of the loss with respect to the net input of a neuron is called the ",
            letter("δ"),
            " of that neuron; it is computed once and used for all parameters and neurons before it.",
        ]);
    }
    text
}

pub(crate) fn first_derivative(function: &str) -> Text {
    text!["The derivative of ", code(function), ", which is used here for the first time:"]
}

/// The reason for the derivative of a function that is built in.
pub(crate) fn first_derivative_of_primitive(op: Unary) -> Text {
    let mut text = text![
        "The derivative of ",
        code(op.name().unwrap_or_default()),
        ", which is used here for the first time, at any ",
        letter("x"),
    ];
    text.push(
        match op {
            Unary::Exp => ". The exponential function is its own derivative:",
            Unary::Ln => {
                ". The logarithm undoes the exponential function; both sides of the first line are differentiated:"
            }
            Unary::Sqrt => ". The root undoes the square; both sides of the first line are differentiated:",
            Unary::Tanh => ". It follows from the rule for quotients:",
            Unary::Erf | Unary::Negate | Unary::Floor => ":",
        }
        .into(),
    );
    text
}

/// What occurs in the backward pass of layers.
pub(crate) struct Backward {
    /// A derivative is called δ.
    pub(crate) delta: bool,
    /// δ is multiplied by transposed weights.
    pub(crate) transposed: bool,
    /// The gradient of weights is a product of transposed values and δ.
    pub(crate) outer: bool,
}

/// `reduction` is nothing where the batch is one sample.
pub(crate) fn backward_of_layers(reduction: Option<Over>, columns: bool, occurs: &Backward) -> Text {
    let mut text = text!["The chain rule is applied from the last layer to the first."];
    if occurs.delta {
        text.extend(text![
            " ",
            letter("δ"),
            " is the derivative of the loss with respect to a net input",
            if reduction.is_some() { ", with one row for each sample." } else { "." },
        ]);
    }
    if occurs.transposed {
        text.extend(text![
            " The product of ",
            letter("δ"),
            " and the transposed weights is the derivative with respect to what the layer reads.",
        ]);
    }
    if occurs.outer && columns {
        text.extend(text![
            " The gradient with respect to the weights is the product of ",
            letter("δ"),
            " and the transposed input of the layer.",
        ]);
    } else if occurs.outer {
        text.extend(text![
            " The gradient with respect to the weights is the product of the transposed input of the layer and ",
            letter("δ"),
            match reduction {
                Some(Over::Nothing) | None => ".",
                Some(Over::Count) => ", divided by the batch size.",
                Some(Over::Weights) => ", divided by the sum of the weights of the samples.",
            },
        ]);
    }
    text
}

/// Before the derivation of a cross-entropy that follows a softmax.
pub(crate) fn softmax_with_cross_entropy(own: OwnLetters, definition: Line, sum: Line) -> Text {
    text![
        "Softmax and cross-entropy are differentiated together. For the argument ",
        letter(own.letter("z")),
        " of softmax and the targets ",
        letter(own.letter("t")),
        ", let ",
        definition,
        " and ",
        sum,
        "; the indices ",
        letter("i"),
        " and ",
        letter("k"),
        " count the classes. A probability depends on each argument, so its derivatives have two cases, which follow from the rule for quotients.",
    ]
}

/// After it; `simplex` says that the targets are known to sum to 1.
pub(crate) fn prediction_minus_target(simplex: bool, z: Math) -> Text {
    text![
        if simplex {
            "The targets sum to 1, so this is the prediction minus the target."
        } else {
            "If the targets sum to 1, this is the prediction minus the target."
        },
        " The program computes softmax and loss directly from ",
        z,
        " and subtracts the maximum first, so that nothing overflows.",
    ]
}

/// Before the same with numbers.
pub(crate) fn softmax_with_numbers() -> Text {
    text!["With the numbers of this network, a column for each argument and a row for each probability:"]
}

/// Before the derivation of a binary cross-entropy that follows a sigmoid.
pub(crate) fn sigmoid_with_cross_entropy([z, t]: [Side; 2], definition: Line) -> Text {
    text![
        "Sigmoid and binary cross-entropy are differentiated together. For each output with net input ",
        z,
        " and target ",
        t,
        " let ",
        definition,
        ":",
    ]
}

/// After it.
pub(crate) fn from_the_net_input(z: Side, p: Side) -> Text {
    text![
        "The program computes the loss directly from ",
        z,
        ", so that nothing overflows and no digit is lost where ",
        p,
        " is close to 0 or 1:",
    ]
}

/// Where a probability has other uses than a loss that is computed from its net input.
pub(crate) fn other_uses(derivative: Side) -> Text {
    text![
        "The loss is computed from a net input, and its probability is used elsewhere too. Therefore ",
        derivative,
        " has the other uses only, and δ adds the rest.",
    ]
}

/// In a loss with logarithms of probabilities, of sigmoids or not.
pub(crate) fn logarithms_of_probabilities(sigmoid: bool) -> Text {
    text![
        "The logarithm of a probability is computed from its net input, so that no digit is lost where the probability is close to 0 or 1.",
        if sigmoid {
            " If the probability is the sigmoid of a net input, 1 minus the probability is the sigmoid of the negative net input."
        } else {
            ""
        },
    ]
}

/// `reduction` is nothing where the batch is one sample.
pub(crate) fn gradients_of_batch(reduction: Option<Over>) -> Text {
    text![match reduction {
        None => "The gradients with respect to the parameters, all elements at once:",
        Some(Over::Nothing) => "The gradients with respect to the parameters are sums over the batch:",
        Some(Over::Weights) =>
            "The gradients with respect to the parameters are sums over the batch, divided by the sum of the weights:",
        Some(Over::Count) => "The gradients with respect to the parameters are means over the batch:",
    }]
}

/// Before the gradients of weights element by element.
pub(crate) fn gradients_of_elements() -> Text {
    text![
        "A weight multiplies one element of what the layer reads, and the product goes to one net input. For each sample, the gradient with respect to the weight is therefore this element times the derivative with respect to that net input:"
    ]
}
