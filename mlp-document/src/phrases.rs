//! All prose of the document: what is to be said as a sentence. Mathematics in it is given as a tree or a line.

use mlp_dsl::model::Reduction;
use mlp_eval::{Fault, Verdict};

use crate::{
    content::{Column, Inline, Line, Side, Text},
    notation::{
        decimal::{ALL_DIGITS, LARGE, small},
        math::{Fence, Math, Name, Operator},
    },
    values::MissingValues,
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

/// How numbers are printed. `decimals` says that decimals are computed with as decimals, `shown` that formulas are given with numbers.
pub(crate) fn rounding(digits: usize, decimals: bool, shown: bool) -> Text {
    let how = match digits {
        0..ALL_DIGITS => format!("to the nearest number with {}", plural(digits, "decimal place")),
        _ => format!("with {ALL_DIGITS} significant digits, which identify a number in double precision"),
    };
    let mut text = text![format!(
        "{} rounded only when printed: {how}, or with fewer if the number itself is shorter. Numbers below ",
        if decimals {
            "Sums and products of decimals are computed exactly, everything else in double precision. All numbers are"
        } else {
            "All numbers are computed in double precision and"
        }
    )];
    text.extend(in_scientific_notation(digits));
    text.push(
        format!(" are printed in scientific notation with {}.", plural(digits, "significant digit")).into(),
    );
    if shown {
        text.extend(text![
            " The sign ",
            Math::from(Operator::Approximately),
            " says that digits were dropped."
        ]);
    }
    text
}

fn in_scientific_notation(digits: usize) -> Text {
    text![
        Math::decimal(small(digits)),
        " or of ",
        Math::power_of_ten(LARGE.log10().round() as i32),
        " and more in absolute value",
    ]
}

/// Each number is rounded before it is used.
pub(crate) fn rounded_each(places: usize) -> Text {
    let places = plural(places, "decimal place");
    let mut text = text![format!(
        "Each computed number, and each start value that is drawn or read from a file, is rounded to {places} before it is used further, as with a calculator: what is printed is what is used next. The sign "
    )];
    text.extend(text![
        Math::from(Operator::Approximately),
        " says that digits were dropped. The gradients are therefore those of a hand calculation; the section that checks them says how far they are from the exact ones. Numbers below ",
    ]);
    text.extend(in_scientific_notation(ALL_DIGITS));
    text.push(" are printed in scientific notation.".into());
    text
}

pub(crate) fn single_precision() -> Text {
    text![
        "The network itself computes in single precision, where numbers above ",
        code("3.4e38"),
        " are infinite. Its other results usually agree with these numbers to about seven significant digits.",
    ]
}

/// Doubles give something else; each value with its number here, and the program's number.
pub(crate) fn doubles_part(
    because: Option<([Side; 2], Side)>,
    [value, here]: [Side; 2],
    program: Side,
) -> Text {
    let mut text = text![
        "These numbers are those of a reader who computes with decimals. A program in double precision rounds decimals, and here this changes a result: "
    ];
    if let Some(([value, here], program)) = because {
        text.extend(text![value, " is ", here, ", but a program gets ", program, ", and so "]);
    }
    text.extend(text![value, " is ", here, ", but a program gets ", program, "."]);
    text
}

pub(crate) fn no_loss() -> Text {
    text!["The specification declares no loss, so there are no gradients and there is no update."]
}

pub(crate) fn nothing_trained() -> Text {
    text!["No parameter is trained, so there are no gradients and there is no update."]
}

/// The letters of the document's own notation: net inputs and their derivatives where there are some.
pub(crate) fn letters(net: bool, delta: bool) -> Text {
    let mut text = text![letter("E"), " is the loss"];
    if net {
        text.extend(text![if delta { ", " } else { " and " }, Math::from(Name::word("net"))]);
        text.push(" is the net input of a neuron".into());
    }
    if delta {
        let delta = ", and ";
        text.extend(text![delta, letter("δ"), " is the derivative of the loss with respect to a net input"]);
    }
    text.push(".".into());
    text
}

// The network.

pub(crate) const LAYERS: [Column; 4] =
    [Column::text("Layer"), Column::text("Values"), Column::number("Size"), Column::text("Function")];

/// The function of an input.
pub(crate) const INPUT: &str = "input";
/// The function of a target.
pub(crate) const TARGET: &str = "target";
/// The function of a layer without one.
pub(crate) const NO_FUNCTION: &str = "none";

pub(crate) fn functions() -> Text {
    text!["The functions that occur:"]
}

pub(crate) fn constant(name: &str, value: Line) -> Text {
    text![code(name), " is a constant: ", value, ". It is not trained."]
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
    Column::number("Size"),
    Column::text("Initial value"),
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
    text!["declared"]
}

pub(crate) fn from_file(path: &str) -> Text {
    text!["from ", code(path)]
}

pub(crate) fn drawn_uniform(rule: &str, low: Side, high: Side) -> Text {
    text![format!("random ({rule}), uniform from "), low, " to ", high]
}

pub(crate) fn drawn_normal(mean: Side, deviation: Side) -> Text {
    text!["random, normal with mean ", mean, " and standard deviation ", deviation]
}

pub(crate) fn and_more(count: usize) -> Inline {
    format!(" and {count} more").into()
}

/// Links and distinct parameters.
pub(crate) fn links(weights: u64, biases: u64, shared: usize, distinct: usize) -> Text {
    let [weights, biases] =
        [(weights, "weight link"), (biases, "bias link")].map(|(n, noun)| plural(n as usize, noun));
    let shared = match shared {
        0 => "No parameter has several links".to_owned(),
        1 => "1 parameter is shared by several links".to_owned(),
        n => format!("{n} parameters are shared by several links"),
    };
    text![format!(
        "A link is a place where a neuron uses a parameter. The network has {weights} and {biases}. {shared}; the number of distinct parameters is {distinct}."
    )]
}

/// Trained and frozen parameters apart.
pub(crate) fn trained_and_frozen(trained: usize, frozen: usize) -> Text {
    let verb = |n: usize| if n == 1 { "is" } else { "are" };
    text![format!(
        "Of these parameters, {trained} {} trained and {frozen} {} frozen: training does not change a frozen parameter.",
        verb(trained),
        verb(frozen)
    )]
}

pub(crate) fn weights_and_biases(layers: bool) -> Text {
    text![if layers {
        "The number of weights and biases of each layer, then of the whole network:"
    } else {
        "The number of weights and biases:"
    }]
}

// The forward pass.

/// What the net inputs of a network are.
pub(crate) enum Nets {
    /// There are none.
    None,
    /// Sums of weighted inputs and a bias.
    Weighted,
    /// Something else.
    Other,
}

pub(crate) fn neurons(nets: &Nets) -> Text {
    text![match nets {
        Nets::Weighted => {
            "The net input of a neuron combines its weighted inputs and its bias. The activation function turns the net input into the output of the neuron."
        }
        Nets::Other => {
            "The net input of a neuron is what its activation function is applied to; the result is the output of the neuron."
        }
        Nets::None => "Each neuron is computed from the values before it.",
    }]
}

pub(crate) fn neurons_without_values(missing: &[MissingValues]) -> Text {
    let mut text = only_symbols(missing);
    if !missing.is_empty() {
        text.extend(text![
            " To see numbers, declare values in the specification, for example ",
            code("input x { i1 = 0.05 }"),
            ".",
        ]);
    }
    text
}

/// Why no numbers are shown.
fn only_symbols(missing: &[MissingValues]) -> Text {
    if missing.is_empty() {
        return text![
            "The network or the batch is too large to be computed here, so all formulas are given in symbols only."
        ];
    }
    let mut text = named(missing, "The ");
    let verb = if missing.len() == 1 { " has" } else { " have" };
    text.push(format!("{verb} no declared values, so all formulas are given in symbols only.").into());
    text
}

/// The inputs and targets without values.
fn named(missing: &[MissingValues], start: &str) -> Text {
    let mut text = Text::new();
    for (index, missing) in missing.iter().enumerate() {
        text.push(if index == 0 { start } else { " and the " }.into());
        text.extend(text![format!("{} ", missing.what), code(&missing.name)]);
    }
    text
}

/// Values as matrices; `batch` is the number of samples. `bias`, `softmax` and `elementwise` say what occurs.
pub(crate) fn rows_of_samples(batch: Line, bias: bool, softmax: bool, elementwise: bool) -> Text {
    let mut text = text![
        "Each row is one sample: the values of a layer form a matrix with one row for each sample of the batch (",
        batch,
        ").",
    ];
    if bias {
        text.push(" A bias is a single row, which is added to every row.".into());
    }
    text.push(" Functions are applied to each element".into());
    text.push(if softmax { ", softmax to each row." } else { "." }.into());
    if elementwise {
        text.extend(text![" ", Math::from(Operator::Elementwise), " is the element-wise product."]);
    }
    text
}

pub(crate) fn layers_without_values(missing: &[MissingValues]) -> Text {
    let mut text = only_symbols(missing);
    if !missing.is_empty() {
        text.extend(text![
            " Where values are declared, as in ",
            code("input x[2] = [0.05, 0.10];"),
            ", small arrays are shown as numbers.",
        ]);
    }
    text
}

pub(crate) fn numbers_of_one_sample() -> Text {
    text![
        "The numbers shown are those of a batch with one sample. In a larger batch, each matrix has one row per sample, and each sum over the batch has one term per sample."
    ]
}

// The samples of a batch.

/// The head of the column with the numbers of samples.
pub(crate) const SAMPLE: &str = "Sample";
/// The heading of the part that combines the samples.
pub(crate) const BATCH_TITLE: &str = "The batch";

/// The samples of a step of neurons; `more` of them are not written out.
pub(crate) fn samples_of_neurons(count: usize, more: usize) -> Text {
    let mark = |number: usize| Math::Row(Vec::new()).raised(Math::whole(number).fenced(Fence::Round));
    let mut text = text![
        format!(
            "The step takes a batch of {count} samples. Each formula holds for every sample; the superscripts "
        ),
        mark(1),
        ", ",
        mark(2),
        ", … mark the values of the first sample, the second, and so on.",
    ];
    if more > 0 {
        let written = count - more;
        text.push(
            format!(
                " The numbers of the first {written} samples are written out; the other {more} follow the same formulas, and their gradients are in a table."
            )
            .into(),
        );
    }
    text
}

pub(crate) fn samples_as_rows(count: usize) -> Text {
    text![format!("The step takes these {count} samples, one in each row:")]
}

pub(crate) fn batch_beyond_data(declared: usize, count: usize) -> Text {
    let all = if count == 1 { "it" } else { "all of them" };
    text![format!(
        "The declared batch is {declared}, but the specification has {} only: the step takes {all}.",
        plural(count, "sample")
    )]
}

pub(crate) fn samples_left_out(count: usize) -> Text {
    text![format!("{} more are not listed.", count)]
}

pub(crate) fn row_by_row() -> Text {
    text![
        "Where a formula does not fit all rows at once, it is given for one row: the superscript ",
        Math::Row(Vec::new()).raised(Math::from(Name::letter("i")).fenced(Fence::Round)),
        " marks the row of sample ",
        letter("i"),
        ".",
    ]
}

pub(crate) fn mean_of_losses(reduction: Reduction) -> Text {
    match reduction {
        Reduction::Sum => text!["Training minimizes the sum of the losses of the batch:"],
        Reduction::Mean => text![
            "Training minimizes the mean of the losses of the batch; ",
            letter("m"),
            " is the number of samples:",
        ],
    }
}

/// The gradients of each sample; of the first parameters where there are many.
pub(crate) fn gradients_of_samples(some: bool) -> Text {
    text![if some {
        "The gradients of each sample, with respect to the first parameters:"
    } else {
        "The gradients of each sample:"
    }]
}

// Sizes of products.

/// For another batch than that of the numbers, where there is one.
pub(crate) fn sizes(other: Option<usize>) -> Text {
    let batch = other.map_or_else(String::new, |batch| format!(", for a batch of {batch} samples"));
    text![format!("The sizes of the matrices in each product{batch}:")]
}

/// A table of products in the forward pass, or elsewhere.
pub(crate) fn sizes_columns(forward: bool) -> [Column; 6] {
    let [first, second, result] = if forward {
        ["Input matrix", "Weight matrix", "Output matrix"]
    } else {
        ["Left factor", "Right factor", "Result"]
    };
    ["Value", "Product", first, second, result, "Sizes"].map(Column::text)
}

// The loss.

/// `parts` says that each output has a part of the loss, `target` that the loss depends on a target.
pub(crate) fn loss_of_neurons(parts: bool, target: bool) -> Text {
    text![match (parts, target) {
        (true, _) => "Each output contributes one part of the loss, and the parts are added up.",
        (false, true) => "The loss is a single number, computed from the output and the target.",
        (false, false) => "The loss is a single number. It depends on no target.",
    }]
}

pub(crate) fn loss_of_batch(reduction: Reduction, penalty: bool) -> Text {
    let over = match reduction {
        Reduction::Sum => "sum",
        Reduction::Mean => "mean",
    };
    let minimized = if penalty { "" } else { ", which training minimizes" };
    text![format!("The loss of one sample, then the {over} over the batch{minimized}.")]
}

// The backward pass.

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

/// What occurs in the backward pass of layers.
pub(crate) struct Backward {
    /// A derivative is called δ.
    pub(crate) delta: bool,
    /// δ is multiplied by transposed weights.
    pub(crate) transposed: bool,
    /// The gradient of weights is a product of transposed values and δ.
    pub(crate) outer: bool,
}

pub(crate) fn backward_of_layers(reduction: Reduction, occurs: &Backward) -> Text {
    let mut text = text!["The chain rule is applied from the last layer to the first."];
    if occurs.delta {
        text.extend(text![
            " ",
            letter("δ"),
            " is the derivative of the loss with respect to a net input, with one row for each sample.",
        ]);
    }
    if occurs.transposed {
        text.extend(text![
            " The product of ",
            letter("δ"),
            " and the transposed weights is the derivative with respect to what the layer reads.",
        ]);
    }
    if occurs.outer {
        text.extend(text![
            " The gradient with respect to the weights is the product of the transposed input of the layer and ",
            letter("δ"),
            match reduction {
                Reduction::Sum => ".",
                Reduction::Mean => ", divided by the batch size.",
            },
        ]);
    }
    text
}

/// Before the derivation of a cross-entropy that follows a softmax.
pub(crate) fn softmax_with_cross_entropy(definition: Line) -> Text {
    text![
        "Softmax and cross-entropy are differentiated together. For the argument ",
        letter("z"),
        " of softmax and the targets ",
        letter("t"),
        ", let ",
        definition,
        "; the indices ",
        letter("i"),
        " and ",
        letter("k"),
        " count the classes.",
    ]
}

/// After it.
pub(crate) fn prediction_minus_target(z: Math) -> Text {
    text![
        "If the targets sum to 1, this is the prediction minus the target. The program computes softmax and loss directly from ",
        z,
        " and subtracts the maximum first, so that nothing overflows."
    ]
}

/// Before the derivation of a binary cross-entropy that follows a sigmoid.
pub(crate) fn sigmoid_with_cross_entropy(definition: Line) -> Text {
    text![
        "Sigmoid and binary cross-entropy are differentiated together. For each output with net input ",
        letter("z"),
        " and target ",
        letter("t"),
        " let ",
        definition,
        ":",
    ]
}

/// After it.
pub(crate) fn from_the_net_input(z: Side, computed: Line) -> Text {
    text![
        "The program computes the loss directly from ",
        z,
        ", as ",
        computed,
        ", so that nothing overflows and no digit is lost where ",
        letter("p"),
        " is close to 0 or 1.",
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

pub(crate) fn gradients_of_batch(reduction: Reduction) -> Text {
    text![match reduction {
        Reduction::Sum => "The gradients with respect to the parameters are sums over the batch:",
        Reduction::Mean => "The gradients with respect to the parameters are means over the batch:",
    }]
}

// The penalty.

pub(crate) fn penalty() -> Text {
    text![
        "A penalty depends on the parameters only. It is added once per batch, not once per sample, and it is not averaged. ",
        letter("P"),
        " is the penalty and ",
        letter("J"),
        " is the objective, which training minimizes.",
    ]
}

pub(crate) fn gradients_of_penalty() -> Text {
    text!["The gradients of the penalty are added to those of the loss:"]
}

// The update.

pub(crate) fn no_rule() -> Text {
    text!["The specification declares no update rule, so the parameters do not change."]
}

/// The rule and its settings.
pub(crate) fn rule(name: &str, settings: Vec<Line>, frozen: bool) -> Text {
    let mut text = text!["The update rule is ", code(name)];
    for (index, setting) in settings.into_iter().enumerate() {
        text.push(if index == 0 { " with " } else { ", " }.into());
        text.push(setting.into());
    }
    text.extend(text![
        if frozen { ". All trained" } else { ". All" },
        " parameters are updated at the same time, from the gradients at the old values. The sign ",
        Math::Row(Vec::new()).raised(Operator::Plus.into()),
        " marks a new value.",
    ]);
    text
}

pub(crate) fn step_of_one_sample(reduction: Reduction) -> Text {
    let over = match reduction {
        Reduction::Sum => "sum",
        Reduction::Mean => "mean",
    };
    text![format!(
        "This step uses one sample only. For a batch, each gradient is the {over} over the samples of the batch."
    )]
}

/// The first step of a rule that keeps state; `step` is its number, where the rule reads it.
pub(crate) fn first_step(step: Option<Line>, mut state: Text) -> Text {
    let mut text = text!["This is the first step"];
    if let Some(step) = step {
        text.extend(text![": ", step]);
    }
    text.push(".".into());
    if !state.is_empty() {
        text.push(" The state of the rule is 0 before it: ".into());
        text.append(&mut state);
        text.push(".".into());
    }
    text
}

// The check.

pub(crate) const LOSSES: [Column; 2] = [Column::text("Loss"), Column::number("Value")];

pub(crate) const GRADIENTS: [Column; 6] = [
    Column::text("Parameter"),
    Column::number("Gradient"),
    Column::number("Central difference"),
    Column::number("Relative error"),
    Column::number("Complex step"),
    Column::number("Relative error"),
];

pub(crate) fn too_large_to_check() -> Text {
    text![
        "The network is too large to compare its gradients here; ",
        code("mlpc check"),
        " compares some of them.",
    ]
}

pub(crate) fn drawn_sample(missing: &[MissingValues]) -> Text {
    let mut text = named(missing, "The specification declares no values for the ");
    text.push(", so this section uses one randomly drawn sample.".into());
    text
}

/// How the loss changed; nothing where it is not a number.
pub(crate) fn verdict(change: Option<std::cmp::Ordering>) -> Text {
    text![match change {
        Some(std::cmp::Ordering::Less) => "The step decreases the loss.",
        Some(std::cmp::Ordering::Equal) => "The step does not change the loss.",
        Some(std::cmp::Ordering::Greater) => "The step increases the loss.",
        None => "The loss after the step is not a number.",
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
        "The gradients are compared with two other methods, which use the forward pass only. The central difference moves one parameter slightly in both directions and is accurate to some digits. The complex step moves it by an imaginary amount and takes the derivative from the imaginary part of the loss; nothing cancels, so it is accurate to the last digits. The relative error is the difference from the gradient of the equations, divided by that gradient; the table shows the next larger power of ten."
    ]
}

/// What the comparison says.
pub(crate) fn gradients_verdict(verdict: &Verdict) -> Text {
    let digits = |digits: u32| match digits {
        0 => "no digit of the gradients counts".to_owned(),
        1 => "1 digit of the gradients counts".to_owned(),
        digits => format!("{digits} digits of the gradients count"),
    };
    text![match verdict {
        Verdict::Right => "The gradients are right.".to_owned(),
        Verdict::Limited(count) => format!(
            "The gradients are right as far as these values allow: {}. The formulas lose the others to rounding, because they subtract numbers that are almost equal.",
            digits(*count)
        ),
        Verdict::Undefined(_) => "The gradients are not defined here.".to_owned(),
        Verdict::Wrong => "The gradients are wrong: rounding does not explain the difference.".to_owned(),
    }]
}

/// A value or a derivative that does not exist.
pub(crate) fn gradients_undefined(fault: Option<&Fault>) -> Text {
    let Some(fault) = fault else {
        return text!["At these values the loss is no finite number, so the gradients can't be compared."];
    };
    let of = if fault.kind.is_slope() { "the gradients are" } else { "the loss is" };
    let mut text = text![format!("At these values {of} not defined: {}", fault.kind)];
    for name in &fault.functions {
        text.extend(text![" in ", code(name)]);
    }
    text.extend(text![". There is nothing to compare."]);
    text
}

pub(crate) fn gradients_at_kinks(count: usize) -> Text {
    let lie = if count == 1 { "gradient lies" } else { "gradients lie" };
    text![format!(
        "{count} {lie} at a kink, between the slopes on its two sides. There the derivative is a matter of convention, and the other methods may take another value."
    )]
}

/// In place of an error.
pub(crate) fn at_a_kink() -> Text {
    text!["at a kink"]
}

pub(crate) fn rough_differences() -> Text {
    text![
        "A central difference with a large error shows the limits of that method: the loss has a kink nearby, or changes by less than its rounding."
    ]
}

pub(crate) fn checked_with_all_digits() -> Text {
    text![
        "The gradients in the following table are computed with all digits. They differ from those above by what rounding each number has changed."
    ]
}

pub(crate) fn checked_in_doubles() -> Text {
    text![
        "The gradients in the following table are those of a program in double precision. Some of them differ from those above."
    ]
}

pub(crate) fn some_gradients(shown: usize, total: usize) -> Text {
    text![format!("The table shows {shown} of {total} gradients:")]
}

/// An error by the power of ten above it; nothing where it is not a number.
pub(crate) fn error_below(power: Option<i32>, absolute: bool) -> Text {
    let Some(power) = power else { return text!["not a number"] };
    let mut text = text![Math::Row(vec![Operator::Less.into(), Math::power_of_ten(power)])];
    text.extend(absolute.then(|| Inline::from(" (absolute)")));
    text
}

// The effort.

pub(crate) fn samples_unknown() -> Text {
    text![
        "The specification does not declare the number of samples, so the batches of an epoch are not counted."
    ]
}

/// The batches of an epoch; `rest` samples are in the last, shorter one.
pub(crate) fn epoch(samples: usize, batch: usize, rest: usize) -> Text {
    let samples = plural(samples, "sample");
    text![match rest {
        0 => format!("One epoch processes {samples} in batches of {batch}:"),
        rest => format!(
            "One epoch processes {samples} in batches of {batch}. The last batch has only {}: it is either used (first line) or dropped (second line).",
            plural(rest, "sample")
        ),
    }]
}

pub(crate) fn memory(parameters: usize, number: &str, bytes: usize) -> Text {
    text![
        format!("The network has {}, each a number of type ", plural(parameters, "parameter")),
        code(number),
        format!(" with {bytes} bytes. Memory of the parameters in bytes:"),
    ]
}

pub(crate) fn work(multiply_adds: usize) -> Text {
    text![format!(
        "The forward pass of one sample takes {}, not counting those inside functions. Multiply-adds of a batch:",
        plural(multiply_adds, "multiply-add")
    )]
}

// Anywhere.

/// Items that are not spelled out.
pub(crate) fn left_out(count: usize, items: Items) -> Text {
    let item = match items {
        Items::Layers => "layer",
        Items::Parameters => "parameter",
        Items::Values => "value",
        Items::Derivatives => "derivative",
        Items::Gradients => "gradient",
        Items::Parts => "part",
        Items::Updates => "update",
    };
    let are = if count == 1 { "is" } else { "are" };
    text![format!("The remaining {} {are} left out.", plural(count, item))]
}

/// Marks of a question.
pub(crate) fn marks(marks: f64) -> String {
    format!("{marks} {}", if marks == 1.0 { "mark" } else { "marks" })
}

/// In place of a formula that is too long.
pub(crate) const TOO_LONG: &str = " (too long to print)";
/// Below the sign of a sum over the samples of a batch.
pub(crate) const BATCH: &str = "batch";

/// A number of things.
fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
