//! All prose of the document: what is to be said as a sentence. Mathematics in it is given as a tree or a line.

use mlp_dsl::model::Reduction;

use crate::{
    content::{Column, Inline, Line, Side, Text},
    notation::math::{Math, Name, Operator},
};

/// A paragraph of pieces.
macro_rules! text {
    ($($piece:expr),* $(,)?) => { vec![$(Inline::from($piece)),*] };
}

/// Things of which only the first are spelled out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Items {
    Layers,
    Parameters,
    Values,
    Derivatives,
    Gradients,
    Parts,
    Updates,
}

fn code(text: impl Into<String>) -> Inline {
    Inline::Code(text.into())
}

fn letter(letter: &str) -> Math {
    Name::letter(letter).into()
}

// The preface.

/// How numbers are printed.
pub(crate) fn rounding(digits: usize) -> Text {
    text![format!(
        "Numbers are computed in double precision and rounded only where they are printed: to the nearest, with {digits} decimals, or fewer where the number itself is shorter. Numbers of less than 0.0001 in size, and from 1000000000 on, stand in scientific form with {digits} digits."
    )]
}

pub(crate) fn single_precision() -> Text {
    text![
        "The network itself computes in single precision; its numbers agree with these to about seven digits."
    ]
}

pub(crate) fn no_loss() -> Text {
    text!["The specification has no loss: the document ends after the forward pass."]
}

/// The letters of the document's own notation.
pub(crate) fn letters() -> Text {
    text!["E is the loss, net the net input of a neuron, δ the derivative of the loss by a net input."]
}

// The network.

pub(crate) const LAYERS: [Column; 4] =
    [Column::text("Layer"), Column::text("Values"), Column::number("Size"), Column::text("Function")];

/// The function of an input.
pub(crate) const INPUT: &str = "input";
/// The function of a layer without one.
pub(crate) const NO_FUNCTION: &str = "none";

pub(crate) fn constant(name: &str, value: Side) -> Text {
    text![code(name), " is a constant: training leaves it as it is. Its value is ", value, "."]
}

/// The label of a layer in a picture.
pub(crate) fn layer_label(name: &str, count: Option<usize>) -> String {
    match count {
        None => format!("{name}: a scalar"),
        Some(1) => format!("{name}: 1 value"),
        Some(count) => format!("{name}: {count} values"),
    }
}

/// The title of a layer's part of a section.
pub(crate) fn layer_title(name: &str) -> String {
    format!("Layer {name}")
}

/// Symbols with commas; `more` of them are left out.
pub(crate) fn list(symbols: impl IntoIterator<Item = Side>) -> Text {
    let mut text = Text::new();
    for symbol in symbols {
        if !text.is_empty() {
            text.push(", ".into());
        }
        text.push(symbol.into());
    }
    text
}

/// After a list of which the rest is left out.
pub(crate) fn and_so_on() -> Inline {
    ", …".into()
}

// The parameters.

pub(crate) const PARAMETERS: [Column; 5] = [
    Column::text("Parameter"),
    Column::text("Kind"),
    Column::number("Numbers"),
    Column::text("Start"),
    Column::text("Used in"),
];

pub(crate) fn no_parameters() -> Text {
    text!["This network has no parameters."]
}

pub(crate) fn kind(weight: bool, frozen: bool) -> Text {
    text![match (weight, frozen) {
        (true, false) => "weight",
        (false, false) => "bias",
        (true, true) => "weight, frozen",
        (false, true) => "bias, frozen",
    }]
}

/// The size of a value.
pub(crate) fn size(rows: Option<usize>, columns: usize) -> Text {
    text![rows.map_or(columns.to_string(), |rows| format!("{rows} × {columns}"))]
}

pub(crate) fn given() -> Text {
    text!["given"]
}

pub(crate) fn from_file(path: &str) -> Text {
    text![format!("from {path}")]
}

pub(crate) fn drawn_uniform(rule: &str, low: Side, high: Side) -> Text {
    text![format!("drawn ({rule}) from "), low, " to ", high]
}

pub(crate) fn drawn_normal(mean: Side, deviation: Side) -> Text {
    text!["drawn (normal), mean ", mean, ", deviation ", deviation]
}

pub(crate) fn and_more(count: usize) -> Inline {
    format!(" and {count} more").into()
}

/// Links and distinct parameters.
pub(crate) fn links(weights: usize, biases: usize, shared: usize, distinct: usize) -> Text {
    let shared = match shared {
        0 => "no parameter serves two of them".to_owned(),
        1 => "1 parameter serves several of them".to_owned(),
        n => format!("{n} parameters serve several of them"),
    };
    text![format!(
        "A link is a place where a neuron reads a parameter. There are {weights} weight links and {biases} bias links; {shared}, so {distinct} distinct parameters are trained."
    )]
}

