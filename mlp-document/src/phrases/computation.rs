//! Words of the picture of the computational graph.

use mlp_dsl::formula::scalar::{Binary, Unary};
use mlp_graph::Label;

use crate::{content::Text, pictures::computation::Kind};

use super::plural;

/// Before a gradient.
pub(crate) const GRADIENT: &str = "grad";
/// A value with several uses.
pub(crate) const USED_OFTEN: &str = "A value that is used several times adds up the gradients of its uses.";
/// What has neither a name nor a number.
pub(crate) const WITHOUT_NAME: &str = "value";
/// The most rules of gates under a picture.
pub(crate) const RULES: usize = 14;

/// The title of the picture.
pub(crate) fn computation_title(network: &str, focus: &[String]) -> String {
    if focus.is_empty() {
        return format!("The computational graph of {network}");
    }
    format!("The computational graph of {network}: the paths from {} to the loss", focus.join(", "))
}

/// The picture in words.
pub(crate) fn computation_description(
    gates: usize,
    loss: Option<String>,
    gradients: &[(String, String)],
) -> String {
    let mut words =
        format!("From left to right, {} compute the loss from the inputs.", plural(gates, "gate"));
    if let Some(loss) = loss {
        words.push_str(&format!(" The loss is {loss}."));
    }
    if !gradients.is_empty() {
        let each: Vec<String> =
            gradients.iter().map(|(name, gradient)| format!("{name} {gradient}")).collect();
        words.push_str(&format!(" The gradients with respect to the parameters: {}.", each.join(", ")));
    }
    words
}

/// How the picture is read.
pub(crate) fn reading(numbers: bool) -> Label {
    if numbers {
        "Above a line: its value. Below it: grad, the derivative of the loss with respect to it, from right to left. \
         At each gate: up × local = down, where up is the gradient of the gate's value."
            .into()
    } else {
        "The picture shows the operations without numbers.".into()
    }
}

/// up × local, where local is not 1.
pub(crate) fn times_local(local: &Label, negative: bool) -> Label {
    let open = if negative { "up × (" } else { "up × " };
    Label::from(open).join(local).join(&if negative { ")" } else { "" }.into())
}

/// What a gate does with the gradient, in words.
pub(crate) fn rule(kind: &Kind, sign: &Label) -> Option<Label> {
    let quoted = |words: &str| Some(sign.clone().join(&format!(": {words}").into()));
    match kind {
        Kind::Input | Kind::Target | Kind::Parameter { .. } | Kind::Constant(_) | Kind::Number(_) => None,
        Kind::Unary(Unary::Negate) => Some("− x: the gradient changes its sign.".into()),
        Kind::Unary(Unary::Exp) => quoted("the gradient is multiplied by the value itself."),
        Kind::Unary(Unary::Ln) => quoted("the gradient is divided by the input."),
        Kind::Unary(Unary::Sqrt) => quoted("the gradient is divided by twice the value."),
        Kind::Unary(Unary::Tanh) => quoted("the gradient is multiplied by 1 − the square of the value."),
        Kind::Unary(Unary::Erf) => quoted("the gradient is multiplied by 2/√π · exp(−x²) at the input x."),
        Kind::Unary(Unary::Floor) => quoted("no gradient is passed on: the value changes in steps."),
        Kind::Binary(Binary::Add) => Some("+: a sum passes the gradient on to each input.".into()),
        Kind::Binary(Binary::Subtract) => Some(
            "−: a difference passes the gradient on, to the number that is subtracted with the other sign."
                .into(),
        ),
        Kind::Binary(Binary::Multiply) => Some("×: a product multiplies it by the other input.".into()),
        Kind::Binary(Binary::Divide) => Some(
            "÷: in a quotient a ÷ b, the gradient is divided by b for a, and multiplied by −a ÷ b² for b."
                .into(),
        ),
        Kind::Binary(Binary::Power) => {
            Some("^: for each input the gradient is multiplied by the derivative with respect to it.".into())
        }
        Kind::Literal { op: Binary::Add, .. } => Some("+ a number: the gradient is passed on.".into()),
        Kind::Literal { op: Binary::Subtract, first: false, .. } => {
            Some("− a number: the gradient is passed on.".into())
        }
        Kind::Literal { op: Binary::Subtract, .. } => quoted("the gradient changes its sign."),
        Kind::Literal { op: Binary::Multiply, .. } => quoted("the gradient is multiplied by that number."),
        Kind::Literal { op: Binary::Divide, first: false, .. } => {
            quoted("the gradient is divided by that number.")
        }
        Kind::Literal { op: Binary::Power, number: 2.0, first: false } => {
            quoted("the gradient is multiplied by twice the input.")
        }
        Kind::Literal { op: Binary::Divide | Binary::Power, .. } => {
            quoted("the gradient is multiplied by the derivative at the input.")
        }
        Kind::Function(_) => {
            let words = match sign.plain().as_str() {
                "σ" => "the gradient is multiplied by σ (1 − σ), where σ is the value.",
                "tanh" => "the gradient is multiplied by 1 − the square of the value.",
                "relu" => "the gradient is passed on where the input is positive, elsewhere it is 0.",
                "max" => "the larger input takes the gradient, the other one takes 0.",
                "min" => "the smaller input takes the gradient, the other one takes 0.",
                "identity" => "the gradient is passed on.",
                _ => "the gradient is multiplied by the derivative at the input.",
            };
            quoted(words)
        }
        Kind::If(..) => Some("if: the branch that is taken takes the gradient.".into()),
        Kind::Array(sign) => array_rule(sign).map(Label::from),
    }
}

