//! `mlpc graph`: draws the network.

use mlp_document::pictures::{self, NetworkOptions, Picture};
use mlp_dsl::{ir::Derivation, never};
use mlp_graph::{dot, mermaid, svg};

use super::refresh::Refresh;

use crate::{
    arguments::{Graph, GraphFormat, GraphKind},
    failure::Failure,
    input, output,
};

/// Runs the command.
pub(crate) fn run(arguments: &Graph) -> Result<(), Failure> {
    let derivation = input::compile_at(&arguments.source, arguments.choice)?;
    let text =
        never::catch(|| text(&picture(&derivation, arguments), arguments.format)).map_err(|fault| {
            Failure::specification(&fault.title, "this is a bug in the compiler; please report it")
        })?;
    let mut refresh = Refresh::new("graph", &arguments.source);
    refresh.option("--kind", name(arguments.kind, GraphKind::default()));
    refresh.option("--format", name(arguments.format, GraphFormat::default()));
    refresh.option("--sample", arguments.choice.sample);
    refresh.flag("--values", arguments.values);
    refresh.option("--digits", arguments.digits);
    output::deliver(&text, &arguments.source, &arguments.target, &refresh.to(&arguments.target))
}

fn picture(derivation: &Derivation, arguments: &Graph) -> Picture {
    match arguments.kind {
        GraphKind::Network => {
            let mut options = NetworkOptions { values: arguments.values, ..NetworkOptions::default() };
            if let Some(digits) = arguments.digits {
                options.digits = digits.into();
            }
            pictures::network(derivation, &options)
        }
    }
}

fn text(picture: &Picture, format: GraphFormat) -> String {
    match format {
        GraphFormat::Svg => svg(&picture.scene(), "picture"),
        GraphFormat::Dot => dot(&picture.graph),
        GraphFormat::Mermaid => mermaid(&picture.graph),
    }
}

/// The name of a choice; none for the default.
fn name<T: clap::ValueEnum + PartialEq>(choice: T, default: T) -> Option<String> {
    let value = choice.to_possible_value().filter(|_| choice != default)?;
    Some(value.get_name().to_owned())
}