pub(crate) fn weights_and_biases(layers: bool) -> Text {
    text![if layers {
        "Weights and biases of each layer, then all together:"
    } else {
        "Weights and biases together:"
    }]
}

// The forward pass.

pub(crate) fn neurons() -> Text {
    text![
        "Each neuron adds up what reaches it to its net input; its function turns the net input into its output."
    ]
}

pub(crate) fn neurons_without_values() -> Text {
    text![
        "Inputs or targets have no declared values, so formulas stand in symbols only. Give the values in the specification, as in ",
        code("input x { i1 = 0.05 }"),
        ", and the numbers appear.",
    ]
}

/// Values as matrices; `batch` says how many samples there are.
pub(crate) fn rows_of_samples(batch: Line, one: bool) -> Text {
    text![
        "The samples of a batch stand below one another: each value of a layer is a matrix with a row for each of the ",
        batch,
        if one { " sample" } else { " samples" },
        ". A bias, one row, is added to every row; functions act on each element, softmax on each row. ",
        Math::from(Operator::Elementwise),
        " multiplies element by element.",
    ]
}

pub(crate) fn layers_without_values() -> Text {
    text![
        "Inputs or targets have no declared values, so formulas stand in symbols only. Values given in the specification, as in ",
        code("input x[2] = [0.05, 0.10];"),
        ", are put in where they are few.",
    ]
}

pub(crate) fn numbers_of_one_sample() -> Text {
    text![
        "The numbers are those of one sample, a batch of one: with more samples there is a row for each, and what is summed over the batch has a term for each."
    ]
}

// Sizes of products.

pub(crate) fn sizes() -> Text {
    text!["The matrices of each product, with their sizes:"]
}

/// A table of products in the forward pass, or elsewhere.
pub(crate) fn sizes_columns(forward: bool) -> [Column; 6] {
    let [first, second, result] = if forward {
        ["Input matrix", "Weight matrix", "Output matrix"]
    } else {
        ["First matrix", "Second matrix", "Result"]
    };
    ["For", "Product", first, second, result, "Together"].map(Column::text)
}

// The loss.

pub(crate) fn loss_of_neurons(parts: bool) -> Text {
    text![if parts {
        "Each output has its part of the loss; the parts add up to the total."
    } else {
        "One number says how far the output is from the target."
    }]
}

pub(crate) fn loss_of_batch(reduction: Reduction) -> Text {
    text![match reduction {
        Reduction::Sum => {
            "The loss of one sample, then the sum over the batch, which is what training makes smaller."
        }
        Reduction::Mean => {
            "The loss of one sample, then the mean over the batch, which is what training makes smaller."
        }
    }]
}

// The backward pass.

pub(crate) fn backward_of_neurons() -> Text {
    text![
        "The chain rule is followed from the loss back to each parameter. The derivative of the loss by a net input is called δ of that neuron; it is computed once and used by everything that feeds the neuron."
    ]
}

pub(crate) fn first_derivative(function: &str) -> Text {
    text!["The derivative of ", code(function), ", here for the first time:"]
}

pub(crate) fn backward_of_layers(reduction: Reduction) -> Text {
    text![
        "The chain rule, from the last layer to the first. ",
        letter("δ"),
        " is the derivative of the loss by a net input, with a row for each sample. A layer hands it on through its transposed weights; the gradient of the weights is the transposed input times ",
        letter("δ"),
        match reduction {
            Reduction::Sum => ".",
            Reduction::Mean => ", divided by the size of the batch.",
        },
    ]
}

/// Before the derivation of a cross-entropy that follows a softmax.
pub(crate) fn softmax_with_cross_entropy(definition: Line) -> Text {
    text![
        "Softmax and cross-entropy are differentiated together. For ",
        definition,
        " and classes ",
        letter("i"),
        " and ",
        letter("k"),
        ":"
    ]
}

/// After it.
pub(crate) fn prediction_minus_target(z: Math) -> Text {
    text![
        "The gradient is the prediction minus the target where the targets sum to 1. The program computes softmax and loss directly from ",
        z,
        " and subtracts the maximum first, so that nothing overflows."
    ]
}

pub(crate) fn gradients_of_batch(reduction: Reduction) -> Text {
    text![match reduction {
        Reduction::Sum => "The gradients of the parameters, as sums over the batch:",
        Reduction::Mean => "The gradients of the parameters, as means over the batch:",
    }]
}

// The penalty.

pub(crate) fn penalty() -> Text {
    text![
        "A penalty depends on the parameters alone. It is added once for a batch, not for each sample, and is not averaged. P is the penalty, J the objective: what training makes smaller."
    ]
}

pub(crate) fn gradients_of_penalty() -> Text {
    text!["Its gradients are added to those of the loss:"]
}

// The update.

pub(crate) fn no_rule() -> Text {
    text!["The specification names no training rule, so the parameters stay as they are."]
}