/// What an operation on arrays does with the gradient.
fn array_rule(sign: &str) -> Option<&'static str> {
    Some(match sign {
        "[ , ]" => "[ , ]: values side by side; each takes its own part of the gradient.",
        "[i]" => "[i]: a part of the values; the other parts take 0.",
        "transposed" => "transposed: the gradient is transposed too.",
        "@" => "@: a matrix product; for x W the gradient of W is xᵀ · up, and that of x is up · Wᵀ.",
        "dot" => "dot: the sum of the products; each side takes up × the other side.",
        "Σ" => "Σ: a sum passes the gradient on to each value.",
        "softmax" => "softmax: z takes p · (up − Σ up · p), where p = softmax(z).",
        "ln softmax" => "ln softmax: z takes up − softmax(z) · Σup.",
        "cross-entropy" => "cross-entropy of softmax(z): z takes (softmax(z) · Σt − t) · up.",
        _ => return None,
    })
}

/// A value with several uses.
pub(crate) fn used_often() -> Label {
    USED_OFTEN.into()
}

/// The parameters after the step.
pub(crate) fn updated(rule: &str, settings: &[(Label, Label)]) -> Label {
    let mut all = Label::from("w").sup("+").join(&format!(": the parameter after the step of {rule}").into());
    for (index, (name, value)) in settings.iter().enumerate() {
        let before = if index == 0 { " with " } else { ", " };
        all = all.join(&before.into()).join(name).join(&" = ".into()).join(value);
    }
    all.join(&".".into())
}

/// The penalty is not drawn.
pub(crate) fn without_penalty() -> Label {
    "The penalty is not drawn: the gradients are those of the loss alone.".into()
}

/// One of several samples is drawn.
pub(crate) fn one_sample(number: usize) -> Label {
    format!("The numbers are those of sample {number} alone.").into()
}

/// The title of a step.
pub(crate) fn step(number: usize, count: usize, forwards: bool) -> Label {
    let way = if forwards { "forward" } else { "backward" };
    format!("Step {number} of {count}, {way}:").into()
}

/// Lines of a step that are left out.
pub(crate) fn more_lines(count: usize) -> Label {
    format!("and {count} more").into()
}

/// Large graphs: a node for each neuron.
pub(crate) fn grouped_by_neuron(gates: usize) -> String {
    format!("The graph has {gates} gates: here those of a neuron, and those of the loss, are one node.")
}

/// How the picture of neurons is read.
pub(crate) fn reading_of_neurons(numbered: bool) -> Label {
    let lines = if numbered { " Below a line: the share of grad that flows back through it." } else { "" };
    format!("In a node: its value, and grad, the derivative of the loss with respect to it.{lines}").into()
}

/// Large graphs: a node for each layer.
pub(crate) fn grouped_by_layer() -> String {
    "The graph has too many gates for one picture: here those of a layer, and those of the loss, are one node.".to_owned()
}

/// A layer as a node.
pub(crate) fn layer_of(name: &str, count: Option<usize>) -> String {
    match count {
        None => format!("{name}: a scalar"),
        Some(count) => format!("{name}: {}", plural(count, "value")),
    }
}

/// The rule of all gates that have none of their own.
pub(crate) const ANY_OTHER: &str = "Any other gate gives its input the gradient times its derivative there.";

/// The rule of a gate in words alone.
pub(crate) fn in_words(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Input
        | Kind::Target
        | Kind::Parameter { .. }
        | Kind::Constant(_)
        | Kind::Number(_)
        | Kind::Array(_) => None,
        Kind::Binary(Binary::Add) | Kind::Literal { op: Binary::Add, .. } => {
            Some("A sum passes the gradient on to each input.")
        }
        Kind::Binary(Binary::Subtract) | Kind::Literal { op: Binary::Subtract, .. } => {
            Some("A difference passes the gradient on, with the other sign to the number that is subtracted.")
        }
        Kind::Binary(Binary::Multiply) | Kind::Literal { op: Binary::Multiply, .. } => {
            Some("A product gives each input the gradient times the other input.")
        }
        Kind::Binary(Binary::Divide | Binary::Power)
        | Kind::Literal { op: Binary::Divide | Binary::Power, .. }
        | Kind::Unary(_)
        | Kind::Function(_) => Some(ANY_OTHER),
        Kind::If(..) => Some("A choice passes the gradient on to the branch that is taken."),
    }
}

/// Before the picture.
pub(crate) fn section(numbers: bool, digits: usize) -> Text {
    let mut words =
        "The loss as a graph: each product, each sum and each function is a gate, and a line carries a value from \
         left to right into a gate."
            .to_owned();
    if numbers {
        words.push_str(&format!(
            " A line has its value and then its gradient, the derivative of the loss with respect to that value, with {}. Gradients go from right to left: the gradient of what a gate computes, times the \
             derivative of the gate with respect to an input, is the gradient that flows back to this input.",
            plural(digits, "significant digit")
        ));
    }
    text![words]
}

/// After the picture: the rules.
pub(crate) fn section_rules(words: &[&str]) -> Text {
    text![words.join(" ")]
}

/// In place of a picture that is too large for the page.
pub(crate) fn graph_left_out(edges: usize) -> Text {
    text![
        format!("The graph has {edges} lines, too many to be read here. "),
        super::code("mlpc graph --kind computation"),
        " draws it."
    ]
}
