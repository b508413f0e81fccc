//! What each step of the backward pass asks, before its lines.

use crate::content::{Column, Side, Text};

use super::{code, plural, together};

/// How a neuron reaches the loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Way {
    /// The loss itself, or a part of it, reads the output.
    Loss,
    /// One value reads it.
    One,
    /// A few values read it.
    Several,
    /// Too many to be listed.
    Many,
}

fn question(symbol: Side) -> Text {
    text!["How much does the loss change when ", symbol, " changes?"]
}

/// Before ∂E/∂value of the first neuron of its kind.
pub(crate) fn first_neuron(value: Side, way: Way, readers: Vec<Side>) -> Text {
    let mut text = question(value.clone());
    match way {
        Way::Loss => {
            text.extend(text![" ", value, " enters the loss through "]);
            text.extend(together(readers));
            text.push(":".into());
        }
        Way::One => {
            text.extend(text![" ", value, " reaches the loss through "]);
            text.extend(together(readers));
            text.extend(text![", so there is one path:"]);
        }
        Way::Several => {
            text.extend(text![" ", value, " reaches the loss through "]);
            text.extend(together(readers));
            text.extend(text![", so the changes along these paths are added:"]);
        }
        Way::Many => {
            let count = plural(readers.len(), "value");
            text.extend(text![format!(
                " It is used in {count}, and the changes along all these paths are added:"
            )]);
        }
    }
    text
}

/// Before the next neuron of that kind.
pub(crate) fn next_neuron(value: Side, way: Way, readers: Vec<Side>) -> Text {
    match way {
        Way::Loss => text!["The same question for ", value, ":"],
        Way::One | Way::Several => {
            let mut text = text![value, " reaches the loss through "];
            text.extend(together(readers));
            text.push(":".into());
            text
        }
        Way::Many => text![value, format!(" is used in {}:", plural(readers.len(), "value"))],
    }
}

/// Before ∂E/∂output where the loss itself reads the output.
pub(crate) fn read_by_loss(value: Side, first: bool) -> Text {
    if !first {
        return text!["The same question for ", value, ":"];
    }
    let mut text = question(value);
    text.push(" The loss is computed from it directly:".into());
    text
}

/// Between ∂E/∂output and δ of the first neuron.
pub(crate) fn slope(output: Side, net: Side, function: Option<&str>) -> Text {
    let mut text = text!["How much does ", output, " change when ", net.clone(), " changes?"];
    match function {
        Some(function) => text.extend(text![" That is the slope of ", code(function), " there."]),
        None => text.extend(text![" That is its local derivative."]),
    }
    text.extend(text![
        " Times the derivative above, it gives the derivative of the loss with respect to ",
        net,
        ":"
    ]);
    text
}

/// Before the first parameter of the section.
pub(crate) fn first_parameter(parameter: Side, readers: Vec<Side>, factors: usize) -> Text {
    let mut text = question(parameter.clone());
    text.extend(text![" ", parameter, " acts on "]);
    text.extend(together(readers));
    text.extend(text![match factors {
        0 | 1 => ", and that on the loss:",
        _ => ", and that on the loss. Its gradient is a product with one factor for each step of this path:",
    }]);
    text
}

/// Before the first parameter of another layer.
pub(crate) fn first_of_layer(parameter: Side, readers: Vec<Side>) -> Text {
    let mut text = question(parameter.clone());
    text.extend(text![" ", parameter, " acts on "]);
    text.extend(together(readers));
    text.extend(text![", and all factors but the last are known from above:"]);
    text
}

/// Before the second parameter of a neuron.
pub(crate) fn same_neuron(parameters: Vec<Side>, reader: Side) -> Text {
    let act = if parameters.len() == 1 { " acts on " } else { " act on " };
    let mut text = together(parameters);
    text.extend(text![act, reader, " too; only the last factor changes:"]);
    text
}

/// Before the parameters of another neuron.
pub(crate) fn next_parameters(parameters: Vec<Side>, more: usize, readers: Vec<Side>) -> Text {
    let act = if parameters.len() + more == 1 { " acts on " } else { " act on " };
    let mut text = if more > 0 {
        let mut text = super::list(parameters);
        text.push(format!(" and {more} more").into());
        text
    } else {
        together(parameters)
    };
    text.push(act.into());
    text.extend(together(readers));
    text.push(":".into());
    text
}

/// Before the first bias, whose local derivative is 1.
pub(crate) fn first_bias(bias: Side) -> Text {
    text![bias, " is added as it is, so its last factor is 1:"]
}

/// Before a parameter that several neurons share.
pub(crate) fn shared(parameter: Side, readers: Vec<Side>, first: bool) -> Text {
    let mut text = text![parameter, " is used in "];
    if readers.len() > super::SHORT {
        text.push(plural(readers.len(), "value").into());
    } else {
        text.extend(together(readers));
    }
    text.push(
        if first { ". Each use is a path to the loss, and the products are added:" } else { ":" }.into(),
    );
    text
}

/// Before a parameter that the loss itself reads.
pub(crate) fn at_the_loss(parameter: Side) -> Text {
    let mut text = question(parameter);
    text.push(" The loss uses it directly:".into());
    text
}

/// On a brief page, after the parameters that are written out.
pub(crate) fn others_in_table(count: usize) -> Text {
    text![format!(
        "The gradients with respect to the other {} are found in the same way. Their factors are in a table in the section on the update.",
        plural(count, "parameter")
    )]
}

/// The table of parameters that are not written out.
pub(crate) const OTHERS: [Column; 4] = [
    Column::text("Parameter"),
    Column::number("Gradient"),
    Column::text("Its factors"),
    Column::number("New value"),
];

/// Before the table of the parameters that are not written out.
pub(crate) fn table_of_others() -> Text {
    text!["The other parameters, each with the factors of its gradient, the gradient and the new value:"]
}

/// Before the derivatives of a layer that the loss reads.
pub(crate) fn output_of_layer(value: Side, first: bool) -> Text {
    if first {
        text![
            "How much does the loss change when the elements of ",
            value,
            " change? The loss is computed from them directly:"
        ]
    } else {
        text!["The same question for ", value, ":"]
    }
}

/// Before those of a layer whose net input is the first that has a derivative.
pub(crate) fn net_of_layer(net: Side) -> Text {
    text!["How much does the loss change when the elements of ", net, " change?"]
}

/// Before those of a layer that other layers read.
pub(crate) fn value_of_layer(value: Side, readers: Vec<Side>, first: bool) -> Text {
    let mut text = if first {
        text![
            "How much does the loss change when the elements of ",
            value,
            " change? They reach the loss through "
        ]
    } else {
        text!["The elements of ", value, " reach the loss through "]
    };
    let several = readers.len() > 1;
    if readers.len() > super::SHORT {
        text.push(plural(readers.len(), "value").into());
    } else {
        text.extend(together(readers));
    }
    text.push(match (first, several) {
        (true, true) => ", and the changes along these paths are added:".into(),
        (true, false) => ", of which the derivative is known by now:".into(),
        (false, _) => ":".into(),
    });
    text
}