/// The rule and its settings.
pub(crate) fn rule(name: &str, settings: Vec<Line>) -> Text {
    let mut text = text!["The rule is ", code(name)];
    for (index, setting) in settings.into_iter().enumerate() {
        text.push(if index == 0 { " with " } else { ", " }.into());
        text.push(setting.into());
    }
    text.push(
        ". All parameters change at once, from gradients at the old values; ⁺ marks the new value.".into(),
    );
    text
}

pub(crate) fn step_of_one_sample(reduction: Reduction) -> Text {
    let over = match reduction {
        Reduction::Sum => "sum",
        Reduction::Mean => "mean",
    };
    text![format!(
        "The step is made for this one sample. For a batch, the gradient is the {over} over its samples."
    )]
}

/// The first step of a rule that keeps state; `step` is its number, where the rule reads it.
pub(crate) fn first_step(step: Option<Line>) -> Text {
    match step {
        Some(step) => text![
            "This is the first step: ",
            step,
            ", and what the rule keeps from step to step is 0 before it."
        ],
        None => text!["This is the first step: what the rule keeps from step to step is 0 before it."],
    }
}

// The check.

pub(crate) const LOSSES: [Column; 2] = [Column::text("Loss"), Column::number("Value")];

pub(crate) const GRADIENTS: [Column; 6] = [
    Column::text("By"),
    Column::number("Gradient"),
    Column::number("Central difference"),
    Column::number("Relative error"),
    Column::number("Complex step"),
    Column::number("Relative error"),
];

pub(crate) fn too_large_to_check() -> Text {
    text!["The network is too large to check here; the complex-step check does it at evenly spaced places."]
}

pub(crate) fn drawn_sample() -> Text {
    text![
        "The specification declares no values for input and target, so the numbers of this section belong to one drawn sample."
    ]
}

/// How the loss changed; nothing where it is not a number.
pub(crate) fn verdict(change: Option<std::cmp::Ordering>) -> Text {
    text![match change {
        Some(std::cmp::Ordering::Less) => "The step makes the loss smaller.",
        Some(std::cmp::Ordering::Equal) => "The step leaves the loss as it is.",
        Some(std::cmp::Ordering::Greater) => "The step makes the loss larger: it is too long.",
        None => "The loss after the step is no number.",
    }]
}

pub(crate) fn before_the_step() -> Text {
    text!["before the step"]
}

pub(crate) fn after_the_step() -> Text {
    text!["after the step"]
}

pub(crate) fn two_other_ways() -> Text {
    text![
        "Two other ways to the same gradients use the forward pass alone. The central difference moves one parameter a little both ways and is good to some digits. The complex step moves it by an imaginary amount and reads the derivative off the imaginary part of the loss; nothing cancels, so it is good to the last digits. The relative error is the distance to the gradient of the equations, divided by the gradient; the table gives the next power of ten."
    ]
}

pub(crate) fn some_gradients(shown: usize, total: usize) -> Text {
    text![format!("{shown} of {total} gradients:")]
}

/// An error by the power of ten above it; nothing where it is not a number.
pub(crate) fn error_below(power: Option<i32>, absolute: bool) -> Text {
    match power {
        None => text!["no number"],
        Some(power) => text![format!("< 1e{power}{}", if absolute { " absolute" } else { "" })],
    }
}

// The effort.

pub(crate) fn samples_unknown() -> Text {
    text![
        "The specification does not say how many samples there are, so the batches of an epoch are not counted."
    ]
}

/// The batches of an epoch; `rest` samples are in the last, shorter one.
pub(crate) fn epoch(samples: usize, batch: usize, rest: usize) -> Text {
    text![match rest {
        0 => format!("One epoch goes through {samples} samples in batches of {batch}:"),
        rest => format!(
            "One epoch goes through {samples} samples in batches of {batch}. The last batch has only {rest}: it is either used as it is (first line) or dropped (second line)."
        ),
    }]
}

pub(crate) fn memory(parameters: usize, number: &str, bytes: usize) -> Text {
    text![format!(
        "Memory: each of the {parameters} parameters is an {number} number of {bytes} bytes. In bytes:"
    )]
}

pub(crate) fn work(multiply_adds: usize) -> Text {
    text![format!(
        "Work: the forward pass of one sample takes {multiply_adds} multiply-adds, those inside functions not counted. For a batch:"
    )]
}

// Anywhere.

/// Items that are not spelled out.
pub(crate) fn left_out(count: usize, items: Items) -> Text {
    let items = match items {
        Items::Layers => "layers",
        Items::Parameters => "parameters",
        Items::Values => "values",
        Items::Derivatives => "derivatives",
        Items::Gradients => "gradients",
        Items::Parts => "parts",
        Items::Updates => "updates",
    };
    text![format!("The other {count} {items} follow in the same way.")]
}
