//! Why there is no picture, and what to do instead.

use mlp_document::pictures::computation::Refusal;

use crate::{
    arguments::{Graph, GraphFormat, GraphKind},
    escape,
    failure::Failure,
};

/// Options that do not go together.
pub(super) fn combination(arguments: &Graph) -> Result<(), Failure> {
    let computation = arguments.kind == GraphKind::Computation;
    if arguments.focus.is_some() && !computation {
        return Err(Failure::usage("--focus needs a computational graph", "add `--kind computation`"));
    }
    if arguments.frames && !computation {
        return Err(Failure::usage("--frames needs a computational graph", "add `--kind computation`"));
    }
    if arguments.values && computation {
        return Err(Failure::usage(
            "--values is for `--kind network`",
            "a computational graph always has values",
        ));
    }
    if arguments.frames && arguments.format != GraphFormat::Svg {
        return Err(Failure::usage("--frames writes SVG only", "leave `--format` out"));
    }
    Ok(())
}

/// The message of a refusal.
pub(super) fn failure(refusal: &Refusal, network: &str) -> Failure {
    match refusal {
        Refusal::NoLoss => Failure::specification(
            format!("`{network}` has no loss, so no graph computes one"),
            "declare a loss, or draw the network with `--kind network`",
        ),
        Refusal::TooLarge { layers, most } => Failure::specification(
            format!("`{network}` has {layers} inputs and layers, but a picture has at most {most}"),
            "draw a smaller network",
        ),
        Refusal::NoSuchValue { name, known } => Failure::specification(
            format!("no gradient flows to a value with the name `{}`", escape::line(name)),
            &format!("choose one of {}", known.join(", ")),
        ),
        Refusal::Grouped { gates, most } => Failure::specification(
            format!(
                "the graph of `{network}` is too large to be drawn gate by gate: it has {gates} gates (at most {most} are drawn, and fewer where sums are long)"
            ),
            "draw the graph without `--focus` and `--frames`: then the gates of a neuron are one node",
        ),
    }
}
